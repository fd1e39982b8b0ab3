import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { badInput, errorTable, PortalError } from '../core/errors.ts'
import type { Installation } from './installation.ts'
import { type PasswordPage, passwordPage, passwordPagePolicy } from './password-page.ts'
import { type PasswordPageWords, pageLanguageOf, passwordPageWords } from './password-page-words.ts'
import { checkNewPassword, faultOfPassword, hashPassword } from './passwords.ts'
import type { RateLimits } from './rate-limits.ts'
import { checkSameOrigin, formType } from './same-origin.ts'
import { hashToken } from './tokens.ts'

/** Where a person sets a password, on a brand's host and on the console host. */
export const passwordPath = { PORTAL: '/set-password', CONSOLE: '/operator/set-password' } as const

const refusedLink = (): PortalError =>
  new PortalError('UNAUTHENTICATED', 'This link is used up, too old, or not for this host; ask for a new one.', {
    reason: 'LINK'
  })

const tokenOf = (value: unknown): string => {
  if (typeof value !== 'string' || !/^[\w-]{43}$/.test(value)) throw refusedLink()
  return hashToken(value)
}

type Fields = { readonly token?: unknown; readonly newPassword?: unknown; readonly repeated?: unknown }

/**
 * `GET …?token=…` tells whose password a link sets, and uses nothing up, however often mail scanners open it.
 * `POST {token, newPassword}` sets the password, once: sessions end, a lock is lifted, and the person signs in as always.
 * A browser gets a page with a form instead of JSON.
 */
export const passwordLinkRoutes = (
  app: FastifyInstance,
  installation: Installation,
  limits: RateLimits,
  site: keyof typeof passwordPath
): void => {
  const { links } = installation.people
  const visitOf = async (request: FastifyRequest) => {
    const { visit } = request
    if (visit?.site !== site) throw new PortalError('NOT_FOUND')
    await limits.take('address', visit.ip)
    return { visit, domainId: visit.site === 'PORTAL' ? visit.brand.id : null }
  }
  const find = async (request: FastifyRequest, token: unknown) => {
    const { visit, domainId } = await visitOf(request)
    const tokenHash = tokenOf(token)
    const link = await links.find(tokenHash, domainId)
    if (link === null) throw refusedLink()
    return { visit, domainId, tokenHash, link }
  }
  const set = async (request: FastifyRequest, { token, newPassword }: Fields): Promise<void> => {
    const { visit, domainId, tokenHash, link } = await find(request, token)
    if (typeof newPassword !== 'string') throw badInput('newPassword', 'is missing')
    checkNewPassword('newPassword', newPassword, link.email)
    if (!(await links.use(tokenHash, domainId, await hashPassword(newPassword), visit.ip))) throw refusedLink()
  }

  const page = (
    request: FastifyRequest,
    reply: FastifyReply,
    wordsOf: (t: PasswordPageWords) => string,
    form?: PasswordPage['form']
  ) => {
    const { visit } = request
    const language = pageLanguageOf(request.headers['accept-language'])
    const words = wordsOf(passwordPageWords[language])
    const place = visit?.site === 'PORTAL' ? visit.brand.brandName : 'Portcullis'
    return (
      reply
        .header('content-security-policy', passwordPagePolicy)
        // With none at all browsers send forms from nowhere, `Origin: null`; of the link this gives the host alone.
        .header('referrer-policy', 'strict-origin')
        .type('text/html; charset=utf-8')
        .send(passwordPage({ language, place, words, ...(form === undefined ? {} : { form }) }))
    )
  }
  /** A refusal as a page, with the form to try again while the link is good. */
  const refusal = async (request: FastifyRequest, reply: FastifyReply, error: unknown, fields: Fields) => {
    if (!(error instanceof PortalError)) throw error
    const { token, newPassword, repeated } = fields
    const found = error.code === 'BAD_USER_INPUT' ? await find(request, token).catch(() => null) : null
    if (found === null)
      return page(request, reply.code(errorTable[error.code].status), ({ linkGone, tooMany, failed }) =>
        error.code === 'UNAUTHENTICATED' ? linkGone : error.code === 'RATE_LIMITED' ? tooMany : failed
      )
    const { link } = found
    const fault = newPassword === repeated ? faultOfPassword(String(newPassword ?? ''), link.email) : 'NOT_SAME'
    const words = ({ notSet, faults, failed }: PasswordPageWords): string =>
      fault === null ? failed : `${notSet} ${faults[fault]}`
    return page(request, reply.code(400), words, { ...link, token: String(token) })
  }

  app.register(async child => {
    child.addContentTypeParser(formType, { parseAs: 'string', bodyLimit: 16_384 }, (_request, body, done) =>
      done(null, Object.fromEntries(new URLSearchParams(String(body))))
    )

    child.get(passwordPath[site], { exposeHeadRoute: false }, async (request, reply) => {
      const { token } = request.query as Fields
      if (!(request.headers.accept ?? '').includes('text/html')) {
        const { link } = await find(request, token)
        return reply.send({ name: link.name, email: link.email, expiresAt: new Date(link.expiresAt).toISOString() })
      }
      try {
        const { link } = await find(request, token)
        return page(request, reply, ({ choose }) => choose, { ...link, token: String(token) })
      } catch (error) {
        return refusal(request, reply, error, { token })
      }
    })

    child.post(passwordPath[site], { bodyLimit: 16_384 }, async (request, reply) => {
      const { visit } = request
      if (visit?.site !== site) throw new PortalError('NOT_FOUND')
      checkSameOrigin(request, visit)
      const fields = (request.body ?? {}) as Fields
      if (!(request.headers['content-type'] ?? '').toLowerCase().startsWith(formType)) {
        await set(request, fields)
        return reply.code(204).send()
      }
      try {
        if (fields.newPassword !== fields.repeated) throw badInput('repeated', 'the two passwords are not the same')
        await set(request, fields)
        return page(request, reply, ({ done }) => done)
      } catch (error) {
        return refusal(request, reply, error, fields)
      }
    })
  })
}
