import type { FastifyReply, FastifyRequest } from 'fastify'
import type { AccessSet } from '../core/access-set.ts'
import type { Brand } from '../core/ports.ts'
import type { Operator, Viewer } from '../core/viewer.ts'

interface VisitBase {
  /** As the client named it, normalised. */
  readonly host: string
  /** The port as the client named it, empty for none; null when a proxy did not tell. */
  readonly port: string | null
  /** The client's address, past trusted proxies only. */
  readonly ip: string
  /** True when the client came over TLS. */
  readonly secure: boolean
}

/** A request to a brand's host: which brand, when, and who asks. */
export interface PortalVisit extends VisitBase {
  readonly site: 'PORTAL'
  readonly brand: Brand
  /** The database's clock at the start of the request. */
  readonly at: number
  /** Null without a live session of this brand. */
  readonly viewer: Viewer | null
  /** Null without a viewer. */
  readonly access: AccessSet | null
}

/** A request to the console host. */
export interface ConsoleVisit extends VisitBase {
  readonly site: 'CONSOLE'
  /** The database's clock; 0 without an operator. */
  readonly at: number
  readonly operator: Operator | null
  /** The staff session; null for API keys. */
  readonly sessionId: string | null
}

export type Visit = PortalVisit | ConsoleVisit

/** A request whose host could be told, before the database was asked anything. */
export interface Arrival extends VisitBase {
  readonly site: 'PORTAL' | 'CONSOLE'
}

declare module 'fastify' {
  interface FastifyRequest {
    arrival: Arrival | null
    visit: Visit | null
  }
  interface FastifyContextConfig {
    /** The kind of host that serves the route; elsewhere it is not found. */
    site?: 'PORTAL' | 'CONSOLE'
    /** The API key may come as the password of HTTP Basic. Console routes only. */
    basic?: boolean
  }
}

export const portalVisit = (request: FastifyRequest): PortalVisit => {
  if (request.visit?.site !== 'PORTAL') throw new Error('a portal route ran without a portal visit')
  return request.visit
}

export const consoleVisit = (request: FastifyRequest): ConsoleVisit => {
  if (request.visit?.site !== 'CONSOLE') throw new Error('a console route ran without a console visit')
  return request.visit
}

/** A resolver's way back to the request; mercurius puts `reply` into every context. */
export const portalVisitOf = (context: unknown): { readonly visit: PortalVisit; readonly reply: FastifyReply } => {
  const { reply } = context as { reply: FastifyReply }
  return { visit: portalVisit(reply.request), reply }
}
