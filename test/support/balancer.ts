import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { sendRequest } from './portal.ts'

interface Behind {
  readonly port: number
  readonly monitorPort: number
}

/** Sends requests to the processes that are ready, over connections that are kept, as a load balancer does. */
export class Balancer {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 20 })
  readonly #known = new Set<Behind>()
  #ready: Behind[] = []
  #turn = 0
  #over = false
  readonly #watching: Promise<void>
  /** Requests that a process answered. */
  readonly answered = new Map<Behind, number>()

  constructor() {
    this.#watching = this.#watch()
  }

  add(behind: Behind): void {
    this.#known.add(behind)
  }
  remove(behind: Behind): void {
    this.#known.delete(behind)
  }
  isReady(behind: Behind): boolean {
    return this.#ready.includes(behind)
  }

  async #watch(): Promise<void> {
    while (!this.#over) {
      const asked = [...this.#known]
      const states = await Promise.all(
        asked.map(({ monitorPort }) =>
          sendRequest(monitorPort, 'monitor', '/readyz').then(
            ({ status }) => status === 200,
            () => false
          )
        )
      )
      this.#ready = asked.filter((behind, index) => states[index] && this.#known.has(behind))
      await sleep(25)
    }
  }

  /** @throws Error when the connection fails or the answer is not 200 without errors */
  async graphql(host: string, session: string, query: string, variables: object = {}): Promise<unknown> {
    const behind = this.#ready[this.#turn++ % this.#ready.length]
    if (behind === undefined) throw new Error('no process is ready')
    const body = JSON.stringify({ query, variables })
    const text = await new Promise<string>((resolve, reject) => {
      const sent = request(
        {
          agent: this.#agent,
          host: '127.0.0.1',
          port: behind.port,
          path: '/graphql',
          method: 'POST',
          headers: {
            host,
            authorization: `Bearer ${session}`,
            'content-type': 'application/json',
            'content-length': Buffer.byteLength(body)
          }
        },
        response => {
          let got = ''
          response.setEncoding('utf8')
          response.on('data', part => (got += part))
          response.on('error', reject)
          response.on('end', () =>
            response.statusCode === 200 ? resolve(got) : reject(new Error(`${response.statusCode} ${got}`))
          )
        }
      )
      sent.on('error', reject)
      sent.end(body)
    })
    const { data, errors } = JSON.parse(text)
    if (errors !== undefined) throw new Error(text)
    this.answered.set(behind, (this.answered.get(behind) ?? 0) + 1)
    return data
  }

  async close(): Promise<void> {
    this.#over = true
    await this.#watching
    this.#agent.destroy()
  }
}
