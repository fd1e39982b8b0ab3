import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import { type PluginRoute, PortalError } from '../../core/plugin-api.ts'
import { archiveFile } from './archive-file.ts'
import { requireBatch } from './batch/batch-store.ts'
import { allRejects } from './batch/rejects.ts'
import { cdrColumnSet, cdrGridColumns } from './cdr-columns.ts'
import { visibleCdrColumns } from './cdr-store.ts'
import { csvTable, csvTitles } from './csv-table.ts'

const send = (reply: FastifyReply, name: string, content: AsyncIterable<string>): unknown =>
  reply
    .type('text/csv; charset=utf-8')
    .header('content-disposition', `attachment; filename="${name}"`)
    .header('cache-control', 'no-store')
    .send(Readable.from(content))

const none = (): PortalError => new PortalError('NOT_FOUND', 'There is no such archive.')

/** Where a contact fetches an archived month. */
export const archivePath = (month: string): string => `/cdr/archives/${month}`

/** Where an operator fetches an archived month of a company. */
export const companyArchivePath = (companyId: string, month: string): string => `/cdr/archives/${companyId}/${month}`

/** Where an operator fetches a batch's rejected records. */
export const rejectsPath = (batchId: string): string => `/cdr/batches/${batchId}/rejects`

const rejectColumns = [
  { title: 'line', text: false },
  { title: 'reason', text: true },
  { title: 'record', text: true }
]

/** Archived months for contacts and operators, rejected records for operators. */
export const archiveRoutes: readonly PluginRoute[] = [
  {
    method: 'GET',
    url: '/cdr/archives/:month',
    host: 'PORTAL',
    features: ['cdr'],
    // The archive holds everything; what this contact may see of it is decided now.
    async handle(context, request, reply) {
      const { month } = request.params as { readonly month: string }
      const { scope } = context
      const file = await archiveFile(() => scope.from('cdr_archive'), month, scope.userType, visibleCdrColumns(context))
      if (file === undefined) throw none()
      await scope.audit({ action: 'cdr.archive.download', target: `cdr-archive:${month}` })
      return send(reply, `calls-${month}.csv`, file)
    }
  },
  {
    method: 'GET',
    url: '/cdr/archives/:companyId/:month',
    host: 'CONSOLE',
    roles: ['ADMIN', 'SUPPORT', 'AUDITOR'],
    async handle({ db, operator }, request, reply) {
      const { companyId, month } = request.params as { readonly companyId: string; readonly month: string }
      if (!/^[\w-]{1,64}$/.test(companyId)) throw none()
      const company = (await db.companies([companyId])).get(companyId)
      if (company === undefined) throw none()
      const columns = cdrColumnSet.columns
        .filter(({ audience }) => audience.includes(company.userType))
        .flatMap(({ name }) => cdrGridColumns.get(name) ?? [])
      const own = () => db.from('cdr_archive').where('company_id', companyId)
      const file = await archiveFile(own, month, company.userType, columns)
      if (file === undefined) throw none()
      await db.audit({
        ...{ actor: operator.actor, ip: operator.ip, companyId },
        ...{ action: 'cdr.archive.download', target: `cdr-archive:${month}` }
      })
      return send(reply, `calls-${companyId}-${month}.csv`, file)
    }
  },
  {
    method: 'GET',
    url: '/cdr/batches/:id/rejects',
    host: 'CONSOLE',
    roles: ['ADMIN', 'SUPPORT', 'AUDITOR'],
    async handle({ db, operator }, request, reply) {
      const batch = await requireBatch(db, (request.params as { readonly id: string }).id)
      await db.audit({
        actor: operator.actor,
        ip: operator.ip,
        action: 'cdr.rejects.download',
        target: batch.id
      })
      return send(
        reply,
        `rejects-${batch.id}.csv`,
        (async function* () {
          yield csvTitles(rejectColumns)
          for await (const rejects of allRejects(db, batch.number))
            yield csvTable(
              rejectColumns,
              rejects.map(({ line, reason, raw }) => [line, reason, raw])
            )
        })()
      )
    }
  }
]
