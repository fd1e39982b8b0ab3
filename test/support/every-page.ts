import type { Page } from 'playwright-core'

/** A page to look at: a name for it, and its address. */
export interface PageAddress {
  readonly name: string
  readonly path: string
}

/** Asks an endpoint of the page's own host, as whoever is signed in there. */
export type Ask = (document: string) => Promise<unknown>

/** Sends JSON from within a page, with its cookie. */
export const sendFrom = (page: Page, path: string, body: unknown): Promise<unknown> =>
  page.evaluate(
    async ([path, body]) => {
      const response = await fetch(path!, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: body!
      })
      return response.json()
    },
    [path, JSON.stringify(body)]
  )

/** @param path of the endpoint */
export const askFrom =
  (page: Page, path: string): Ask =>
  async query =>
    ((await sendFrom(page, path, { query })) as { readonly data: unknown }).data

/** Every page of the portal that whoever is signed in has. @param prefix begins the names */
export const portalPages = async (ask: Ask, prefix: string): Promise<readonly PageAddress[]> => {
  const { me } = (await ask('{ me { features { pages { path place } } } }')) as {
    readonly me: { readonly features: readonly { readonly pages: readonly { path: string; place: string }[] }[] }
  }
  const own = me.features.flatMap(feature => feature.pages).filter(({ place }) => place === 'NAVIGATION')
  return [
    { name: `${prefix}-home`, path: '/' },
    ...own.map(({ path }) => ({ name: `${prefix}${path.replaceAll('/', '-')}`, path })),
    { name: `${prefix}-profile`, path: '/profile' },
    { name: `${prefix}-not-found`, path: '/no-such-page' }
  ]
}

/** Every page of the console, with one company, one brand and one feature. */
export const consolePages = async (ask: Ask): Promise<readonly PageAddress[]> => {
  const { companies, portalDomains, featureRegistry, consolePages } = (await ask(
    '{ companies(first: 3, sort: "name") { nodes { id } } portalDomains { nodes { id } } featureRegistry { key } consolePages { path place } }'
  )) as Readonly<Record<'companies' | 'portalDomains', { readonly nodes: readonly { readonly id: string }[] }>> & {
    readonly featureRegistry: readonly { readonly key: string }[]
    readonly consolePages: readonly { readonly path: string; readonly place: 'NAVIGATION' | 'COMPANY' }[]
  }
  const company = `/companies/${companies.nodes[0]!.id}`
  const own = 'companies brands grid features compare templates hygiene onboarding audit staff account'.split(' ')
  const pages: readonly PageAddress[] = [
    ...own.map(name => ({ name, path: `/${name}` })),
    { name: 'company', path: company },
    ...['access', 'contacts', 'history'].map(tab => ({ name: `company-${tab}`, path: `${company}/${tab}` })),
    { name: 'brand', path: `/brands/${portalDomains.nodes[0]!.id}` },
    { name: 'feature', path: `/features/${featureRegistry[0]!.key}` },
    ...consolePages.map(({ path, place }) =>
      place === 'COMPANY'
        ? { name: `company-${path.slice(1)}`, path: `${company}${path}` }
        : { name: path.slice(1), path }
    )
  ]
  return pages.map(({ name, path }) => ({ name: `console-${name}`, path }))
}
