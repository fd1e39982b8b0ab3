import type { Knex } from 'knex'
import type { AccessTemplate, TemplateConflict, TemplateOverride, TemplatePlan } from '../core/access-template.ts'
import type { CompanyOverride, OverrideChange } from '../core/ports.ts'
import type { Touch } from './access-write.ts'
import { type OverrideRow, overrideFrom } from './override-write.ts'
import { groupBy, rowsOf, wordsOf } from './sql.ts'

/** What a template and the companies of one chunk have to do with each other, as it stands now. */
export interface TemplateScene {
  /** Companies the template is applied to. */
  readonly applied: ReadonlySet<string>
  /** Overrides by company: those of the template's keys, and those in its hands. */
  readonly overrides: ReadonlyMap<string, ReadonlyMap<string, CompanyOverride>>
  /** Names of the templates that hold some of them. */
  readonly names: ReadonlyMap<string, string>
}

export const readScene = async (
  knex: Knex,
  template: AccessTemplate,
  companyIds: readonly string[]
): Promise<TemplateScene> => {
  const { each } = wordsOf(knex)
  const ids = JSON.stringify(companyIds)
  const applied = await rowsOf<{ company_id: string }>(
    knex,
    `SELECT company_id FROM access_template_company
     WHERE template_id = ? AND company_id IN (SELECT value FROM ${each})`,
    [template.id, ids]
  )
  const rows = await rowsOf<OverrideRow>(
    knex,
    `SELECT * FROM company_override
     WHERE company_id IN (SELECT value FROM ${each}) AND (template_id = ? OR key IN (SELECT value FROM ${each}))`,
    [ids, template.id, JSON.stringify(template.overrides.map(({ key }) => key))]
  )
  const holders = [...new Set(rows.flatMap(row => row.template_id ?? []))]
  const names = holders.length
    ? await rowsOf<{ id: string; name: string }>(
        knex,
        `SELECT id, name FROM access_template WHERE id IN (SELECT value FROM ${each})`,
        [JSON.stringify(holders)]
      )
    : []
  const byCompany = groupBy(rows, row => row.company_id)
  return {
    applied: new Set(applied.map(row => row.company_id)),
    overrides: new Map(
      [...byCompany].map(([id, own]) => [id, new Map(own.map(row => [row.key, overrideFrom(row)] as const))])
    ),
    names: new Map(names.map(({ id, name }) => [id, name]))
  }
}

const none: ReadonlyMap<string, CompanyOverride> = new Map()

/** Whether both say the same at every instant. */
export const saysSame = (one: CompanyOverride, other: TemplateOverride): boolean =>
  one.override === other.override &&
  (one.validFrom ?? null) === (other.validFrom ?? null) &&
  (one.validUntil ?? null) === (other.validUntil ?? null)

/** What stands in the way: overrides of the template's keys in other hands. */
export const conflictsOf = (template: AccessTemplate, scene: TemplateScene, companyId: string): TemplateConflict[] => {
  const own = scene.overrides.get(companyId) ?? none
  return template.overrides.flatMap(wanted => {
    const found = own.get(wanted.key)
    if (found === undefined || found.templateId === template.id) return []
    const { templateId, override } = found
    return [
      {
        key: wanted.key,
        heldBy: templateId === undefined ? null : { id: templateId, name: scene.names.get(templateId) ?? '' },
        override,
        differs: !saysSame(found, wanted)
      }
    ]
  })
}

/** What brings a company to the template as it is now; nothing where it is there. */
export const bringTouches = (
  template: AccessTemplate,
  scene: TemplateScene,
  companyId: string,
  setBy: string,
  at: number
): Touch[] => {
  const own = scene.overrides.get(companyId) ?? none
  const touches: Touch[] = scene.applied.has(companyId)
    ? []
    : [{ field: `template:${template.id}`, before: null, after: template.name }]
  for (const wanted of template.overrides) {
    const found = own.get(wanted.key)
    if (found !== undefined && (found.templateId !== template.id || sameLine(found, wanted))) continue
    const after: CompanyOverride = { ...wanted, setBy, setAt: at, templateId: template.id }
    touches.push({ field: `override:${wanted.key}`, before: found ?? null, after })
  }
  const keys = new Set(template.overrides.map(({ key }) => key))
  for (const [key, found] of own)
    if (found.templateId === template.id && !keys.has(key))
      touches.push({ field: `override:${key}`, before: found, after: null })
  return touches
}

const sameLine = (one: CompanyOverride, other: TemplateOverride): boolean =>
  saysSame(one, other) && one.reason === other.reason

/** What takes the template from a company. */
export const liftTouches = (template: AccessTemplate, scene: TemplateScene, companyId: string): Touch[] => [
  { field: `template:${template.id}`, before: template.name, after: null },
  ...[...(scene.overrides.get(companyId) ?? none)].flatMap(([key, found]) =>
    found.templateId === template.id ? [{ field: `override:${key}`, before: found, after: null }] : []
  )
]

/** The touches of overrides as the change an operator would write. */
export const changesOf = (touches: readonly Touch[]): OverrideChange[] =>
  touches.flatMap(({ field, after }): OverrideChange[] => {
    if (!field.startsWith('override:')) return []
    const set = after as CompanyOverride | null
    const key = field.slice('override:'.length)
    return [set === null ? { key, override: 'INHERIT' } : { ...set, key }]
  })

export const refusal = (companyId: string, code: string, message: string): TemplatePlan => ({
  companyId,
  ok: false,
  code,
  message,
  changed: false,
  conflicts: [],
  changes: []
})
