import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip, gunzipSync, gzipSync } from 'node:zlib'
import { ConfigurationError } from '../core/errors.ts'
import { newId } from './sql.ts'

// A backup file is gzip: `zcat` shows it. Its last member, always of one size, holds the checksum of everything before,
// so that a file which was cut off or altered is known before anything of it is used.

const format = 'portcullis-backup'
const endTextBytes = 256
/** A member that is stored, not compressed: 10 bytes before, 5 for the block, 8 after. */
const endBytes = endTextBytes + 23

interface End {
  readonly end: typeof format
  /** Bytes before the end, and their checksum. */
  readonly bytes: number
  readonly sha256: string
}

/** What a finished file is like. */
export interface WrittenFile {
  readonly bytes: number
  readonly sha256: string
}

const endOf = (bytes: number, sha256: string): Buffer => {
  const end: End = { end: format, bytes, sha256 }
  const member = gzipSync(`${JSON.stringify(end).padEnd(endTextBytes - 1)}\n`, { level: 0 })
  if (member.length !== endBytes) throw new Error(`The end of a backup has ${member.length} bytes, not ${endBytes}`)
  return member
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false
  )

const syncFolder = async (path: string): Promise<void> => {
  const folder = await open(dirname(resolve(path)), 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

/** What the file system refused, as a line for a terminal. */
const fileFault = (path: string, error: unknown): unknown => {
  const { code, syscall, message } = error as NodeJS.ErrnoException
  if (syscall === undefined) return error
  const why = code === 'ENOSPC' ? 'the disk is full' : code === 'ENOENT' ? 'there is no such file or folder' : message
  return new ConfigurationError(`${path}: ${why}.`)
}

/**
 * Writes lines into a new file: whole and on the disk, or not at all. Only its owner may read it.
 * @param force replaces a file of that name, when the new one is whole
 * @throws ConfigurationError when the file exists or cannot be written
 */
export const writeBackupFile = async (
  path: string,
  lines: AsyncIterable<string>,
  force = false
): Promise<WrittenFile> => {
  const refuseExisting = async (): Promise<void> => {
    if (!force && (await exists(path)))
      throw new ConfigurationError(`${path} exists already; give another name, or --force to replace it.`)
  }
  await refuseExisting()
  // Not the number of the process: in a container that is the same each time, and one that was killed leaves its file.
  const partial = `${path}.${newId()}.partial`
  let file: FileHandle | undefined
  try {
    const opened = await open(partial, 'wx', 0o600)
    file = opened
    const hash = createHash('sha256')
    let bytes = 0
    let fault: unknown
    const put = async (part: Buffer): Promise<void> => {
      await opened.appendFile(part)
      hash.update(part)
      bytes += part.length
    }
    await pipeline(
      Readable.from(lines),
      createGzip({ level: 1, chunkSize: 262_144 }),
      async (parts: AsyncIterable<Buffer>) => {
        try {
          for await (const part of parts) await put(part)
        } catch (error) {
          fault = error
          throw error
        }
      }
    ).catch((error: unknown) => {
      // What stops the sources half-way may be told before the reason.
      throw fault ?? error
    })
    const sha256 = hash.digest('hex')
    await opened.appendFile(endOf(bytes, sha256))
    await opened.sync()
    await opened.close()
    file = undefined
    await refuseExisting()
    await rename(partial, path)
    await syncFolder(path)
    return { bytes: bytes + endBytes, sha256 }
  } catch (error) {
    await file?.close()
    await rm(partial, { force: true })
    throw fileFault(path, error)
  }
}

const readEnd = async (path: string): Promise<End> => {
  const notWhole = new ConfigurationError(
    `${path} is no backup, or its end is missing: it was cut off while it was written or copied.`
  )
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    if (size <= endBytes) throw notWhole
    const { buffer } = await file.read(Buffer.alloc(endBytes), 0, endBytes, size - endBytes)
    let end: Partial<End>
    try {
      end = JSON.parse(gunzipSync(buffer).toString()) as Partial<End>
    } catch {
      throw notWhole
    }
    if (end.end !== format || end.bytes !== size - endBytes || typeof end.sha256 !== 'string') throw notWhole
    return end as End
  } finally {
    await file.close()
  }
}

/**
 * Compares a file with the checksum at its end.
 * @throws ConfigurationError when it is not whole, or was altered
 */
export const checkBackupFile = async (path: string): Promise<WrittenFile> => {
  try {
    const end = await readEnd(path)
    const hash = createHash('sha256')
    for await (const part of createReadStream(path, { end: end.bytes - 1, highWaterMark: 1_048_576 }))
      hash.update(part as Buffer)
    if (hash.digest('hex') !== end.sha256)
      throw new ConfigurationError(
        `${path} was altered after it was made: its checksum does not match. Use another backup.`
      )
    return { bytes: end.bytes + endBytes, sha256: end.sha256 }
  } catch (error) {
    throw fileFault(path, error)
  }
}

/** The lines of a file, without the ends of lines; its own end is left out. */
export async function* readBackupLines(path: string): AsyncGenerator<string> {
  const { bytes } = await readEnd(path)
  const source = createReadStream(path, { end: bytes - 1, highWaterMark: 1_048_576 })
  const unpacked = createGunzip({ chunkSize: 262_144 })
  source.on('error', error => unpacked.destroy(error))
  source.pipe(unpacked)
  let rest: Buffer[] = []
  try {
    for await (const part of unpacked as AsyncIterable<Buffer>) {
      let start = 0
      for (let end = part.indexOf(10); end >= 0; end = part.indexOf(10, start)) {
        yield Buffer.concat([...rest, part.subarray(start, end)]).toString()
        rest = []
        start = end + 1
      }
      if (start < part.length) rest.push(part.subarray(start))
    }
  } finally {
    source.destroy()
  }
}
