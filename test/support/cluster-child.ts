// Run as a process of its own: starts PostgreSQL, says where, and ends in the way of the first argument.
import { startPostgres } from './postgres-cluster.ts'

const { pid, directory } = await startPostgres()
process.stdout.write(`${JSON.stringify({ pid, directory })}\n`)
setTimeout(() => {
  if (process.argv[2] === 'throw') throw new Error('thrown')
  if (process.argv[2] === 'exit') process.exit(3)
}, 200)
setInterval(() => {}, 1000)
