import type { FastifyRequest } from 'fastify'
import { PortalError } from '../core/errors.ts'
import { hostOfText } from './host.ts'
import type { Arrival } from './visit.ts'

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS'])
/** Types that no form of another site can send. */
const safeTypes = new Set(['application/json', 'text/csv', 'application/x-ndjson', 'application/octet-stream'])

export const formType = 'application/x-www-form-urlencoded'

const refuse = (): never => {
  throw new PortalError('FORBIDDEN', 'This request came from another site.', { reason: 'CROSS_SITE' })
}

/**
 * Refuses what another site made a browser send. Only for requests that a cookie authenticates, and for sign-in.
 * A browser says where a request comes from; a client that says nothing is no browser.
 * @throws PortalError FORBIDDEN with reason CROSS_SITE
 */
export const checkSameOrigin = (request: FastifyRequest, at: Pick<Arrival, 'host' | 'port' | 'secure'>): void => {
  const { origin, 'sec-fetch-site': site } = request.headers
  if (site !== undefined && site !== 'same-origin' && site !== 'none') {
    // A link from a mail or another site may open a page, and no more.
    const navigation = request.headers['sec-fetch-mode'] === 'navigate' && safeMethods.has(request.method)
    if (!navigation) refuse()
  }
  if (origin !== undefined) {
    const [, scheme, named] = /^(https?):\/\/(.+)$/.exec(origin) ?? []
    if (named === undefined || scheme !== (at.secure ? 'https' : 'http') || hostOfText(named) !== at.host) refuse()
    // The same name on another port is another application.
    const port = /:(\d+)$/.exec(named!)?.[1] ?? ''
    if (at.port !== null && port !== at.port) refuse()
  }
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers
  const hasBody = encoding !== undefined || (length !== undefined && length !== '0')
  if (safeMethods.has(request.method) || !hasBody) return
  const type = (request.headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase()
  // A page of ours may send a form: the browser said, further up, that it comes from here.
  if (!safeTypes.has(type) && !(type === formType && origin !== undefined)) {
    throw new PortalError('FORBIDDEN', `Requests with a cookie must be sent as ${[...safeTypes].join(', ')}.`, {
      reason: 'CONTENT_TYPE'
    })
  }
}
