import { PortalError } from '../core/errors.ts'
import type { Actor, StaffStore } from '../core/ports.ts'
import { checkVersion } from './access-write.ts'
import { doneBy, writeAudit } from './audit.ts'
import type { Database } from './connect.ts'
import { addFailure } from './failures.ts'
import { insertRows } from './insert-rows.ts'
import { clockOf, rowOf, wordsOf } from './sql.ts'

type TwoFactorStore = Pick<
  StaffStore,
  'twoFactor' | 'startTwoFactor' | 'confirmTwoFactor' | 'spendSecondFactor' | 'endTwoFactor'
>

const entry = (actor: Actor, action: string, target: string, before: unknown, after: unknown) => ({
  ...doneBy(actor),
  action,
  target,
  before,
  after
})

/** Two-factor sign-in of staff on the database; see `StaffStore`. The row of the member of staff is the lock of all of it. */
export const createTwoFactorStore = (db: Database): TwoFactorStore => {
  const lock = `SELECT disabled, locked_until, version FROM staff WHERE id = ?${wordsOf(db.reader).forUpdate}`
  return {
    twoFactor: async id => {
      const row = await rowOf<{ secret: string; confirmed_at: number | null }>(
        db.reader,
        'SELECT secret, confirmed_at FROM staff_two_factor WHERE staff_id = ?',
        [id]
      )
      return row ? { secret: row.secret, confirmed: row.confirmed_at !== null } : null
    },

    startTwoFactor: (id, secret, actor) =>
      db.transaction(async trx => {
        if (!(await rowOf(trx, lock, [id]))) throw new PortalError('NOT_FOUND', 'There is no such member of staff.')
        const old = await rowOf<{ confirmed_at: number | null }>(
          trx,
          'SELECT confirmed_at FROM staff_two_factor WHERE staff_id = ?',
          [id]
        )
        if (old && old.confirmed_at !== null)
          throw new PortalError('PRECONDITION_FAILED', 'Two-factor sign-in is on already; disable it first.', {
            reason: 'TWO_FACTOR_ON'
          })
        await trx.raw('DELETE FROM staff_two_factor WHERE staff_id = ?', [id])
        await trx.raw('INSERT INTO staff_two_factor (staff_id, secret, created_at) VALUES (?, ?, ?)', [
          ...[id, secret, await clockOf(trx)]
        ])
        const before = { twoFactor: old ? 'started' : 'off' }
        await writeAudit(trx, entry(actor, 'startTwoFactor', id, before, { twoFactor: 'started', secret: '***' }))
      }),

    confirmTwoFactor: (id, { secret, step }, recoveryHashes, actor) =>
      db.transaction(async trx => {
        await rowOf(trx, lock, [id])
        const done = await rowOf(
          trx,
          `UPDATE staff_two_factor SET confirmed_at = ${wordsOf(trx).now}, last_step = ?
           WHERE staff_id = ? AND secret = ? AND confirmed_at IS NULL RETURNING staff_id`,
          [step, id, secret]
        )
        if (!done) return false
        await trx.raw('UPDATE staff SET version = version + 1 WHERE id = ?', [id])
        await trx.raw('DELETE FROM staff_recovery_code WHERE staff_id = ?', [id])
        await insertRows(
          trx,
          'staff_recovery_code',
          recoveryHashes.map(hash => ({ staff_id: id, code_hash: hash }))
        )
        const after = { twoFactor: 'on', recoveryCodes: recoveryHashes.map(() => '***') }
        await writeAudit(trx, entry(actor, 'confirmTwoFactor', id, { twoFactor: 'started' }, after))
        return true
      }),

    spendSecondFactor: (id, proof, ip) =>
      db.transaction(async trx => {
        const person = await rowOf<{ disabled: number; locked_until: number | null }>(trx, lock, [id])
        if (!person || person.disabled === 1) return false
        if (person.locked_until === null || person.locked_until <= (await clockOf(trx))) {
          const taken =
            proof === null
              ? undefined
              : 'step' in proof
                ? await rowOf(
                    trx,
                    `UPDATE staff_two_factor SET last_step = ?
                     WHERE staff_id = ? AND confirmed_at IS NOT NULL AND last_step < ? RETURNING staff_id`,
                    [proof.step, id, proof.step]
                  )
                : await rowOf(
                    trx,
                    'DELETE FROM staff_recovery_code WHERE staff_id = ? AND code_hash = ? RETURNING staff_id',
                    [id, proof.recoveryHash]
                  )
          if (taken) return true
        }
        await addFailure(trx, 'staff', id, ip)
        return false
      }),

    endTwoFactor: (id, actor, action, expectedVersion) =>
      db.transaction(async trx => {
        if (action === 'resetStaffTwoFactor' && actor.operator.actor === `staff:${id}`)
          throw new PortalError('PRECONDITION_FAILED', 'End your own with disableTwoFactor, which asks for a code.', {
            reason: 'OWN_ACCOUNT'
          })
        const person = await rowOf<{ version: number }>(trx, lock, [id])
        if (!person) throw new PortalError('NOT_FOUND', 'There is no such member of staff.')
        checkVersion(person, expectedVersion)
        const old = await rowOf<{ confirmed_at: number | null }>(
          trx,
          'DELETE FROM staff_two_factor WHERE staff_id = ? RETURNING confirmed_at',
          [id]
        )
        if (!old) return
        await trx.raw('UPDATE staff SET version = version + 1 WHERE id = ?', [id])
        await trx.raw('DELETE FROM staff_recovery_code WHERE staff_id = ?', [id])
        const before = { twoFactor: old.confirmed_at === null ? 'started' : 'on', secret: '***' }
        await writeAudit(trx, entry(actor, action, id, before, { twoFactor: 'off' }))
      })
  }
}
