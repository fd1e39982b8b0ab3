import { execFile } from 'node:child_process'
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A real disk of a few megabytes that a test may fill. */
export interface SmallDisk {
  readonly folder: string
  /** Takes the last byte. */
  fill(): Promise<void>
  /** Gives back what `fill` took. */
  free(): Promise<void>
}

/**
 * Mounts one in memory, which only root may; gone after the test.
 * @param owner uid it belongs to
 * @returns null where it is not possible, with the test marked as left out; with PORTCULLIS_INSIST an error
 */
export const smallDisk = async (t: TestContext, mebibytes: number, owner = 0): Promise<SmallDisk | null> => {
  const folder = await mkdtemp(join(tmpdir(), 'portcullis-disk-'))
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'tmpfs', folder])
  } catch (error) {
    await rm(folder, { recursive: true })
    if (process.env.PORTCULLIS_INSIST === '1') throw error
    t.skip('no small disk can be mounted here (it takes root): left out')
    return null
  }
  t.after(async () => {
    await run('umount', ['-l', folder])
    await rm(folder, { recursive: true })
  })
  if (owner !== 0) await chown(folder, owner, owner)
  const ballast = join(folder, 'ballast')
  return {
    folder,
    async fill() {
      let size = 1_048_576
      while (size >= 1) {
        try {
          await writeFile(ballast, Buffer.alloc(size), { flag: 'a' })
        } catch {
          size = Math.floor(size / 2)
        }
      }
    },
    free: () => rm(ballast, { force: true })
  }
}
