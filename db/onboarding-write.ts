import type { Knex } from 'knex'
import { contactDetails } from '../core/contact-details.ts'
import type { CompanyPlan, ContactFacts } from '../core/onboarding-plan.ts'
import type { Actor, CompanyOverride } from '../core/ports.ts'
import { auditWrites, bumpScopes, scopeOf, type TargetWrite, type Touch } from './access-write.ts'
import { detailColumns } from './contact-store.ts'
import { insertRows } from './insert-rows.ts'
import { removeOverrides } from './override-write.ts'
import { clockOf, newId, rowOf, wordsOf } from './sql.ts'
import { updateRows } from './update-rows.ts'

/** A company's plan that was accepted. */
export interface AcceptedPlan {
  readonly reference: string
  /** Null: it is created. */
  readonly companyId: string | null
  readonly plan: CompanyPlan
}

const hasWork = ({ plan }: AcceptedPlan): boolean =>
  plan.creates ||
  plan.name !== null ||
  plan.domain !== null ||
  [plan.newCodes, plan.newContacts, plan.changedContacts, plan.overrides].some(list => list.length > 0)

const contactText = ({ name, ipAllowList, disabled, ...rest }: ContactFacts) => ({
  name,
  ...Object.fromEntries(contactDetails.filter(detail => rest[detail] !== null).map(detail => [detail, rest[detail]])),
  ipAllowList,
  disabled
})

const detailRow = (contact: ContactFacts): Readonly<Record<string, string | null>> =>
  Object.fromEntries(contactDetails.map(detail => [detailColumns[detail], contact[detail]]))

/**
 * Writes the plans of locked companies, each statement for all of them: one audit entry a company that changes, the
 * counters last.
 * @returns the ids of the companies that were created, by reference
 */
export const writeOnboarding = async (
  trx: Knex,
  accepted: readonly AcceptedPlan[],
  actor: Actor,
  codesOf: (companyId: string) => readonly string[]
): Promise<ReadonlyMap<string, string>> => {
  const work = accepted.filter(hasWork)
  const created = new Map(work.filter(({ plan }) => plan.creates).map(({ reference }) => [reference, newId()]))
  if (work.length === 0) return created
  const at = await clockOf(trx)
  const { each } = wordsOf(trx)
  const idOf = ({ reference, companyId }: AcceptedPlan): string => companyId ?? created.get(reference)!
  const setOf = (after: CompanyPlan['overrides'][number]['after'], key: string): CompanyOverride | null =>
    after === null ? null : { key, ...after, setBy: actor.operator.actor, setAt: at }

  if (created.size > 0) {
    const counter = await rowOf<{ value: number }>(
      trx,
      `UPDATE creation_counter SET value = value + ? WHERE kind = 'company' RETURNING value`,
      [created.size]
    )
    const first = counter!.value - created.size + 1
    const fresh = work.filter(({ plan }) => plan.creates)
    await insertRows(
      trx,
      'company',
      fresh.map((one, index) => ({
        id: idOf(one),
        seq: first + index,
        name: one.plan.company!.name,
        name_lower: one.plan.company!.name.toLowerCase(),
        user_type: one.plan.company!.userType,
        status: one.plan.company!.status,
        currency: one.plan.company!.currency,
        domain_id: one.plan.company!.domainId,
        version: 1,
        created_at: at
      }))
    )
    await insertRows(
      trx,
      'company_reference',
      fresh
        .map(one => ({ reference: one.reference, company_id: idOf(one) }))
        .sort((one, other) => (one.reference < other.reference ? -1 : 1))
    )
  }

  // Companies that are there already: what changes of their own row, and their version.
  const old = work.filter(({ plan }) => !plan.creates)
  const touched = old.filter(
    ({ plan }) => plan.name !== null || plan.domain !== null || plan.newCodes.length > 0 || plan.overrides.length > 0
  )
  await trx.raw(`UPDATE company SET version = version + 1 WHERE id IN (SELECT value FROM ${each})`, [
    JSON.stringify(touched.map(idOf))
  ])
  await updateRows(
    trx,
    'company',
    ['id'],
    old
      .filter(({ plan }) => plan.name !== null || plan.domain !== null)
      .map(one => ({
        id: idOf(one),
        name: one.plan.company!.name,
        name_lower: one.plan.company!.name.toLowerCase(),
        domain_id: one.plan.company!.domainId
      }))
  )

  await insertRows(
    trx,
    'company_account_code',
    // In one order, so that two files never wait for each other.
    work
      .flatMap(one => one.plan.newCodes.map(code => ({ code, company_id: idOf(one) })))
      .sort((one, other) => (one.code < other.code ? -1 : 1))
  )
  await insertRows(
    trx,
    'contact',
    work.flatMap(one =>
      one.plan.newContacts.map(contact => ({
        id: newId(),
        company_id: idOf(one),
        name: contact.name,
        name_lower: contact.name.toLowerCase(),
        email: contact.email,
        email_lower: contact.email,
        ...detailRow(contact),
        disabled: contact.disabled,
        ip_allow_list: JSON.stringify(contact.ipAllowList),
        created_at: at
      }))
    )
  )
  const changedContacts = work.flatMap(({ plan }) => plan.changedContacts)
  await trx.raw(`UPDATE contact SET version = version + 1 WHERE id IN (SELECT value FROM ${each})`, [
    JSON.stringify(changedContacts.map(({ before }) => before.id))
  ])
  await updateRows(
    trx,
    'contact',
    ['id'],
    changedContacts.map(({ before, after }) => ({
      id: before.id,
      name: after.name,
      name_lower: after.name.toLowerCase(),
      ...detailRow(after),
      disabled: after.disabled,
      ip_allow_list: JSON.stringify(after.ipAllowList)
    }))
  )

  await removeOverrides(
    trx,
    work.map(one => ({
      id: idOf(one),
      keys: one.plan.overrides.filter(({ before }) => before !== null).map(({ key }) => key)
    }))
  )
  await insertRows(
    trx,
    'company_override',
    work.flatMap(one =>
      one.plan.overrides.flatMap(({ key, after }) => {
        const set = setOf(after, key)
        if (set === null) return []
        return [
          {
            company_id: idOf(one),
            key,
            override: set.override,
            reason: set.reason,
            valid_from: set.validFrom ?? null,
            valid_until: set.validUntil ?? null,
            set_by: set.setBy,
            set_at: set.setAt
          }
        ]
      })
    )
  )

  // Who moved, and who was disabled, signs in anew.
  const gone = [
    ...changedContacts.filter(({ before, after }) => after.disabled && !before.disabled).map(({ before }) => before.id)
  ]
  const moved = old.filter(({ plan }) => plan.domain !== null).map(idOf)
  for (const table of ['contact_session', 'view_as_ticket', 'password_link'])
    await trx.raw(
      `DELETE FROM ${table} WHERE contact_id IN (SELECT value FROM ${each})
       OR contact_id IN (SELECT id FROM contact WHERE company_id IN (SELECT value FROM ${each}))`,
      [JSON.stringify(gone), JSON.stringify(moved)]
    )

  const touchesOf = (one: AcceptedPlan): Touch[] => {
    const { plan } = one
    const { company } = plan
    const codes = codesOf(idOf(one))
    return [
      ...(plan.creates && company !== null
        ? [
            { field: 'name', before: null, after: company.name },
            { field: 'userType', before: null, after: company.userType },
            { field: 'status', before: null, after: company.status },
            { field: 'currency', before: null, after: company.currency },
            { field: 'domain', before: null, after: company.domainId }
          ]
        : []),
      ...(plan.name === null ? [] : [{ field: 'name', ...plan.name }]),
      ...(plan.domain === null ? [] : [{ field: 'domain', ...plan.domain }]),
      ...(plan.newCodes.length === 0
        ? []
        : [{ field: 'accountCodes', before: codes, after: [...codes, ...plan.newCodes].sort() }]),
      ...plan.newContacts.map(contact => ({
        field: `contact:${contact.email}`,
        before: null,
        after: contactText(contact)
      })),
      ...plan.changedContacts.map(({ before, after }) => ({
        field: `contact:${before.email}`,
        before: contactText(before),
        after: contactText(after)
      })),
      ...plan.overrides.map(({ key, before, after }) => ({
        field: `override:${key}`,
        before,
        after: setOf(after, key)
      }))
    ]
  }
  await auditWrites(
    trx,
    work.map(
      (one): TargetWrite => ({
        target: idOf(one),
        companyId: idOf(one),
        domainId: one.plan.company?.domainId ?? null,
        touches: touchesOf(one)
      })
    ),
    'onboardCompany',
    actor,
    at
  )

  const scopes = new Map<string, Set<string>>()
  const touch = (scope: string, id: string): void => {
    scopes.set(scope, (scopes.get(scope) ?? new Set()).add(id))
  }
  for (const one of work) {
    const { plan } = one
    if (!plan.creates && plan.domain === null && plan.overrides.length === 0) continue
    touch(scopeOf(plan.company!.domainId), idOf(one))
    if (plan.domain !== null) touch(scopeOf(plan.domain.before), idOf(one))
  }
  await bumpScopes(trx, new Map([...scopes].map(([scope, ids]) => [scope, [...ids]])))
  return created
}
