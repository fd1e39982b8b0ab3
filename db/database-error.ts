import { PortalError } from '../core/errors.ts'

interface DriverError {
  readonly code?: unknown
  readonly name?: string
  readonly message?: string
}

/** SQLSTATE classes and codes, SQLite result names and socket errors that mean: not now, perhaps soon. */
const passing = new Set([
  'SQLITE_BUSY',
  'SQLITE_LOCKED',
  'SQLITE_FULL',
  'SQLITE_IOERR',
  'SQLITE_CANTOPEN',
  'SQLITE_READONLY',
  'SQLITE_NOMEM',
  'SQLITE_CORRUPT',
  'SQLITE_NOTADB',
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
  '40001',
  '40P01',
  '55P03',
  '55006',
  '25006',
  '3D000',
  '57P01',
  '57P02',
  '57P03',
  '57P05'
])
const passingClasses = ['08', '28', '53', '58']
const passingTexts =
  /Connection (terminated|ended)|connection timeout|timeout expired|Query read timeout|Client has encountered a connection error|Client was closed/i

const is = (error: unknown): error is DriverError => typeof error === 'object' && error !== null

/** True when the database refused a duplicate of a unique value. */
export const isUniqueViolation = (error: unknown): boolean =>
  is(error) &&
  (isUniqueViolation((error as { cause?: unknown }).cause) ||
    error.code === '23505' ||
    (error.code === 'SQLITE_CONSTRAINT' && /UNIQUE constraint failed|PRIMARY KEY/.test(error.message ?? '')))

/** Turns a driver's error into what a caller may hear; what is no fault of the database itself comes back unchanged. */
export const mapDatabaseError = (error: unknown): Error => {
  if (error instanceof PortalError) return error
  if (is(error)) {
    const code = typeof error.code === 'string' ? error.code : ''
    const message = error.message ?? ''
    if (code === 'SQLITE_INTERRUPT' || code === '57014')
      return new PortalError('QUERY_TOO_COMPLEX', undefined, { reason: 'STATEMENT_TIMEOUT', cause: error })
    // A NUL in a text, a number beyond its column: what was sent cannot be stored.
    if (code === '22021' || code === '22P05' || code === '22P02' || code === '22003')
      return new PortalError('BAD_USER_INPUT', undefined, { cause: error })
    if (isUniqueViolation(error)) return new PortalError('CONFLICT', undefined, { cause: error })
    // What a row refers to went away, or what goes away is still referred to, between look and write.
    if (code === '23503' || (code === 'SQLITE_CONSTRAINT' && message.includes('FOREIGN KEY')))
      return new PortalError('CONFLICT', undefined, { cause: error })
    if (
      passing.has(code) ||
      (/^[0-9A-Z]{5}$/.test(code) && passingClasses.includes(code.slice(0, 2))) ||
      error.name === 'KnexTimeoutError' ||
      error.name === 'AggregateError' ||
      passingTexts.test(message)
    )
      return new PortalError('UNAVAILABLE', undefined, { retryAfter: 2, cause: error })
  }
  return error instanceof Error ? error : new Error(String(error))
}
