import type { PlatformStore } from '../core/ports.ts'
import { readPlatform } from './access-source.ts'
import type { Database } from './connect.ts'
import { readName } from './input.ts'
import { writeSwitch } from './switch-write.ts'

/** Switches of the installation on the database; see `PlatformStore`. */
export const createPlatformStore = (db: Database): PlatformStore => ({
  get: () => readPlatform(db.reader),
  setPlugin: (name, enabled, actor) =>
    db.transaction(async trx => {
      await writeSwitch(trx, 'plugin', readName('name', name), enabled, 'setPluginEnabled', actor)
      return readPlatform(trx)
    }),
  setEntitlement: (name, present, actor) =>
    db.transaction(async trx => {
      await writeSwitch(trx, 'entitlement', readName('name', name), present, 'setEntitlement', actor)
      return readPlatform(trx)
    })
})
