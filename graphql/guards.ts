import type { PortalError } from '../core/errors.ts'

/**
 * One demand of a guarded element. Two conditions with the same key mean the same: plans are shared by all callers who
 * answer the conditions a document mentions alike.
 */
export interface Condition<Caller> {
  readonly key: string
  holds(caller: Caller): boolean
  /** Why a root field is refused to this caller. */
  refuse(caller: Caller): PortalError
  /** False: the element stays in the caller's schema although it is refused (a state of the account, not a right). */
  readonly hides: boolean
}

/** A directive as it stands in the SDL, its arguments as plain values. */
export interface AppliedDirective {
  readonly name: string
  readonly args: Readonly<Record<string, unknown>>
}

/** Something in the SDL that may carry guards. */
export interface GuardedElement {
  /** `Query.did`, `Query.did(first:)`, `CdrFilter.cost`, `Direction.INBOUND`, `Recording`. */
  readonly coordinate: string
  readonly kind: 'TYPE' | 'FIELD' | 'ARGUMENT' | 'INPUT_FIELD' | 'ENUM_VALUE'
  /** For a field of the query or mutation type. */
  readonly operation?: 'query' | 'mutation'
  /** The element's own name without its parents: `did`. */
  readonly name: string
  readonly directives: readonly AppliedDirective[]
}

/** Reads an element's conditions from its directives; all must hold, and the first that does not names the refusal. */
export type ConditionReader<Caller> = (element: GuardedElement) => readonly Condition<Caller>[]
