import type { PluginDatabase } from '../../core/plugin-api.ts'
import type { RolledLeg } from './call-row.ts'

/** Milliseconds of an hour. */
export const hour = 3_600_000

/** Connected calls of at most this many seconds count as short. */
export const shortCallSeconds = 6

/** Failures the network is not to blame for: they count as effective, with the answered calls, those of 0 seconds too. */
const effectiveReasons = new Set(['BUSY', 'NO_ANSWER', 'REJECTED', 'CANCELLED'])

const keys = [
  'company_id',
  'hour',
  'leg',
  'direction',
  'destination_code',
  'destination_name',
  'card',
  'tech_prefix',
  'currency'
] as const

/** The additive columns of `cdr_hourly`. */
export const sums = [
  'attempts',
  'connected',
  'duration',
  'billed',
  'rated_billed',
  'charge',
  'effective',
  'pdd_sum',
  'pdd_count',
  'dtmf_calls',
  'short_calls',
  'unrated'
] as const

type Key = readonly (string | number)[]

/** What calls add to the hourly sums; nothing is written before `write`. */
export class RollUp {
  readonly #rows = new Map<string, { readonly key: Key; readonly sums: bigint[] }>()

  add(leg: RolledLeg, times: 1 | -1 = 1): void {
    const startedAt = Number(leg.started_at)
    const key: Key = [
      leg.company_id,
      startedAt - (startedAt % hour),
      leg.leg,
      leg.direction,
      leg.destination_code ?? '',
      leg.destination_name ?? '',
      leg.card_name ?? '',
      leg.tech_prefix ?? '',
      leg.currency
    ]
    const name = JSON.stringify(key)
    let row = this.#rows.get(name)
    if (!row) {
      row = { key, sums: sums.map(() => 0n) }
      this.#rows.set(name, row)
    }
    const connected = leg.duration > 0
    const billed = leg.billed_duration
    const values = [
      1,
      connected ? 1 : 0,
      leg.duration,
      billed,
      leg.charge === null ? 0 : billed,
      BigInt(leg.charge ?? 0),
      leg.answered_at !== null || connected || effectiveReasons.has(leg.release_reason) ? 1 : 0,
      leg.pdd ?? 0,
      leg.pdd === null ? 0 : 1,
      connected && (leg.dtmf_count ?? 0) > 0 ? 1 : 0,
      connected && leg.duration <= shortCallSeconds ? 1 : 0,
      leg.charge === null ? 1 : 0
    ]
    values.forEach((value, i) => {
      row.sums[i]! += BigInt(value) * BigInt(times)
    })
  }

  /** Adds the sums to the stored ones, and removes hours that no call is left in. Part of the caller's transaction. */
  async write(db: PluginDatabase): Promise<void> {
    // Always in the same order, so that two loads never wait for each other in a circle.
    const rows = [...this.#rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row)
    if (rows.length === 0) return
    const json = JSON.stringify(rows.map(row => [...row.key, ...row.sums.map(String)]))
    const columns = [...keys, ...sums]
    const sqlite = db.dialect === 'sqlite'
    const read = (name: string, i: number) => {
      const number = name === 'hour' || (sums as readonly string[]).includes(name)
      const path = sqlite ? `json_extract(value, '$[${i}]')` : `(value ->> ${i})`
      return number ? `cast(${path} as ${sqlite ? 'integer' : 'bigint'})` : path
    }
    // Materialised, or SQLite would write each row's text out once a column.
    await db.run(
      `with given as materialized (
         select value from ${sqlite ? 'json_each(?)' : 'json_array_elements(cast(? as json)) as each(value)'}
       )
       insert into {cdr_hourly} (${columns.join(', ')})
       select ${columns.map(read).join(', ')} from given where true
       on conflict (${keys.join(', ')}) do update set
       ${sums.map(name => `${name} = {cdr_hourly}.${name} + excluded.${name}`).join(', ')}`,
      [json]
    )
    // One statement a company: an undo empties thousands. Both databases look the hours up in the key.
    const emptied = new Map<string, Set<number>>()
    for (const { key, sums } of rows) {
      if (sums[0]! > 0n) continue
      const company = key[0] as string
      const hours = emptied.get(company) ?? new Set<number>()
      emptied.set(company, hours.add(key[1] as number))
    }
    for (const [company, hours] of emptied)
      await db.run(
        `delete from {cdr_hourly} where company_id = ? and hour in (${[...hours].join(', ')}) and attempts = 0`,
        [company]
      )
  }
}
