import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { PortalError } from '../core/errors.ts'
import { portalPagesOf } from '../core/plugin-page.ts'
import { type BuiltPages, pagesBase } from './built-pages.ts'
import type { Installation } from './installation.ts'
import { portalVisit } from './visit.ts'

// A file's name holds a hash of its content, so it never changes.
const forever = 'max-age=31536000, immutable'

/**
 * Serves a site's scripts and styles. Those of the portal's pages go only to whoever has the page's feature; for everybody
 * else there is no such file.
 */
export const pageRoutes = async (
  app: FastifyInstance,
  site: 'portal' | 'console',
  pages: BuiltPages,
  { plugins }: Pick<Installation, 'plugins'>
): Promise<void> => {
  const root = pages.folderOf(site)
  if (root === null) return
  const base = pagesBase[site]
  await app.register(async child => {
    await child.register(fastifyStatic, {
      root,
      serve: false,
      index: false,
      preCompressed: true,
      cacheControl: false,
      setHeaders: (response, path) => {
        response.setHeader('cache-control', `${path.includes('/pages/') ? 'private' : 'public'}, ${forever}`)
      }
    })
    child.get(`${base}assets/:file`, (request, reply) =>
      reply.sendFile(`assets/${(request.params as { file: string }).file}`)
    )
    child.get(`${base}pages/:file`, (request, reply) => {
      const { file } = request.params as { file: string }
      if (site === 'portal' && !hasFile(request, `${base}pages/${file}`)) throw new PortalError('NOT_FOUND')
      return reply.sendFile(`pages/${file}`)
    })
  })

  const hasFile = (request: FastifyRequest, path: string): boolean => {
    const { viewer, access } = portalVisit(request)
    if (viewer === null || access === null) return false
    return portalPagesOf(plugins, access, viewer.userType).some(page => {
      const { module, styles } = pages.of(site, page.plugin, page.path)
      return module === path || styles.includes(path)
    })
  }
}

const unbuilt = 'The pages are not built: run npm run build, and start again.\n'

/** What a browser that goes to an address gets: the site, whose script knows the address. False for every other request. */
export const sendSite = (request: FastifyRequest, reply: FastifyReply, pages: BuiltPages): boolean => {
  const { visit } = request
  if (visit === null || (request.method !== 'GET' && request.method !== 'HEAD')) return false
  if (!(request.headers.accept ?? '').includes('text/html')) return false
  if (/^\/(console\/)?(assets|pages)\//.test(request.url)) return false
  const page =
    visit.site === 'CONSOLE' ? pages.html('console', 'Portcullis') : pages.html('portal', visit.brand.brandName)
  if (page === null) {
    reply.code(503).type('text/plain; charset=utf-8').send(unbuilt)
    return true
  }
  reply.header('content-security-policy', page.policy).type('text/html; charset=utf-8').send(page.body)
  return true
}
