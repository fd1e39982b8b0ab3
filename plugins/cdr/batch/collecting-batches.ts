import { type PluginDatabase, PortalError } from '../../../core/plugin-api.ts'
import type { ImportBatches } from '../import/import-calls.ts'
import { hour } from '../roll-up.ts'
import { batchByNumber, beginBatch, endBatch } from './batch-store.ts'

/**
 * Batches for what switches send call by call: one for each sender, feed and UTC hour collects it, so that a bad hour of one
 * switch can be undone alone.
 */
export const collectingBatches = (
  db: PluginDatabase,
  { actor, format, at }: { readonly actor: string; readonly format: string; readonly at: number }
): ImportBatches => {
  const open = async (source: string): Promise<number> => {
    const openKey = JSON.stringify([actor, format, source, at - (at % hour)])
    for (let attempt = 1; attempt <= 10; attempt += 1) {
      const [found] = await db.all<{ number: number | string }>('select number from {cdr_batch} where open_key = ?', [
        openKey
      ])
      if (found) return Number(found.number)
      const options = { source: null, zone: null, direction: 'TERMINATION', account: null, replace: false } as const
      const begun = await beginBatch(db, { source, format, origin: 'INGEST', actor, options, openKey }, at)
      if (begun) return begun.number
    }
    throw new PortalError('UNAVAILABLE')
  }
  const known = new Map<string, Promise<number>>()
  return {
    at,
    numberOf(source) {
      const number = known.get(source) ?? open(source)
      known.set(source, number)
      return number
    },
    async renew(number) {
      known.clear()
      await endBatch(db, number, 'DONE', (await batchByNumber(db, number))?.startedAt ?? at)
    }
  }
}
