// Run as a process of its own: migrates the database named by the first argument, until it is done or killed.
import { openDatabase } from '../../db/connect.ts'
import { migrate } from '../../db/migrate.ts'
import { bulkyPlugin } from './bulky-plugin.ts'

const db = await openDatabase({ url: process.argv[2]! })
process.stdout.write('ready\n')
await migrate(db, [bulkyPlugin])
await db.close()
process.stdout.write('done\n')
