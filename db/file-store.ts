import { createHash } from 'node:crypto'
import type { Alive } from '../core/alive.ts'
import { PortalError } from '../core/errors.ts'
import type { OperatorFile, OperatorFiles } from '../core/operator-file.ts'
import type { Operator } from '../core/viewer.ts'
import { writeAudit } from './audit.ts'
import type { Database } from './connect.ts'
import { readName } from './input.ts'
import { newId, rowOf, wordsOf } from './sql.ts'

/** Bytes of one file. */
export const largestFile = 256 * 1024 * 1024
/** Bytes that the unexpired files of one owner may have together. */
const mostOfOwner = 2 * 1024 * 1024 * 1024
const chunkBytes = 1024 * 1024
/** Milliseconds a whole file is kept, and an unfinished one. */
const keptMs = 7 * 86_400_000
const unfinishedMs = 86_400_000
/** Milliseconds for which an unfinished file counts as the largest there may be. */
const reservedMs = 3_600_000

/** The refusal of a file beyond `largestFile`. */
export const tooLarge = (): PortalError =>
  new PortalError('PAYLOAD_TOO_LARGE', `A file may have at most ${largestFile >> 20} MiB.`)

/** Files of operators, kept in pieces. */
export interface FileStore {
  /** The files that this operator may see. */
  of(operator: Pick<Operator, 'actor' | 'role'>): OperatorFiles
  /** Leaves an audit entry of a download. */
  recordDownload(file: OperatorFile, operator: Operator): Promise<void>
  /** Removes files whose time is over, one after the other. Resolves to how many. */
  expire(alive: Alive): Promise<number>
}

interface Row {
  readonly id: string
  readonly name: string
  readonly content_type: string
  readonly owner: string
  readonly bytes: number
  readonly sha256: string
  readonly created_at: number
  readonly expires_at: number
}

const fileFrom = (row: Row): OperatorFile => ({
  id: row.id,
  name: row.name,
  contentType: row.content_type,
  owner: row.owner,
  bytes: row.bytes,
  sha256: row.sha256,
  createdAt: row.created_at,
  expiresAt: row.expires_at
})

/** Pieces of one size, so that a stream of many small texts does not become as many rows. */
async function* inChunks(content: AsyncIterable<string | Uint8Array>): AsyncGenerator<Buffer> {
  let waiting: Buffer[] = []
  let size = 0
  for await (const piece of content) {
    const bytes = typeof piece === 'string' ? Buffer.from(piece) : Buffer.from(piece)
    waiting.push(bytes)
    size += bytes.length
    if (size < chunkBytes) continue
    yield Buffer.concat(waiting)
    waiting = []
    size = 0
  }
  if (size > 0) yield Buffer.concat(waiting)
}

export const createFileStore = (db: Database): FileStore => {
  const { now } = wordsOf(db.reader)

  const remove = (id: string): Promise<unknown> =>
    db.transaction(trx => trx.raw('DELETE FROM operator_file WHERE id = ?', [id]))

  async function* chunksOf(id: string): AsyncGenerator<Buffer> {
    for (let part = -1; ; ) {
      const row = await rowOf<{ part: number; bytes: Buffer }>(
        db.reader,
        'SELECT part, bytes FROM operator_file_chunk WHERE file_id = ? AND part > ? ORDER BY part LIMIT 1',
        [id, part]
      )
      if (!row) return
      yield row.bytes
      part = row.part
    }
  }

  /** The pieces of a file, which must not look whole when its time ends under way. */
  async function* whole(file: OperatorFile): AsyncGenerator<Buffer> {
    let sent = 0
    for await (const chunk of chunksOf(file.id)) {
      sent += chunk.length
      yield chunk
    }
    if (sent !== file.bytes) throw new PortalError('NOT_FOUND', 'The file is no longer kept.')
  }

  return {
    of: operator => ({
      create: async (input, content) => {
        const name = readName('name', input.name)
        const id = newId()
        await db.transaction(trx =>
          trx.raw(
            `INSERT INTO operator_file (id, name, content_type, owner, created_at, expires_at)
             VALUES (?, ?, ?, ?, ${now}, ${now} + ${unfinishedMs})`,
            [id, name, input.contentType, operator.actor]
          )
        )
        // Looked at once the row is there for all: of many at once, each counts the others, as large as they may become.
        const kept = await rowOf<{ bytes: string | number | null }>(
          db.reader,
          `SELECT CAST(SUM(CASE WHEN bytes IS NOT NULL THEN bytes WHEN created_at > ${now} - ${reservedMs} THEN ${largestFile}
             ELSE 0 END) AS BIGINT) AS bytes
           FROM operator_file WHERE owner = ? AND id <> ? AND expires_at > ${now}`,
          [operator.actor, id]
        )
        if (Number(kept?.bytes ?? 0) > mostOfOwner) {
          await remove(id)
          throw new PortalError(
            'CAPACITY_EXCEEDED',
            'The files you keep are too many already; wait until the oldest expire, seven days after they were made.'
          )
        }
        const hash = createHash('sha256')
        let bytes = 0
        let part = 0
        try {
          for await (const chunk of inChunks(content)) {
            bytes += chunk.length
            if (bytes > largestFile) throw tooLarge()
            hash.update(chunk)
            const at = part++
            await db.transaction(trx =>
              trx.raw('INSERT INTO operator_file_chunk (file_id, part, bytes) VALUES (?, ?, ?)', [id, at, chunk])
            )
          }
          const row = await db.transaction(trx =>
            rowOf<Row>(
              trx,
              `UPDATE operator_file SET bytes = ?, sha256 = ?, expires_at = ${now} + ${keptMs} WHERE id = ? RETURNING *`,
              [bytes, hash.digest('hex'), id]
            )
          )
          return fileFrom(row!)
        } catch (error) {
          // What cannot be removed now goes with the clean-up.
          await remove(id).catch(() => {})
          throw error
        }
      },

      open: async id => {
        const row = /^[\w-]{1,64}$/.test(id)
          ? await rowOf<Row>(
              db.reader,
              `SELECT * FROM operator_file WHERE id = ? AND bytes IS NOT NULL AND expires_at > ${now}`,
              [id]
            )
          : undefined
        if (!row || (row.owner !== operator.actor && operator.role !== 'ADMIN'))
          throw new PortalError('NOT_FOUND', 'There is no such file, or it is no longer kept; upload it again.')
        const file = fileFrom(row)
        return { ...file, content: whole(file) }
      }
    }),

    recordDownload: (file, operator) =>
      db.transaction(async trx => {
        await writeAudit(trx, {
          actor: operator.actor,
          action: 'downloadFile',
          target: file.id,
          ip: operator.ip,
          after: { name: file.name, bytes: file.bytes }
        })
      }),

    expire: async alive => {
      const removed = (): Promise<boolean> =>
        db.transaction(
          async trx =>
            (await rowOf(
              trx,
              `DELETE FROM operator_file WHERE id = (SELECT id FROM operator_file WHERE expires_at <= ${now} LIMIT 1) RETURNING id`
            )) !== undefined
        )
      let gone = 0
      while ((await alive()) && (await removed())) gone += 1
      return gone
    }
  }
}
