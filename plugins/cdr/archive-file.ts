import { gunzipSync } from 'node:zlib'
import { parse } from 'csv-parse/sync'
import { formatValue, type GridColumn, type PluginDatabase, type UserType } from '../../core/plugin-api.ts'
import { cdrColumnMetas } from './cdr-columns.ts'
import { csvTable, csvTitles, type TableColumn } from './csv-table.ts'

/** An archived month of a company. */
export interface ArchivedMonth {
  /** `2026-03` */
  readonly month: string
  readonly calls: number
  readonly archivedAt: number
}

/** Queries over `cdr_archive` that hold one company's rows. */
type ArchiveRows = () => ReturnType<PluginDatabase['from']>

/** The months that are archived, newest first. */
export const archivedMonths = async (archive: ArchiveRows): Promise<readonly ArchivedMonth[]> => {
  const rows: { month: string; calls: number | string; archived_at: number | string }[] = await archive()
    .groupBy('month')
    .orderBy('month', 'desc')
    .select('month')
    .sum({ calls: 'calls' })
    .max({ archived_at: 'created_at' })
  return rows.map(({ month, calls, archived_at }) => ({
    month,
    calls: Number(calls),
    archivedAt: Number(archived_at)
  }))
}

const textTypes = new Set(['string', 'id', 'enum'])

/**
 * An archived month as CSV in pieces: these columns, and the legs of this user type, as the page of calls shows them.
 * Undefined when there is none.
 */
export const archiveFile = async (
  archive: ArchiveRows,
  month: string,
  userType: UserType,
  columns: readonly GridColumn[]
): Promise<AsyncGenerator<string> | undefined> => {
  if (!/^\d{4}-\d{2}$/.test(month)) return undefined
  const [last]: { parts: number | null }[] = await archive().where('month', month).max('part as parts')
  const parts = last?.parts ?? null
  if (parts === null) return undefined
  return pieces(archive, month, parts, userType, columns)
}

async function* pieces(
  archive: ArchiveRows,
  month: string,
  parts: number,
  userType: UserType,
  columns: readonly GridColumn[]
): AsyncGenerator<string> {
  const table: readonly TableColumn[] = columns.map(({ name, type }) => ({
    title: cdrColumnMetas.get(name)!.title,
    text: textTypes.has(type)
  }))
  yield csvTitles(table)
  let names: ReadonlyMap<string, number> = new Map()
  for (let part = 1; part <= parts; part += 1) {
    const [row]: { content: string }[] = await archive().where({ month, part }).select('content')
    // The file must not look whole when the month is removed under way.
    if (row === undefined) throw new Error(`part ${part} of the archive ${month} is gone`)
    const lines: string[][] = parse(gunzipSync(Buffer.from(row.content, 'base64')).toString(), {
      record_delimiter: '\r\n'
    })
    if (part === 1) names = new Map(lines.shift()!.map((name, i) => [name, i]))
    const leg = names.get('leg')!
    const places = columns.map(({ column }) => names.get(String(column).replace('cdr_call.', '')))
    yield csvTable(
      table,
      lines
        .filter(line => line[leg] === userType)
        .map(line => columns.map((column, i) => shown(column, places[i] === undefined ? '' : line[places[i]]!)))
    )
  }
}

/** A stored value as the page shows it. An archive cannot tell an empty text from none. */
const shown = (column: GridColumn, value: string): unknown => {
  if (value === '') return null
  if (column.name === 'dtmf') return value.replace(/./gsu, '*')
  // Archives hold times as they are shown.
  return column.type === 'datetime' ? value : formatValue(column, value)
}
