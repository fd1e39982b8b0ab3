import { type Alive, orStop } from '../core/alive.ts'
import { badInput, PortalError } from '../core/errors.ts'
import { faultyStep } from '../core/onboarding.ts'
import type { OnboardingRun, OnboardingRuns, OnboardingSelection } from '../core/onboarding-runs.ts'
import type { Operator } from '../core/viewer.ts'
import { companiesToExport, exportOnboarding } from '../db/onboarding-export.ts'
import { type RunRow, runActor } from '../db/onboarding-store.ts'
import type { NewCompany, NewLine } from '../db/onboarding-work.ts'
import { csvHeader, csvRows } from './csv.ts'
import type { Installation } from './installation.ts'
import {
  type OnboardingRecord,
  onboardingColumns,
  onboardingRecords,
  readOnboardingHeader,
  readOnboardingLine
} from './onboarding-facts.ts'
import { type FileRow, readTable } from './onboarding-file.ts'

/** Lines of one file. */
const mostLines = 500_000
/** Lines taken in by one transaction. */
const batchSize = 2_000

/** What runs are carried out with. */
export type OnboardingParts = Pick<Installation, 'catalogue' | 'plugins' | 'files' | 'onboarding' | 'database'>

const operatorOf = (run: RunRow): Operator => runActor(run).operator

const recordsOf = ({ catalogue, plugins }: OnboardingParts): readonly OnboardingRecord[] =>
  onboardingRecords(catalogue, plugins)

/** Takes the lines of the file in and finds out whom they mean. False: it was told to stop. */
const readFile = async (parts: OnboardingParts, run: RunRow, alive: Alive): Promise<boolean> => {
  const { work } = parts.onboarding
  await work.startReading(run.id)
  const records = recordsOf(parts)
  const file = await parts.files.of(operatorOf(run)).open(run.file_id!)
  const numbers = new Map<string, number>()
  const companies: (NewCompany & { lines: number })[] = []
  const byId = new Map<string, number>()
  // Who named a thing that only one company can have; a thing named by a second one is looked at again later.
  const owners = new Map<string, number>()
  const shared = new Map<string, { readonly record: string; readonly subject: string }>()
  const claim = (record: string, subject: string, number: number): void => {
    const owner = owners.get(`${record} ${subject}`)
    if (owner === undefined) owners.set(`${record} ${subject}`, number)
    else if (owner !== number) shared.set(`${record} ${subject}`, { record, subject })
  }

  let count = 0
  const store = async (rows: readonly FileRow[], header: readonly (string | null)[]): Promise<void> => {
    const read = rows.flatMap(row => {
      const line = readOnboardingLine(records, header, row.cells)
      return line === undefined ? [] : [{ ...line, line: row.line }]
    })
    const fresh = [...new Set(read.map(({ reference }) => reference))].filter(
      reference => reference !== '' && !numbers.has(reference)
    )
    const meant = await work.meant(fresh)
    const ambiguous = new Set<string>()
    for (const reference of fresh) {
      const [companyId, other] = meant.get(reference) ?? []
      if (other !== undefined) {
        ambiguous.add(reference)
        continue
      }
      const known = companyId === undefined ? undefined : byId.get(companyId)
      const number = known ?? companies.push({ reference, companyId: companyId ?? null, lines: 0 })
      numbers.set(reference, number)
      if (companyId !== undefined) byId.set(companyId, number)
    }
    const lines = read.map(({ line, fault, ...rest }): NewLine => {
      const number = numbers.get(rest.reference) ?? null
      if (number !== null) companies[number - 1]!.lines += 1
      if (number !== null && fault === null && rest.record !== 'OVERRIDE') {
        // What a file calls a new company must not be another one's code.
        if (rest.record !== 'COMPANY') claim(rest.record, rest.subject, number)
        else if (companies[number - 1]!.companyId === null) claim('CODE', rest.reference, number)
      }
      const doubt = ambiguous.has(rest.reference)
        ? faultyStep('CONFLICT', 'company', `${rest.reference} means more than one company; give the company's id`)
        : null
      return { ...rest, line, company: number, fault: fault ?? doubt }
    })
    await work.addLines(run.id, count, lines)
    count += lines.length
  }

  let header: readonly (string | null)[] | undefined
  let batch: FileRow[] = []
  for await (const row of readTable(file.content)) {
    if (row.cells.every(cell => cell.trim() === '')) continue
    if (header === undefined) {
      header = readOnboardingHeader(row.cells, onboardingColumns(records))
      continue
    }
    batch.push(row)
    if (batch.length < batchSize) continue
    await store(batch, header)
    batch = []
    if (count > mostLines) throw badInput('file', `has more than ${mostLines} lines; split it`)
    if (!(await alive())) return false
  }
  if (header === undefined) throw badInput('file', 'is empty')
  if (batch.length > 0) await store(batch, header)
  if (count === 0) throw badInput('file', 'has a header and no lines')
  await work.finishReading(run.id, count, companies, [...shared.values()])
  return true
}

const takeIn = async (parts: OnboardingParts, first: RunRow, alive: Alive): Promise<void> => {
  const { work } = parts.onboarding
  let run: RunRow | null = first
  while (run !== null && (await alive())) {
    if (run.phase === 'READ') {
      if (!(await readFile(parts, run, alive))) return
    } else if (run.phase === 'CHECK') {
      if (await work.checkSome(run)) continue
    } else if (run.phase === 'COMPARE') await work.compare(run)
    else {
      if (run.phase === 'WRITE' && (await work.writeSome(run))) continue
      await work.finish(run.id)
      return
    }
    run = await work.take(run.id)
  }
}

const make = async (parts: OnboardingParts, run: RunRow, alive: Alive): Promise<void> => {
  const { work } = parts.onboarding
  const columns = onboardingColumns(recordsOf(parts)).map(name => ({ name, title: name, text: false }))
  const selection: OnboardingSelection = JSON.parse(run.request ?? '{}')
  const all = await companiesToExport(parts.database, selection)
  let lines = 0
  let companies = 0
  async function* content(): AsyncGenerator<string> {
    yield csvHeader(columns)
    for await (const page of exportOnboarding(parts.database, parts.catalogue, parts.plugins, selection)) {
      await orStop(alive)
      lines += page.lines.length
      companies += page.companies
      await work.exported(run.id, companies, Math.max(all, companies))
      yield csvRows(columns, page.lines)
    }
  }
  const day = new Date(run.created_at).toISOString().slice(0, 10)
  const file = await parts.files
    .of(operatorOf(run))
    .create({ name: `companies-${day}.csv`, contentType: 'text/csv' }, content())
  await work.finish(run.id, { ...file, lines, companies })
}

/**
 * Carries a run out from where it stands; may be called again after a process was killed anywhere in it.
 * @param alive asked between transactions
 */
export const runOnboarding = async (parts: OnboardingParts, runId: string, alive: Alive): Promise<void> => {
  const { work } = parts.onboarding
  const run = await work.take(runId)
  if (run === null) return
  try {
    await (run.kind === 'IMPORT' ? takeIn : make)(parts, run, alive)
  } catch (error) {
    const mapped = parts.database.mapError(error)
    // A database that is away for a moment is no fault of the file: the job is tried again.
    if (!(mapped instanceof PortalError) || mapped.code === 'UNAVAILABLE') throw mapped
    if (await alive()) await work.fail(runId, mapped.code, mapped.message)
  }
}

/** Says that a run failed for good. */
export const giveUpOnboarding = (parts: OnboardingParts, runId: string): Promise<void> =>
  parts.onboarding.work.fail(
    runId,
    'INTERNAL',
    'It was tried several times. What it wrote stays; start the same file again to do the rest.'
  )

/** The runs as a server offers them: what is put in line is begun at once. */
export const wakingRuns = ({ onboarding, jobs }: Pick<Installation, 'onboarding' | 'jobs'>): OnboardingRuns => {
  const woken = async (started: Promise<OnboardingRun>): Promise<OnboardingRun> => {
    const run = await started
    jobs.wake()
    return run
  }
  return {
    ...onboarding.runs,
    start: (...input) => woken(onboarding.runs.start(...input)),
    startExport: (...input) => woken(onboarding.runs.startExport(...input))
  }
}
