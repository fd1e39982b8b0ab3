import { randomBytes } from 'node:crypto'
import { GraphQLError } from 'graphql'
import { errorTable, PortalError } from '../core/errors.ts'
import { InvalidQuery } from './planner.ts'

/** An error as it goes on the wire. */
export interface PublicError {
  readonly message: string
  readonly path?: readonly (string | number)[]
  readonly locations?: readonly { readonly line: number; readonly column: number }[]
  readonly extensions: Readonly<Record<string, unknown>>
}

/** Where incidents are written. */
export interface IncidentLog {
  error(facts: object, message: string): void
}

/** Turns whatever was thrown into what may be told. */
export class ErrorMask {
  readonly #mapError: (error: unknown) => unknown

  /** @param mapError a driver's error → PortalError; others unchanged */
  constructor(mapError: (error: unknown) => unknown = error => error) {
    this.#mapError = mapError
  }

  /** The refusal behind an error; anything unforeseen is logged and becomes INTERNAL. */
  refusal(error: unknown, log: IncidentLog): PortalError {
    let cause = error
    while (cause instanceof GraphQLError && cause.originalError !== undefined) cause = cause.originalError
    if (!(cause instanceof PortalError)) cause = this.#mapError(cause)
    if (cause instanceof PortalError) {
      if (cause.statusCode >= 500) log.error({ err: cause.cause ?? cause }, cause.code)
      return cause
    }
    const incidentId = randomBytes(6).toString('base64url')
    log.error({ err: cause, incidentId }, 'unforeseen error')
    return new PortalError('INTERNAL', errorTable.INTERNAL.text, { facts: { incidentId } })
  }

  /** An error of an executed field. Positions are left out: they point into a text that is not the client's. */
  ofField(error: GraphQLError, log: IncidentLog): PublicError {
    const { message, extensions } = this.refusal(error, log)
    return { message, ...(error.path === undefined ? {} : { path: error.path }), extensions }
  }

  /** Errors of a request that was not executed. */
  ofRequest(
    error: unknown,
    log: IncidentLog
  ): { readonly refusal: PortalError; readonly errors: readonly PublicError[] } {
    if (!(error instanceof InvalidQuery)) {
      const refusal = this.refusal(error, log)
      return { refusal, errors: [{ message: refusal.message, extensions: refusal.extensions }] }
    }
    return {
      refusal: new PortalError(error.code),
      errors: error.errors.map(each => ({
        message: withoutSuggestion(each.message),
        ...(each.locations === undefined ? {} : { locations: each.locations }),
        extensions: { code: error.code, ...fieldsOf(each, error.code) }
      }))
    }
  }
}

/** Some faults propose a spelling even when suggestions are switched off. */
const withoutSuggestion = (message: string): string => message.replace(/ Did you mean .*$/s, '')

/** The variable a coercion fault speaks of, as BAD_USER_INPUT names it. */
const fieldsOf = (error: GraphQLError, code: InvalidQuery['code']): { fields?: Record<string, string> } => {
  if (code !== 'BAD_USER_INPUT') return {}
  const variable = /"\$([A-Za-z0-9_]+)"/.exec(error.message)?.[1]
  return variable === undefined ? {} : { fields: { [variable]: error.message } }
}
