import { PortalError } from './errors.ts'
import type { AccessAction, AuditEntry } from './ports.ts'
import type { StaffRole } from './viewer.ts'

/** Kinds of audit entries that tell of overrides only: what support may do, and so undo. */
export const overrideWrites: ReadonlySet<AccessAction> = new Set<AccessAction>([
  'setCompanyOverrides',
  'bulkSetCompanyOverrides',
  'applyAccessTemplate',
  'reapplyAccessTemplate',
  'liftAccessTemplate',
  'cleanUpOverrides'
])

/**
 * Kinds of which a whole operation can be undone: each entry tells of one company. A file that took companies in did more
 * to them than can be put back at once.
 */
export const undoableTogether: ReadonlySet<AccessAction> = new Set<AccessAction>([
  ...overrideWrites,
  'updateCompany',
  'suspendCompany',
  'closeCompany',
  'reopenCompany',
  'approveCompany',
  'assignCompanyDomain',
  'revertChange'
])

/** Kinds of audit entries that can be undone. */
export const undoable: ReadonlySet<AccessAction> = new Set<AccessAction>([
  ...undoableTogether,
  'onboardCompany',
  'updatePortalDomain',
  'disablePortalDomain',
  'enablePortalDomain',
  'setDefaultPortalDomain',
  'setDomainFeatures',
  'setDomainColumns',
  'setPluginEnabled',
  'setEntitlement'
])

/** Whether an entry is of one of these kinds; there are many more. */
export const isAmong = (kinds: ReadonlySet<AccessAction>, action: string): boolean =>
  (kinds as ReadonlySet<string>).has(action)

/** Whether a role may undo entries of a kind: nobody undoes what they may not do. */
export const mayUndo = (role: StaffRole, action: string): boolean =>
  isAmong(undoable, action) && (role === 'ADMIN' || (role === 'SUPPORT' && isAmong(overrideWrites, action)))

/**
 * That entries of one operation can be undone together: each tells of one company.
 * @throws PortalError NOT_FOUND when there are none; PRECONDITION_FAILED
 */
export const checkTogether = (entries: readonly Pick<AuditEntry, 'action' | 'target' | 'companyId'>[]): void => {
  if (entries.length === 0) throw new PortalError('NOT_FOUND', 'There is no such operation.')
  const other = entries.find(
    ({ action, target, companyId }) => !isAmong(undoableTogether, action) || companyId !== target
  )
  if (other !== undefined)
    throw new PortalError(
      'PRECONDITION_FAILED',
      `An operation of ${other.action} cannot be undone as a whole; only changes of companies can.`
    )
}
