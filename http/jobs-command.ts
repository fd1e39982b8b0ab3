import { parseArgs } from 'node:util'
import { ConfigurationError } from '../core/errors.ts'
import { type FailedJob, failedJobs, forgetJob, runJobAgain } from '../db/failed-jobs.ts'
import { atTheMachine } from './at-the-machine.ts'
import type { PortalCommand } from './portal-command.ts'

const time = (at: number | null): string => new Date(at ?? 0).toISOString()

const lineOf = ({ id, name, payload, attempts, error, nextRunAt, failedAt }: FailedJob): string =>
  [
    id,
    name,
    failedAt === null ? `failed, runs again at ${time(nextRunAt)}` : `given up at ${time(failedAt)}`,
    `attempts ${attempts}`,
    ...(payload === null ? [] : [payload.slice(0, 200)]),
    error.replaceAll(/\s+/g, ' ').slice(0, 300)
  ].join('  ')

/** Shows background work that fails, and runs it again. */
export const jobsCommand: PortalCommand = {
  name: 'jobs',
  summary: 'lists background work that fails, runs it again or forgets it',
  usage: `Usage: npm run portal -- jobs
       npm run portal -- jobs retry ID
       npm run portal -- jobs forget ID
Lists every job whose last run failed: id, kind, what becomes of it, attempts, what it was given, why it failed.
retry runs it within seconds, on any process that serves; forget takes one away that was given up. Whoever asked for work that
was given up has been told that it failed, and mostly asks anew: then it is only to be forgotten.
Exit code 0: nothing was given up. 1: something was.`,
  run: async (args, context, print) => {
    const { positionals } = parseArgs({ args: [...args], allowPositionals: true, options: {} })
    const [what, id] = positionals
    const act = { retry: runJobAgain, forget: forgetJob }[what ?? '']
    if (positionals.length !== (act === undefined ? 0 : 2)) {
      print(jobsCommand.usage)
      return 2
    }
    const database = await context.openAsItIs()
    if (act !== undefined) {
      const name = await act(database, id!, atTheMachine('npm run portal -- jobs'))
      if (name === null)
        throw new ConfigurationError(
          `No ${what === 'forget' ? 'job was given up under the id' : 'job that does not run has the id'} ${id}; \`jobs\` lists those that failed.`
        )
      print(what === 'forget' ? `${name} is forgotten.` : `${name} is due now.`)
      return 0
    }
    const failed = await failedJobs(database.reader)
    for (const job of failed) print(lineOf(job))
    if (failed.length === 0) print('No job has failed.')
    return failed.some(({ failedAt }) => failedAt !== null) ? 1 : 0
  }
}
