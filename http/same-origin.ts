import type { FastifyRequest } from 'fastify'
import { PortalError } from '../core/errors.ts'
import { hostOfText } from './host.ts'

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS'])

const refuse = (): never => {
  throw new PortalError('FORBIDDEN', 'This request came from another site.', { reason: 'CROSS_SITE' })
}

/**
 * Refuses what another site made a browser send. Only for requests that a cookie authenticates, and for sign-in.
 * A browser says where a request comes from; a client that says nothing is no browser.
 * @throws PortalError FORBIDDEN with reason CROSS_SITE
 */
export const checkSameOrigin = (request: FastifyRequest, host: string): void => {
  const { origin, 'sec-fetch-site': site } = request.headers
  if (site !== undefined && site !== 'same-origin' && site !== 'none') {
    // A link from a mail or another site may open a page, and no more.
    const navigation = request.headers['sec-fetch-mode'] === 'navigate' && safeMethods.has(request.method)
    if (!navigation) refuse()
  }
  if (origin !== undefined) {
    const named = /^https?:\/\/(.+)$/.exec(origin)?.[1]
    if (named === undefined || hostOfText(named) !== host) refuse()
    // The same name on another port is another application.
    const portOf = (text: string): string => /:(\d+)$/.exec(text)?.[1] ?? ''
    if (portOf(named!) !== portOf(request.headers.host ?? '')) refuse()
  }
  if (safeMethods.has(request.method) || request.headers['content-length'] === '0') return
  const type = (request.headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase()
  if (type !== 'application/json' && (type !== '' || request.headers['transfer-encoding'] !== undefined)) {
    throw new PortalError('FORBIDDEN', 'Requests with a cookie must be sent as application/json.', {
      reason: 'CONTENT_TYPE'
    })
  }
}
