/** Every refusal the system speaks: HTTP status before execution and on REST routes, and its public text. */
export const errorTable = {
  UNAUTHENTICATED: { status: 401, text: 'Sign in to continue.' },
  FEATURE_DISABLED: { status: 403, text: 'This feature is not available.' },
  FORBIDDEN: { status: 403, text: 'This action is not allowed.' },
  NOT_FOUND: { status: 404, text: 'There is no such object.' },
  BAD_USER_INPUT: { status: 400, text: 'Some of the input is not valid; see the named fields.' },
  CONFLICT: { status: 409, text: 'This was changed by someone else; load it again and repeat.' },
  PRECONDITION_FAILED: { status: 412, text: 'Something has to be done before this is possible.' },
  CAPACITY_EXCEEDED: { status: 409, text: 'The quota is exhausted.' },
  RATE_LIMITED: { status: 429, text: 'Too many requests; try again later.' },
  PAYMENT_DECLINED: { status: 402, text: 'The payment was declined.' },
  UPSTREAM_UNAVAILABLE: { status: 502, text: 'A connected system does not answer; try again later.' },
  QUERY_INVALID: { status: 400, text: 'The document is not a valid query.' },
  QUERY_TOO_COMPLEX: { status: 400, text: 'The query asks for too much at once; ask for less.' },
  PAYLOAD_TOO_LARGE: { status: 413, text: 'The request is too large.' },
  UNAVAILABLE: { status: 503, text: 'The service is not available at the moment; try again shortly.' },
  INTERNAL: { status: 500, text: 'Something went wrong; quote the incident id to support.' }
} as const satisfies Record<string, { readonly status: number; readonly text: string }>

export type ErrorCode = keyof typeof errorTable

/** What a caller may be told beside the text. */
export interface ErrorDetails {
  /** A stable word for programs, such as `DESTINATION_LOCKED`. */
  readonly reason?: string
  /** For BAD_USER_INPUT: argument path → what is wrong with it. */
  readonly fields?: Readonly<Record<string, string>>
  /** Seconds after which a repeat makes sense. */
  readonly retryAfter?: number
  /** Further public facts, for instance the archive months of a refused range. */
  readonly facts?: Readonly<Record<string, unknown>>
  /** Kept for the log, never sent. */
  readonly cause?: unknown
}

/** A refusal meant for the caller. Anything else that is thrown becomes INTERNAL with an incident id. */
export class PortalError extends Error {
  readonly code: ErrorCode
  readonly statusCode: number
  /** What goes on the wire under `extensions`. */
  readonly extensions: Readonly<Record<string, unknown>>

  constructor(code: ErrorCode, message: string = errorTable[code].text, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.name = 'PortalError'
    this.code = code
    this.statusCode = errorTable[code].status
    this.extensions = {
      code,
      ...(details.reason === undefined ? {} : { reason: details.reason }),
      ...(details.fields === undefined ? {} : { fields: details.fields }),
      ...(details.retryAfter === undefined ? {} : { retryAfter: details.retryAfter }),
      ...details.facts
    }
  }
}

/** A BAD_USER_INPUT naming one argument path. */
export const badInput = (path: string, why: string): PortalError =>
  new PortalError('BAD_USER_INPUT', `${path}: ${why}`, { fields: { [path]: why } })

/** A fault in what a plugin or the configuration declares, found at boot; never shown to a portal user. */
export class ConfigurationError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'ConfigurationError'
  }
}
