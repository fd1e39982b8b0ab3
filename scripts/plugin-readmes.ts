import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { PluginDefinition } from '../core/plugin-api.ts'

// node --import tsx scripts/plugin-readmes.ts [--check]: the tables of keys in plugins/*/README.md, made from the code.

const open = '<!-- keys -->'
const close = '<!-- /keys -->'

const cell = (text: string): string => text.replaceAll('|', '\\|')

function keyTable(plugin: PluginDefinition): string {
  const features = plugin.features ?? []
  if (features.length === 0) return 'It has no keys.'
  const rows = features.map(feature => {
    const parents = (feature.parents ?? []).map(key => `\`${key}\``).join(', ')
    const types = feature.userTypes.map(type => type.toLowerCase()).join(', ') || 'everybody'
    const parent = parents === '' ? '' : `${parents} (${feature.parentMode})`
    return `| \`${feature.key}\` | ${cell(feature.title)} | ${feature.group} | ${feature.kind} | ${types} | ${parent} |`
  })
  return ['| Key | Title | Group | Kind | Who | Parent |', '|---|---|---|---|---|---|', ...rows].join('\n')
}

/** The README with its table made anew. @throws Error when it has no place for the table */
export function readmeWithKeys(readme: string, plugin: PluginDefinition): string {
  const start = readme.indexOf(open)
  const end = readme.indexOf(close)
  if (start < 0 || end < start) throw new Error(`the README of ${plugin.name} has no ${open} and ${close}`)
  return `${readme.slice(0, start + open.length)}\n${keyTable(plugin)}\n${readme.slice(end)}`
}

/** The one plugin a folder's plugin.ts exports. */
async function pluginOf(folder: string): Promise<PluginDefinition> {
  const exported = (await import(pathToFileURL(join(folder, 'plugin.ts')).href)) as Record<string, PluginDefinition>
  return Object.values(exported)[0] as PluginDefinition
}

/** Writes the table of one plugin's README. */
export async function writePluginReadme(folder: string): Promise<void> {
  const path = join(folder, 'README.md')
  writeFileSync(path, readmeWithKeys(readFileSync(path, 'utf8'), await pluginOf(folder)))
}

/** Writes all tables; with `check` it writes nothing and names the READMEs that differ. */
export async function pluginReadmes(check: boolean): Promise<readonly string[]> {
  const { plugins } = await import('../plugins/index.ts')
  const stale: string[] = []
  for (const plugin of plugins) {
    const path = join(import.meta.dirname, '../plugins', plugin.name, 'README.md')
    const before = readFileSync(path, 'utf8')
    const after = readmeWithKeys(before, plugin)
    if (after === before) continue
    stale.push(`plugins/${plugin.name}/README.md`)
    if (!check) writeFileSync(path, after)
  }
  return stale
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === import.meta.filename) {
  const check = process.argv.includes('--check')
  const stale = await pluginReadmes(check)
  for (const path of stale)
    console.log(check ? `${path} is not what the code says; run npm run generate` : `wrote ${path}`)
  if (check && stale.length > 0) process.exitCode = 1
}
