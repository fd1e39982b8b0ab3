import { useCallback, useEffect } from 'react'
import { type TypedDocumentNode, useQuery } from 'urql'
import { type Refusal, refusalsOf } from '../kit/client.ts'

/** Milliseconds between two looks at work that goes on in the background. */
const every = 1_000

export interface Polled<Data> {
  readonly data: Data | undefined
  readonly fetching: boolean
  readonly refusals: readonly Refusal[]
  reload(): void
}

/**
 * Asks a question again as long as the answer says that something is still being done.
 * @param options.isDone true: it is asked no more until `reload`
 */
export const usePolled = <Data, Variables extends object>(options: {
  readonly query: TypedDocumentNode<Data, Variables>
  readonly variables: Variables
  isDone(data: Data): boolean
  readonly pause?: boolean
}): Polled<Data> => {
  const { query, variables, isDone, pause = false } = options
  const [{ data, error, fetching }, ask] = useQuery({ query, variables, pause } as unknown as Parameters<
    typeof useQuery<Data>
  >[0])
  const reload = useCallback(() => ask({ requestPolicy: 'network-only' }), [ask])
  const done = data != null && isDone(data)
  useEffect(() => {
    if (pause || fetching || done || error !== undefined) return
    const timer = setTimeout(reload, every)
    return () => clearTimeout(timer)
  }, [pause, fetching, done, error, reload])
  return { data, fetching, refusals: refusalsOf(error), reload }
}
