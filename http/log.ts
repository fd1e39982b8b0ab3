import type { FastifyBaseLogger } from 'fastify'
import { pino } from 'pino'
import { redactLine } from './redact.ts'
import type { Settings } from './settings.ts'

/** Waits for whoever reads, so that the last words of a process arrive; what a full disk does not take is dropped. */
const standardOutput = (): ((line: string) => void) => {
  const output = pino.destination({ dest: 1, sync: true, maxLength: 1_048_576 })
  output.on('error', () => {})
  return line => void output.write(line)
}

/** Lines a second; a database that is down must not fill the disk of the log. */
const mostLines = 200
const fatal = 60

/** Passes on so many lines of a second, and then says how many it did not. */
const bounded = (write: (line: string) => void): ((line: string) => void) => {
  let second = 0
  let lines = 0
  return line => {
    const now = Math.floor(Date.now() / 1_000)
    if (now !== second) {
      const leftOut = lines - mostLines
      if (leftOut > 0)
        write(
          `${JSON.stringify({ level: 40, time: Date.now(), pid: process.pid, leftOut, msg: 'lines were left out' })}\n`
        )
      second = now
      lines = 0
    }
    lines += 1
    if (lines <= mostLines || line.startsWith(`{"level":${fatal}`)) write(line)
  }
}

interface Told {
  readonly type: string
  readonly message: string
  readonly code?: string
  readonly stack?: string
  readonly cause?: unknown
}

/** Of an error its words and where it came from. Drivers hang statements and whole rows on theirs: those stay out. */
const tellError = (error: unknown, depth = 0): Told | string => {
  if (!(error instanceof Error)) return typeof error === 'string' ? error : 'a value that is no error'
  const { code } = error as { code?: unknown }
  return {
    type: error.name,
    message: error.message,
    ...(typeof code === 'string' ? { code } : {}),
    ...(error.stack === undefined ? {} : { stack: error.stack }),
    ...(error.cause === undefined || depth > 4 ? {} : { cause: tellError(error.cause, depth + 1) })
  }
}

/** Secrets of the configuration, to be masked wherever they turn up. */
const secretsOf = ({ secret, operatorApiKey, databaseUrl }: Settings): string[] => {
  const password = URL.canParse(databaseUrl) ? new URL(databaseUrl).password : ''
  return [secret, operatorApiKey, password, decodeURIComponent(password)].filter(
    (text): text is string => text !== null && text.length >= 4
  )
}

/**
 * The log: JSON lines on standard output. Every line is redacted as a whole, whoever wrote it.
 * @param write where lines go, for tests
 */
export const createLog = (settings: Settings, write: (line: string) => void = standardOutput()): FastifyBaseLogger => {
  const secrets = secretsOf(settings)
  const pass = bounded(line => write(redactLine(line, secrets)))
  return pino(
    {
      level: 'info',
      base: { pid: process.pid },
      serializers: {
        err: (error: unknown) => tellError(error),
        req: (request: { method?: string; routeOptions?: { url?: string } }) => ({
          method: request.method,
          route: request.routeOptions?.url
        }),
        res: (reply: { statusCode?: number }) => ({ status: reply.statusCode })
      }
    },
    { write: pass }
  )
}
