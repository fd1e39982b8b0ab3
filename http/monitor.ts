import { createServer, type Server } from 'node:http'
import { ConfigurationError } from '../core/errors.ts'
import type { Health } from './health.ts'
import type { Installation } from './installation.ts'
import type { Metrics } from './metrics.ts'

interface Page {
  readonly status: number
  readonly type?: string
  readonly text: string
}

/**
 * Serves what machines ask about this process, on an address of its own: `/healthz` (it runs), `/readyz` (it can serve, or
 * 503 with one word why not) and `/metrics` for Prometheus.
 * @throws ConfigurationError when the address cannot be used
 */
export const openMonitor = async (
  at: { readonly host: string; readonly port: number },
  installation: Installation,
  health: Health,
  metrics: Metrics
): Promise<Server> => {
  const pages: Readonly<Record<string, () => Promise<Page>>> = {
    '/healthz': async () => ({ status: 200, text: 'alive\n' }),
    '/readyz': async () => {
      const word = await health.readiness()
      // Were a busy process taken out, the next one would be busy, and then there would be none.
      return { status: word === 'ready' || word === 'busy' ? 200 : 503, text: `${word}\n` }
    },
    '/metrics': async () => ({ status: 200, ...(await metrics.page(installation)) })
  }
  const pageOf = (method: string | undefined, url: string | undefined): Promise<Page> => {
    const page = pages[(url ?? '/').split('?')[0]!]
    if (page === undefined) return Promise.resolve({ status: 404, text: 'Not found\n' })
    if (method !== 'GET' && method !== 'HEAD') return Promise.resolve({ status: 405, text: 'Use GET.\n' })
    return page()
  }
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 5_000 }, (request, response) => {
    // Nobody has anything to send here.
    request.resume()
    pageOf(request.method, request.url)
      .catch((): Page => ({ status: 500, text: 'failed\n' }))
      .then(({ status, type = 'text/plain; charset=utf-8', text }) => {
        response.writeHead(status, {
          'content-type': type,
          'content-length': Buffer.byteLength(text),
          'cache-control': 'no-store',
          'x-content-type-options': 'nosniff'
        })
        response.end(request.method === 'HEAD' ? undefined : text)
      })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        new ConfigurationError(
          `PORTAL_MONITOR: ${at.host} port ${at.port} cannot be used (${error.code}); set it to another one.`
        )
      )
    )
    server.listen(at.port, at.host, resolve)
  })
  return server
}
