import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { PageFile, PageFiles } from '../core/page-files.ts'

/** Where `npm run build` puts the pages. */
const builtFolder = fileURLToPath(new URL('../web/built/', import.meta.url))

/** Where on their hosts the two sites serve their files. */
export const pagesBase = { portal: '/', console: '/console/' } as const
type Site = keyof typeof pagesBase

/** What Vite writes about each entry. */
interface ManifestEntry {
  readonly file: string
  readonly name?: string
  readonly css?: readonly string[]
  /** Keys of the entries whose files it imports, with their own style sheets. */
  readonly imports?: readonly string[]
}

const signs: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** A text as it stands in HTML, in attributes too. */
export const htmlOf = (text: string): string => text.replaceAll(/[&<>"']/g, sign => signs[sign]!)

/** The pages that `npm run build` made, as far as it did. */
export class BuiltPages implements PageFiles {
  readonly #files: Readonly<Record<Site, ReadonlyMap<string, PageFile>>>
  readonly #html: Readonly<Record<Site, string | null>>
  readonly #folder: string

  constructor(folder = builtFolder) {
    this.#folder = folder
    this.#files = { portal: this.#read('portal'), console: this.#read('console') }
    this.#html = { portal: this.#page('portal'), console: this.#page('console') }
  }

  of(site: Site, plugin: string, path: string): PageFile | null {
    return this.#files[site].get(`${plugin}/${path}`) ?? null
  }

  /** Where a site's files stand; null while it is not built. */
  folderOf(site: Site): string | null {
    return this.#html[site] === null ? null : join(this.#folder, site)
  }

  /**
   * The page that loads a site, and the policy it needs; null while it is not built.
   * @param title plain text
   */
  html(site: Site, title: string): { readonly body: string; readonly policy: string } | null {
    const html = this.#html[site]
    if (html === null) return null
    // Style elements that the console's components make carry this; the portal makes none.
    const nonce = randomBytes(16).toString('base64')
    const style = site === 'console' ? `style-src 'self' 'nonce-${nonce}'` : "style-src 'self'"
    return {
      body: html.replace('%TITLE%', () => htmlOf(title)).replaceAll('%NONCE%', nonce),
      policy: [
        "default-src 'none'",
        "script-src 'self'",
        style,
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'"
      ].join('; ')
    }
  }

  #page(site: Site): string | null {
    const file = join(this.#folder, site, 'index.html')
    return existsSync(file) ? readFileSync(file, 'utf8') : null
  }

  #read(site: Site): ReadonlyMap<string, PageFile> {
    const file = join(this.#folder, site, '.vite', 'manifest.json')
    if (!existsSync(file)) return new Map()
    const manifest = JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, ManifestEntry>>
    const at = (path: string): string => `${pagesBase[site]}${path}`
    // Sheets of shared parts before those of what uses them.
    const stylesOf = (key: string, seen: Set<string>): readonly string[] => {
      const entry = manifest[key]
      if (entry === undefined || seen.has(key)) return []
      seen.add(key)
      return [...(entry.imports ?? []).flatMap(each => stylesOf(each, seen)), ...(entry.css ?? [])]
    }
    return new Map(
      Object.entries(manifest).flatMap(([key, { name = '', file }]) =>
        file.startsWith('pages/')
          ? [[name.replace('--', '/'), { module: at(file), styles: stylesOf(key, new Set()).map(at) }] as const]
          : []
      )
    )
  }
}
