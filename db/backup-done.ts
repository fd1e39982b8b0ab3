import type { Database } from './connect.ts'
import { newId, wordsOf } from './sql.ts'

/** Notes for monitoring that a backup was written; only the last one counts. */
export const noteBackup = (db: Database, bytes: number): Promise<void> =>
  db.transaction(async trx => {
    await trx.raw('DELETE FROM backup_done')
    await trx.raw(
      `INSERT INTO backup_done (id, at, bytes) SELECT CAST(? AS TEXT), ${wordsOf(trx).now}, CAST(? AS BIGINT)`,
      [newId(), bytes]
    )
  })
