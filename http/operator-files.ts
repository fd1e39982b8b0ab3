import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { badInput, PortalError } from '../core/errors.ts'
import type { OperatorFile } from '../core/operator-file.ts'
import type { Operator, StaffRole } from '../core/viewer.ts'
import { largestFile, tooLarge } from '../db/file-store.ts'
import type { Installation } from './installation.ts'
import type { RateLimits } from './rate-limits.ts'
import { consoleVisit } from './visit.ts'

const uploadTypes = ['text/csv', 'text/plain', 'application/octet-stream', 'application/x-ndjson', 'application/json']
const uploaders: readonly StaffRole[] = ['ADMIN', 'SUPPORT']

/** Where a file is fetched on the console host. */
export const operatorFilePath = (id: string): string => `/operator/files/${id}`

const shown = (file: OperatorFile) => ({
  id: file.id,
  name: file.name,
  bytes: file.bytes,
  sha256: file.sha256,
  url: operatorFilePath(file.id),
  createdAt: new Date(file.createdAt).toISOString(),
  expiresAt: new Date(file.expiresAt).toISOString()
})

/** What is left of a name once it can stand in a header. */
const headerName = (name: string): string => name.replaceAll(/[^\w.-]+/g, '-').slice(-100) || 'file'

/**
 * `POST /operator/files?name=x.csv` keeps the raw body for a week, `GET /operator/files/:id` hands a file out to whom it
 * belongs, and to admins.
 */
export const operatorFileRoutes = (app: FastifyInstance, installation: Installation, limits: RateLimits): void => {
  const { files } = installation
  const operatorOf = async (request: Parameters<typeof consoleVisit>[0]): Promise<Operator> => {
    const { operator, ip } = consoleVisit(request)
    if (operator === null) {
      await limits.take('address', ip)
      throw new PortalError('UNAUTHENTICATED')
    }
    await limits.take('operator', operator.actor)
    return operator
  }

  // The body stays a stream for this route only: the encapsulated child keeps its parsers from all others.
  app.register(async child => {
    for (const type of uploadTypes) {
      child.removeContentTypeParser(type)
      child.addContentTypeParser(type, (_request, payload, done) => done(null, payload))
    }
    child.post('/operator/files', { bodyLimit: largestFile }, async (request, reply) => {
      const operator = await operatorOf(request)
      if (!uploaders.includes(operator.role)) throw new PortalError('FORBIDDEN', undefined, { reason: 'ROLE' })
      const { name } = request.query as { name?: unknown }
      if (typeof name !== 'string') throw badInput('name', 'is missing; write /operator/files?name=FILE')
      if (!(request.body instanceof Readable)) throw badInput('body', 'is empty')
      // Said before all of it is sent and stored for nothing.
      if (Number(request.headers['content-length']) > largestFile) throw tooLarge()
      const contentType = (request.headers['content-type'] ?? 'application/octet-stream').split(';')[0]!.trim()
      const file = await files
        .of(operator)
        .create({ name, contentType }, request.body)
        .catch((error: unknown) => {
          // A connection that broke off looks like the database's own, which is well.
          throw request.raw.errored ? badInput('body', 'broke off') : error
        })
      return reply.code(201).send(shown(file))
    })
  })

  app.get('/operator/files/:id', { exposeHeadRoute: false }, async (request, reply) => {
    const operator = await operatorOf(request)
    const file = await files.of(operator).open((request.params as { id: string }).id)
    await files.recordDownload(file, operator)
    return reply
      .type('application/octet-stream')
      .header('content-disposition', `attachment; filename="${headerName(file.name)}"`)
      .header('content-length', file.bytes)
      .send(Readable.from(file.content))
  })
}
