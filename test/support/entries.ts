import { readFileSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** What tests start over and over as processes of their own. */
const entries = [
  'http/main.ts',
  'http/portal.ts',
  ...['import-numbers', 'migrate', 'onboarding', 'restore', 'undo'].map(name => `test/support/${name}-child.ts`)
]
const madeOf = (entry: string): string => `${basename(entry, '.ts')}.mjs`

/**
 * Makes JavaScript of the entries, once a run: half of what a start takes goes into reading TypeScript. Gone when this process
 * ends. Resolves to their folder, for PORTCULLIS_TEST_ENTRIES.
 */
export const buildEntries = async (): Promise<string> => {
  const { build } = await import('vite')
  // Packages are found from there, as they are from the sources.
  const outDir = join(root, 'node_modules', '.cache', `portcullis-entries-${process.pid}`)
  process.once('exit', () => rmSync(outDir, { recursive: true, force: true }))
  await build({
    configFile: false,
    root,
    logLevel: 'warn',
    plugins: [
      {
        name: 'where-a-source-stands',
        enforce: 'pre',
        transform: (_code, id) =>
          id.endsWith('.ts')
            ? readFileSync(id, 'utf8').replaceAll('import.meta.url', JSON.stringify(pathToFileURL(id).href))
            : null
      }
    ],
    build: {
      ssr: true,
      outDir,
      target: 'node20',
      minify: false,
      rolldownOptions: {
        input: entries.map(entry => join(root, entry)),
        output: { entryFileNames: '[name].mjs', chunkFileNames: '[hash].mjs' }
      }
    }
  })
  return outDir
}

/** Arguments of node that run an entry, as they stand in package.json or of what the run has made of it. */
export const entryArguments = (entry: string): readonly string[] => {
  const folder = process.env.PORTCULLIS_TEST_ENTRIES
  return folder !== undefined && entries.includes(entry) ? [join(folder, madeOf(entry))] : ['--import', 'tsx', entry]
}
