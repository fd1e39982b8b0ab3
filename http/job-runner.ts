import type { FastifyBaseLogger } from 'fastify'
import type { Alive } from '../core/alive.ts'
import type { JobLease, JobStore } from '../db/job-store.ts'
import { redactText } from './redact.ts'

/** Milliseconds for which a job is this process's own; prolonged while it runs. */
const lease = 60_000
/** Milliseconds after a renewal for which nobody else can have taken the job over, so that asking costs nothing. */
const sureFor = 5_000
const pollEvery = 1_000
const atATime = 2
const mostAttempts = 5
/** Milliseconds until a job is tried again whose database was away or full. */
const awayFor = 15_000

/** One kind of background work. */
export interface JobKind {
  /** `export`, or `PLUGIN/JOB`. */
  readonly name: string
  /** Left out: it runs when somebody asks for it. */
  readonly everySeconds?: number
  /** @param alive whether to go on */
  run(payload: unknown, at: number, alive: Alive): Promise<void>
  /** Told when a job that runs once has failed for the last time. */
  gaveUp?(payload: unknown): Promise<void>
}

/** Runs the jobs of the table, two at a time in this process; a lease keeps other processes off each. */
export class JobRunner {
  readonly #store: JobStore
  readonly #kinds: ReadonlyMap<string, JobKind>
  readonly #log: Pick<FastifyBaseLogger, 'error' | 'warn'>
  readonly #sureFor: number
  readonly #running = new Set<Promise<void>>()
  #timer: NodeJS.Timeout | undefined
  #looking: Promise<void> | null = null
  #again = false
  #entered = false
  #stopped = false

  /** @param sure milliseconds after a renewal for which it counts without another look */
  constructor(
    store: JobStore,
    kinds: readonly JobKind[],
    log: Pick<FastifyBaseLogger, 'error' | 'warn'>,
    sure = sureFor
  ) {
    this.#store = store
    this.#kinds = new Map(kinds.map(kind => [kind.name, kind]))
    this.#log = log
    this.#sureFor = sure
  }

  start(): void {
    this.#timer = setInterval(() => this.wake(), pollEvery)
    this.wake()
  }

  /** Makes the recurring jobs known: when the database takes it, not only at the start. */
  async #enter(): Promise<void> {
    for (const { name, everySeconds } of this.#kinds.values()) {
      if (everySeconds !== undefined) await this.#store.ensureRecurring(name, everySeconds)
    }
    this.#entered = true
  }

  /** Runs what is due in this process and waits for it; for processes that take no part otherwise. */
  async runDue(): Promise<void> {
    while ((await this.#look()) > 0 || this.#running.size > 0) await Promise.allSettled(this.#running)
  }

  /** Looks for work now rather than at the next turn, if this process takes part. */
  wake(): void {
    if (this.#stopped || this.#timer === undefined) return
    if (this.#looking !== null) {
      this.#again = true
      return
    }
    this.#looking = (this.#entered ? Promise.resolve() : this.#enter())
      .then(() => this.#look())
      .then(() => {})
      .catch((error: unknown) => this.#log.warn({ err: error }, 'the job table cannot be read'))
      .finally(() => {
        this.#looking = null
        if (!this.#again) return
        this.#again = false
        this.wake()
      })
  }

  /** Takes no new work from now on, and tells what runs not to go on. */
  rest(): void {
    this.#stopped = true
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  /** Takes no new work and waits for what runs. */
  async stop(): Promise<void> {
    this.rest()
    await this.#looking
    await Promise.allSettled(this.#running)
  }

  /** Takes what is due, as far as there is room. Resolves to how many jobs it took. */
  async #look(): Promise<number> {
    let taken = 0
    while (!this.#stopped && this.#running.size < atATime) {
      const job = await this.#store.acquire([...this.#kinds.keys()], lease)
      if (job === null) break
      taken += 1
      const run = this.#run(job).finally(() => {
        this.#running.delete(run)
        this.wake()
      })
      this.#running.add(run)
    }
    return taken
  }

  async #run(job: JobLease): Promise<void> {
    const kind = this.#kinds.get(job.name)
    if (kind === undefined) return
    let renewed = performance.now()
    const renew = async (): Promise<boolean> => {
      const asked = performance.now()
      const ours = await this.#store.renew(job, lease)
      if (ours) renewed = asked
      return ours
    }
    let stops = false
    const alive: Alive = async () => {
      if (this.#stopped || (performance.now() - renewed >= this.#sureFor && !(await renew()))) stops = true
      return !stops
    }
    const prolong = setInterval(() => void renew().catch(() => {}), lease / 3)
    // Its lease runs out by itself.
    const leaveLeased = (fault: unknown): void =>
      this.#log.warn({ err: fault, job: job.name }, 'a job could not be given back')
    try {
      // Attempts that gave nothing back ended their process; such a job must not end the next one as well.
      if (kind.everySeconds === undefined && job.attempt > mostAttempts) throw new Error('no attempt came to an end')
      await kind.run(job.payload, job.at, alive)
      if (!stops) await this.#store.finish(job)
    } catch (error) {
      // What was told to stop may do so by an error of its own.
      if (!stops) {
        this.#log.error({ err: error, job: job.name }, 'a job failed')
        await this.#giveBack(job, kind, error).catch(leaveLeased)
      }
    } finally {
      clearInterval(prolong)
    }
    if (stops) await this.#store.release(job).catch(leaveLeased)
  }

  async #giveBack(job: JobLease, kind: JobKind, error: unknown): Promise<void> {
    const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : ''
    const text = redactText(error instanceof Error ? `${error.message}${cause}` : String(error))
    if ((error as { code?: unknown } | null)?.code === 'UNAVAILABLE') {
      await this.#store.postpone(job, text, awayFor)
      return
    }
    // Told first: when that fails, the lease runs out and it is told again.
    if (kind.everySeconds === undefined && job.attempt >= mostAttempts && (await this.#store.renew(job, lease)))
      await kind.gaveUp?.(job.payload)
    await this.#store.retry(job, text, mostAttempts)
  }
}
