import { parseArgs } from 'node:util'
import { contract, schemaState } from '../db/migrate.ts'
import type { PortalCommand } from './portal-command.ts'

export const contractCommand: PortalCommand = {
  name: 'contract',
  summary: 'takes away what only the version before needed, after an upgrade',
  usage: [
    'Usage: npm run portal -- contract [--dry-run]',
    'Run it when every process runs the new version. It refuses while one of the version before still lives.',
    '  --dry-run  only lists what would be taken away',
    'There is no way back to the version before but a backup.'
  ].join('\n'),
  run: async (args, { plugins, database }, print) => {
    const { values } = parseArgs({ args: [...args], options: { 'dry-run': { type: 'boolean' } } })
    const db = await database()
    const { toContract } = await schemaState(db, plugins)
    if (toContract.length === 0) {
      print('There is nothing to take away.')
      return 0
    }
    if (values['dry-run'] === true) {
      print(`To be taken away: ${toContract.join(', ')}`)
      return 0
    }
    print(`Taken away: ${(await contract(db, plugins)).join(', ')}`)
    return 0
  }
}
