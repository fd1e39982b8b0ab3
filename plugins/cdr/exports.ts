import { badInput, type ExportableGrid, type PortalContext } from '../../core/plugin-api.ts'
import { breakoutColumnMetas } from './breakout-columns.ts'
import { readBreakoutQuery } from './breakout-query.ts'
import { listBreakout, planBreakout } from './breakout-store.ts'
import { cdrColumnMetas } from './cdr-columns.ts'
import { readCdrFilter } from './cdr-filter.ts'
import { listCalls } from './cdr-store.ts'

/** Rows read at a time. */
const pageRows = 2_000

const textTypes = new Set(['string', 'id', 'enum'])

const columnsOf = (report: string, metas: typeof cdrColumnMetas) => (context: PortalContext) =>
  context.access.columns(report).flatMap(name => {
    const column = metas.get(name)
    return column ? { name, title: column.title, text: textTypes.has(column.type) } : []
  })

const check = (context: PortalContext, report: string, columns: readonly string[]): void => {
  const visible = context.access.columns(report)
  columns.forEach((name, i) => {
    if (!visible.includes(name)) throw badInput(`columns[${i}]`, 'is not a column of this list')
  })
}

/** Calls as the CDR page shows them, newest first. The filter is the page's. */
export const cdrExport: ExportableGrid = {
  name: 'CDR',
  feature: 'cdr',
  report: 'CDR',
  columns: columnsOf('CDR', cdrColumnMetas),
  async *pages(context, filter, columns) {
    check(context, 'CDR', columns)
    const checked = readCdrFilter(filter)
    const wanted = new Set(columns)
    for (let after: string | null = null; ; ) {
      const { nodes, pageInfo } = await listCalls(context, checked, { first: pageRows, after }, wanted, pageRows)
      if (nodes.length > 0) yield nodes
      if (!pageInfo.hasNextPage) return
      after = pageInfo.endCursor
    }
  }
}

/** Rows of a breakout. The filter is `{ range, groupBy, period, metrics, filter, having, sort }`. */
export const breakoutExport: ExportableGrid = {
  name: 'BREAKOUT',
  feature: 'breakout',
  report: 'BREAKOUT',
  columns: columnsOf('BREAKOUT', breakoutColumnMetas),
  async *pages(context, filter, columns) {
    check(context, 'BREAKOUT', columns)
    const query = readBreakoutQuery(filter)
    for (let after: string | null = null; ; ) {
      const plan = planBreakout(context, query, { first: pageRows, after }, pageRows)
      const { rows, pageInfo } = await listBreakout(context, plan)
      if (rows.length > 0) yield rows.map(row => pick(row, columns))
      if (!pageInfo.hasNextPage) return
      after = pageInfo.endCursor
    }
  }
}

const pick = (row: Readonly<Record<string, unknown>>, columns: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(columns.map(name => [name, row[name] ?? null]))
