import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../db/connect.ts'
import { mergeOperatorSchema } from '../graphql/operator-schema.ts'
import { portalSdl } from '../graphql/portal-schema.ts'
import { createExports } from '../http/exports.ts'
import { createGridViews } from '../http/grid-views.ts'
import { createInstallation } from '../http/installation.ts'
import { createPortalSession } from '../http/portal-session.ts'
import { readSettings } from '../http/settings.ts'
import { plugins } from '../plugins/index.ts'
import { pageDocuments } from './page-documents.ts'
import { pluginReadmes } from './plugin-readmes.ts'

// Files made from the code: the portal's whole schema, the documents of pages with their types, and the key tables in the
// plugins' READMEs. `--check` writes nothing and fails when one of them differs.

const check = process.argv.includes('--check')
const stale: string[] = [...(await pluginReadmes(check))]

const keep = (path: string, text: string): void => {
  const url = new URL(`../${path}`, import.meta.url)
  let before = ''
  try {
    before = readFileSync(url, 'utf8')
  } catch {
    // Made for the first time.
  }
  if (before === text) return
  stale.push(path)
  if (!check) writeFileSync(url, text)
}

const folder = mkdtempSync(join(tmpdir(), 'portcullis-generate-'))
const database = await openDatabase({ url: join(folder, 'empty.sqlite') })
try {
  const installation = createInstallation(readSettings({}), database, plugins, console)
  const unbuilt = { of: () => null }
  const parts = [
    ...plugins,
    createPortalSession(installation, unbuilt).part,
    createExports(installation).part,
    createGridViews(installation)
  ]
  const portal = portalSdl(parts)
  keep('graphql/portal-schema.graphql', portal)
  const reports = installation.catalogue.columnSets.map(set => set.report)
  const operators = mergeOperatorSchema(plugins, reports)
  for (const [path, text] of await pageDocuments({ portal, console: operators })) keep(path, text)
} finally {
  await database.close()
  rmSync(folder, { recursive: true, force: true })
}

if (stale.length > 0) console.log(`${check ? 'Not as the code says' : 'Written'}: ${stale.join(', ')}`)
if (check && stale.length > 0) {
  console.error('Run `npm run generate` and commit what it writes.')
  process.exit(1)
}
