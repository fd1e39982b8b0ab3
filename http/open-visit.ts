import type { FastifyReply, FastifyRequest } from 'fastify'
import { LRUCache } from 'lru-cache'
import { PortalError } from '../core/errors.ts'
import { type AccessRevisions, type Brand, type OperatorSession, REGISTRY_SCOPE } from '../core/ports.ts'
import type { Installation } from './installation.ts'
import { checkSameOrigin } from './same-origin.ts'
import { basicPassword, bearerToken, clearSessionCookie, sessionCookie } from './session-cookie.ts'
import { gateIsOpen } from './sign-in.ts'
import { hashToken } from './tokens.ts'
import type { Arrival, ConsoleVisit, PortalVisit } from './visit.ts'

const touchAfter = 60_000

/** Turns arrivals into visits: session, brand and access, all as of one instant of the database. */
export class Visits {
  readonly #installation: Installation
  readonly #touched = new LRUCache<string, number>({ max: 50_000 })
  readonly #touching = new Set<Promise<void>>()
  readonly #brands = new LRUCache<string, { readonly brand: Brand; readonly counters: string }>({ max: 5_000 })

  constructor(installation: Installation) {
    this.#installation = installation
  }

  /**
   * A brand kept from an earlier request counts only while its counter and the registry's are what they were: they are
   * read anew with every request, and each write to a brand moves one of them.
   */
  async #brandOf(host: string, revisions: AccessRevisions): Promise<Brand | null> {
    const countersOf = (id: string): string | null => {
      const own = revisions.get(id)
      return own === undefined ? null : `${own} ${revisions.get(REGISTRY_SCOPE)}`
    }
    const kept = this.#brands.get(host)
    if (kept !== undefined && kept.counters === countersOf(kept.brand.id)) return kept.brand
    const brand = await this.#installation.stores.brands.get({ fqdn: host })
    const counters = brand === null ? null : countersOf(brand.id)
    // The counters are older than this read or as old; a write in between makes them differ at the next request.
    if (brand?.enabled && counters !== null) this.#brands.set(host, { brand, counters })
    else this.#brands.delete(host)
    return brand?.enabled === true ? brand : null
  }

  /**
   * @returns null when no brand lives on the host
   * @throws PortalError UNAVAILABLE when the database or the access revision cannot be read
   */
  async portal(arrival: Arrival, request: FastifyRequest, reply: FastifyReply): Promise<PortalVisit | null> {
    const { people, stores, mirror, access } = this.#installation
    const bearer = bearerToken(request)
    const cookie = bearer === null ? sessionCookie(request, arrival.host, arrival.secure) : null
    const token = bearer ?? cookie
    const session = token ? await people.sessions.contactSession(hashToken(token)) : null
    const { at, revisions } = session ?? (await stores.source.clock())
    const syncing = mirror.ensure(revisions)
    if (syncing !== undefined) await syncing
    const brand = await this.#brandOf(arrival.host, revisions)
    if (brand === null) return null
    if (cookie !== null) checkSameOrigin(request, arrival)

    const base = { ...arrival, site: 'PORTAL' as const, brand, at }
    const nobody = (): PortalVisit => {
      if (cookie !== null) clearSessionCookie(reply, arrival.host, arrival.secure)
      return { ...base, viewer: null, access: null }
    }
    if (session === null) return nobody()
    const { sessionId, companyStatus, domainId } = session.viewer
    // A session belongs to one brand; whoever carries it elsewhere loses it. A gate that closed ends it too.
    if (domainId !== brand.id || companyStatus === 'INACTIVE' || !gateIsOpen(access, session.viewer, at)) {
      // Where nothing can be written it stays, and is refused again with the next request.
      await people.sessions.end(sessionId).catch((error: unknown) => {
        request.log.warn({ err: error }, 'a session could not be ended')
      })
      return nobody()
    }
    this.#touch(sessionId, at, request)
    return {
      ...base,
      viewer: { ...session.viewer, ip: arrival.ip },
      access: access.accessOf(session.viewer.companyId, at, domainId)
    }
  }

  /** @throws PortalError UNAUTHENTICATED for a key or token that is not valid, UNAVAILABLE without database */
  async console(arrival: Arrival, request: FastifyRequest, reply: FastifyReply): Promise<ConsoleVisit> {
    const { people } = this.#installation
    const bearer = bearerToken(request)
    const cookie = bearer === null ? sessionCookie(request, arrival.host, arrival.secure) : null
    const session =
      cookie !== null
        ? await people.sessions.staffSession(hashToken(cookie))
        : bearer
          ? ((await people.staff.apiKey(hashToken(bearer))) ?? (await people.sessions.staffSession(hashToken(bearer))))
          : await this.#basicKey(request)
    if (session === null) {
      if (bearer !== null) throw new PortalError('UNAUTHENTICATED')
      if (cookie !== null) clearSessionCookie(reply, arrival.host, arrival.secure)
      return { ...arrival, site: 'CONSOLE', at: 0, operator: null, sessionId: null }
    }
    if (cookie !== null) checkSameOrigin(request, arrival)
    const { at } = session
    if (session.sessionId !== null) this.#touch(session.sessionId, at, request)
    return {
      ...arrival,
      site: 'CONSOLE',
      at,
      operator: {
        ...session.operator,
        ip: arrival.ip,
        ...(session.sessionId === null ? {} : { sessionId: session.sessionId })
      },
      sessionId: session.sessionId
    }
  }

  /** Nobody is asked for a password: a browser that was would send it along with what other sites make it send. */
  async #basicKey(request: FastifyRequest): Promise<OperatorSession | null> {
    const key = request.routeOptions.config.basic === true ? basicPassword(request) : null
    return key === null ? null : this.#installation.people.staff.apiKey(hashToken(key))
  }

  /** Waits for what requests left behind; to be called when no new ones come. */
  async settle(): Promise<void> {
    await Promise.allSettled(this.#touching)
  }

  /** Prolongs a session without making the request wait for it. */
  #touch(sessionId: string, at: number, request: FastifyRequest): void {
    if (at - (this.#touched.get(sessionId) ?? 0) < touchAfter) return
    this.#touched.set(sessionId, at)
    const touching = this.#installation.people.sessions
      .touch(sessionId)
      .catch((error: unknown) => {
        this.#touched.delete(sessionId)
        request.log.warn({ err: error }, 'a session could not be prolonged')
      })
      .finally(() => this.#touching.delete(touching))
    this.#touching.add(touching)
  }
}
