import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { PortalError } from '../core/errors.ts'
import { downloadPath, type ExportRequest, gridFor } from './exports.ts'
import type { Installation } from './installation.ts'
import { portalContext } from './portal-context.ts'
import type { RateLimits } from './rate-limits.ts'
import { gateIsOpen } from './sign-in.ts'
import { sameText } from './tokens.ts'
import { portalVisit } from './visit.ts'

/** The pieces of a file, which must not look whole when its time ends under way. */
async function* whole(chunks: AsyncIterable<Buffer>, bytes: number): AsyncGenerator<Buffer> {
  let sent = 0
  for await (const chunk of chunks) {
    sent += chunk.length
    yield chunk
  }
  if (sent !== bytes) throw new Error(`an export ended after ${sent} of ${bytes} bytes`)
}

/**
 * `GET /exports/:id/:signature` hands out a ready file. The link works on its brand's host only and for 15 minutes; it
 * stores no verdict: whether the contact may still have the file is decided at this request.
 */
export const exportDownloadRoute = (app: FastifyInstance, installation: Installation, limits: RateLimits): void => {
  const { exports: store, secret, people, access } = installation

  app.get('/exports/:id/:signature', { exposeHeadRoute: false }, async (request, reply) => {
    const visit = portalVisit(request)
    await limits.take('address', visit.ip)
    const { id, signature } = request.params as { id: string; signature: string }
    const job = await store.take(id)
    const valid =
      job !== null &&
      job.state === 'READY' &&
      job.expiresAt !== null &&
      job.expiresAt > visit.at &&
      job.domainId === visit.brand.id &&
      sameText(`/exports/${id}/${signature}`, downloadPath(secret, job)) &&
      (visit.viewer === null || visit.viewer.companyId === job.companyId)
    if (!valid) throw new PortalError('NOT_FOUND')

    const { viewer, columns } = job.request as ExportRequest
    const contact = await people.contacts.get(viewer.contactId)
    const company = access.company(job.companyId)
    const atHome = company !== undefined && (company.domainId === null || company.domainId === job.domainId)
    if (contact === null || contact.disabled || !atHome || company.status === 'INACTIVE') {
      throw new PortalError('NOT_FOUND')
    }
    if (!gateIsOpen(access, viewer, visit.at)) throw new PortalError('FEATURE_DISABLED')
    const context = portalContext(installation, { ...viewer, ip: visit.ip }, visit.at, request.id)
    const allowed = new Set(
      gridFor(installation, job.grid, context)
        .columns(context)
        .map(column => column.name)
    )
    if (!columns.every(name => allowed.has(name))) throw new PortalError('FEATURE_DISABLED')
    // The link decides what its contact may have; the log names who came with it.
    const fetching = visit.viewer === null ? context.scope : installation.openScope(visit.viewer, visit.at)
    await fetching.audit({ action: 'export.download', target: `export:${id}` })

    const day = new Date(job.createdAt).toISOString().slice(0, 10)
    const name = `${job.grid.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}-${day}.csv`
    return reply
      .type('text/csv; charset=utf-8')
      .header('content-disposition', `attachment; filename="${name}"`)
      .header('content-length', job.bytes ?? 0)
      .send(Readable.from(whole(store.chunks(id, job.companyId), job.bytes ?? 0)))
  })
}
