export type GridOperator =
  | 'eq'
  | 'ne'
  | 'in'
  | 'lt'
  | 'lte'
  | 'gt'
  | 'gte'
  | 'between'
  | 'contains'
  | 'startsWith'
  | 'isNull'

/** One comparison as the server takes it: `in` and `between` have `values`, the others `value`; all of them texts. */
export interface GridRuleValue {
  readonly column: string
  readonly op: GridOperator
  readonly value?: string
  readonly values?: readonly string[]
}

/** Rules and groups, of which ALL or ANY hold: at most 3 deep and 20 rules. */
export interface GridFilterValue {
  readonly match: 'ALL' | 'ANY'
  readonly rules?: readonly GridRuleValue[]
  readonly groups?: readonly GridFilterValue[]
}

/** How many rules a filter has. */
export const countRules = (filter: GridFilterValue | null): number =>
  filter === null
    ? 0
    : (filter.rules?.length ?? 0) + (filter.groups ?? []).reduce((sum, group) => sum + countRules(group), 0)

/** The filter without the rules on columns that are not there; null when none is left. */
export const narrowFilter = (
  filter: GridFilterValue | null,
  has: (column: string) => boolean
): GridFilterValue | null => {
  if (filter === null) return null
  const rules = (filter.rules ?? []).filter(({ column }) => has(column))
  const groups = (filter.groups ?? []).flatMap(group => narrowFilter(group, has) ?? [])
  if (rules.length + groups.length === 0) return null
  return { match: filter.match, ...(rules.length > 0 && { rules }), ...(groups.length > 0 && { groups }) }
}
