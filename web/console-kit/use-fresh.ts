import { useCallback, useEffect, useRef } from 'react'
import { type CombinedError, type TypedDocumentNode, useQuery } from 'urql'
import { refusalsOf } from '../kit/client.ts'

/** What a page is about, as it was read last. */
export interface Fresh<Data> {
  readonly data: Data | undefined
  /** Why the last look failed; what was read before stands beside it. */
  readonly error: CombinedError | undefined
  readonly fetching: boolean
  reload(): void
}

/**
 * Reads something that others change, too: anew whenever the window gets the focus again, so that nobody acts on what was true
 * before lunch. A look that fails takes nothing away that was read, with what is typed into it; that it is gone does.
 */
export const useFresh = <Data, Variables extends object>(
  query: TypedDocumentNode<Data, Variables>,
  variables: Variables
): Fresh<Data> => {
  const [{ data, error, fetching }, ask] = useQuery({ query, variables } as unknown as Parameters<
    typeof useQuery<Data>
  >[0])
  const reload = useCallback(() => ask({ requestPolicy: 'network-only' }), [ask])
  useEffect(() => {
    addEventListener('focus', reload)
    return () => removeEventListener('focus', reload)
  }, [reload])
  const of = JSON.stringify(variables)
  const last = useRef<{ readonly of: string; readonly data: Data } | null>(null)
  if (data != null && error === undefined && !fetching) last.current = { of, data }
  if (refusalsOf(error).some(({ code }) => code === 'NOT_FOUND')) last.current = null
  const isThere = data != null && error === undefined
  const known = last.current?.of === of ? last.current.data : undefined
  return { data: isThere ? data : (known ?? data), error, fetching, reload }
}
