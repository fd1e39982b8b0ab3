import { badInput, type PluginDatabase } from '../../core/plugin-api.ts'
import { defaultLiveMonths } from './range.ts'

const liveMonthsSetting = 'live_months'
const archiveMonthsSetting = 'archive_months'
const keptFromSetting = 'kept_from'
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

/** How many whole months of calls stay live besides the current one. */
export const liveMonths = async (db: PluginDatabase): Promise<number> =>
  (await setting(db, liveMonthsSetting)) ?? defaultLiveMonths

/** How many whole months of calls are kept besides the current one, live or in archives; null: all. */
export const archiveMonths = (db: PluginDatabase): Promise<number | null> => setting(db, archiveMonthsSetting)

/** Calls that start before this instant are not kept, and not loaded; 0 when all are. */
export const keptFrom = async (db: PluginDatabase): Promise<number> => (await setting(db, keptFromSetting)) ?? 0

/** Never goes back: what is gone does not come again. */
export const setKeptFrom = (db: PluginDatabase, from: number): Promise<number> =>
  db.run(
    `insert into {cdr_setting} (name, value) values (?, ?) on conflict (name) do update
     set value = case when excluded.value > {cdr_setting}.value then excluded.value else {cdr_setting}.value end`,
    [keptFromSetting, from]
  )

/** Takes effect with the next run of the archive job. @throws PortalError BAD_USER_INPUT */
export const setLiveMonths = async (db: PluginDatabase, months: unknown): Promise<void> => {
  if (!Number.isInteger(months) || (months as number) < defaultLiveMonths || (months as number) > mostMonths) {
    throw badInput('months', `must be ${defaultLiveMonths} to ${mostMonths}`)
  }
  const kept = await archiveMonths(db)
  if (kept !== null && kept < (months as number))
    throw badInput('months', `is more than the ${kept} months that are kept`)
  await set(db, liveMonthsSetting, months as number)
}

/** How long calls live and are kept. */
export interface CallRetention {
  readonly liveMonths: number
  readonly keptMonths: number | null
}

export const readRetention = async (db: PluginDatabase): Promise<CallRetention> => ({
  liveMonths: await liveMonths(db),
  keptMonths: await archiveMonths(db)
})

/**
 * Sets how long calls live and are kept; takes effect with the next run of the archive job.
 * @throws PortalError BAD_USER_INPUT
 */
export const setRetention = (
  db: PluginDatabase,
  wanted: CallRetention,
  by: { readonly actor: string; readonly ip: string }
): Promise<CallRetention> =>
  db.transaction(async trx => {
    // Two changes at once: the second waits here, and sees the first.
    await trx.run(
      'insert into {cdr_setting} (name, value) values (?, ?) on conflict (name) do update set value = {cdr_setting}.value',
      [liveMonthsSetting, defaultLiveMonths]
    )
    const before = await readRetention(trx)
    const { liveMonths: live, keptMonths: kept } = wanted
    if (live < defaultLiveMonths || live > mostMonths)
      throw badInput('liveMonths', `must be ${defaultLiveMonths} to ${mostMonths}`)
    if (kept !== null && (kept < live || kept > 1_200))
      throw badInput('keptMonths', `must be ${live} to 1200, or null for all`)
    const changed = Object.fromEntries(
      (['liveMonths', 'keptMonths'] as const).flatMap(name =>
        before[name] === wanted[name] ? [] : [[name, before[name]]]
      )
    )
    if (Object.keys(changed).length === 0) return before
    await set(trx, liveMonthsSetting, live)
    if (kept === null) await trx.run('delete from {cdr_setting} where name = ?', [archiveMonthsSetting])
    else await set(trx, archiveMonthsSetting, kept)
    await trx.audit({
      ...by,
      action: 'setCallRetention',
      target: 'installation',
      before: changed,
      after: Object.fromEntries(Object.keys(changed).map(name => [name, wanted[name as keyof CallRetention]]))
    })
    return wanted
  })
