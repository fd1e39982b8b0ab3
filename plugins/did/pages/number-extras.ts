import type { ComponentType } from 'react'
import type { TypedDocumentNode } from 'urql'
import type { CompanyNumber } from './number.ts'
import type { NumberFact } from './number-facts.tsx'
import type { NumbersQuery, NumbersQueryVariables, OneNumberQuery, OneNumberQueryVariables } from './numbers.graphql.ts'

/** Part of a number that was changed; the rest is as before. */
export type NumberChange = Partial<CompanyNumber> & { readonly id: string }

/**
 * What is known and done beyond the list itself by whoever has more than the list. It is fetched for them alone, so that
 * nobody else's page holds a sign of it.
 */
export interface NumberExtras {
  /** The list and a number with what the facts show. */
  readonly list: TypedDocumentNode<NumbersQuery, NumbersQueryVariables>
  readonly one: TypedDocumentNode<OneNumberQuery, OneNumberQueryVariables>
  useFacts(): readonly NumberFact[]
  /** Column that the filter looks at. */
  readonly filterColumn: string
  readonly Filter: ComponentType<{ readonly value: string; onChange(value: string): void }>
  readonly Editor: ComponentType<{ readonly did: CompanyNumber; onChange(change: NumberChange): void }>
  /** A button for a selection and what it opens. */
  readonly Bulk: ComponentType<{
    /** Id → number. */
    readonly numbers: ReadonlyMap<string, string>
    onDone(changes: readonly NumberChange[]): void
  }>
}

let loading: Promise<NumberExtras> | null = null

/** Fetches the extras, once; after a failure anew. */
export const loadTags = (): Promise<NumberExtras> => {
  loading ??= import('./number-tags.tsx').then(
    ({ numberTags }) => numberTags,
    fault => {
      loading = null
      throw fault
    }
  )
  return loading
}
