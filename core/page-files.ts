/** Where a browser finds what a page is made of: paths on the page's own host. */
export interface PageFile {
  readonly module: string
  readonly styles: readonly string[]
}

/** The built pages. */
export interface PageFiles {
  /** Null for a page that is not built. */
  of(site: 'portal' | 'console', plugin: string, path: string): PageFile | null
}
