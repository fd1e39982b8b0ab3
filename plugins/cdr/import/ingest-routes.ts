import type { FastifyRequest } from 'fastify'
import { badInput, type OperatorContext, type PluginRoute, PortalError } from '../../../core/plugin-api.ts'
import { collectingBatches } from '../batch/collecting-batches.ts'
import { callJson } from './call-json.ts'
import { freeSwitchJson } from './freeswitch-json.ts'
import { importCalls, type Rejection } from './import-calls.ts'
import { formFieldText } from './json-documents.ts'
import type { CallFormat } from './parsed-call.ts'

/** Largest body in bytes. */
const bodyLimit = 16 * 1024 * 1024
/** Rejections told one by one; all are counted. */
const toldRejections = 1000

const routeFormats: ReadonlyMap<string, CallFormat> = new Map([callJson, freeSwitchJson].map(one => [one.name, one]))

/** The body's bytes, however far the server has read it. */
const bytesOf = async (body: unknown): Promise<Buffer> => {
  if (typeof body === 'string') return Buffer.from(body)
  if (body instanceof Uint8Array) return Buffer.from(body)
  if (typeof body === 'object' && body !== null && Symbol.asyncIterator in body) {
    const parts: Uint8Array[] = []
    let size = 0
    // All of it before the first call is loaded: a body that is too large or breaks off loads nothing.
    try {
      for await (const part of body as AsyncIterable<Uint8Array | string>) {
        const bytes = Buffer.from(part as Uint8Array)
        size += bytes.length
        if (size > bodyLimit) throw new PortalError('PAYLOAD_TOO_LARGE')
        parts.push(bytes)
      }
    } catch (error) {
      throw error instanceof PortalError ? error : badInput('body', 'breaks off')
    }
    return Buffer.concat(parts)
  }
  // A form or JSON that the server has parsed already.
  if (typeof body === 'object' && body !== null) {
    const field = (body as Readonly<Record<string, unknown>>).cdr
    return Buffer.from(typeof field === 'string' ? field : JSON.stringify(body))
  }
  return Buffer.alloc(0)
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

/** What a body is written in: said by `?format=`, else FreeSWITCH's when a form or one JSON document comes. */
const formatOf = (request: FastifyRequest, form: boolean): CallFormat => {
  const query = request.query as Readonly<Record<string, unknown>> | undefined
  const name = query?.format ?? (form ? freeSwitchJson.name : callJson.name)
  const format = typeof name === 'string' ? routeFormats.get(name) : undefined
  if (format === undefined) throw badInput('format', `must be one of ${[...routeFormats.keys()].join(', ')}`)
  return format
}

const ingest = async (context: OperatorContext, request: FastifyRequest): Promise<unknown> => {
  const type = (request.headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase()
  const form = type === 'application/x-www-form-urlencoded'
  if (!form && type !== 'application/json' && type !== 'application/x-ndjson')
    throw badInput(
      'Content-Type',
      'must be application/x-ndjson, application/json or application/x-www-form-urlencoded'
    )
  // A JSON body without a format named is a switch's: mod_json_cdr cannot set a parameter of its own on every version.
  const format = formatOf(request, form || type === 'application/json')
  const bytes = await bytesOf(request.body)
  const text = form ? Buffer.from(formFieldText(bytes.toString('utf8'))) : bytes
  const rejected: Pick<Rejection, 'line' | 'reason'>[] = []
  const counts = await importCalls(context.db, once(text), {
    format,
    source: null,
    account: null,
    read: { clock: null, direction: 'TERMINATION', note: () => {} },
    batches: collectingBatches(context.db, {
      actor: context.operator.actor,
      format: format.name,
      at: context.at
    }),
    onRejection({ line, reason }) {
      if (rejected.length < toldRejections) rejected.push({ line, reason })
    }
  })
  if (counts.rows === 0) throw badInput('body', 'holds no call record')
  rejected.sort((a, b) => a.line - b.line)
  const answer = { ...counts, rejectedRows: counts.rejected, rejected }
  // Nothing was fit to load: not a success, so that a switch keeps the record and does not forget it.
  if (counts.rejected === counts.rows)
    throw new PortalError('BAD_USER_INPUT', 'No record could be loaded.', { facts: answer })
  return answer
}

/** `POST /ingest/cdr` on the console host, for keys that may do nothing else, and for admins. */
export const ingestRoutes: readonly PluginRoute[] = [
  {
    method: 'POST',
    url: '/ingest/cdr',
    host: 'CONSOLE',
    roles: ['INGEST', 'ADMIN'],
    basic: true,
    bodyLimit,
    rawBody: ['application/x-ndjson', 'application/json', 'application/x-www-form-urlencoded'],
    handle: (context, request) => ingest(context, request)
  }
]
