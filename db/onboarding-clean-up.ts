import type { Alive } from '../core/alive.ts'
import { onboardingLinesKeptMs } from '../core/onboarding-runs.ts'
import type { Database } from './connect.ts'
import { rowOf, wordsOf } from './sql.ts'

/** Lines that one transaction removes, so that no other writer waits long. */
const pieceSize = 5_000

/**
 * Removes the lines and companies of a run, in pieces.
 * @param guard what the run must be while that goes on, in SQL; false when it is not, or when it was told to stop
 */
export const removeOnboardingLines = async (
  db: Database,
  runId: string,
  guard: string,
  alive: Alive = async () => true
): Promise<boolean> => {
  for (;;) {
    const left = await db.transaction(async trx => {
      const run = await rowOf(trx, `SELECT id FROM onboarding_run WHERE id = ? AND ${guard}${wordsOf(trx).forUpdate}`, [
        runId
      ])
      if (run === undefined) return null
      const line = await rowOf<{ line: number }>(
        trx,
        'SELECT line FROM onboarding_line WHERE run_id = ? ORDER BY line LIMIT 1 OFFSET ?',
        [runId, pieceSize]
      )
      const upTo = line === undefined ? '' : ` AND line < ${line.line}`
      await trx.raw(`DELETE FROM onboarding_line WHERE run_id = ?${upTo}`, [runId])
      if (line === undefined) await trx.raw('DELETE FROM onboarding_company WHERE run_id = ?', [runId])
      return line !== undefined
    })
    if (left !== true) return left !== null
    if (!(await alive())) return false
  }
}

/** Removes the lines of runs that ended long ago. The runs themselves stay: who took in what, and when. */
export const pruneOnboarding = async (db: Database, alive: Alive): Promise<void> => {
  const old = `finished_at <= ${wordsOf(db.reader).now} - ${onboardingLinesKeptMs}`
  for (;;) {
    const run = await rowOf<{ id: string }>(
      db.reader,
      `SELECT id FROM onboarding_run
       WHERE ${old} AND EXISTS (SELECT 1 FROM onboarding_line WHERE onboarding_line.run_id = onboarding_run.id) LIMIT 1`
    )
    if (run === undefined || !(await removeOnboardingLines(db, run.id, old, alive)) || !(await alive())) return
  }
}
