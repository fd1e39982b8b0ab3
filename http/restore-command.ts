import { parseArgs } from 'node:util'
import { ConfigurationError } from '../core/errors.ts'
import { restoreBackup } from '../db/restore.ts'
import { atTheMachine } from './at-the-machine.ts'
import type { PortalCommand } from './portal-command.ts'

/** Where, without the password. */
const shown = (url: string): string => url.replace(/^(postgres(?:ql)?:\/\/[^:@/]+):[^@]*@/, '$1:***@')

/** Puts a backup into a database. */
export const restoreCommand: PortalCommand = {
  name: 'restore',
  summary: 'puts a backup into an empty database, or in the place of one',
  usage: `Usage: npm run portal -- restore FILE [--into URL] [--replace] [--without PLUGIN …]
Checks FILE, then puts all of it into the database or nothing. A backup of an older version is brought up to date; one of a newer
version is refused.
  --into URL        postgres://… of a database that exists, or the path of a SQLite file; PORTAL_DATABASE_URL if left out
  --replace         puts the backup in the place of what is there; no process of the portal may run on it. On SQLite the file
                    before is kept beside it; on PostgreSQL every table of the database goes
  --without PLUGIN  leaves out the tables of a plugin that is not installed any more
Afterwards everybody signs in again. What happened after the backup is gone: keys revoked and people disabled since are as they were.
Example: npm run portal -- restore /var/backups/portal-2026-11-20.backup --into ./portal.sqlite --replace`,
  run: async (args, context, print) => {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        into: { type: 'string' },
        replace: { type: 'boolean', default: false },
        without: { type: 'string', multiple: true, default: [] }
      }
    })
    const [file] = positionals
    if (file === undefined || positionals.length > 1) {
      print(restoreCommand.usage)
      return 2
    }
    const url = values.into ?? context.settings.databaseUrl
    if (url === '' || (/^[a-z][a-z0-9+]*:\/\//i.test(url) && !/^postgres(ql)?:\/\//.test(url)))
      throw new ConfigurationError(
        '--into must be postgres://USER:PASSWORD@HOST:PORT/DATABASE or the path of a SQLite file.'
      )
    const begun = performance.now()
    const restored = await restoreBackup({
      file,
      url,
      plugins: context.plugins,
      replace: values.replace,
      without: values.without,
      actor: atTheMachine('restore').operator.actor
    })
    const seconds = ((performance.now() - begun) / 1000).toFixed(1)
    print(`${shown(url)}: ${restored.rows} rows as of ${new Date(restored.at).toISOString()}, in ${seconds} s.`)
    if (restored.migrated.length > 0) print(`Brought up to date: ${restored.migrated.join(', ')}.`)
    if (restored.before !== null)
      print(`The database before is kept as ${restored.before}; remove it when nobody needs it.`)
    if (restored.leftOut.length > 0)
      print(`Left out, as no part of this portal makes them: ${restored.leftOut.join(', ')}.`)
    print('Everybody has to sign in again.')
    return 0
  }
}
