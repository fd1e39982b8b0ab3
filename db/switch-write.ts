import type { Knex } from 'knex'
import { type AccessAction, type Actor, type AuditEntry, REGISTRY_SCOPE } from '../core/ports.ts'
import { auditWrites, bumpScopes } from './access-write.ts'
import { clockOf, rowOf, wordsOf } from './sql.ts'

/** Sets a switch of the platform and records what it was. */
export const writeSwitch = async (
  trx: Knex,
  kind: 'plugin' | 'entitlement',
  name: string,
  present: boolean,
  action: AccessAction,
  actor: Actor,
  whenLocked?: () => Promise<void>
): Promise<AuditEntry> => {
  // The row is the lock: it is made first, with what its absence means.
  const absent = kind === 'plugin' ? 1 : 0
  await trx.raw(
    'INSERT INTO platform_switch (kind, name, present) VALUES (?, ?, ?) ON CONFLICT (kind, name) DO NOTHING',
    [kind, name, absent]
  )
  const row = await rowOf<{ present: number }>(
    trx,
    `SELECT present FROM platform_switch WHERE kind = ? AND name = ?${wordsOf(trx).forUpdate}`,
    [kind, name]
  )
  await whenLocked?.()
  await trx.raw('UPDATE platform_switch SET present = ? WHERE kind = ? AND name = ?', [present ? 1 : 0, kind, name])
  const touches = [{ field: `${kind}:${name}`, before: row!.present === 1, after: present }]
  const [entry] = await auditWrites(trx, [{ target: name, touches }], action, actor, await clockOf(trx))
  await bumpScopes(trx, new Map([[REGISTRY_SCOPE, []]]))
  return entry!
}
