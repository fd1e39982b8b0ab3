import type { FastifyReply } from 'fastify'

/** Headers of every answer, whatever made it. A page that needs more than this policy sets its own. */
export const setSecurityHeaders = (reply: FastifyReply, secure: boolean): void => {
  reply.header('x-content-type-options', 'nosniff')
  reply.header('referrer-policy', 'no-referrer')
  reply.header('x-frame-options', 'DENY')
  reply.header('cross-origin-resource-policy', 'same-origin')
  reply.header('cross-origin-opener-policy', 'same-origin')
  reply.header(
    'content-security-policy',
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
  )
  reply.header('cache-control', 'no-store')
  if (secure) reply.header('strict-transport-security', 'max-age=31536000')
}
