import { parseArgs } from 'node:util'
import { ConfigurationError } from '../core/errors.ts'
import { rowOf } from '../db/sql.ts'
import { atTheMachine } from './at-the-machine.ts'
import { finishRun, onboardingParts } from './onboard-command.ts'
import type { PortalCommand } from './portal-command.ts'
import { writePrivateFile } from './write-private-file.ts'

/** Writes companies into a file that `onboard` reads. */
export const exportCompaniesCommand: PortalCommand = {
  name: 'export-companies',
  summary: 'writes companies, contacts, codes, overrides and numbers into a CSV file',
  usage: `Usage: npm run portal -- export-companies FILE [--brand HOST]
Writes FILE in the format that \`onboard\` reads; taking it in again changes nothing. There are no passwords in it, but names and
addresses of people: keep it as you keep those. A file that exists is replaced once the new one is whole.
  --brand HOST  only companies at home on this brand
Example: npm run portal -- export-companies companies.csv`,
  run: async (args, context, print) => {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { brand: { type: 'string' } }
    })
    const [path] = positionals
    if (path === undefined || positionals.length > 1) {
      print(exportCompaniesCommand.usage)
      return 2
    }
    const parts = await onboardingParts(context)
    const fqdn = values.brand?.trim().toLowerCase()
    const brand =
      fqdn === undefined
        ? undefined
        : await rowOf<{ id: string }>(parts.database.reader, 'SELECT id FROM portal_domain WHERE fqdn = ?', [fqdn])
    if (fqdn !== undefined && brand === undefined) throw new ConfigurationError(`There is no brand ${fqdn}.`)
    const actor = atTheMachine('npm run portal -- export-companies')
    const started = await parts.onboarding.runs.startExport(brand === undefined ? {} : { domainId: brand.id }, actor)
    const run = await finishRun(parts, started.id)
    if (run.state === 'FAILED' || run.fileId === null) {
      print(`Nothing was written: ${run.error}`)
      return 2
    }
    const file = await parts.files.of(actor.operator).open(run.fileId)
    await writePrivateFile(path, file.content)
    print(`${path}: ${run.companies} companies, ${run.lines} lines, ${file.bytes} bytes, sha256 ${file.sha256}`)
    return 0
  }
}
