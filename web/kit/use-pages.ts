import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { type TypedDocumentNode, useClient } from 'urql'
import { type Refusal, refusalsOf } from './client.ts'

interface PageOfRows<Row> {
  readonly nodes?: readonly Row[] | null
  readonly pageInfo?: { readonly endCursor: string | null; readonly hasNextPage: boolean } | null
}

export interface Pages<Data, Row> {
  /** Of all pages read so far. */
  readonly rows: readonly Row[]
  /** MORE: the next page is on its way, the rows before it stand. */
  readonly state: 'LOADING' | 'MORE' | 'READY' | 'FAILED'
  /** Why it failed. */
  readonly refusals: readonly Refusal[]
  readonly hasMore: boolean
  /** The answer with the first page. */
  readonly data: Data | undefined
  /** Reads the next page; nothing while one is on its way. */
  loadMore(): void
  /** Begins anew at the first page, which takes the place of the rows when it is there. */
  reload(): void
}

/** A list as tables take it: `<Grid {...listOf(pages)} />`. */
export const listOf = <Data, Row>({ rows, state, refusals, hasMore, loadMore, reload }: Pages<Data, Row>) => ({
  rows,
  state,
  refusals,
  hasMore,
  loadMore,
  retry: reload
})

interface State<Data, Row> {
  readonly rows: readonly Row[]
  readonly state: Pages<Data, Row>['state']
  readonly refusals: readonly Refusal[]
  readonly after: string | null
  readonly hasMore: boolean
  readonly data: Data | undefined
}

/**
 * Reads a list page by page, by cursor. Other variables begin a new list; an answer to the old ones that comes late is left.
 * @param options.pick finds the page in an answer; null when it was refused
 * @param options.pause reads nothing as long as it is true
 */
export const usePages = <Data, Variables extends object, Row>(options: {
  readonly query: TypedDocumentNode<Data, Variables>
  /** Without `after`. */
  readonly variables: Omit<Variables, 'after'>
  readonly pick: (data: Data) => PageOfRows<Row> | null | undefined
  readonly pause?: boolean
}): Pages<Data, Row> => {
  const { query, pick, pause = false } = options
  const client = useClient()
  const key = JSON.stringify(options.variables)
  // Equal variables are the same list, whatever object they come in.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  const variables = useMemo(() => options.variables, [key])
  const empty: State<Data, Row> = {
    rows: [],
    state: 'LOADING',
    refusals: [],
    after: null,
    hasMore: false,
    data: undefined
  }
  const [state, setState] = useState(empty)
  const turn = useRef(0)
  const picked = useRef(pick)
  picked.current = pick

  const read = useCallback(
    async (before: State<Data, Row> | null): Promise<void> => {
      turn.current += 1
      const mine = turn.current
      const asked = { ...variables, after: before?.after ?? null } as unknown as Variables
      const { data, error } = await client.query(query, asked).toPromise()
      if (mine !== turn.current) return
      const page = data == null ? null : picked.current(data)
      if (page == null) {
        setState(known => ({ ...known, state: 'FAILED', refusals: refusalsOf(error) }))
        return
      }
      setState({
        rows: [...(before?.rows ?? []), ...(page.nodes ?? [])],
        state: 'READY',
        refusals: refusalsOf(error),
        after: page.pageInfo?.endCursor ?? null,
        hasMore: page.pageInfo?.hasNextPage ?? false,
        data: before === null ? data : before.data
      })
    },
    [client, query, variables]
  )
  const reload = useCallback(() => {
    setState(known => ({ ...known, state: 'LOADING' }))
    void read(null)
  }, [read])
  useEffect(() => {
    if (pause) return
    reload()
    return () => {
      turn.current += 1
    }
  }, [reload, pause])

  return {
    ...state,
    reload,
    loadMore() {
      if (state.state !== 'READY' || !state.hasMore) return
      setState({ ...state, state: 'MORE' })
      void read(state)
    }
  }
}
