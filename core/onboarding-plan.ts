import type { Catalogue } from './catalogue.ts'
import { contactDetails, detailsOf } from './contact-details.ts'
import type { CompanyStatus, UserType } from './feature.ts'
import {
  clearMark,
  faultyStep,
  type OnboardingChange,
  type OnboardingCompany,
  type OnboardingStep,
  unchangedStep
} from './onboarding.ts'
import type { CompanyOverride, ContactDetails, OverrideValue } from './ports.ts'

// Decides what the lines of one company do, from what is there. Writes nothing: a dry run and a real one share it.

/** Account codes of one company. */
const mostCodes = 100

/** Facts of the records that core brings, as `onboarding_line.facts` keeps them; what a line does not say is absent. */
export interface CompanyLine {
  readonly name?: string
  readonly userType?: UserType
  readonly status?: CompanyStatus
  readonly currency?: string
  /** Host name; null: no home brand. */
  readonly brand?: string | null
}
export interface CodeLine {
  readonly code: string
}
export interface ContactLine extends Partial<ContactDetails> {
  /** Lower case. */
  readonly email: string
  readonly name?: string
  readonly ipAllowList?: readonly string[]
  readonly disabled?: boolean
}
/** The whole override: what is null is so. */
export interface OverrideLine {
  readonly key: string
  readonly override: OverrideValue | 'INHERIT'
  readonly reason: string | null
  readonly validFrom: number | null
  readonly validUntil: number | null
}

/** A line of the file that could be read. */
export interface StagedLine {
  readonly line: number
  readonly record: string
  readonly subject: string
  readonly facts: unknown
  /** What was wrong with it when it was read. */
  readonly fault: OnboardingStep | null
}

/** An address in use elsewhere. */
export interface AddressUse {
  readonly companyId: string
  readonly companyName: string
  /** Null: counts on every brand. */
  readonly domainId: string | null
}

/** What a file says of a contact besides its address. */
export type ContactFacts = Required<Omit<ContactLine, 'email'>>

export interface KnownContact extends ContactFacts {
  readonly id: string
  readonly email: string
}

/** A company as it is now. */
export interface KnownCompany {
  readonly id: string
  readonly name: string
  readonly userType: UserType
  readonly status: CompanyStatus
  readonly currency: string
  readonly domainId: string | null
  readonly codes: ReadonlySet<string>
  readonly overrides: ReadonlyMap<string, CompanyOverride>
  /** By address, lower case. */
  readonly contacts: ReadonlyMap<string, KnownContact>
}

/** What the companies of a file may meet. */
export interface OnboardingWorld {
  readonly catalogue: Catalogue
  /** Host name → id. */
  readonly brands: ReadonlyMap<string, string>
  /** Code → who has it. */
  readonly codeOwners: ReadonlyMap<string, { readonly companyId: string; readonly companyName: string }>
  /** What files call a company → that company; only of codes that these lines bring. */
  readonly namesInFiles: ReadonlyMap<string, { readonly companyId: string; readonly companyName: string }>
  /** Address, lower case → contacts that have it. */
  readonly addresses: ReadonlyMap<string, readonly AddressUse[]>
  /** References and account codes that lead to some company. */
  readonly takenReferences: ReadonlySet<string>
}

/** What is to be written for one company. */
export interface CompanyPlan {
  readonly steps: ReadonlyMap<number, OnboardingStep>
  /** The company as it will be; null when that cannot be told. */
  readonly company: OnboardingCompany | null
  readonly creates: boolean
  readonly name: { readonly before: string; readonly after: string } | null
  readonly domain: { readonly before: string | null; readonly after: string | null } | null
  readonly newCodes: readonly string[]
  readonly newContacts: readonly Required<ContactLine>[]
  readonly changedContacts: readonly { readonly before: KnownContact; readonly after: ContactFacts }[]
  readonly overrides: readonly {
    readonly key: string
    readonly before: CompanyOverride | null
    readonly after: Omit<CompanyOverride, 'setBy' | 'setAt' | 'key'> | null
  }[]
}

const change = (field: string, before: string | null, after: string | null): OnboardingChange[] =>
  before === after ? [] : [{ field, before, after }]

const step = (
  outcome: 'CREATE' | 'UPDATE',
  changes: readonly OnboardingChange[],
  warnings: readonly string[] = []
): OnboardingStep =>
  changes.length === 0 && outcome === 'UPDATE'
    ? { ...unchangedStep, warnings }
    : { outcome, changes, warnings, fault: null }

const listText = (list: readonly string[]): string => (list.length === 0 ? clearMark : list.join(' '))
const flagText = (flag: boolean): string => (flag ? 'yes' : 'no')
const instantText = (at: number | null | undefined): string | null =>
  at === null || at === undefined ? null : new Date(at).toISOString()

const contactChanges = (before: ContactFacts | null, after: ContactFacts): OnboardingChange[] => [
  ...change('name', before?.name ?? null, after.name),
  ...contactDetails.flatMap(detail => change(detail, before?.[detail] ?? null, after[detail])),
  ...change('ipAllowList', before === null ? null : listText(before.ipAllowList), listText(after.ipAllowList)),
  ...change('disabled', before === null ? null : flagText(before.disabled), flagText(after.disabled))
]

/** What becomes of a long number where a column is not formatted as text. */
const isShortened = (text: string): boolean => /^\d[.,]\d+E\+\d+$/i.test(text)
const shortened = (field: string): OnboardingStep =>
  faultyStep(
    'BAD_USER_INPUT',
    field,
    'was shortened by a spreadsheet; format the column as text and write the digits again'
  )

/** Two brands on which one address would mean two contacts. */
const meet = (one: string | null, other: string | null): boolean => one === null || other === null || one === other

/**
 * @param reference what the file calls the company
 * @param known null: no company has this reference
 */
export const planCompany = (
  reference: string,
  known: KnownCompany | null,
  lines: readonly StagedLine[],
  world: OnboardingWorld
): CompanyPlan => {
  const steps = new Map<number, OnboardingStep>()
  const brandName = (id: string | null): string =>
    id === null ? clearMark : ([...world.brands].find(([, brand]) => brand === id)?.[0] ?? id)

  // Two lines about one thing: which of them is meant cannot be told.
  const bySubject = new Map<string, number[]>()
  for (const { line, record, subject, fault } of lines) {
    if (fault !== null) steps.set(line, fault)
    else bySubject.set(`${record} ${subject}`, [...(bySubject.get(`${record} ${subject}`) ?? []), line])
  }
  for (const same of bySubject.values()) {
    if (same.length === 1) continue
    for (const line of same) {
      const others = same.filter(other => other !== line).join(', ')
      steps.set(line, faultyStep('BAD_USER_INPUT', null, `the same stands on line ${others}; keep one of them`))
    }
  }
  const sound = lines.filter(({ line }) => !steps.has(line))
  const of = <Facts>(record: string) =>
    sound.filter(line => line.record === record) as (StagedLine & { readonly facts: Facts })[]

  /* ---------- the company itself ---------- */

  const companyLines = of<CompanyLine>('COMPANY')
  const [companyLine] = companyLines
  const given = companyLine?.facts
  let company: OnboardingCompany | null = known === null ? null : { ...known, reference }
  let name: CompanyPlan['name'] = null
  let domain: CompanyPlan['domain'] = null

  let domainId = known?.domainId ?? null
  let brandFault: OnboardingStep | null = null
  if (typeof given?.brand === 'string') {
    const id = world.brands.get(given.brand)
    if (id === undefined)
      brandFault = faultyStep('NOT_FOUND', 'brand', `there is no brand ${given.brand}; create it first, or correct it`)
    else domainId = id
  } else if (given?.brand === null) domainId = null

  if (known === null) {
    const missing = (['name', 'userType', 'currency'] as const).filter(field => given?.[field] === undefined)
    if (companyLine === undefined || given === undefined) {
      // A COMPANY line that is wrong says so itself.
      if (!lines.some(({ record }) => record === 'COMPANY'))
        for (const { line } of sound)
          steps.set(
            line,
            faultyStep(
              'NOT_FOUND',
              'company',
              `no company has the reference ${reference}; correct it, or add a COMPANY line that introduces it`
            )
          )
    } else if (missing.length > 0)
      steps.set(
        companyLine.line,
        faultyStep(
          'BAD_USER_INPUT',
          missing[0]!,
          `a new company needs ${missing.join(', ')}; if it is there already, give its id or one of its account codes`
        )
      )
    else if (brandFault !== null) steps.set(companyLine.line, brandFault)
    else if (world.takenReferences.has(reference))
      steps.set(
        companyLine.line,
        faultyStep('CONFLICT', 'company', `meanwhile a company has the reference ${reference}; run the file again`)
      )
    else if (isShortened(reference)) steps.set(companyLine.line, shortened('company'))
    else {
      company = {
        id: null,
        reference,
        name: given.name!,
        userType: given.userType!,
        status: given.status ?? 'ACTIVE',
        currency: given.currency!,
        domainId
      }
      steps.set(
        companyLine.line,
        step('CREATE', [
          ...change('name', null, company.name),
          ...change('userType', null, company.userType),
          ...change('status', null, company.status),
          ...change('currency', null, company.currency),
          ...change('brand', null, brandName(domainId))
        ])
      )
    }
  } else if (companyLine !== undefined && given !== undefined) {
    const fixed = (field: string, before: string, after: string | undefined, why: string): OnboardingStep | null =>
      after === undefined || after === before
        ? null
        : faultyStep('PRECONDITION_FAILED', field, `is ${before} and ${why}; leave the cell empty or write ${before}`)
    const fault =
      brandFault ??
      fixed('userType', known.userType, given.userType, 'is fixed at creation') ??
      fixed('currency', known.currency, given.currency, 'is fixed at creation') ??
      fixed('status', known.status, given.status, 'is changed by approving, suspending, closing or reopening only')
    if (fault !== null) steps.set(companyLine.line, fault)
    else {
      if (given.name !== undefined && given.name !== known.name) name = { before: known.name, after: given.name }
      if (domainId !== known.domainId) domain = { before: known.domainId, after: domainId }
      company = { ...known, reference, name: name?.after ?? known.name, domainId }
      steps.set(
        companyLine.line,
        step('UPDATE', [
          ...change('name', known.name, company.name),
          ...change('brand', brandName(known.domainId), brandName(domainId))
        ])
      )
      // A move takes the contacts along, also those that the file does not name.
      if (domain !== null)
        for (const email of known.contacts.keys()) {
          const use = world.addresses
            .get(email)
            ?.find(other => other.companyId !== known.id && meet(domainId, other.domainId))
          if (use !== undefined)
            steps.set(
              companyLine.line,
              faultyStep('CONFLICT', 'brand', `there the address ${email} belongs to a contact of ${use.companyName}`)
            )
        }
    }
  }

  const nothing = { name: null, domain: null, newCodes: [], newContacts: [], changedContacts: [], overrides: [] }
  // Without the company nobody can tell what the rest of its lines would meet.
  if (company === null) return { steps, company, creates: known === null, ...nothing }

  /* ---------- what belongs to it ---------- */

  const newCodes: string[] = []
  for (const { line, facts } of of<CodeLine>('CODE')) {
    if (steps.has(line)) continue
    const owner = world.codeOwners.get(facts.code)
    const named = world.namesInFiles.get(facts.code)
    if (known?.codes.has(facts.code)) steps.set(line, unchangedStep)
    else if (owner !== undefined)
      steps.set(line, faultyStep('CONFLICT', 'code', `the account code ${facts.code} belongs to ${owner.companyName}`))
    else if (named !== undefined && named.companyId !== known?.id)
      // Else this very file would mean two companies by it from then on.
      steps.set(
        line,
        faultyStep('CONFLICT', 'code', `${facts.code} is what files call ${named.companyName}; give another code`)
      )
    else if (isShortened(facts.code)) steps.set(line, shortened('code'))
    else if ((known?.codes.size ?? 0) + newCodes.length >= mostCodes)
      steps.set(
        line,
        faultyStep(
          'BAD_USER_INPUT',
          'code',
          `a company has at most ${mostCodes} account codes; with this line it has more`
        )
      )
    else {
      newCodes.push(facts.code)
      steps.set(line, step('CREATE', change('code', null, facts.code)))
    }
  }

  const newContacts: Required<ContactLine>[] = []
  const changedContacts: CompanyPlan['changedContacts'][number][] = []
  for (const { line, facts } of of<ContactLine>('CONTACT')) {
    if (steps.has(line)) continue
    const before = known?.contacts.get(facts.email)
    if (before !== undefined) {
      const { email: _email, ...given } = facts
      const after: ContactFacts = {
        name: before.name,
        ...detailsOf(detail => before[detail]),
        ipAllowList: before.ipAllowList,
        disabled: before.disabled,
        ...given
      }
      const done = step('UPDATE', contactChanges(before, after))
      steps.set(line, done)
      if (done.outcome === 'UPDATE') changedContacts.push({ before, after })
      continue
    }
    const use = world.addresses
      .get(facts.email)
      ?.find(other => other.companyId !== known?.id && meet(domainId, other.domainId))
    if (use !== undefined)
      steps.set(
        line,
        faultyStep('CONFLICT', 'email', `on this brand ${facts.email} belongs to a contact of ${use.companyName}`)
      )
    else if (facts.name === undefined)
      steps.set(line, faultyStep('BAD_USER_INPUT', 'name', 'a new contact needs a name'))
    else {
      const contact = { ...detailsOf(() => null), ipAllowList: [], disabled: false, ...facts, name: facts.name }
      newContacts.push(contact)
      steps.set(line, step('CREATE', [...change('email', null, contact.email), ...contactChanges(null, contact)]))
    }
  }

  const overrides: CompanyPlan['overrides'][number][] = []
  for (const { line, facts } of of<OverrideLine>('OVERRIDE')) {
    if (steps.has(line)) continue
    const feature = world.catalogue.feature(facts.key)
    const { userType } = company
    const warnings =
      feature !== undefined && !feature.userTypes.includes(userType)
        ? [`${facts.key} is not for a ${userType}: the override is kept and has no effect`]
        : []
    const before = known?.overrides.get(facts.key) ?? null
    const after =
      facts.override === 'INHERIT'
        ? null
        : {
            override: facts.override,
            reason: facts.reason,
            validFrom: facts.validFrom,
            validUntil: facts.validUntil
          }
    const changes = [
      ...change('override', before?.override ?? 'INHERIT', after?.override ?? 'INHERIT'),
      ...change('reason', before?.reason ?? null, after?.reason ?? null),
      ...change('validFrom', instantText(before?.validFrom), instantText(after?.validFrom)),
      ...change('validUntil', instantText(before?.validUntil), instantText(after?.validUntil))
    ]
    const done = step(before === null && changes.length > 0 ? 'CREATE' : 'UPDATE', changes, warnings)
    steps.set(line, done)
    if (done.outcome !== 'UNCHANGED') overrides.push({ key: facts.key, before, after })
  }

  return {
    steps,
    company,
    creates: known === null,
    name,
    domain,
    newCodes,
    newContacts,
    changedContacts,
    overrides
  }
}

/** The steps of a closed company: what would change it is refused. A file that only says what is there changes nothing. */
export const refuseClosed = (steps: ReadonlyMap<number, OnboardingStep>): ReadonlyMap<number, OnboardingStep> =>
  new Map(
    [...steps].map(([line, done]) => [
      line,
      done.outcome === 'CREATE' || done.outcome === 'UPDATE'
        ? faultyStep('PRECONDITION_FAILED', null, 'the company is closed; reopen it first')
        : done
    ])
  )
