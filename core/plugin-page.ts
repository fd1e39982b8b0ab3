import type { AccessSet } from './access-set.ts'
import type { Catalogue } from './catalogue.ts'
import { ConfigurationError } from './errors.ts'
import type { UserType } from './feature.ts'
import type { PluginDefinition } from './plugin-api.ts'
import type { StaffRole } from './viewer.ts'

/** Words by language, such as `en` and `ar`; English stands in for what is missing. */
export type Words = Readonly<Record<string, string>> & { readonly en: string }

/** A page of the portal; whoever does not have its feature does not have it, nor any sign of it. */
export interface PortalPage {
  /** Where it stands: `calls` is /calls. Kebab-case, once in an installation. */
  readonly path: string
  /** The key that must be effective. */
  readonly feature: string
  /** Only these of the feature's user types. */
  readonly userTypes?: readonly UserType[]
  readonly title: Words
  /** NAVIGATION: a page of its own. DASHBOARD: a tile of the first page. */
  readonly place: 'NAVIGATION' | 'DASHBOARD'
  /** A file that exports the component `Page`: `new URL('./pages/calls.tsx', import.meta.url)`. */
  readonly module: URL
}

/** A page of the operators' console. */
export interface ConsolePage {
  /** Where it stands: `numbers` is /numbers, with everything below it. Kebab-case, at its place once in an installation. */
  readonly path: string
  /**
   * NAVIGATION, unless given: a page of its own. COMPANY: a tab of each company's page, `numbers` at /companies/ID/numbers; the
   * component is given `companyId`.
   */
  readonly place?: 'NAVIGATION' | 'COMPANY'
  /** Only these roles; all who read unless given. */
  readonly roles?: readonly StaffRole[]
  readonly title: Words
  readonly module: URL
}

/** What a page is filed under: its path, with the place in front where the same path may stand at another one. */
export const fileNameOf = (page: PortalPage | ConsolePage): string =>
  page.place === 'COMPANY' ? `company/${page.path}` : page.path

/** The word in this language, in its base language (`ar` for `ar-EG`), or in English. */
export const wordIn = (words: Words, language: string | null): string =>
  language === null
    ? words.en
    : ([language, language.split('-')[0]!].filter(each => Object.hasOwn(words, each)).map(each => words[each])[0] ??
      words.en)

type Others = Readonly<Record<string, string>> | undefined

const either = (english: string, others: Others, language: string | null): string =>
  others === undefined ? english : wordIn({ ...others, en: english }, language)

/** The title of a feature or a column, as `wordIn` finds it. */
export const titleIn = (
  { title, titles }: { readonly title: string; readonly titles?: Others },
  language: string | null
): string => either(title, titles, language)

/** The group of a feature, as `wordIn` finds it. */
export const groupIn = (
  { group, groups }: { readonly group: string; readonly groups?: Others },
  language: string | null
): string => either(group, groups, language)

/** The unit of a column, as `wordIn` finds it; null for none. */
export const unitIn = (
  { unit, units }: { readonly unit?: string | null | undefined; readonly units?: Others },
  language: string | null
): string | null => (unit == null ? null : either(unit, units, language))

/** Paths of the portal's and the console's own pages, which no plugin may take. */
const taken = {
  pages: ['assets', 'pages', 'graphql', 'profile', 'sign-in', 'set-password', 'view-as', 'exports'],
  consolePages: [
    'access',
    'account',
    'assets',
    'audit',
    'brands',
    'companies',
    'compare',
    'console',
    'features',
    'grid',
    'hygiene',
    'onboarding',
    'operator',
    'staff',
    'templates'
  ],
  companyTabs: ['access', 'contacts', 'history', 'overview']
} as const

const path = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/

/**
 * Checks the pages of all plugins against each other and the catalogue.
 * @throws ConfigurationError naming the plugin, the page and the remedy
 */
export const checkPages = (plugins: readonly PluginDefinition[], catalogue: Catalogue): void => {
  for (const part of ['pages', 'consolePages'] as const) {
    const owners = new Map<string, string>()
    for (const { name, ...plugin } of plugins) {
      for (const page of plugin[part] ?? []) {
        const refuse = (fault: string): never => {
          throw new ConfigurationError(`Plugin "${name}", page "${page.path}": ${fault}.`)
        }
        if (!path.test(page.path)) refuse('its path is not kebab-case; call it like `my-page`')
        const own: readonly string[] = taken[page.place === 'COMPANY' ? 'companyTabs' : part]
        if (own.includes(page.path)) refuse('this path is taken; choose another one')
        const owner = owners.get(fileNameOf(page))
        if (owner !== undefined) refuse(`the plugin "${owner}" has a page at this path too; rename one`)
        if (!page.title.en) refuse('it has no English title; give `title: { en: … }`')
        owners.set(fileNameOf(page), name)
        if (!('feature' in page)) continue
        const feature = catalogue.feature(page.feature)
        if (feature === undefined) refuse(`no plugin declares its feature ${page.feature}; correct the key`)
        const alien = page.userTypes?.find(type => feature?.userTypes.includes(type) === false)
        if (alien !== undefined) refuse(`its feature ${page.feature} is not for ${alien}; take the user type out`)
      }
    }
  }
}

/** A page with the plugin it came from. */
export type OwnedPage<Page> = Page & { readonly plugin: string }

/** The pages of a feature that a contact has. */
export const portalPagesOf = (
  plugins: readonly PluginDefinition[],
  access: Pick<AccessSet, 'has'>,
  userType: UserType
): readonly OwnedPage<PortalPage>[] =>
  plugins.flatMap(({ name, pages = [] }) =>
    pages
      .filter(page => access.has(page.feature) && (page.userTypes?.includes(userType) ?? true))
      .map(page => ({ ...page, plugin: name }))
  )
