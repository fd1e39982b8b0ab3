import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'

/** Writes a file of names and addresses: for whoever writes it only, and in place of an older one only once it is whole. */
export const writePrivateFile = async (path: string, content: AsyncIterable<string | Uint8Array>): Promise<void> => {
  const draft = `${path}.part`
  try {
    await pipeline(content, createWriteStream(draft, { mode: 0o600 }))
    await rename(draft, path)
  } finally {
    await rm(draft, { force: true })
  }
}
