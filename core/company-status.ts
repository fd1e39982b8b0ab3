import { PortalError } from './errors.ts'
import type { CompanyStatus } from './feature.ts'

/** What an operator does to a company's status. */
export type CompanyMove = 'suspend' | 'close' | 'reopen' | 'approve'

/** From where each move leads where; a status that is missing refuses it. `BEFORE`: what it was when it was closed. */
const moves: Readonly<Record<CompanyMove, Partial<Record<CompanyStatus, CompanyStatus | 'BEFORE'>>>> = {
  approve: { PENDING_APPROVAL: 'ACTIVE', PENDING: 'ACTIVE' },
  // A company that still waits sees less than a suspended one; to suspend it would give it more.
  suspend: { ACTIVE: 'PENALTY' },
  close: { ACTIVE: 'INACTIVE', PENDING_APPROVAL: 'INACTIVE', PENDING: 'INACTIVE', PENALTY: 'INACTIVE' },
  reopen: { PENALTY: 'ACTIVE', INACTIVE: 'BEFORE' }
}

/**
 * The status a move leads to. A closed company reopens as what it was: neither an approval nor a suspension is lost by
 * closing it.
 * @param before what a closed company was when it was closed; null when nobody knows
 * @throws PortalError PRECONDITION_FAILED naming the status and what can be done from it
 */
export const statusAfter = (move: CompanyMove, status: CompanyStatus, before: CompanyStatus | null): CompanyStatus => {
  const to = moves[move][status]
  if (to !== undefined) return to === 'BEFORE' ? (before ?? 'ACTIVE') : to
  const possible = (Object.keys(moves) as CompanyMove[]).filter(each => moves[each][status] !== undefined)
  throw new PortalError(
    'PRECONDITION_FAILED',
    `The company is ${status}; from there it is possible to ${possible.join(' or to ')}, not to ${move}.`,
    { reason: 'COMPANY_STATUS', facts: { status, possible } }
  )
}
