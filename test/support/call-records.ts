import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { callFormats } from '../../plugins/cdr/import/formats.ts'
import { LocalClock } from '../../plugins/cdr/import/local-clock.ts'
import type { ParsedRecord, ReadOptions } from '../../plugins/cdr/import/parsed-call.ts'

const folder = join(import.meta.dirname, '../fixtures/cdr')

/** Path of a file of call records in test/fixtures/cdr. */
export const callFile = (name: string): string => join(folder, name)

/** Bytes of a file of call records. */
export const callFileBytes = (name: string): Buffer => readFileSync(callFile(name))

/** Bytes as a stream in pieces of `size`. */
export async function* inPieces(bytes: Uint8Array, size = 65_536): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

/** What a format makes of some bytes, and what it told the operator. */
export const readRecords = async (
  format: string,
  bytes: Uint8Array | string,
  options: Partial<ReadOptions> & { readonly size?: number } = {}
): Promise<{ readonly records: readonly ParsedRecord[]; readonly notes: readonly string[] }> => {
  const notes: string[] = []
  const records: ParsedRecord[] = []
  const input = inPieces(typeof bytes === 'string' ? Buffer.from(bytes) : bytes, options.size)
  const reader = callFormats.get(format)!.read(input, {
    clock: new LocalClock('Europe/London'),
    direction: 'TERMINATION',
    note: line => notes.push(line),
    ...options
  })
  for await (const some of reader) records.push(...some)
  return { records, notes }
}
