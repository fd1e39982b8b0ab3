import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { entryArguments } from './entries.ts'
import { freePort } from './free-port.ts'
import { type Answer, consoleHost, sendRequest } from './portal.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** The operator key of the portals that this process starts: one that another test started on the same port does not know it. */
export const processApiKey = `test-operator-key-${randomBytes(12).toString('hex')}`

/** `npm start` as a process of its own, which a test may kill. */
export interface PortalProcess {
  readonly port: number
  readonly child: ChildProcess
  /** GraphQL on a host; a refused connection rejects. */
  query(
    host: string,
    document: string,
    options?: { readonly variables?: Readonly<Record<string, unknown>>; readonly session?: string }
  ): Promise<Answer>
  /** The operators' API; the answer's data. @throws Error with the errors of the answer */
  // biome-ignore lint/suspicious/noExplicitAny: answers of many shapes
  operator(document: string, variables?: Readonly<Record<string, unknown>>): Promise<any>
  /** SIGKILL, and waits for the end. */
  kill(): Promise<void>
  /** SIGTERM, and waits for the end. */
  stop(): Promise<void>
  /** Everything it has written so far. */
  output(): string
  /** Resolves to the exit code; null after a signal. */
  readonly ended: Promise<number | null>
}

/** How a portal on a port is asked. */
export const requestsTo = (port: number): Pick<PortalProcess, 'query' | 'operator'> => {
  const query: PortalProcess['query'] = (host, document, { variables, session } = {}) =>
    sendRequest(port, host, host === consoleHost ? '/operator/graphql' : '/graphql', {
      method: 'POST',
      ...(host === consoleHost ? { apiKey: processApiKey } : session === undefined ? {} : { session }),
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: document, ...(variables === undefined ? {} : { variables }) })
    })
  return {
    query,
    operator: async (document, variables) => {
      const answer = await query(consoleHost, document, variables === undefined ? {} : { variables })
      if (answer.json?.errors !== undefined || answer.json?.data == null) throw new Error(answer.text)
      return answer.json.data
    }
  }
}

/** The settings that every portal of the tests' own runs with. */
export const processSettings = (port: number, databaseUrl: string): Readonly<Record<string, string>> => ({
  PORT: String(port),
  PORTAL_DATABASE_URL: databaseUrl,
  PORTAL_OPERATOR_API_KEY: processApiKey,
  PORTAL_SECRET: 'test-secret-test-secret-test-secret-test',
  PORTAL_RATE_LIMIT: '0'
})

/**
 * Starts the portal on a database and waits until it answers.
 * @param wrap a program that runs the process, such as strace with its arguments
 * @param environment further settings
 * @param entry another entry than `npm start`'s
 */
export const startPortalProcess = async (
  databaseUrl: string,
  wrap: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
  entry = 'http/main.ts'
): Promise<PortalProcess> => {
  const port = await freePort()
  const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('PORTAL_')))
  const [command = '', ...args] = [...wrap, process.execPath, ...entryArguments(entry)]
  const child = spawn(command, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    env: {
      ...clean,
      ...processSettings(port, databaseUrl),
      ...environment
    }
  })
  let output = ''
  child.stdout?.on('data', part => (output += part))
  child.stderr?.on('data', part => (output += part))
  let ended = false
  const end = new Promise<number | null>(resolve => {
    child.once('exit', code => {
      ended = true
      resolve(code)
    })
  })
  const signal = (name: NodeJS.Signals): void => {
    try {
      process.kill(-(child.pid as number), name)
    } catch {
      // It has ended already.
    }
  }
  const onExit = (): void => signal('SIGKILL')
  process.once('exit', onExit)

  const { query, operator } = requestsTo(port)
  const finish = async (name: NodeJS.Signals): Promise<void> => {
    signal(name)
    await end
    process.removeListener('exit', onExit)
  }

  const began = performance.now()
  const seconds = (): number => Math.round((performance.now() - began) / 1_000)
  const heard = new Set<unknown>()
  for (;;) {
    const said = await query(consoleHost, '{ __typename }').then(({ status }) => status, String)
    if (said === 200) break
    heard.add(said)
    if (ended && /is taken by another process/.test(output)) {
      // Between choosing a port and using it somebody else may take it.
      process.removeListener('exit', onExit)
      return startPortalProcess(databaseUrl, wrap, environment, entry)
    }
    if (ended) throw new Error(`The portal did not start:\n${output}`)
    // Long after anybody would wait for it; what it said may tell why.
    if (seconds() > 600) {
      await finish('SIGKILL')
      throw new Error(`The portal does not come up; it said ${[...heard].join('; ')}:\n${output}`)
    }
    await sleep(25)
  }
  if (seconds() > 60)
    console.log(`# the portal came up after ${seconds()} s; it said ${[...heard].join('; ')}:\n${output}`)
  return {
    port,
    child,
    query,
    operator,
    output: () => output,
    ended: end,
    kill: () => finish('SIGKILL'),
    stop: () => finish('SIGTERM')
  }
}
