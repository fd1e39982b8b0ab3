import {
  applyGrid,
  applyGridFilter,
  badInput,
  formatValue,
  type GridColumn,
  type GridFilterInput,
  type GridPlan,
  type GridSortInput,
  gridPage,
  gridPlan,
  type PageInfo,
  type PortalContext
} from '../../core/plugin-api.ts'
import { cdrGridColumns } from './cdr-columns.ts'
import type { CdrFilter } from './cdr-filter.ts'
import { assertLive, type Range } from './range.ts'

export type CdrNode = Readonly<Record<string, string | number | boolean | null>>

export interface CdrPage {
  readonly nodes: readonly CdrNode[]
  readonly pageInfo: PageInfo
}

interface PageInput {
  readonly sort?: readonly GridSortInput[] | null
  readonly first?: number | null
  readonly after?: string | null
}

const startedAt = cdrGridColumns.get('startedAt')!

/** Columns this viewer has, as the grid reads them. */
export const visibleCdrColumns = ({ access }: Pick<PortalContext, 'access'>): readonly GridColumn[] =>
  access.columns('CDR').flatMap(name => cdrGridColumns.get(name) ?? [])

// Money may pass 2^53, which the SQLite driver would round.
const wide = new Set(['money', 'rate'])

const read = (column: GridColumn, value: string | number | null): string | number | boolean | null =>
  column.name === 'dtmf' && typeof value === 'string' ? value.replace(/./gsu, '*') : formatValue(column, value)

/** The short-cuts of the page as filter rules; each needs the column it reads, or it would tell what is hidden. */
const shortCuts = (filter: CdrFilter, has: (name: string) => boolean): readonly GridFilterInput[] => {
  const groups: GridFilterInput[] = []
  if (filter.connectedOnly) {
    if (!has('duration')) throw badInput('filter.connectedOnly', 'is not a column of this list')
    groups.push({ rules: [{ column: 'duration', op: 'gt', value: '0' }] })
  }
  if (filter.direction !== null) {
    if (!has('direction')) throw badInput('filter.direction', 'is not a column of this list')
    groups.push({ rules: [{ column: 'direction', op: 'eq', value: filter.direction }] })
  }
  if (filter.number !== null) {
    const columns = ['cli', 'destination'].filter(has)
    // As people write numbers: +44 (20) 7946-0000.
    const digits = filter.number.replace(/[\s+()./-]/g, '')
    const value = /^\d+$/.test(digits) ? digits : filter.number.trim()
    if (columns.length === 0) throw badInput('filter.number', 'is not a column of this list')
    if (value === '') throw badInput('filter.number', 'is empty')
    groups.push({ match: 'ANY', rules: columns.map(column => ({ column, op: 'contains', value })) })
  }
  return groups
}

const planOf = (
  columns: readonly GridColumn[],
  filter: CdrFilter,
  page: PageInput,
  maxFirst?: number
): { readonly own: GridPlan; readonly extra: GridPlan } => {
  const names = new Set(columns.map(column => column.name))
  const options = { name: 'CDR', key: [{ name: 'id', type: 'id', column: 'cdr_call.id' }] } as const
  return {
    own: gridPlan({ ...page, filter: filter.where }, columns, {
      ...options,
      filterPath: 'filter.where',
      defaultSort: [{ column: startedAt, dir: 'DESC' }],
      ...(maxFirst !== undefined && { maxFirst })
    }),
    extra: gridPlan({ filter: { groups: shortCuts(filter, name => names.has(name)) } }, columns, options)
  }
}

/**
 * A page of the company's calls.
 * @param wanted names of columns to read; the others, and those the viewer does not have, are left out
 * @throws PortalError BAD_USER_INPUT, PRECONDITION_FAILED
 */
export const listCalls = async (
  context: Pick<PortalContext, 'access' | 'scope' | 'at'>,
  filter: CdrFilter,
  page: PageInput,
  wanted?: ReadonlySet<string>,
  maxFirst?: number
): Promise<CdrPage> => {
  const visible = visibleCdrColumns(context)
  const { own, extra } = planOf(visible, filter, page, maxFirst)
  await assertLive(context, filter.range)
  const columns = wanted ? visible.filter(column => wanted.has(column.name)) : visible
  const { from, to } = rangeBehind(own, filter.range)
  const query = select(context, columns).where('cdr_call.started_at', '>=', from).where('cdr_call.started_at', '<', to)
  applyGridFilter(query, extra)
  const rows: Record<string, string | number | null>[] = await applyGrid(query, own, context.scope)
  const { nodes, pageInfo } = gridPage(rows, own)
  return { nodes: nodes.map(row => node(columns, row)), pageInfo }
}

/**
 * The part of the range that can lie behind the cursor. The index is entered by one bound only, and that must not be the
 * far end of the range, or every page would walk over all pages before it.
 */
const rangeBehind = ({ keys, after }: GridPlan, { from, to }: Range): Range => {
  const at = after?.[0]
  if (keys[0]?.sql !== startedAt.column || at === undefined || at === null) return { from, to }
  return keys[0].desc ? { from, to: Math.min(to, Number(at) + 1) } : { from: Math.max(from, Number(at)), to }
}

/** The first live leg with this Call-ID. */
export const findCall = async (
  context: Pick<PortalContext, 'access' | 'scope'>,
  callId: string,
  wanted?: ReadonlySet<string>
): Promise<CdrNode | undefined> => {
  const visible = visibleCdrColumns(context)
  if (!visible.some(column => column.name === 'callId')) throw badInput('callId', 'is not a column of this list')
  if (callId.length > 256 || callId.includes('\0')) return undefined
  const columns = wanted ? visible.filter(column => wanted.has(column.name)) : visible
  const row: Record<string, string | number | null> | undefined = await select(context, columns)
    // Both say "equal": without statistics SQLite takes a range on the index of Call-IDs, but for an equality walks all
    // calls of the company. The sign keeps it from walking them in order of start.
    .where('cdr_call.call_id', '>=', callId)
    .where('cdr_call.call_id', '<=', callId)
    .orderByRaw('+cdr_call.started_at, cdr_call.id')
    .select('cdr_call.id')
    .first()
  return row && node(columns, row)
}

const select = ({ scope }: Pick<PortalContext, 'scope'>, columns: readonly GridColumn[]) => {
  const query = scope.from('cdr_call').where('cdr_call.leg', scope.userType)
  for (const { name, type, column } of columns) {
    if (wide.has(type)) query.select(scope.raw('cast(?? as text) as ??', [column, name]))
    else query.select({ [name]: column as string })
  }
  return query
}

const node = (columns: readonly GridColumn[], row: Readonly<Record<string, string | number | null>>): CdrNode =>
  Object.fromEntries(columns.map(column => [column.name, read(column, row[column.name] ?? null)]))
