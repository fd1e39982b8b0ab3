import type { FastifyInstance } from 'fastify'
import { badInput, PortalError } from '../core/errors.ts'
import type { Installation } from './installation.ts'
import type { RateLimits } from './rate-limits.ts'
import { checkSameOrigin } from './same-origin.ts'
import { secretBox } from './second-factor.ts'
import { clearSessionCookie, setSessionCookie } from './session-cookie.ts'
import { signInStaff } from './sign-in.ts'
import { consoleVisit } from './visit.ts'

const textOf = (body: unknown, name: string): string => {
  const value = typeof body === 'object' && body !== null ? (body as Record<string, unknown>)[name] : undefined
  if (typeof value !== 'string' || value === '') throw badInput(name, 'is missing')
  if (value.length > 1_000) throw badInput(name, 'is too long')
  return value
}

/**
 * `POST /operator/session` signs a member of staff in on the console host (with `code` where two-factor sign-in is on), `GET`
 * tells who is, `DELETE` signs out.
 */
export const operatorSessionRoutes = (app: FastifyInstance, installation: Installation, limits: RateLimits): void => {
  const { people, stores } = installation
  const box = secretBox(installation.settings.secret)

  app.post('/operator/session', { bodyLimit: 16_384 }, async (request, reply) => {
    const visit = consoleVisit(request)
    await limits.take('address', visit.ip)
    checkSameOrigin(request, visit)
    const email = textOf(request.body, 'email').trim()
    const password = textOf(request.body, 'password')
    const { at } = await stores.source.clock()
    const { code: given = null } = request.body as { code?: unknown }
    const code = given === null || given === '' ? null : textOf(request.body, 'code')
    const { token, name, role } = await signInStaff(people, box, { email, password, code, ip: visit.ip }, at)
    setSessionCookie(reply, visit.host, visit.secure, token)
    return reply.code(201).send({ name, role })
  })

  app.get('/operator/session', async request => {
    const { operator } = consoleVisit(request)
    if (operator === null) throw new PortalError('UNAUTHENTICATED')
    return { name: operator.name, role: operator.role }
  })

  app.delete('/operator/session', async (request, reply) => {
    const visit = consoleVisit(request)
    if (visit.sessionId === null || visit.operator === null) throw new PortalError('UNAUTHENTICATED')
    await people.sessions.endStaffSession(visit.sessionId, { operator: visit.operator }, 'signOut')
    clearSessionCookie(reply, visit.host, visit.secure)
    return reply.code(204).send()
  })
}
