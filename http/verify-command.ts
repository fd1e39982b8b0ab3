import { parseArgs } from 'node:util'
import { checkBackupFile } from '../db/backup-file.ts'
import { readBackup } from '../db/restore-rows.ts'
import type { PortalCommand } from './portal-command.ts'

/** Reads a backup from its beginning to its end. */
export const verifyCommand: PortalCommand = {
  name: 'verify',
  summary: 'reads a backup from its beginning to its end and says what it holds',
  usage: `Usage: npm run portal -- verify FILE
Compares FILE with the checksum in it, reads every row and counts them. Touches no database.
Example: npm run portal -- verify /var/backups/portal-2026-11-20.backup`,
  run: async (args, _context, print) => {
    const { positionals } = parseArgs({ args: [...args], allowPositionals: true })
    const [file] = positionals
    if (file === undefined || positionals.length > 1) {
      print(verifyCommand.usage)
      return 2
    }
    const { bytes, sha256 } = await checkBackupFile(file)
    let made = ''
    const rows = await readBackup(file, {
      head: async head => {
        made = `made by version ${head.engine} on ${head.dialect}, as of ${new Date(head.at).toISOString()}`
      },
      table: async () => {},
      rows: async text => (JSON.parse(text) as unknown[]).length
    })
    for (const [table, count] of Object.entries(rows)) if (count > 0) print(`  ${String(count).padStart(10)}  ${table}`)
    print(`${file}: whole; ${made}; ${bytes} bytes, sha256 ${sha256}`)
    return 0
  }
}
