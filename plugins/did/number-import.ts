import { badInput, type CompanyFacts, type PluginDatabase, PortalError } from '../../core/plugin-api.ts'
import { csvLines } from './csv-lines.ts'
import { e164 } from './destination.ts'
import { type NumberItem, putDids } from './inventory.ts'
import { type NumberLine, readHeader, readLine } from './number-csv.ts'
import type { InventoryActor, NumberOutcome } from './number-writes.ts'

/** Lines of one transaction: few, so that other writers are not held up. */
const chunkSize = 2_000
const mostLines = 1_000_000

/** A line read, or why not. */
export interface ReadNumberLine {
  readonly line: number
  readonly number: string
  readonly said: NumberLine | PortalError
}

/** What became of one line. */
export interface NumberLineResult {
  readonly line: number
  readonly number: string
  readonly outcome: NumberOutcome
  readonly code: string | null
  readonly message: string | null
}

/** Lines of a file, some at a time, each number once. */
export async function* readNumberLines(content: AsyncIterable<Buffer>): AsyncGenerator<readonly ReadNumberLine[]> {
  let columns: ReturnType<typeof readHeader> | undefined
  // A million numbers as numbers, not texts: 15 digits are exact.
  const seen = new Set<number>()
  let chunk: ReadNumberLine[] = []
  let count = 0
  for await (const { line, cells } of csvLines(content)) {
    if (columns === undefined) {
      columns = readHeader(cells)
      continue
    }
    if (++count > mostLines) throw badInput('file', `has more than ${mostLines} lines; divide it`)
    try {
      const said = readLine(columns, cells)
      const number = e164(said.number)
      if (number !== undefined && seen.has(Number(number))) throw badInput('number', 'stands twice in the file')
      if (number !== undefined) seen.add(Number(number))
      chunk.push({ line, number: number ?? said.number.slice(0, 40), said })
    } catch (error) {
      if (!(error instanceof PortalError)) throw error
      const number = cells[columns.findIndex(({ name }) => name === 'number')] ?? ''
      chunk.push({ line, number: e164(number) ?? number.trim().slice(0, 40), said: error })
    }
    if (chunk.length < chunkSize) continue
    yield chunk
    chunk = []
  }
  if (columns === undefined) throw badInput('file', 'is empty; its first line names the columns')
  if (chunk.length > 0) yield chunk
}

/** A name that stands beside a company is there to be read; it must be the right one. */
const checkName = (
  id: string | null | undefined,
  facts: ReadonlyMap<string, CompanyFacts>,
  said: string | null,
  column: 'company' | 'carrier'
): void => {
  if (said === null) return
  const short = said.slice(0, 120)
  if (!id) throw badInput(`${column}Name`, `names ${short}; write its id or an account code into the column ${column}`)
  const company = facts.get(id)
  if (company === undefined || company.name === said) return
  throw badInput(`${column}Name`, `says ${short}, and the ${column} is called ${company.name}`)
}

/**
 * Does, or in a dry run only plans, what lines say. One result a line.
 * @param find the id of a company by what a line calls it
 */
export const importNumberLines = async (
  db: PluginDatabase,
  lines: readonly ReadNumberLine[],
  find: (name: string) => string,
  by: InventoryActor,
  dryRun: boolean
): Promise<readonly NumberLineResult[]> => {
  const named = new Set(
    lines.flatMap(({ said }) =>
      said instanceof PortalError ? [] : [said.company, said.carrier].flatMap(name => (name ? [find(name)] : []))
    )
  )
  // For their names only: what numbers go to is held by `putDids`.
  const facts = await db.companies([...named], false)
  const results: NumberLineResult[] = []
  const items: { readonly index: number; readonly item: NumberItem }[] = []
  for (const [index, { line, number, said }] of lines.entries()) {
    try {
      if (said instanceof PortalError) throw said
      const companyId = said.company ? find(said.company) : said.company
      const carrierId = said.carrier ? find(said.carrier) : said.carrier
      checkName(companyId, facts, said.companyName, 'company')
      checkName(carrierId, facts, said.carrierName, 'carrier')
      const settings = carrierId === undefined ? said.settings : { ...said.settings, carrierId }
      const item = { number: said.number, ...(companyId === undefined ? {} : { companyId }), settings }
      items.push({ index, item })
    } catch (error) {
      if (!(error instanceof PortalError)) throw error
      results[index] = { line, number, outcome: 'REFUSED', code: error.code, message: error.message }
    }
  }
  const done = await putDids(
    db,
    items.map(({ item }) => item),
    by,
    { skip: 'REFUSED', dryRun }
  )
  for (const [at, { outcome, code, message }] of done.entries()) {
    const { index } = items[at] as (typeof items)[number]
    const { line, number } = lines[index] as ReadNumberLine
    results[index] = { line, number, outcome, code, message }
  }
  return results
}
