import assert from 'node:assert/strict'
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { fileURLToPath } from 'node:url'
import { columns, query, servers, variables } from './graphql-servers.ts'

// A portal query of 20 calls × 12 columns over HTTP. Every server is a process of its own, and so is the client.
// A round asks every server the same number of times, in turning order; figures are medians of ratios within a round.
// Usage: node --import tsx bench/graphql.ts [--rounds 30] [--requests 300] [--only ours,bare]

const argument = (name: string, otherwise: number): number => {
  const index = process.argv.indexOf(name)
  return index < 0 ? otherwise : Number(process.argv[index + 1])
}
const rounds = argument('--rounds', 30)
const requests = argument('--requests', 300)
const only = process.argv.includes('--only') ? process.argv[process.argv.indexOf('--only') + 1]!.split(',') : null
const connections = 8
/** Slices before anything is counted, so that every server runs optimised code. */
const warmUp = 6

const body = JSON.stringify({ query, variables })
const agent = new Agent({ keepAlive: true, maxSockets: connections })

interface Running {
  readonly name: string
  readonly port: number
  readonly process: ChildProcess
}

const start = async (name: string, hidden: readonly string[]): Promise<Running> => {
  const child = fork(fileURLToPath(new URL('./graphql-servers.ts', import.meta.url)), [name, ...hidden], {
    execArgv: ['--import', 'tsx'],
    env: { ...process.env, NODE_ENV: 'production' }
  })
  const [message] = (await once(child, 'message')) as [{ port: number }]
  return { name, port: message.port, process: child }
}

/** CPU the server has used, microseconds. */
const cpuOf = async (server: Running): Promise<number> => {
  server.process.send('cpu')
  const [{ cpu }] = (await once(server.process, 'message')) as [{ cpu: NodeJS.CpuUsage }]
  return cpu.user + cpu.system
}

const ask = (port: number): Promise<string> =>
  new Promise((resolve, reject) => {
    const outgoing = request(
      {
        port,
        host: '127.0.0.1',
        method: 'POST',
        path: '/graphql',
        agent,
        headers: { 'content-type': 'application/json' }
      },
      response => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')))
      }
    )
    outgoing.on('error', reject)
    outgoing.end(body)
  })

interface Slice {
  /** Requests a second. */
  readonly rate: number
  /** Server CPU of one request, microseconds. */
  readonly cpu: number
}

const slice = async (server: Running): Promise<Slice> => {
  const cpu = await cpuOf(server)
  const from = process.hrtime.bigint()
  const count = Math.ceil(requests * (servers[server.name]!.share ?? 1))
  let left = count
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (left-- > 0) await ask(server.port)
    })
  )
  const seconds = Number(process.hrtime.bigint() - from) / 1e9
  return { rate: count / seconds, cpu: ((await cpuOf(server)) - cpu) / count }
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!

/** Proves equal answers, then takes turns. */
const compare = async (title: string, hidden: readonly string[]): Promise<void> => {
  // The unguarded server answers in full; what it is compared with answers null for what is hidden.
  const running: Running[] = []
  for (const name of Object.keys(servers).filter(each => only?.includes(each) ?? true))
    running.push(await start(name, hidden))
  try {
    const full = JSON.parse(await ask(running.find(each => each.name === 'bare')!.port)).data
    const expected = structuredClone(full)
    for (const row of expected.calls.nodes) for (const name of hidden) row[name] = null
    assert.equal(expected.calls.nodes.length, 20)
    assert.equal(Object.keys(expected.calls.nodes[0]).length, columns.length)
    for (const server of running)
      for (let repeat = 0; repeat < 3; repeat++)
        assert.deepEqual(
          JSON.parse(await ask(server.port)).data,
          server.name === 'bare' ? full : expected,
          `${server.name} answers something else`
        )

    const taken = new Map<string, Slice[]>(running.map(each => [each.name, []]))
    for (let index = 0; index < warmUp; index++) for (const server of running) await slice(server)
    for (let round = 0; round < rounds; round++)
      for (let index = 0; index < running.length; index++) {
        const server = running[(index + round) % running.length]!
        taken.get(server.name)!.push(await slice(server))
      }
    const bare = taken.get('bare')!
    console.log(`\n${title}: ${rounds} rounds of ${requests} requests over ${connections} connections`)
    console.log('server                             | requests/s | ÷ bare | CPU µs a request | ÷ bare')
    for (const { name } of running) {
      const slices = taken.get(name)!
      const ratio = (of: 'rate' | 'cpu'): string =>
        median(slices.map((each, index) => each[of] / bare[index]![of])).toFixed(2)
      console.log(
        `${servers[name]!.title.padEnd(34)} | ${median(slices.map(each => each.rate))
          .toFixed(0)
          .padStart(10)} | ${ratio('rate').padStart(6)} | ${median(slices.map(each => each.cpu))
          .toFixed(0)
          .padStart(16)} | ${ratio('cpu').padStart(6)}`
      )
    }
    const ours = taken.get('ours')!
    const against = (name: string): string =>
      median(ours.map((each, index) => each.rate / (taken.get(name)?.[index]?.rate ?? Number.NaN))).toFixed(2)
    console.log(
      `ours ÷ bare mercurius ${against('bare')} (target 0.95), ours ÷ mercurius-auth ${against('auth')} (target 1.8)`
    )
  } finally {
    for (const server of running) server.process.disconnect()
    agent.destroy()
  }
}

await compare('All 12 columns visible', [])
await compare('2 of 12 columns hidden', ['rate', 'charge'])
