import { badInput, type PluginDatabase, PortalError } from '../../core/plugin-api.ts'
import { day, defaultLiveMonths } from './range.ts'

const liveMonthsSetting = 'live_months'
const archiveMonthsSetting = 'archive_months'
const keptFromSetting = 'kept_from'
const waitsUntilSetting = 'waits_until'
const liveMonthsBeforeSetting = 'live_months_before'
const versionSetting = 'retention_version'
const mostMonths = 120

const setting = async (db: PluginDatabase, name: string): Promise<number | null> => {
  const row: { value: number | string } | undefined = await db.from('cdr_setting').where('name', name).first('value')
  return row ? Number(row.value) : null
}

const set = (db: PluginDatabase, name: string, value: number): Promise<number> =>
  db.run(
    'insert into {cdr_setting} (name, value) values (?, ?) on conflict (name) do update set value = excluded.value',
    [name, value]
  )

/** Calls that start before this instant are not kept, and not loaded; 0 when all are. */
export const keptFrom = async (db: PluginDatabase): Promise<number> => (await setting(db, keptFromSetting)) ?? 0

/** Never goes back: what is gone does not come again. */
export const setKeptFrom = (db: PluginDatabase, from: number): Promise<number> =>
  db.run(
    `insert into {cdr_setting} (name, value) values (?, ?) on conflict (name) do update
     set value = case when excluded.value > {cdr_setting}.value then excluded.value else {cdr_setting}.value end`,
    [keptFromSetting, from]
  )

/** How long calls live and are kept. */
export interface CallRetention {
  readonly liveMonths: number
  readonly keptMonths: number | null
}

/** As it is set now. */
export interface CurrentRetention extends CallRetention {
  /** A shorter time was set, and comes into force then; until then nothing is removed. Null: nothing is waited for. */
  readonly waitsUntil: number | null
  /** Live months that the archive job goes by: while it is waited, those of before. */
  readonly liveMonthsNow: number
  /** Counts changes from 1. */
  readonly version: number
}

/** Milliseconds after a shorter time was set during which it can be set back and nothing is lost. */
const waitMs = 7 * day

export const readRetention = async (db: PluginDatabase, at: number): Promise<CurrentRetention> => {
  const live = (await setting(db, liveMonthsSetting)) ?? defaultLiveMonths
  const until = await setting(db, waitsUntilSetting)
  const waits = until !== null && until > at
  const before = waits ? await setting(db, liveMonthsBeforeSetting) : null
  return {
    liveMonths: live,
    keptMonths: await setting(db, archiveMonthsSetting),
    waitsUntil: waits ? until : null,
    liveMonthsNow: Math.max(live, before ?? live),
    version: (await setting(db, versionSetting)) ?? 1
  }
}

/** @throws PortalError BAD_USER_INPUT */
export const checkRetention = ({ liveMonths: live, keptMonths: kept }: CallRetention): void => {
  if (live < defaultLiveMonths || live > mostMonths)
    throw badInput('liveMonths', `must be ${defaultLiveMonths} to ${mostMonths}`)
  if (kept !== null && (kept < live || kept > 1_200))
    throw badInput('keptMonths', `must be ${live} to 1200, or null for all`)
}

/** Whether one keeps calls live, or at all, for less time than the other. */
const isShorter = (one: CallRetention, other: CallRetention): boolean =>
  one.liveMonths < other.liveMonths ||
  (one.keptMonths ?? Number.POSITIVE_INFINITY) < (other.keptMonths ?? Number.POSITIVE_INFINITY)

/** When these months come into force if they are set now; null: with the next run. */
export const waitOf = (wanted: CallRetention, now: CurrentRetention, at: number): number | null =>
  isShorter(wanted, now) ? at + waitMs : now.waitsUntil

/**
 * Sets how long calls live and are kept; takes effect with the next run of the archive job, and a shorter time a week later.
 * @throws PortalError BAD_USER_INPUT; CONFLICT when it is no longer at `expectedVersion`
 */
export const setRetention = (
  db: PluginDatabase,
  { liveMonths: live, keptMonths: kept }: CallRetention,
  { expectedVersion, ...by }: { readonly actor: string; readonly ip: string; readonly expectedVersion?: number | null }
): Promise<CurrentRetention> =>
  db.transaction(async trx => {
    const wanted = { liveMonths: live, keptMonths: kept }
    checkRetention(wanted)
    // Two changes at once: the second waits here, and sees the first.
    await trx.run(
      'insert into {cdr_setting} (name, value) values (?, ?) on conflict (name) do update set value = {cdr_setting}.value',
      [liveMonthsSetting, defaultLiveMonths]
    )
    const at = await trx.now()
    const before = await readRetention(trx, at)
    if (expectedVersion != null && expectedVersion !== before.version) throw new PortalError('CONFLICT')
    const names = (['liveMonths', 'keptMonths'] as const).filter(name => before[name] !== wanted[name])
    if (names.length === 0) return before
    const waits = waitOf(wanted, before, at)
    await set(trx, liveMonthsSetting, live)
    if (kept === null) await trx.run('delete from {cdr_setting} where name = ?', [archiveMonthsSetting])
    else await set(trx, archiveMonthsSetting, kept)
    if (waits !== null) {
      await set(trx, waitsUntilSetting, waits)
      await set(trx, liveMonthsBeforeSetting, before.liveMonthsNow)
    }
    await set(trx, versionSetting, before.version + 1)
    await trx.audit({
      ...by,
      action: 'setCallRetention',
      target: 'installation',
      before: Object.fromEntries(names.map(name => [name, before[name]])),
      after: Object.fromEntries(names.map(name => [name, wanted[name]]))
    })
    return readRetention(trx, at)
  })
