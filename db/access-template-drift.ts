import type { Knex } from 'knex'
import type { AccessTemplate, DriftKind } from '../core/access-template.ts'
import type { PageRequest } from '../core/ports.ts'
import { conflictsOf, saysSame, type TemplateScene } from './access-template-plan.ts'
import { readPage } from './page.ts'
import { rowOf, rowsOf } from './sql.ts'

/**
 * Companies `m` that differ from the template: a key of it is not said as it says it, or an override in its hands is none of its
 * keys. Reasons do not count: they change nobody's access.
 */
const drifts = `(
  EXISTS (
    SELECT 1 FROM access_template_override o WHERE o.template_id = m.template_id AND NOT EXISTS (
      SELECT 1 FROM company_override c WHERE c.company_id = m.company_id AND c.key = o.key AND c.override = o.override
        AND COALESCE(c.valid_from, -1) = COALESCE(o.valid_from, -1)
        AND COALESCE(c.valid_until, -1) = COALESCE(o.valid_until, -1)))
  OR EXISTS (
    SELECT 1 FROM company_override c WHERE c.company_id = m.company_id AND c.template_id = m.template_id AND NOT EXISTS (
      SELECT 1 FROM access_template_override o WHERE o.template_id = m.template_id AND o.key = c.key)))`

export const driftedCount = async (knex: Knex, templateId: string): Promise<number> =>
  (await rowOf<{ n: number }>(
    knex,
    `SELECT COUNT(*) AS n FROM access_template_company m WHERE m.template_id = ? AND ${drifts}`,
    [templateId]
  ))!.n

interface Row {
  readonly id: string
  readonly seq: number
  readonly name: string
  readonly domain_id: string | null
  readonly applied_at: number
  readonly applied_by: string
}

/** One more row than asked for tells that there are more. */
export const templateCompanies = async (
  knex: Knex,
  templateId: string,
  request: PageRequest & { readonly drifted?: boolean | null }
): Promise<{ readonly rows: readonly Row[]; readonly totalCount: number; readonly first: number }> => {
  const { first, position } = readPage(request)
  const only = request.drifted == null ? '' : ` AND ${request.drifted ? '' : 'NOT '}${drifts}`
  const rows = await rowsOf<Row>(
    knex,
    `SELECT c.id, c.seq, c.name, c.domain_id, m.applied_at, m.applied_by
     FROM access_template_company m JOIN company c ON c.id = m.company_id
     WHERE m.template_id = ? AND c.seq > ?${only} ORDER BY c.seq LIMIT ?`,
    [templateId, position ?? 0, first + 1]
  )
  const count = await rowOf<{ n: number }>(
    knex,
    `SELECT COUNT(*) AS n FROM access_template_company m WHERE m.template_id = ?${only}`,
    [templateId]
  )
  return { rows, totalCount: count!.n, first }
}

/** Where one company differs from the template as it is now. */
export const driftOf = (
  template: AccessTemplate,
  scene: TemplateScene,
  companyId: string
): readonly { readonly key: string; readonly kind: DriftKind }[] => {
  const own = scene.overrides.get(companyId) ?? new Map()
  const keys = new Set(template.overrides.map(({ key }) => key))
  const drift: { key: string; kind: DriftKind }[] = conflictsOf(template, scene, companyId)
    .filter(({ differs }) => differs)
    .map(({ key, heldBy }) => ({ key, kind: heldBy === null ? 'MANUAL' : 'OTHER_TEMPLATE' }))
  for (const wanted of template.overrides) {
    const found = own.get(wanted.key)
    if (found === undefined) drift.push({ key: wanted.key, kind: 'MISSING' })
    else if (found.templateId === template.id && !saysSame(found, wanted))
      drift.push({ key: wanted.key, kind: 'OUTDATED' })
  }
  for (const [key, found] of own)
    if (found.templateId === template.id && !keys.has(key)) drift.push({ key, kind: 'EXTRA' })
  return drift
}
