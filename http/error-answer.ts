import { randomBytes } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { errorTable, PortalError } from '../core/errors.ts'

const byFastifyCode: Readonly<Record<string, PortalError>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: new PortalError('PAYLOAD_TOO_LARGE'),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: new PortalError('BAD_USER_INPUT', 'This content type is not understood here.'),
  FST_ERR_CTP_EMPTY_JSON_BODY: new PortalError('BAD_USER_INPUT', 'The body is empty.'),
  FST_ERR_CTP_INVALID_JSON_BODY: new PortalError('BAD_USER_INPUT', 'The body is not valid JSON.'),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: new PortalError('BAD_USER_INPUT', 'The body is not as long as announced.')
}

/** Any thrown thing as what the caller is told. What nobody foresaw becomes an incident id, logged with its cause. */
const publicError = (error: unknown, log: (incident: string, cause: unknown) => void): PortalError => {
  if (error instanceof PortalError) {
    if (error.cause !== undefined) log(error.code, error.cause)
    return error
  }
  const { code, statusCode } = (error ?? {}) as { code?: unknown; statusCode?: unknown }
  const known = typeof code === 'string' ? byFastifyCode[code] : undefined
  if (known !== undefined) return known
  // Fastify's and its parsers' own refusals of a request.
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500) {
    return new PortalError('BAD_USER_INPUT', 'The request cannot be read.')
  }
  const incident = randomBytes(6).toString('base64url')
  log(incident, error)
  return new PortalError('INTERNAL', undefined, { facts: { incidentId: incident } })
}

/** The answer of REST routes to a refusal, in the shape of GraphQL's errors. */
export const sendError = (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
  const told = publicError(error, (incident, cause) =>
    request.log.error({ incidentId: incident, err: cause }, 'refused')
  )
  const retryAfter = told.extensions.retryAfter
  if (typeof retryAfter === 'number') reply.header('retry-after', String(Math.max(1, Math.ceil(retryAfter))))
  else if (told.code === 'UNAVAILABLE') reply.header('retry-after', '2')
  const status =
    told.code === 'BAD_USER_INPUT' && (error as { code?: unknown }).code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE'
      ? 415
      : errorTable[told.code].status
  return reply
    .code(status)
    .type('application/json; charset=utf-8')
    .send({ errors: [{ message: told.message, extensions: told.extensions }] })
}
