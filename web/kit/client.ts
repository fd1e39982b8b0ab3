import { type Client, type CombinedError, createClient, type Exchange, fetchExchange, type Operation } from 'urql'
import { filter, makeSubject, merge, pipe, share, tap } from 'wonka'
import { createStore, type Store } from './store.ts'

/** Words of the server, which speaks English only; drawn by `RefusalText` and `FaultText`, which say so in other languages. */
export interface ServerText {
  readonly english: string
}

/** What the server says of a refusal. */
export interface Refusal {
  readonly code: string
  readonly said: ServerText
  readonly reason: string | null
  /** Argument path → what is wrong with it. */
  readonly fields: Readonly<Record<string, ServerText>>
}

/** A refusal as it comes over the wire, of a whole request or of one of many things in it. */
export const refusalOf = (
  code: string,
  english: string | null,
  { reason, fields }: { readonly reason?: unknown; readonly fields?: unknown } = {}
): Refusal => ({
  code,
  said: { english: english ?? '' },
  reason: typeof reason === 'string' ? reason : null,
  fields: Object.fromEntries(
    Object.entries((fields ?? {}) as Readonly<Record<string, string>>).map(([path, why]) => [path, { english: why }])
  )
})

/** All refusals of an answer; a request that did not arrive counts as UNREACHABLE. */
export const refusalsOf = (error: CombinedError | undefined): readonly Refusal[] => {
  if (error === undefined) return []
  if (error.networkError !== undefined && error.graphQLErrors.length === 0) return [refusalOf('UNREACHABLE', null)]
  return error.graphQLErrors.map(({ message, extensions }) => {
    const { code = 'INTERNAL', incidentId } = extensions
    return refusalOf(String(code), typeof incidentId === 'string' ? `${message} (${incidentId})` : message, extensions)
  })
}

/** The client of a site with what all its pages share. */
export interface SiteClient {
  readonly client: Client
  /** False while the server does not answer; queries are repeated until it does. */
  readonly connected: Store<boolean>
  /** True once a session has ended under a page; its requests wait until somebody signs in again. */
  readonly signedOut: Store<boolean>
  /** Goes up whenever the server refused what it allowed before: time to ask anew what the viewer has. */
  readonly refusals: Store<number>
  /** Sends what waited for a sign-in. */
  resume(): void
  /** Forgets what waited, for somebody else has signed in. */
  drop(): void
}

/** Milliseconds between attempts to reach a server that is gone. */
const pauses = [1_000, 2_000, 4_000, 8_000, 15_000]
const pauseAfter = (attempt: number): number => pauses[Math.min(attempt, pauses.length - 1)]!

const isGone = (error: CombinedError | undefined): boolean => {
  if (error === undefined) return false
  if (refusalsOf(error).some(({ code }) => code === 'UNAVAILABLE')) return true
  return error.networkError !== undefined && error.graphQLErrors.length === 0
}

/**
 * @param url the endpoint on the page's own host
 * @param refused codes after which the viewer's access is asked for anew
 */
export const createSiteClient = (url: string, refused: readonly string[]): SiteClient => {
  const connected = createStore(true)
  const signedOut = createStore(false)
  const refusals = createStore(0)
  const waiting = new Map<number, Operation>()
  const again = makeSubject<Operation>()

  /** Queries are repeated until the server answers; a mutation is not, as nobody knows what became of it. */
  const reconnect: Exchange =
    ({ forward }) =>
    operations => {
      const retried = makeSubject<Operation>()
      // One pause at most for each query, however often it was asked meanwhile.
      const pending = new Map<number, { readonly attempt: number; readonly timer: ReturnType<typeof setTimeout> }>()
      const forget = (key: number): void => {
        clearTimeout(pending.get(key)?.timer)
        pending.delete(key)
      }
      return pipe(
        merge([
          pipe(
            operations,
            tap(({ kind, key }) => {
              if (kind === 'teardown') forget(key)
            })
          ),
          retried.source
        ]),
        forward,
        filter(({ operation, error }) => {
          const { key, kind } = operation
          if (!isGone(error)) {
            forget(key)
            connected.set(true)
            return true
          }
          connected.set(false)
          if (kind !== 'query') return true
          const attempt = (pending.get(key)?.attempt ?? -1) + 1
          forget(key)
          pending.set(key, { attempt, timer: setTimeout(() => retried.next(operation), pauseAfter(attempt)) })
          return false
        }),
        share
      )
    }

  /** A request that nobody's session refused waits for the sign-in; the form that sent it stays as it is. */
  const session: Exchange =
    ({ forward }) =>
    operations =>
      pipe(
        merge([
          pipe(
            operations,
            tap(({ kind, key }) => {
              if (kind === 'teardown') waiting.delete(key)
            })
          ),
          again.source
        ]),
        forward,
        filter(({ operation, error }) => {
          const codes = refusalsOf(error).map(({ code }) => code)
          if (codes.some(code => refused.includes(code))) refusals.set(refusals.get() + 1)
          if (operation.context.anonymous === true || !codes.includes('UNAUTHENTICATED')) return true
          waiting.set(operation.key, operation)
          signedOut.set(true)
          return false
        }),
        share
      )

  const client = createClient({
    url,
    exchanges: [session, reconnect, fetchExchange],
    preferGetMethod: false,
    requestPolicy: 'network-only',
    fetchOptions: { credentials: 'same-origin' }
  })
  return {
    client,
    connected,
    signedOut,
    refusals,
    resume() {
      signedOut.set(false)
      const operations = [...waiting.values()]
      waiting.clear()
      for (const operation of operations) again.next(operation)
    },
    drop() {
      waiting.clear()
      signedOut.set(false)
    }
  }
}
