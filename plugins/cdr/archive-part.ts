import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { PluginDatabase } from '../../core/plugin-api.ts'
import { monthName, monthStart } from './range.ts'

/**
 * Calls moved in one transaction: few, for whoever else writes waits for one.
 * Each part is a gzip member of its own, and their concatenation is one gzip file.
 */
const partCalls = 1_000

const zip = promisify(gzip)

type Cell = string | number | null

const times = new Set(['started_at', 'answered_at', 'ended_at'])
/** Whose they are and whence they came is no part of a company's archive. */
const inside = new Set(['company_id', 'batch'])

const cellOf = (value: Cell): string => {
  if (value === null) return ''
  const text = String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** Lines of an archive: column names and units of the table, times in ISO-8601. */
const csvOf = (columns: readonly string[], rows: readonly (readonly Cell[])[]): string => {
  const isTime = columns.map(name => times.has(name))
  return rows
    .map(row => {
      const cells = columns.map((_, i) => {
        const value = row[i]!
        return isTime[i] && value !== null ? new Date(Number(value)).toISOString() : cellOf(value)
      })
      return `${cells.join(',')}\r\n`
    })
    .join('')
}

/** A batch is being undone: what it takes out must not move meanwhile. */
export class BatchBusy extends Error {}

/** Tells the batches that these calls are beyond an undo. */
const countArchived = async (trx: PluginDatabase, batches: readonly Cell[], month: string): Promise<void> => {
  const counts = new Map<number, number>()
  for (const batch of batches) if (batch !== null) counts.set(Number(batch), (counts.get(Number(batch)) ?? 0) + 1)
  if (counts.size === 0) return
  const sqlite = trx.dialect === 'sqlite'
  // Always in the same order, so that a load that holds several of them and this never wait for each other in a circle.
  if (!sqlite)
    await trx.all(
      `select number from {cdr_batch} where number in (${[...counts.keys()].join(', ')}) order by number for update`
    )
  const given = sqlite
    ? "json_extract(value, '$[0]') as number, json_extract(value, '$[1]') as calls from json_each(?)"
    : 'cast(value ->> 0 as bigint) as number, cast(value ->> 1 as bigint) as calls from json_array_elements(cast(? as json)) as each(value)'
  const counted = await trx.run(
    `with given as materialized (select ${given})
     update {cdr_batch} set archived = archived + given.calls, archived_to = case when archived_to > ? then archived_to else ? end
     from given where {cdr_batch}.number = given.number and state <> 'UNDOING'`,
    [JSON.stringify([...counts]), month, month]
  )
  if (counted < counts.size) throw new BatchBusy()
}

/**
 * Moves the company's oldest calls before `before` into its archive, at most one part; resolves to how many.
 * @throws BatchBusy
 */
export const archivePart = (db: PluginDatabase, companyId: string, before: number, at: number): Promise<number> =>
  db.transaction(async trx => {
    const oldest: Readonly<Record<string, Cell>> | undefined = await trx
      .from('cdr_call')
      .where('company_id', companyId)
      .where('started_at', '<', before)
      .orderBy('started_at')
      .first('*')
    if (!oldest) return 0
    const from = monthStart(Number(oldest.started_at))
    const month = monthName(from)
    const columns = Object.keys(oldest).filter(name => !inside.has(name))
    const oldestIds = `select id from {cdr_call} where company_id = ? and started_at >= ? and started_at < ?
      order by started_at, id limit ${partCalls}`
    // An array is always looked up by the index; of a list PostgreSQL may read the whole table instead.
    const [among, array] =
      trx.dialect === 'sqlite'
        ? [`in (${oldestIds})`, 'json_array']
        : [`= any(array(${oldestIds}))`, 'json_build_array']
    // A correction that comes now waits, and then finds the call archived. A row comes as one text: as 46 values it costs
    // this process four times as much. Amounts are bounded where they come in, so that JSON's numbers are exact.
    const taken = await trx.all<{ call: string }>(
      `delete from {cdr_call} where id ${among} returning cast(${array}(${[...columns, 'batch'].join(', ')}) as text) as call`,
      [companyId, from, monthStart(from, -1)]
    )
    // All corrected this moment; the next run finds them again.
    if (taken.length === 0) return 0
    const rows = taken.map(({ call }): Cell[] => JSON.parse(call))
    const start = columns.indexOf('started_at')
    const id = columns.indexOf('id')
    rows.sort((a, b) => Number(a[start]) - Number(b[start]) || (String(a[id]) < String(b[id]) ? -1 : 1))
    const last: { part: number | null } = await trx
      .from('cdr_archive')
      .where({ company_id: companyId, month })
      .max('part as part')
      .first()
    const part = (last.part ?? 0) + 1
    const csv = (part === 1 ? `${columns.join(',')}\r\n` : '') + csvOf(columns, rows)
    const content = (await zip(csv)).toString('base64')
    await trx.insertMany('cdr_archive', [
      { company_id: companyId, month, part, calls: rows.length, created_at: at, content }
    ])
    await trx.insertMany(
      'cdr_archived_leg',
      rows.map(row => ({ id: row[id] })),
      ['id']
    )
    await countArchived(
      trx,
      rows.map(row => row.at(-1)!),
      month
    )
    return rows.length
  })
