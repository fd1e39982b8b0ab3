import type { Knex } from 'knex'
import { faultyStep } from '../core/onboarding.ts'
import { type LineResult, linesOfCompanies, recordResults, refusedFor, resultOf } from './onboarding-lines.ts'
import { groupBy, rowsOf, wordsOf } from './sql.ts'

// Companies of one file that want the same thing are all refused, before any of them is written: whoever came first must
// not depend on the order of the lines, and a dry run must say what the real run will.

/** Companies whose lines are held in memory at a time. */
const atATime = 500

/** A thing that only one company can have, and the line that wants it. */
interface Claim {
  readonly line: number
  readonly company: number
  /** MOVE: not of the file, but an address that comes along with a company that changes its brand. */
  readonly record: string
  readonly subject: string
  readonly reference: string
  readonly state: string
  readonly domain_id: string | null
}

const onAddress = ({ record }: Claim): boolean => record === 'CONTACT' || record === 'MOVE'

const clash = (one: Claim, other: Claim): boolean =>
  one.company !== other.company &&
  (!onAddress(one) || one.domain_id === null || other.domain_id === null || one.domain_id === other.domain_id)

const resultFor = (claim: Claim, twin: Claim): LineResult => {
  const where = `${twin.reference} too, on line ${twin.line}`
  if (claim.record === 'MOVE')
    return resultOf(
      faultyStep('CONFLICT', 'brand', `there the address ${claim.subject} of a contact would stand for ${where}`)
    )
  return resultOf(
    faultyStep(
      'CONFLICT',
      null,
      claim.record === 'CONTACT'
        ? `the address ${claim.subject} stands for ${where}, on the same brand`
        : `${claim.subject} stands for ${where}`
    )
  )
}

const claimsOf = async (trx: Knex, runId: string): Promise<readonly Claim[]> => {
  const movers = `onboarding_company c JOIN contact k ON k.company_id = c.company_id
     WHERE c.run_id = ? AND c.moves = 1 AND c.state = 'CHECKED'`
  await trx.raw(
    `UPDATE onboarding_line SET shared = 1
     WHERE run_id = ? AND record = 'CONTACT' AND shared = 0 AND subject IN (SELECT k.email_lower FROM ${movers})`,
    [runId, runId]
  )
  const lines = await rowsOf<Claim>(
    trx,
    `SELECT l.line, l.company, l.record, l.subject, l.reference, c.state, c.domain_id
     FROM onboarding_line l JOIN onboarding_company c ON c.run_id = l.run_id AND c.number = l.company
     WHERE l.run_id = ? AND l.shared = 1 AND l.outcome <> 'ERROR' ORDER BY l.line`,
    [runId]
  )
  // A code that is what the file calls another, new company.
  const named = await rowsOf<Claim>(
    trx,
    `SELECT n.line, n.company, 'CODE' AS record, n.reference AS subject, n.reference, c.state, c.domain_id
     FROM onboarding_line l
       JOIN onboarding_company c ON c.run_id = l.run_id AND c.reference = l.subject AND c.company_id IS NULL
       JOIN onboarding_line n ON n.run_id = c.run_id AND n.company = c.number AND n.record = 'COMPANY'
     WHERE l.run_id = ? AND l.shared = 1 AND l.record = 'CODE' AND l.outcome <> 'ERROR' AND n.outcome <> 'ERROR'
       AND l.company <> c.number`,
    [runId]
  )
  // Addresses of companies that move, where another line or another move brings the same.
  const moved = await rowsOf<Claim>(
    trx,
    `SELECT l.line, m.number AS company, 'MOVE' AS record, m.email_lower AS subject, m.reference, 'CHECKED' AS state,
       m.domain_id
     FROM (SELECT c.number, c.reference, c.domain_id, k.email_lower FROM ${movers}) m
       JOIN onboarding_line l ON l.run_id = ? AND l.company = m.number AND l.record = 'COMPANY'
     WHERE m.email_lower IN (SELECT subject FROM onboarding_line WHERE run_id = ? AND shared = 1 AND record = 'CONTACT')
       OR m.email_lower IN (SELECT k.email_lower FROM ${movers} GROUP BY k.email_lower HAVING COUNT(*) > 1)
     ORDER BY l.line, m.email_lower`,
    [runId, runId, runId, runId]
  )
  // Where a company that is refused already would have its contacts does not matter.
  return [...lines, ...named, ...moved].filter(claim => !onAddress(claim) || claim.state === 'CHECKED')
}

/** Refuses the companies of a checked run that want the same thing. Call it in a transaction that holds the run. */
export const refuseRivals = async (trx: Knex, runId: string): Promise<void> => {
  const claims = await claimsOf(trx, runId)
  const groups = groupBy(claims, claim => `${onAddress(claim) ? 'CONTACT' : claim.record} ${claim.subject}`)
  const wrong = new Map<number, { readonly company: number; readonly result: LineResult }>()
  for (const group of groups.values())
    for (const claim of group) {
      const twin = wrong.has(claim.line) ? undefined : group.find(other => clash(claim, other))
      if (twin !== undefined) wrong.set(claim.line, { company: claim.company, result: resultFor(claim, twin) })
    }
  const first = new Map<number, number>()
  for (const [line, { company }] of [...wrong].sort(([one], [other]) => one - other))
    if (!first.has(company)) first.set(company, line)
  const numbers = [...first.keys()]
  for (let start = 0; start < numbers.length; start += atATime) {
    const some = numbers.slice(start, start + atATime)
    const lines = await linesOfCompanies(trx, runId, some)
    await recordResults(
      trx,
      runId,
      new Map(
        [...lines.values()]
          .filter(({ outcome }) => outcome !== 'ERROR')
          .map(({ line, company }) => [line, wrong.get(line)?.result ?? refusedFor(first.get(company)!)])
      ),
      lines
    )
    await trx.raw(
      `UPDATE onboarding_company SET state = 'REFUSED'
       WHERE run_id = ? AND number IN (SELECT CAST(value AS INTEGER) FROM ${wordsOf(trx).each})`,
      [runId, JSON.stringify(some.map(String))]
    )
  }
}
