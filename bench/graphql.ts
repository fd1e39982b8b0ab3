import assert from 'node:assert/strict'
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { BenchConnection, jsonPost, readAnswer } from './bench-connection.ts'
import { columns, type Listening, query, servers, variables } from './graphql-servers.ts'

// A portal query of 20 calls × 12 columns over HTTP. Every server is a process of its own, and so is the client.
// A round asks every server the same number of times, in turning order; figures are medians of ratios within a round.
// Usage: node --import tsx bench/graphql.ts [--rounds 30] [--requests 300] [--only ours,bare]

const argument = (name: string, otherwise: number): number => {
  const index = process.argv.indexOf(name)
  return index < 0 ? otherwise : Number(process.argv[index + 1])
}
const rounds = argument('--rounds', 30)
const requests = argument('--requests', 500)
const only = process.argv.includes('--only') ? process.argv[process.argv.indexOf('--only') + 1]!.split(',') : null
const connections = 8
/** Requests before anything is counted, so that every server runs optimised code. */
const warmUp = 10_000

const body = JSON.stringify({ query, variables })

interface Running {
  readonly name: string
  readonly process: ChildProcess
  readonly connections: readonly BenchConnection[]
}

const start = async (name: string, hidden: readonly string[]): Promise<Running> => {
  const child = fork(fileURLToPath(new URL('./graphql-servers.ts', import.meta.url)), [name, ...hidden], {
    execArgv: ['--import', 'tsx'],
    env: { ...process.env, NODE_ENV: 'production' }
  })
  const [{ port, headers }] = (await once(child, 'message')) as [Listening]
  const request = jsonPost(port, '/graphql', body, headers ?? {})
  return {
    name,
    process: child,
    connections: Array.from({ length: connections }, () => new BenchConnection(port, request))
  }
}

/** CPU the server has used, microseconds. */
const cpuOf = async (server: Running): Promise<number> => {
  server.process.send('cpu')
  const [{ cpu }] = (await once(server.process, 'message')) as [{ cpu: NodeJS.CpuUsage }]
  return cpu.user + cpu.system
}

interface Slice {
  /** Requests a second. */
  readonly rate: number
  /** Server CPU of one request, microseconds. */
  readonly cpu: number
}

const slice = async (server: Running, asked: number): Promise<Slice> => {
  const cpu = await cpuOf(server)
  const from = process.hrtime.bigint()
  const count = Math.ceil(asked * (servers[server.name]!.share ?? 1))
  let left = count
  await Promise.all(
    server.connections.map(async connection => {
      while (left-- > 0) await connection.ask()
    })
  )
  const seconds = Number(process.hrtime.bigint() - from) / 1e9
  return { rate: count / seconds, cpu: ((await cpuOf(server)) - cpu) / count }
}

interface Data {
  readonly calls: { readonly nodes: Record<string, unknown>[] }
}

const dataOf = async (server: Running): Promise<Data> => {
  const { status, body } = readAnswer(await server.connections[0]!.ask())
  assert.equal(status, 200, `${server.name} refuses`)
  return (body as { data: Data }).data
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!

/** Proves equal answers, then takes turns. */
const compare = async (title: string, hidden: readonly string[]): Promise<void> => {
  // The unguarded server answers in full; what it is compared with answers null for what is hidden.
  const running: Running[] = []
  for (const name of Object.keys(servers).filter(each => only?.includes(each) ?? true))
    running.push(await start(name, hidden))
  try {
    const full = await dataOf(running.find(each => each.name === 'bare')!)
    assert.equal(full.calls.nodes.length, 20)
    for (const row of full.calls.nodes) assert.equal(Object.keys(row).length, columns.length)
    const expected = structuredClone(full)
    for (const row of expected.calls.nodes) for (const name of hidden) row[name] = null
    for (const server of running)
      for (let repeat = 0; repeat < 3; repeat++)
        assert.deepEqual(
          await dataOf(server),
          server.name === 'bare' ? full : expected,
          `${server.name} answers something else`
        )
    console.log(`\n${title}. Equal answers proven for ${running.map(each => each.name).join(', ')}.`)

    const taken = new Map<string, Slice[]>(running.map(each => [each.name, []]))
    for (const server of running) await slice(server, warmUp)
    for (let round = 0; round < rounds; round++) {
      // Now one way and now the other, so that nobody always comes after the same neighbour.
      const order = round % 2 === 0 ? running : running.toReversed()
      for (let index = 0; index < order.length; index++) {
        const server = order[(index + round) % order.length]!
        taken.get(server.name)!.push(await slice(server, requests))
      }
    }
    const bare = taken.get('bare')!
    const paired = (slices: readonly Slice[], others: readonly Slice[], of: keyof Slice): string =>
      median(slices.map((each, index) => each[of] / others[index]![of])).toFixed(2)
    console.log(`${rounds} paired rounds of ${requests} requests over ${connections} connections`)
    console.log('server                               | throughput ÷ bare | CPU µs a request | CPU ÷ bare | requests/s')
    for (const { name } of running) {
      const slices = taken.get(name)!
      const middle = (of: keyof Slice): string => median(slices.map(each => each[of])).toFixed(0)
      console.log(
        [
          servers[name]!.title.padEnd(36),
          paired(slices, bare, 'rate').padStart(17),
          middle('cpu').padStart(16),
          paired(slices, bare, 'cpu').padStart(10),
          middle('rate').padStart(10)
        ].join(' | ')
      )
    }
    const ours = taken.get('ours')
    const auth = taken.get('auth')
    if (ours) console.log(`ours ÷ bare mercurius: ${paired(ours, bare, 'rate')} (at least 0.95)`)
    if (ours && auth) console.log(`ours ÷ mercurius-auth: ${paired(ours, auth, 'rate')} (at least 1.8)`)
  } finally {
    for (const server of running) {
      for (const connection of server.connections) connection.close()
      server.process.disconnect()
    }
  }
}

await compare('All 12 columns visible', [])
await compare('2 of 12 columns hidden', ['rate', 'charge'])
