import type { FastifyInstance } from 'fastify'
import { PortalError } from '../core/errors.ts'
import type { Installation } from './installation.ts'
import type { RateLimits } from './rate-limits.ts'
import { setSessionCookie } from './session-cookie.ts'
import { hashToken, newToken } from './tokens.ts'
import { portalVisit } from './visit.ts'

/**
 * `GET /view-as?ticket=…` on a brand's host trades a ticket of the operators' API for a marked session of 30 minutes.
 * A browser is sent on to the portal with a cookie; a program that accepts JSON gets the token.
 */
export const viewAsRoute = (app: FastifyInstance, installation: Installation, limits: RateLimits): void => {
  const { sessions } = installation.people

  // A HEAD request, as link scanners send it, must not use up the ticket.
  app.get('/view-as', { exposeHeadRoute: false }, async (request, reply) => {
    const visit = portalVisit(request)
    await limits.take('address', visit.ip)
    const { ticket } = request.query as { ticket?: unknown }
    const token = newToken()
    const session = { tokenHash: hashToken(token), domainId: visit.brand.id, ip: visit.ip }
    if (typeof ticket !== 'string' || !(await sessions.openViewAs(hashToken(ticket), session))) {
      throw new PortalError('UNAUTHENTICATED', 'This ticket is used up, too old, or not for this host.', {
        reason: 'TICKET'
      })
    }
    setSessionCookie(reply, visit.host, visit.secure, token)
    if ((request.headers.accept ?? '').includes('application/json')) return reply.send({ token })
    return reply.redirect('/', 303)
  })
}
