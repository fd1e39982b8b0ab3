import { createHook } from 'node:async_hooks'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { pathToFileURL } from 'node:url'

/** What the processes of one run share. */
export interface TestRun {
  readonly root: string
  /** A file's mark is a folder named by its index; `done` stands in it when the file has been run to its end. */
  readonly marks: string
  /** Paths from the root. */
  readonly files: readonly string[]
}

export const markOf = (run: TestRun, file: string): string => join(run.marks, String(run.files.indexOf(file)))
export const doneMarkOf = (run: TestRun, file: string): string => join(markOf(run, file), 'done')

/** Whether this process may run the file: no other has taken it. */
const take = (run: TestRun, file: string): boolean => {
  try {
    mkdirSync(markOf(run, file))
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

const load = async (run: TestRun, file: string): Promise<void> => {
  try {
    await import(pathToFileURL(join(run.root, file)).href)
  } catch (error) {
    // A suite that fails while it is built is not counted among the failures; a test is.
    it(`${file} is imported`, () => {
      throw error
    })
  }
}

/** What tells which suite a test belongs to. */
interface Follower {
  enable(): unknown
  disable(): unknown
}

/**
 * The runner follows every promise from suites and tests to what they begin, which makes an `await` cost some twenty times as
 * much. While a file is read it must: that is how its tests come into its suite. While tests run, all it is good for is the name
 * of the test when an error is thrown that nobody awaits; without it such an error fails the file.
 */
const runnersFollower = async (): Promise<Follower> => {
  const hooks = Object.getPrototypeOf(createHook({})) as Follower
  const { enable } = hooks
  let follower: Follower | undefined
  hooks.enable = function (this: Follower) {
    follower ??= this
    return enable.call(this)
  }
  try {
    // The first suite is what makes the runner begin.
    await describe('the runner begins', () => {})
  } finally {
    hooks.enable = enable
  }
  if (follower === undefined) throw new Error('the test runner follows no promises any more: take this away')
  return follower
}

/** What this process has open, each kind with where it leads: `tcp 127.0.0.1:5432` says more than a stack that only waits. */
const open = (): string => {
  const { libuv } = process.report.getReport() as unknown as {
    readonly libuv: readonly {
      readonly type: string
      readonly is_active: boolean
      readonly pid?: number
      readonly remoteEndpoint?: { readonly host: string; readonly port: number } | null
    }[]
  }
  const told = libuv
    .filter(({ is_active, type }) => is_active && ['tcp', 'pipe', 'process'].includes(type))
    .map(({ type, pid, remoteEndpoint: far }) => `${type} ${far ? `${far.host}:${far.port}` : (pid ?? '')}`.trim())
  const counts = new Map<string, number>()
  for (const each of told) counts.set(each, (counts.get(each) ?? 0) + 1)
  return [...counts].map(([each, count]) => (count === 1 ? each : `${each} ×${count}`)).join(', ')
}

/** Milliseconds after which a file tells what it may be waiting for; the longest takes half as long. */
const long = 240_000

/**
 * Runs up to `most` files that no other process has taken, one after another, each as a suite with the file's path. Hooks
 * and tests of a file belong to its suite because the file is evaluated inside it; what its suites wait for, they wait for at
 * the top of the file. A module which several files import is evaluated in the first only: what it hooks in by itself does
 * not happen for the others, so it must be done here.
 */
export const runFiles = async (run: TestRun, most: number): Promise<void> => {
  const follower = await runnersFollower()
  let taken = 0
  for (const file of run.files) {
    if (taken === most) return
    if (!take(run, file)) continue
    taken++
    const late = setTimeout(() => console.log(`# ${file} goes on; open are: ${open()}`), long)
    follower.enable()
    await describe(file, async () => {
      const { closeDatabases } = await import('./databases.ts')
      after(closeDatabases)
      await load(run, file)
      follower.disable()
    })
    clearTimeout(late)
    writeFileSync(doneMarkOf(run, file), '')
  }
}
