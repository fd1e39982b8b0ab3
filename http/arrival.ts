import type { FastifyRequest } from 'fastify'
import { addressList, clientAddress } from './address.ts'
import { hostOfRequest, hostOfText } from './host.ts'
import type { Settings } from './settings.ts'
import type { Arrival } from './visit.ts'

const lastOf = (header: string | string[] | undefined): string | undefined =>
  (Array.isArray(header) ? header.join(',') : header)?.split(',').at(-1)?.trim()

/**
 * Tells from the connection and the raw headers which host a request is for. Forwarded headers count only when the
 * connection comes from a trusted proxy. Null when the request names no host, or two.
 */
export const arrivalReader = (settings: Settings): ((request: FastifyRequest) => Arrival | null) => {
  const trusted = addressList(settings.trustedProxies)
  return request => {
    const { raw } = request
    const peer = raw.socket.remoteAddress ?? ''
    const viaProxy = trusted(peer)
    const direct = hostOfRequest(raw.rawHeaders, raw.url ?? '/')
    const forwardedHost = viaProxy ? lastOf(raw.headers['x-forwarded-host']) : undefined
    const host = forwardedHost === undefined || direct === null ? direct : hostOfText(forwardedHost)
    if (host === null) return null
    const named = /:(\d+)$/.exec((forwardedHost ?? raw.headers.host ?? '').trim())?.[1]
    const forwardedFor = raw.headers['x-forwarded-for']
    return {
      host,
      port: named ?? (viaProxy ? null : ''),
      site: host === settings.consoleHost ? 'CONSOLE' : 'PORTAL',
      ip: clientAddress(peer, Array.isArray(forwardedFor) ? forwardedFor.join(',') : forwardedFor, trusted),
      secure: viaProxy
        ? lastOf(raw.headers['x-forwarded-proto']) === 'https'
        : (raw.socket as { encrypted?: boolean }).encrypted === true
    }
  }
}
