import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { brotliCompress, gzip } from 'node:zlib'
import type { PluginDefinition } from '../core/plugin-api.ts'
import { fileNameOf } from '../core/plugin-page.ts'
import { cssLayers } from './css-layers.ts'
import { replaceFolder } from './replace-folder.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const sites = ['portal', 'console'] as const
type Site = (typeof sites)[number]

/** Entry name → file: each page of a plugin is an entry of its own, so that nobody loads the pages of somebody else. */
const pagesOf = (site: Site, plugins: readonly PluginDefinition[]): Record<string, string> =>
  Object.fromEntries(
    plugins.flatMap(({ name, pages = [], consolePages = [] }) =>
      (site === 'portal' ? pages : consolePages).map(page => [
        `${name}--${fileNameOf(page)}`,
        fileURLToPath(page.module)
      ])
    )
  )

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
    const path = join(folder, entry.name)
    if (!entry.isDirectory()) return [path]
    return ['built', 'node_modules'].includes(entry.name) || entry.name.startsWith('built-') ? [] : filesBelow(path)
  })

/** What the built pages are made of: the same print, the same pages. */
const printOf = (plugins: readonly PluginDefinition[]): string => {
  const pages = sites.flatMap(site => Object.entries(pagesOf(site, plugins)))
  const folders = new Set([join(root, 'web'), ...pages.map(([, file]) => join(file, '..'))])
  const print = createHash('sha256').update(JSON.stringify(pages.map(([name, file]) => [name, relative(root, file)])))
  for (const file of [join(root, 'package-lock.json'), ...[...folders].sort().flatMap(filesBelow)])
    print.update(relative(root, file)).update(readFileSync(file))
  return print.digest('hex')
}

const compress = async (folder: string): Promise<void> => {
  for (const file of filesBelow(folder).filter(each => /\.(js|css)$/.test(each))) {
    const bytes = readFileSync(file)
    writeFileSync(`${file}.br`, await promisify(brotliCompress)(bytes))
    writeFileSync(`${file}.gz`, await promisify(gzip)(bytes, { level: 9 }))
  }
}

/** Milliseconds that files of earlier builds stay, for pages that are open in browsers. */
const keptFor = 86_400_000

const keepEarlier = (from: string, into: string): void => {
  for (const site of sites) {
    const [before, now] = [from, into].map(folder => join(folder, site, 'assets'))
    if (!existsSync(before!)) continue
    for (const name of readdirSync(before!)) {
      const file = join(before!, name)
      try {
        if (existsSync(join(now!, name)) || Date.now() - statSync(file).mtimeMs > keptFor) continue
        cpSync(file, join(now!, name), { preserveTimestamps: true })
      } catch (error) {
        // Another build has taken the place of the earlier one meanwhile.
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
      }
    }
  }
}

const buildSite = async (site: Site, plugins: readonly PluginDefinition[], outDir: string): Promise<void> => {
  // Mostly there is nothing to build, and these take a second to load.
  const [{ build }, { default: react }] = await Promise.all([import('vite'), import('@vitejs/plugin-react')])
  await build({
    configFile: false,
    root: join(root, 'web', site),
    base: site === 'portal' ? '/' : '/console/',
    logLevel: 'warn',
    plugins: [react(), ...(site === 'portal' ? [cssLayers(root)] : [])],
    build: {
      outDir,
      emptyOutDir: false,
      manifest: true,
      target: 'es2022',
      modulePreload: { polyfill: false },
      // Small pictures stay files: the policy of the pages lets only the host's own be loaded.
      assetsInlineLimit: 0,
      chunkSizeWarningLimit: 2_000,
      rolldownOptions: {
        input: { index: join(root, 'web', site, 'index.html'), ...pagesOf(site, plugins) },
        preserveEntrySignatures: 'strict',
        output: {
          entryFileNames: ({ name }) => (name.includes('--') ? 'pages/[hash].js' : 'assets/[name]-[hash].js'),
          // Names of files must not tell of pages that somebody does not have.
          chunkFileNames: 'assets/[hash].js',
          assetFileNames: ({ names }) =>
            `${names.some(name => name.includes('--')) ? 'pages' : 'assets'}/[hash][extname]`
        }
      }
    }
  })
  await compress(outDir)
}

/**
 * Builds the pages of both sites unless they are built already.
 * @param folder where they go: `web/built` for the server
 * @returns true when something was built
 */
export const buildPages = async (
  plugins: readonly PluginDefinition[],
  folder = join(root, 'web', 'built')
): Promise<boolean> => {
  const print = printOf(plugins)
  const stamp = join(folder, 'print')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === print) return false
  const next = `${folder}-${process.pid}`
  rmSync(next, { recursive: true, force: true })
  mkdirSync(next, { recursive: true })
  try {
    for (const site of sites) await buildSite(site, plugins, join(next, site))
    writeFileSync(join(next, 'print'), print)
    keepEarlier(folder, next)
    replaceFolder(folder, next)
  } finally {
    rmSync(next, { recursive: true, force: true })
  }
  return true
}
