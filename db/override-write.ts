import type { Knex } from 'knex'
import { PortalError } from '../core/errors.ts'
import type { AccessAction, Actor, AuditEntry, CompanyOverride } from '../core/ports.ts'
import { auditWrites, bumpScopes, scopeOf, type Touch } from './access-write.ts'
import type { LockedCompany } from './company-write.ts'
import { insertRows } from './insert-rows.ts'
import { groupBy, rowOf, rowsOf, wordsOf } from './sql.ts'

/** Current overrides of some keys: company id → key → override. */
export const overridesOf = async (
  trx: Knex,
  companyIds: readonly string[],
  keys: readonly string[]
): Promise<Map<string, Map<string, CompanyOverride>>> => {
  const { each } = wordsOf(trx)
  const rows = await rowsOf<OverrideRow>(
    trx,
    `SELECT * FROM company_override
     WHERE company_id IN (SELECT value FROM ${each}) AND key IN (SELECT value FROM ${each})`,
    [JSON.stringify(companyIds), JSON.stringify(keys)]
  )
  const found = new Map<string, Map<string, CompanyOverride>>()
  for (const row of rows) {
    const own = found.get(row.company_id) ?? new Map<string, CompanyOverride>()
    found.set(row.company_id, own.set(row.key, overrideFrom(row)))
  }
  return found
}

export interface OverrideRow {
  readonly company_id: string
  readonly key: string
  readonly override: 'SHOW' | 'HIDE'
  readonly reason: string | null
  readonly valid_from: number | null
  readonly valid_until: number | null
  readonly set_by: string
  readonly set_at: number
  readonly template_id: string | null
}
export const overrideFrom = (row: OverrideRow): CompanyOverride => ({
  key: row.key,
  override: row.override,
  validFrom: row.valid_from,
  validUntil: row.valid_until,
  reason: row.reason,
  setBy: row.set_by,
  setAt: row.set_at,
  ...(row.template_id === null ? {} : { templateId: row.template_id })
})

/** Which companies an access template is applied to (`template:ID` → its name, or null). @throws PortalError CONFLICT when it is gone */
const writeTemplateLinks = async (
  trx: Knex,
  links: readonly { readonly companyId: string; readonly touch: Touch }[],
  actor: Actor,
  at: number
): Promise<void> => {
  const idOf = ({ touch }: (typeof links)[number]): string => touch.field.slice('template:'.length)
  for (const [templateId, own] of groupBy(links, idOf)) {
    const companies = (applied: boolean): string[] =>
      own.filter(({ touch }) => (touch.after !== null) === applied).map(({ companyId }) => companyId)
    const template = `SELECT 1 AS one FROM access_template WHERE id = ?${wordsOf(trx).forShare}`
    if (companies(true).length > 0 && !(await rowOf(trx, template, [templateId])))
      throw new PortalError('CONFLICT', 'The access template of this change is gone.')
    await trx.raw(
      `DELETE FROM access_template_company
       WHERE template_id = ? AND company_id IN (SELECT value FROM ${wordsOf(trx).each})`,
      [templateId, JSON.stringify(own.map(({ companyId }) => companyId))]
    )
    // What a template leaves behind is in nobody's hands.
    if (companies(false).length > 0)
      await trx.raw(
        `UPDATE company_override SET template_id = NULL
         WHERE company_id IN (SELECT value FROM ${wordsOf(trx).each}) AND template_id = ?`,
        [JSON.stringify(companies(false)), templateId]
      )
    await insertRows(
      trx,
      'access_template_company',
      companies(true).map(id => ({
        template_id: templateId,
        company_id: id,
        applied_at: at,
        applied_by: actor.operator.actor
      }))
    )
  }
}

/** Tells whether a template is applied to a company; an override stays in no other template's hands. */
const appliedTemplates = async (
  trx: Knex,
  rows: readonly { readonly company_id: string; readonly template_id: string | null }[]
): Promise<(companyId: string, templateId: string) => boolean> => {
  const companies = [...new Set(rows.filter(row => row.template_id !== null).map(row => row.company_id))]
  if (companies.length === 0) return () => false
  const found = await rowsOf<{ company_id: string; template_id: string }>(
    trx,
    `SELECT company_id, template_id FROM access_template_company
     WHERE company_id IN (SELECT value FROM ${wordsOf(trx).each})`,
    [JSON.stringify(companies)]
  )
  const applied = new Set(found.map(row => `${row.template_id} ${row.company_id}`))
  return (companyId, templateId) => applied.has(`${templateId} ${companyId}`)
}

/** Removes overrides by company and key: of each company those of its own keys, and no other's. */
export const removeOverrides = (
  trx: Knex,
  companies: readonly { readonly id: string; readonly keys: readonly string[] }[]
): Promise<unknown> => {
  const { each } = wordsOf(trx)
  // Neither ids nor keys hold blanks. The first condition is for the index, the second for the pairs.
  return trx.raw(
    `DELETE FROM company_override WHERE company_id IN (SELECT value FROM ${each})
     AND company_id || ' ' || key IN (SELECT value FROM ${each})`,
    [
      JSON.stringify(companies.map(({ id }) => id)),
      JSON.stringify(companies.flatMap(({ id, keys }) => keys.map(key => `${id} ${key}`)))
    ]
  )
}

/**
 * Writes overrides (`override:KEY` → CompanyOverride or null) and templates' companies (`template:ID` → its name or null)
 * of many locked companies, a handful of statements in all.
 */
export const writeOverrides = async (
  trx: Knex,
  companies: readonly { readonly company: LockedCompany; readonly touches: readonly Touch[] }[],
  action: AccessAction,
  actor: Actor,
  at: number
): Promise<readonly AuditEntry[]> => {
  const { each } = wordsOf(trx)
  const ids = JSON.stringify(companies.map(({ company }) => company.id))
  const isOverride = (touch: Touch): boolean => touch.field.startsWith('override:')
  const keyOf = (touch: Touch): string => touch.field.slice('override:'.length)
  await removeOverrides(
    trx,
    companies.map(({ company, touches }) => ({ id: company.id, keys: touches.filter(isOverride).map(keyOf) }))
  )
  await writeTemplateLinks(
    trx,
    companies.flatMap(({ company, touches }) =>
      touches.filter(touch => !isOverride(touch)).map(touch => ({ companyId: company.id, touch }))
    ),
    actor,
    at
  )
  const rows = companies.flatMap(({ company, touches }) =>
    touches.filter(isOverride).flatMap(touch => {
      const set = touch.after as CompanyOverride | null
      if (!set) return []
      return [
        {
          company_id: company.id,
          key: keyOf(touch),
          override: set.override,
          reason: set.reason,
          valid_from: set.validFrom ?? null,
          valid_until: set.validUntil ?? null,
          set_by: set.setBy,
          set_at: set.setAt,
          template_id: set.templateId ?? null
        }
      ]
    })
  )
  const applied = await appliedTemplates(trx, rows)
  await insertRows(
    trx,
    'company_override',
    rows.map(row =>
      row.template_id !== null && !applied(row.company_id, row.template_id) ? { ...row, template_id: null } : row
    )
  )
  await trx.raw(`UPDATE company SET version = version + 1 WHERE id IN (SELECT value FROM ${each})`, [ids])
  const entries = await auditWrites(
    trx,
    companies.map(({ company, touches }) => ({
      target: company.id,
      companyId: company.id,
      domainId: company.domain_id,
      touches
    })),
    action,
    actor,
    at
  )
  const changed = new Map<string, string[]>()
  for (const { company } of companies) {
    const scope = scopeOf(company.domain_id)
    changed.set(scope, [...(changed.get(scope) ?? []), company.id])
  }
  await bumpScopes(trx, changed)
  return entries
}
