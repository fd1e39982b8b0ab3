import type { FastifyInstance, FastifyRequest } from 'fastify'
import { badInput, PortalError } from '../core/errors.ts'
import type { Installation } from './installation.ts'
import { checkNewPassword, hashPassword } from './passwords.ts'
import type { RateLimits } from './rate-limits.ts'
import { checkSameOrigin } from './same-origin.ts'
import { hashToken } from './tokens.ts'

/** Where a person sets a password, on a brand's host and on the console host. */
export const passwordPath = { PORTAL: '/set-password', CONSOLE: '/operator/set-password' } as const

const refusedLink = (): PortalError =>
  new PortalError('UNAUTHENTICATED', 'This link is used up, too old, or not for this host; ask for a new one.', {
    reason: 'LINK'
  })

const tokenOf = (value: unknown): string => {
  if (typeof value !== 'string' || !/^[\w-]{43}$/.test(value)) throw refusedLink()
  return hashToken(value)
}

/**
 * `GET …?token=…` tells whose password a link sets, and uses nothing up, however often mail scanners open it.
 * `POST {token, newPassword}` sets the password, once: sessions end, a lock is lifted, and the person signs in as always.
 */
export const passwordLinkRoutes = (
  app: FastifyInstance,
  installation: Installation,
  limits: RateLimits,
  site: keyof typeof passwordPath
): void => {
  const { links } = installation.people
  const visitOf = async (request: FastifyRequest) => {
    const { visit } = request
    if (visit?.site !== site) throw new PortalError('NOT_FOUND')
    await limits.take('address', visit.ip)
    return { visit, domainId: visit.site === 'PORTAL' ? visit.brand.id : null }
  }

  app.get(passwordPath[site], { exposeHeadRoute: false }, async (request, reply) => {
    const { domainId } = await visitOf(request)
    const link = await links.find(tokenOf((request.query as { token?: unknown }).token), domainId)
    if (link === null) throw refusedLink()
    return reply
      .header('cache-control', 'no-store')
      .send({ name: link.name, email: link.email, expiresAt: new Date(link.expiresAt).toISOString() })
  })

  app.post(passwordPath[site], { bodyLimit: 16_384 }, async (request, reply) => {
    const { visit, domainId } = await visitOf(request)
    checkSameOrigin(request, visit)
    const { token, newPassword } = (request.body ?? {}) as { token?: unknown; newPassword?: unknown }
    const tokenHash = tokenOf(token)
    const link = await links.find(tokenHash, domainId)
    if (link === null) throw refusedLink()
    if (typeof newPassword !== 'string') throw badInput('newPassword', 'is missing')
    checkNewPassword('newPassword', newPassword, link.email)
    const used = await links.use(tokenHash, domainId, await hashPassword(newPassword), visit.ip)
    if (!used) throw refusedLink()
    return reply.code(204).send()
  })
}
