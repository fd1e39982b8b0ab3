import type { FastifyBaseLogger } from 'fastify'
import { createLog } from '../../http/log.ts'
import type { Settings } from '../../http/settings.ts'

/** A log as the portal's, whose lines a test reads. */
export const logLines = (settings: Settings): { readonly log: FastifyBaseLogger; readonly lines: string[] } => {
  const lines: string[] = []
  return { log: createLog(settings, line => void lines.push(line)), lines }
}
