import type { Client } from 'urql'
import { pipe, subscribe } from 'wonka'
import { type Refusal, refusalsOf } from '../kit/client.ts'
import { type AccessGridFilter, AccessGridIdsDocument, AccessGridWindowDocument } from './access-grid.graphql.ts'

/** A company of the grid, with one character a feature in `cells` and `overrideCells`. */
export interface GridRow {
  readonly companyId: string
  readonly name: string
  readonly domainId: string | null
  readonly userType: string
  readonly cells: string
  readonly overrideCells: string
}

export interface GridQuestion {
  readonly filter: AccessGridFilter
  readonly sort: string
}

/** What the server understands as something else than a feature, even where a feature has the same key. */
export const ownSorts = ['name', 'status', 'userType', 'domain'] as const

/** Rows a request; a window costs the server the same walk however few rows it has. */
const windowSize = 250
/** Windows that are kept; beyond, those farthest from what is on the screen are forgotten. */
const keptWindows = 40
/** Milliseconds the view must rest before what it shows is asked for, so that a long jump asks once. */
const rest = 60
/** Rows in one request of `idsOf`, the most the API allows. */
const idPage = 500

interface Window {
  readonly rows: readonly GridRow[]
  /** From before a change: shown until its successor is here. */
  readonly stale: boolean
}

/** What the grid knows of its companies: windows of rows, fetched as they come into view. */
export class GridRows {
  readonly #client: Client
  readonly #question: GridQuestion
  readonly #windows = new Map<number, Window>()
  readonly #asked = new Map<number, () => void>()
  readonly #listeners = new Set<() => void>()
  #timer: ReturnType<typeof setTimeout> | undefined
  #wanted: readonly number[] = [0]
  #version = 0
  /** Keys of the columns; empty until the first answer. */
  keys: readonly string[] = []
  /** Null until the first answer. */
  totalCount: number | null = null
  /** Why the last request failed; empty when it did not. */
  refusals: readonly Refusal[] = []

  constructor(client: Client, question: GridQuestion) {
    this.#client = client
    this.#question = question
  }

  readonly subscribe = (changed: () => void): (() => void) => {
    this.#listeners.add(changed)
    return () => this.#listeners.delete(changed)
  }

  /** Goes up with every change. */
  readonly version = (): number => this.#version

  /** Null while it is on its way. */
  row(index: number): GridRow | null {
    return this.#windows.get(Math.floor(index / windowSize))?.rows[index % windowSize] ?? null
  }

  /** Says which rows are on the screen: they are fetched, then those ahead; what is no longer needed is given up. */
  show(first: number, last: number, ahead: 1 | -1): void {
    const from = Math.floor(Math.max(0, first) / windowSize)
    const to = Math.floor(Math.max(0, last) / windowSize)
    const wanted = Array.from({ length: to - from + 1 }, (_, index) => from + index)
    // Only what comes soon: half a window before its edge.
    const next =
      ahead === 1 ? Math.floor((last + windowSize / 2) / windowSize) : Math.floor((first - windowSize / 2) / windowSize)
    if (next >= 0 && !wanted.includes(next) && (this.totalCount === null || next * windowSize < this.totalCount))
      wanted.push(next)
    if (wanted.join() === this.#wanted.join() && this.#version > 0) return
    this.#wanted = wanted
    for (const [window, stop] of this.#asked) {
      if (wanted.includes(window)) continue
      stop()
      this.#asked.delete(window)
    }
    clearTimeout(this.#timer)
    this.#timer = setTimeout(this.#fetch, rest)
  }

  /** The first rows at once. */
  start(): void {
    this.#fetch()
  }

  /** Reads everything anew; what is shown stands until the answers are here. */
  readonly reload = (): void => {
    this.#giveUp()
    for (const [index, { rows }] of this.#windows) this.#windows.set(index, { rows, stale: true })
    this.refusals = []
    this.#fetch()
    this.#changed()
  }

  /** To be called when nobody looks any more. */
  readonly stop = (): void => {
    clearTimeout(this.#timer)
    this.#giveUp()
  }

  /**
   * Ids and names of rows, loaded or not.
   * @param onProgress how many are there
   * @returns null when it was given up by `signal` or refused, see `refusals`
   */
  async idsOf(
    from: number,
    to: number,
    signal: AbortSignal,
    onProgress: (count: number) => void
  ): Promise<ReadonlyMap<string, string> | null> {
    const found = new Map<string, string>()
    for (let offset = from; offset < to; offset += idPage) {
      const loaded = Array.from({ length: Math.min(idPage, to - offset) }, (_, index) => this.row(offset + index))
      if (loaded.every(row => row !== null)) {
        for (const { companyId, name } of loaded) found.set(companyId, name)
      } else {
        const variables = { ...this.#question, offset, first: Math.min(idPage, to - offset) }
        const { data, error } = await this.#client.query(AccessGridIdsDocument, variables).toPromise()
        if (signal.aborted) return null
        if (data === undefined || error !== undefined) {
          this.refusals = refusalsOf(error)
          this.#changed()
          return null
        }
        for (const { companyId, name } of data.accessGrid.rows) found.set(companyId, name)
        if (data.accessGrid.rows.length === 0) break
      }
      onProgress(found.size)
    }
    return found
  }

  readonly #fetch = (): void => {
    for (const index of this.#wanted) {
      const known = this.#windows.get(index)
      if ((known !== undefined && !known.stale) || this.#asked.has(index)) continue
      if (index > 0 && this.totalCount !== null && index * windowSize >= this.totalCount) continue
      const variables = { ...this.#question, offset: index * windowSize, first: windowSize }
      const { unsubscribe } = pipe(
        this.#client.query(AccessGridWindowDocument, variables),
        subscribe(({ data, error }) => {
          this.#asked.delete(index)
          this.refusals = refusalsOf(error)
          if (data !== undefined && error === undefined) {
            const { keys, totalCount, rows } = data.accessGrid
            if (keys.join() !== this.keys.join()) this.keys = keys
            this.totalCount = totalCount
            this.#windows.set(index, { rows, stale: false })
            this.#forget()
          }
          this.#changed()
        })
      )
      this.#asked.set(index, unsubscribe)
    }
  }

  #forget(): void {
    const middle = this.#wanted[0] ?? 0
    while (this.#windows.size > keptWindows) {
      const [farthest] = [...this.#windows.keys()].sort(
        (one, other) => Math.abs(other - middle) - Math.abs(one - middle)
      )
      this.#windows.delete(farthest!)
    }
  }

  #giveUp(): void {
    for (const stop of this.#asked.values()) stop()
    this.#asked.clear()
  }

  #changed(): void {
    this.#version++
    for (const listener of this.#listeners) listener()
  }
}
