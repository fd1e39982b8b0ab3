import { createReadStream } from 'node:fs'
import { access, constants, stat } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { Alive } from '../core/alive.ts'
import { Catalogue } from '../core/catalogue.ts'
import { ConfigurationError } from '../core/errors.ts'
import { changeText, linesOfRun, onboardingReport } from '../core/onboarding-report.ts'
import type { OnboardingLine, OnboardingRun } from '../core/onboarding-runs.ts'
import { createFileStore, largestFile } from '../db/file-store.ts'
import { createJobStore } from '../db/job-store.ts'
import { createOnboardingRuns, onboardingJobName } from '../db/onboarding-store.ts'
import { createOnboardingWork } from '../db/onboarding-work.ts'
import { atTheMachine } from './at-the-machine.ts'
import { csvHeader, csvRows } from './csv.ts'
import { JobRunner } from './job-runner.ts'
import { onboardingExample, onboardingRecords } from './onboarding-facts.ts'
import { giveUpOnboarding, type OnboardingParts, runOnboarding } from './onboarding-runner.ts'
import type { CommandContext, PortalCommand } from './portal-command.ts'
import { writePrivateFile } from './write-private-file.ts'

/** What runs need, without a server around it. */
export const onboardingParts = async (
  context: Pick<CommandContext, 'plugins' | 'database'>
): Promise<OnboardingParts> => {
  const database = await context.database()
  const { plugins } = context
  const catalogue = Catalogue.of(plugins)
  return {
    database,
    plugins,
    catalogue,
    files: createFileStore(database),
    onboarding: {
      runs: createOnboardingRuns(database),
      work: createOnboardingWork(database, catalogue, plugins)
    }
  }
}

/** Carries a run out here, unless a server took it first, and waits for its end. */
export const finishRun = async (parts: OnboardingParts, id: string): Promise<OnboardingRun> => {
  const faults: unknown[] = []
  const kind = {
    name: onboardingJobName,
    run: (payload: unknown, _at: number, alive: Alive) => runOnboarding(parts, String(payload), alive),
    gaveUp: (payload: unknown) => giveUpOnboarding(parts, String(payload))
  }
  const log = { error: (facts: { err?: unknown }) => faults.push(facts.err), warn: () => {} }
  const jobs = new JobRunner(createJobStore(parts.database), [kind], log)
  for (;;) {
    await jobs.runDue()
    // A fault here is for whoever called the command; the job stays in line for a server, or the next call.
    if (faults.length > 0) throw faults[0]
    const run = await parts.onboarding.runs.get(id)
    if (run === null || run.state === 'DONE' || run.state === 'FAILED') return run!
    await sleep(500)
  }
}

const lineText = (line: OnboardingLine): string => {
  const what = [line.record, line.company, line.subject].filter(word => word !== '').join(' ')
  const changes = line.outcome === 'UPDATE' ? line.changes.map(changeText) : []
  const fault = line.message === null ? [] : [[line.code, line.field, line.message].filter(Boolean).join(' ')]
  return [`${line.line}`, line.outcome, what, ...changes, ...fault, ...line.warnings].join('  ')
}

/** @throws ConfigurationError before anything is opened */
const refuseUnreadable = async (path: string): Promise<void> => {
  const facts = await stat(path).catch(() => null)
  if (facts === null) throw new ConfigurationError(`There is no file ${path}.`)
  if (!facts.isFile()) throw new ConfigurationError(`${path} is not a file.`)
  if (facts.size > largestFile)
    throw new ConfigurationError(`${path} has more than ${largestFile >> 20} MiB; split it between two companies.`)
  await access(path, constants.R_OK).catch(() => {
    throw new ConfigurationError(`${path} may not be read by the user of this command.`)
  })
}

/** Before anything is done, as what is done could not be told then. @throws ConfigurationError */
const refuseUnwritable = async (report: string, path: string): Promise<void> => {
  if (resolve(report) === resolve(path)) throw new ConfigurationError(`The report would replace ${path}; name another.`)
  await access(dirname(resolve(report)), constants.W_OK).catch(() => {
    throw new ConfigurationError(`There is no folder for ${report}, or the user of this command may not write there.`)
  })
}

/** Takes companies in from a file. */
export const onboardCommand: PortalCommand = {
  name: 'onboard',
  summary: 'takes companies, contacts, codes, overrides and numbers in from a CSV file',
  usage: `Usage: npm run portal -- onboard FILE [--dry-run] [--all] [--report REPORT]
       npm run -s portal -- onboard --example > FILE
Reads FILE as docs/onboarding.md describes it. A company with a wrong line is left out whole, the others are done. Prints what
would change (--dry-run), or what was refused; the report is kept, and the console and the API show it too.
  --dry-run        changes nothing
  --all            prints every line, also those that change nothing
  --report REPORT  writes what became of each line into REPORT, as CSV for a spreadsheet
  --example        prints a file with one line of each kind, to begin with
Exit codes: 0 everything was done; 1 some lines were refused; 2 the file could not be read at all, or the run stopped half-way:
then the same file does the rest.
Example: npm run portal -- onboard companies.csv --dry-run --report report.csv`,
  run: async (args, context, print) => {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        'dry-run': { type: 'boolean', default: false },
        all: { type: 'boolean', default: false },
        report: { type: 'string' },
        example: { type: 'boolean', default: false }
      }
    })
    const [path] = positionals
    if (values.example && path === undefined) {
      const { plugins } = context
      print(onboardingExample(onboardingRecords(Catalogue.of(plugins), plugins)).trimEnd())
      return 0
    }
    if (path === undefined || positionals.length > 1) {
      print(onboardCommand.usage)
      return 2
    }
    await refuseUnreadable(path)
    if (values.report !== undefined) await refuseUnwritable(values.report, path)
    const parts = await onboardingParts(context)
    const actor = atTheMachine('npm run portal -- onboard')
    const file = await parts.files
      .of(actor.operator)
      .create({ name: basename(path), contentType: 'text/csv' }, createReadStream(path))
    const dryRun = values['dry-run']
    const started = await parts.onboarding.runs.start(file, dryRun, actor)
    if (started.sameAs !== null) print(`A file of this content was taken in before, by run ${started.sameAs}.`)
    const run = await finishRun(parts, started.id)
    const { runs } = parts.onboarding
    if (values.report !== undefined)
      await writePrivateFile(values.report, onboardingReport(runs, { header: csvHeader, rows: csvRows }, run.id))
    if (run.state === 'FAILED') {
      print(`${run.companiesWritten > 0 ? 'Stopped half-way' : 'Nothing was done'}: ${run.error}`)
      return 2
    }
    for await (const lines of linesOfRun(runs, run.id))
      for (const line of lines) {
        const changes = line.outcome === 'CREATE' || line.outcome === 'UPDATE'
        const wrong = line.outcome === 'ERROR' || line.outcome === 'REFUSED' || line.warnings.length > 0
        if (values.all || wrong || (dryRun && changes)) print(lineText(line))
      }
    print(
      `${dryRun ? 'Would be' : 'Done'}: ${run.created} created, ${run.updated} updated, ${run.unchanged} unchanged, ` +
        `${run.faulty} wrong, ${run.refused} left out with them, ${run.warned} warnings; ${run.lines} lines of ${run.companies} companies, run ${run.id}`
    )
    return run.faulty + run.refused > 0 ? 1 : 0
  }
}
