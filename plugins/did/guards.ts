import type { GuardRule } from '../../core/plugin-api.ts'

/** Who may do what to a number. */
export const guards: readonly GuardRule[] = [
  {
    effect: 'can',
    action: 'update',
    subject: 'Did',
    when: ['did.edit'],
    userTypes: ['CUSTOMER'],
    where: { companyId: 'viewer.companyId' }
  },
  {
    effect: 'cannot',
    action: 'update',
    subject: 'Did',
    fields: ['destination'],
    when: ['did.destination-lock'],
    reason: 'DESTINATION_LOCKED'
  },
  {
    effect: 'can',
    action: 'tag',
    subject: 'Did',
    when: ['did.tags'],
    userTypes: ['CUSTOMER'],
    where: { companyId: 'viewer.companyId' }
  }
]
