import { useCallback, useEffect, useState } from 'react'
import { useClient } from 'urql'
import type { BreakoutValues } from './breakout-column.ts'
import { type BreakoutVariables, totalsQuery } from './breakout-query.ts'

export interface BreakoutTotals {
  readonly state: 'LOADING' | 'READY' | 'FAILED'
  readonly totals: BreakoutValues | null
  /** Calls that had no rate. */
  readonly unrated: number
  readonly generatedAt: string | null
}

const nothing = { totals: null, unrated: 0, generatedAt: null } as const

/** The sums over all rows, asked for once a run. */
export const useTotals = (variables: BreakoutVariables): BreakoutTotals & { again(): void } => {
  const client = useClient()
  const [turn, setTurn] = useState(0)
  const key = JSON.stringify([variables, turn])
  const [known, setKnown] = useState<BreakoutTotals & { readonly key: string }>({ key, state: 'LOADING', ...nothing })
  // biome-ignore lint/correctness/useExhaustiveDependencies: equal variables have the same totals
  useEffect(() => {
    let open = true
    void client
      .query(totalsQuery(variables.metrics), variables)
      .toPromise()
      .then(({ data }) => {
        const found = data?.breakout
        if (!open) return
        if (found == null) setKnown({ key, state: 'FAILED', ...nothing })
        else setKnown({ key, state: 'READY', ...found, unrated: found.unrated ?? 0 })
      })
    return () => {
      open = false
    }
  }, [key, client])
  const again = useCallback(() => setTurn(before => before + 1), [])
  return { ...(known.key === key ? known : { state: 'LOADING', ...nothing }), again }
}
