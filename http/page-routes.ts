import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { PortalError } from '../core/errors.ts'
import { portalPagesOf } from '../core/plugin-page.ts'
import { type BuiltPages, pagesBase } from './built-pages.ts'
import type { Installation } from './installation.ts'
import { portalVisit } from './visit.ts'

// A file's name holds a hash of its content, so it never changes.
const forever = 'max-age=31536000, immutable'
/** A name and no way: `..%2Fpages%2Fx.js` would lead from the files for all to those for some. */
const fileName = /^[\w-]+(\.[\w-]+)+$/

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
      cacheControl: false
    })
    child.addHook('onSend', (request, reply, _payload, done) => {
      // Only what is there may be kept: a refusal holds for this request.
      if (reply.statusCode < 400) {
        const scope = request.url.startsWith(`${base}pages/`) ? 'private' : 'public'
        reply.headers({ 'cache-control': `${scope}, ${forever}`, vary: 'accept-encoding' })
      }
      done()
    })
    const nameOf = (request: FastifyRequest): string => {
      const { file } = request.params as { file: string }
      if (!fileName.test(file)) throw new PortalError('NOT_FOUND')
      return file
    }
    child.get(`${base}assets/:file`, async (request, reply) => reply.sendFile(`assets/${nameOf(request)}`))
    child.get(`${base}pages/:file`, async (request, reply) => {
      const file = nameOf(request)
      if (site === 'portal' && !hasFile(request, `${base}pages/${file}`)) throw new PortalError('NOT_FOUND')
      return reply.sendFile(`pages/${file}`)
    })
  })

  const hasFile = (request: FastifyRequest, path: string): boolean => {
    const { viewer, access } = portalVisit(request)
    if (viewer === null || access === null) return false
    return portalPagesOf(plugins, access, viewer.userType).some(page => {
      const built = pages.of(site, page.plugin, page.path)
      return built !== null && [built.module, ...built.styles].includes(path)
    })
  }
}

/** Where files and interfaces stand; what is missing there is missing, whoever asks. */
const notPages = /^\/((console\/)?(assets|pages)|graphql|operator)([/?]|$)/

const unbuilt = 'The pages are not built: run npm run build, and start again.\n'

/** What a browser that goes to an address gets: the site, whose script knows the address. False for every other request. */
export const sendSite = (request: FastifyRequest, reply: FastifyReply, pages: BuiltPages): boolean => {
  const { visit } = request
  if (visit === null || (request.method !== 'GET' && request.method !== 'HEAD')) return false
  if (!(request.headers.accept ?? '').includes('text/html')) return false
  if (notPages.test(request.url)) return false
  const page =
    visit.site === 'CONSOLE' ? pages.html('console', 'Portcullis') : pages.html('portal', visit.brand.brandName)
  if (page === null) {
    reply.code(503).type('text/plain; charset=utf-8').send(unbuilt)
    return true
  }
  reply.header('content-security-policy', page.policy).type('text/html; charset=utf-8').send(page.body)
  return true
}
