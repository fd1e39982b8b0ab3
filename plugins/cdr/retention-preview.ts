import type { PluginDatabase } from '../../core/plugin-api.ts'
import { monthName, monthStart } from './range.ts'
import { type CallRetention, checkRetention, readRetention, waitOf } from './retention.ts'

/** Calls of whole months. */
export interface CallsOfMonths {
  readonly calls: number
  readonly companies: number
  /** `2026-03`; null: none. */
  readonly firstMonth: string | null
  readonly lastMonth: string | null
  /** False: counting took too long, and there is more than this. */
  readonly isWhole: boolean
}

export interface RetentionPreview {
  /** Live calls that would go into archives. */
  readonly archives: CallsOfMonths
  /** Calls that would be gone for good, from archives or on their way through them. */
  readonly removes: CallsOfMonths
  /** When the months would come into force; null: with the next run. */
  readonly waitsUntil: number | null
}

interface OfCompany {
  readonly company_id: string
  readonly calls: number | string
  readonly first_month: string
  readonly last_month: string
}

interface Found {
  readonly rows: readonly OfCompany[]
  readonly isWhole: boolean
}

/** Companies of one statement, so that none takes long; and milliseconds after which whoever asks has waited enough. */
const companiesAtOnce = 20
const patience = 10_000

type Int = number | string

/**
 * Some companies after others along the key, until there are none left or it took too long.
 * @param read the next of them, `companiesAtOnce` unless they are the last
 * @param count what is counted of one; null: nothing
 */
const countByCompany = async <Row extends { readonly company_id: string }>(
  read: (after: string) => Promise<readonly Row[]>,
  count: (row: Row) => OfCompany | null
): Promise<Found> => {
  const found: OfCompany[] = []
  const end = Date.now() + patience
  for (let after = ''; ; ) {
    const rows = await read(after)
    found.push(...rows.map(count).filter(one => one !== null))
    if (rows.length < companiesAtOnce) return { rows: found, isWhole: true }
    if (Date.now() > end) return { rows: found, isWhole: false }
    after = rows.at(-1)!.company_id
  }
}

/** Live calls that start before an instant, by company. */
const liveCalls = (db: PluginDatabase, before: number): Promise<Found> =>
  countByCompany(
    after =>
      // The sums of the live months, which are a fraction of the calls; only what came for months that are archived is counted.
      db.all<{
        company_id: string
        calls: Int | null
        first: Int | null
        last: Int | null
        late: Int
        late_first: Int | null
      }>(
        `with company as (
         select company_id, live_from from {cdr_window}
         union all
         select company_id, 0 from {cdr_company_feed} where company_id not in (select company_id from {cdr_window})
       ), page as (
         select company_id, live_from from company where company_id > ? order by company_id limit ${companiesAtOnce}
       )
       select company_id,
         (select sum(attempts) from {cdr_hourly} as s where s.company_id = page.company_id and hour >= live_from and hour < ${before}) as calls,
         (select min(hour) from {cdr_hourly} as s where s.company_id = page.company_id and hour >= live_from and hour < ${before}) as first,
         (select max(hour) from {cdr_hourly} as s where s.company_id = page.company_id and hour >= live_from and hour < ${before}) as last,
         (select count(*) from {cdr_call} as c where c.company_id = page.company_id and started_at < live_from and started_at < ${before}) as late,
         (select min(started_at) from {cdr_call} as c where c.company_id = page.company_id and started_at < live_from and started_at < ${before}) as late_first
       from page order by company_id`,
        [after]
      ),
    ({ company_id, calls, first, last, late, late_first }) => {
      const start = late_first ?? first
      if (start === null) return null
      return {
        ...{ company_id, calls: Number(calls ?? 0) + Number(late) },
        ...{ first_month: monthName(Number(start)), last_month: monthName(Number(last ?? start)) }
      }
    }
  )

/** Calls in archives of months before an instant, by company. */
const archivedCalls = (db: PluginDatabase, before: number): Promise<Found> =>
  countByCompany(
    after =>
      // Parts of years are many, and each lies on a page of its own.
      db.all<OfCompany>(
        `select company_id, sum(calls) as calls, min(month) as first_month, max(month) as last_month
       from {cdr_archive} where company_id > ? and month < ? group by company_id order by company_id limit ${companiesAtOnce}`,
        [after, monthName(before)]
      ),
    one => one
  )

const summed = (...found: readonly Found[]): CallsOfMonths => {
  const rows = found.flatMap(one => one.rows)
  return {
    calls: rows.reduce((sum, { calls }) => sum + Number(calls), 0),
    companies: new Set(rows.map(({ company_id }) => company_id)).size,
    firstMonth: rows.map(({ first_month }) => first_month).sort()[0] ?? null,
    lastMonth:
      rows
        .map(({ last_month }) => last_month)
        .sort()
        .at(-1) ?? null,
    isWhole: found.every(({ isWhole }) => isWhole)
  }
}

/**
 * What the archive job would do if these months were in force at `at`.
 * @throws PortalError BAD_USER_INPUT
 */
export const previewRetention = async (
  db: PluginDatabase,
  wanted: CallRetention,
  at: number
): Promise<RetentionPreview> => {
  checkRetention(wanted)
  const keptFrom = wanted.keptMonths === null ? 0 : monthStart(at, wanted.keptMonths)
  return {
    archives: summed(await liveCalls(db, monthStart(at, wanted.liveMonths))),
    removes: keptFrom === 0 ? summed() : summed(await archivedCalls(db, keptFrom), await liveCalls(db, keptFrom)),
    waitsUntil: waitOf(wanted, await readRetention(db, at), at)
  }
}
