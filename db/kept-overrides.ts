import type { Knex } from 'knex'
import type { TemplateName } from '../core/access-history.ts'
import { groupBy, rowsOf, wordsOf } from './sql.ts'

type ByKey = ReadonlyMap<string, readonly TemplateName[]>

/** All keys of templates that are applied to a company. */
export const keptKeys = async (knex: Knex): Promise<ReadonlySet<string>> => {
  const rows = await rowsOf<{ key: string }>(
    knex,
    `SELECT DISTINCT o.key FROM access_template_override o
     WHERE EXISTS (SELECT 1 FROM access_template_company m WHERE m.template_id = o.template_id)`
  )
  return new Set(rows.map(({ key }) => key))
}

/** Company id → key → the templates that keep it, oldest first; see `OverrideCleanUpStore`. */
export const keptBy = async (knex: Knex, companyIds: readonly string[]): Promise<ReadonlyMap<string, ByKey>> => {
  const { each } = wordsOf(knex)
  const applied = await rowsOf<{ company_id: string; template_id: string }>(
    knex,
    `SELECT m.company_id, m.template_id FROM access_template_company m JOIN access_template t ON t.id = m.template_id
     WHERE m.company_id IN (SELECT value FROM ${each}) ORDER BY t.seq`,
    [JSON.stringify(companyIds)]
  )
  if (applied.length === 0) return new Map()
  const lines = await rowsOf<TemplateName & { readonly key: string }>(
    knex,
    `SELECT t.id, t.name, o.key FROM access_template t JOIN access_template_override o ON o.template_id = t.id
     WHERE t.id IN (SELECT value FROM ${each})`,
    [JSON.stringify([...new Set(applied.map(row => row.template_id))])]
  )
  const keysOf = groupBy(lines, ({ id }) => id)
  // Most companies have the same templates: what those keep is put together once.
  const made = new Map<string, ByKey>()
  const found = new Map<string, ByKey>()
  for (const [companyId, own] of groupBy(applied, row => row.company_id)) {
    const templates = own.map(row => row.template_id)
    const name = templates.join(' ')
    const known = made.get(name) ?? together(templates.flatMap(id => keysOf.get(id) ?? []))
    made.set(name, known)
    found.set(companyId, known)
  }
  return found
}

const together = (lines: readonly (TemplateName & { readonly key: string })[]): ByKey =>
  new Map([...groupBy(lines, ({ key }) => key)].map(([key, own]) => [key, own.map(({ id, name }) => ({ id, name }))]))
