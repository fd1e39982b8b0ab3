import { type CompanyFacts, type PluginDatabase, PortalError } from '../../core/plugin-api.ts'
import { changedFields, type NumberRecord } from './number-record.ts'
import { type InventoryActor, type NumberOutcome, type Plan, writePlans } from './number-writes.ts'

export interface InventoryOptions {
  /**
   * Left out: all numbers or none. EXISTING: a number that exists already is left out, the others are done.
   * REFUSED: whatever is refused is left out.
   */
  readonly skip?: 'EXISTING' | 'REFUSED'
  /** Says what would happen and writes nothing. */
  readonly dryRun?: boolean
}

/** What became of one number. */
export interface NumberResult {
  /** Digits only; as it was given where it is no number or not known. */
  readonly number: string
  readonly outcome: NumberOutcome
  /** The number as it stands; null when it was deleted or refused. */
  readonly record: NumberRecord | null
  /** Why not: CONFLICT, NOT_FOUND, BAD_USER_INPUT, PRECONDITION_FAILED; NOT_APPLIED where only another number was refused. */
  readonly refusal: PortalError | null
  readonly code: string | null
  /** NUMBER_EXISTS, NUMBER_ASSIGNED, COMPANY_CLOSED, WRONG_USER_TYPE, CURRENCY … */
  readonly reason: string | null
  readonly message: string | null
}

const refused = (number: string, refusal: PortalError): NumberResult => ({
  number,
  outcome: 'REFUSED',
  record: null,
  refusal,
  code: refusal.code,
  reason: (refusal.extensions.reason as string | undefined) ?? null,
  message: refusal.message
})

const notApplied = (number: string): NumberResult => ({
  number,
  outcome: 'REFUSED',
  record: null,
  refusal: null,
  code: 'NOT_APPLIED',
  reason: null,
  message: 'Nothing was done, because another number was refused.'
})

const done = (plan: Plan): NumberResult => ({
  number: ((plan.after ?? plan.before) as NumberRecord).number,
  outcome: plan.outcome,
  record: plan.after,
  refusal: null,
  code: null,
  reason: null,
  message: null
})

export const numberExists = (number: string, owner?: CompanyFacts): PortalError =>
  new PortalError('CONFLICT', `${number} exists already${owner ? `; ${owner.name} has it` : ''}.`, {
    reason: 'NUMBER_EXISTS'
  })

/** A plan whose two states are the same does nothing; one that does something goes up by a version. */
const settled = (plan: Plan): Plan => {
  if (plan.before === null || plan.after === null) return plan
  if (changedFields(plan.before, plan.after).size === 0) return { ...plan, outcome: 'UNCHANGED' }
  return { ...plan, after: { ...plan.after, version: plan.before.version + 1 } }
}

/**
 * Makes a plan for each number, and carries all of them out unless one that may not be skipped is refused.
 * @param names the numbers as results name them
 */
export const carryOut = async (
  db: PluginDatabase,
  names: readonly string[],
  planOf: (index: number) => Plan,
  by: InventoryActor,
  { skip, dryRun = false }: InventoryOptions
): Promise<readonly NumberResult[]> => {
  const plans = names.map((name, index): Plan | NumberResult => {
    try {
      return settled(planOf(index))
    } catch (error) {
      if (!(error instanceof PortalError) || error.code === 'UNAVAILABLE') throw error
      return refused(name, error)
    }
  })
  const isPlan = (entry: Plan | NumberResult): entry is Plan => 'after' in entry
  const stands = (entry: NumberResult): boolean =>
    skip === 'REFUSED' || (skip === 'EXISTING' && entry.reason === 'NUMBER_EXISTS')
  if (plans.some(entry => !isPlan(entry) && !stands(entry))) {
    return plans.map((entry, index) => (isPlan(entry) ? notApplied(names[index] as string) : entry))
  }
  const overtaken = dryRun ? new Set<string>() : await writePlans(db, plans.filter(isPlan), by)
  if (overtaken.size > 0 && skip === undefined) {
    // Part of it is written by now; the transaction takes it back.
    throw numberExists([...overtaken].slice(0, 10).join(', '))
  }
  return plans.map((entry, index) => {
    if (!isPlan(entry)) return entry
    const number = names[index] as string
    return entry.before === null && overtaken.has(number) ? refused(number, numberExists(number)) : done(entry)
  })
}
