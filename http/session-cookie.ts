import type { FastifyReply, FastifyRequest } from 'fastify'
import { isLocalhost } from './host.ts'

// `__Host-` binds a cookie to one host over TLS. Browsers refuse it over plain http, where only *.localhost may have one.
const secureName = '__Host-portal'
const plainName = 'portal'

/** The cookie's name here, or null where no cookie may carry a session. */
const nameFor = (host: string, secure: boolean): string | null =>
  secure ? secureName : isLocalhost(host) ? plainName : null

export const sessionCookie = (request: FastifyRequest, host: string, secure: boolean): string | null => {
  const name = nameFor(host, secure)
  return (name === null ? undefined : request.cookies[name]) || null
}

/** Lives until the browser closes; the database knows when the session ends. */
export const setSessionCookie = (reply: FastifyReply, host: string, secure: boolean, token: string): void => {
  const name = nameFor(host, secure)
  if (name !== null) reply.setCookie(name, token, { path: '/', httpOnly: true, secure, sameSite: 'lax' })
}

export const clearSessionCookie = (reply: FastifyReply, host: string, secure: boolean): void => {
  const name = nameFor(host, secure)
  if (name !== null) reply.clearCookie(name, { path: '/', httpOnly: true, secure, sameSite: 'lax' })
}

/** The password of `Authorization: Basic …`, whatever the user name; null for any other header. */
export const basicPassword = (request: FastifyRequest): string | null => {
  const encoded = /^Basic ([\w+/=-]{1,1024})$/i.exec(request.headers.authorization ?? '')?.[1]
  if (encoded === undefined) return null
  const [, password] = /^[^:]*:([\w.~+/=-]{1,512})$/.exec(Buffer.from(encoded, 'base64').toString()) ?? []
  return password ?? null
}

/** The token of `Authorization: Bearer …`; null without one, empty when the header is something else. */
export const bearerToken = (request: FastifyRequest): string | null => {
  const { authorization } = request.headers
  if (authorization === undefined) return null
  return /^Bearer ([\w.~+/=-]{1,512})$/i.exec(authorization)?.[1] ?? ''
}
