import { existsSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { ConfigurationError } from '../core/errors.ts'
import { readForBackup } from '../db/backup.ts'
import { noteBackup } from '../db/backup-done.ts'
import { writeBackupFile } from '../db/backup-file.ts'
import type { PortalCommand } from './portal-command.ts'

/** Writes a backup while the portal runs. */
export const backupCommand: PortalCommand = {
  name: 'backup',
  summary: 'writes a backup of the database into a file, while the portal runs',
  usage: `Usage: npm run portal -- backup FILE [--force]
Writes everything the database holds at one point in time into FILE: complete and on the disk, or not at all. The portal goes on
serving. The file restores on SQLite and on PostgreSQL, whichever it comes from.
  --force   replaces FILE if it exists
Not in it: sessions, view-as tickets and links that let somebody in.
Example: npm run portal -- backup /var/backups/portal-$(date +%F).backup`,
  run: async (args, context, print) => {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { force: { type: 'boolean', default: false } }
    })
    const [file] = positionals
    if (file === undefined || positionals.length > 1) {
      print(backupCommand.usage)
      return 2
    }
    const { databaseUrl } = context.settings
    if (!/^postgres(ql)?:/.test(databaseUrl) && !existsSync(databaseUrl))
      throw new ConfigurationError(`There is no database ${databaseUrl}; check PORTAL_DATABASE_URL.`)
    const database = await context.openAsItIs(databaseUrl, { readTimeoutMs: 0, waitMs: 60_000 })
    const begun = performance.now()
    const written = await readForBackup(database, lines => writeBackupFile(file, lines, values.force))
    const seconds = ((performance.now() - begun) / 1000).toFixed(1)
    // The file is whole whatever becomes of this: a database that is full, or of a version before, takes no note.
    await noteBackup(database, written.bytes).catch((error: unknown) =>
      print(`The metrics page will not know of it: ${(error as Error).message}`)
    )
    print(`${file}: ${written.bytes} bytes in ${seconds} s, sha256 ${written.sha256}`)
    return 0
  }
}
