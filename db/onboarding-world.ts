import type { Knex } from 'knex'
import type { Catalogue } from '../core/catalogue.ts'
import { detailsOf } from '../core/contact-details.ts'
import type {
  AddressUse,
  CodeLine,
  CompanyLine,
  ContactLine,
  KnownCompany,
  KnownContact,
  OnboardingWorld,
  StagedLine
} from '../core/onboarding-plan.ts'
import { lockAddresses } from './addresses.ts'
import { type ContactDetailRow, contactColumns, detailColumns } from './contact-store.ts'
import { type OverrideRow, overrideFrom } from './override-write.ts'
import { groupBy, rowsOf, wordsOf } from './sql.ts'

/** One company of a file with its lines, as they were read. */
export interface StagedCompany {
  readonly number: number
  readonly reference: string
  /** Null: nobody had this reference when the file was read. */
  readonly companyId: string | null
  readonly lines: readonly StagedLine[]
}

interface CompanyRow {
  readonly id: string
  readonly name: string
  readonly user_type: KnownCompany['userType']
  readonly status: KnownCompany['status']
  readonly currency: string
  readonly domain_id: string | null
}
interface ContactRow extends ContactDetailRow {
  readonly id: string
  readonly company_id: string
  readonly name: string
  readonly email: string
  readonly email_lower: string
  readonly disabled: number
  readonly ip_allow_list: string
}

/** Whom references mean: by what a file called it, by id, or by account code. More than one company: ambiguous. */
export const companiesMeant = async (
  knex: Knex,
  references: readonly string[]
): Promise<ReadonlyMap<string, ReadonlySet<string>>> => {
  if (references.length === 0) return new Map()
  const list = JSON.stringify(references)
  const given = `(SELECT value FROM ${wordsOf(knex).each}) given`
  const rows = await rowsOf<{ reference: string; company_id: string }>(
    knex,
    `SELECT given.value AS reference, r.company_id FROM ${given} JOIN company_reference r ON r.reference = given.value
     UNION SELECT given.value, c.id FROM ${given} JOIN company c ON c.id = given.value
     UNION SELECT given.value, a.company_id FROM ${given} JOIN company_account_code a ON a.code = given.value`,
    [list, list, list]
  )
  return new Map(
    [...groupBy(rows, row => row.reference)].map(([reference, found]) => [
      reference,
      new Set(found.map(row => row.company_id))
    ])
  )
}

const factsOf = <Facts>(companies: readonly StagedCompany[], record: string): Facts[] =>
  companies.flatMap(({ lines }) =>
    lines.filter(line => line.record === record && line.fault === null).map(line => line.facts as Facts)
  )

/**
 * Reads what the lines of some companies may meet, and locks the companies and the brands they name.
 * @param write locks the addresses as well, as only a change needs it
 */
export const loadOnboardingWorld = async (
  trx: Knex,
  catalogue: Catalogue,
  companies: readonly StagedCompany[],
  write: boolean
): Promise<{ readonly world: OnboardingWorld; readonly known: ReadonlyMap<string, KnownCompany> }> => {
  const { each, forUpdate, forShare } = wordsOf(trx)
  const ids = JSON.stringify(companies.flatMap(({ companyId }) => (companyId === null ? [] : [companyId])))
  const rows = await rowsOf<CompanyRow>(
    trx,
    `SELECT id, name, user_type, status, currency, domain_id FROM company
     WHERE id IN (SELECT value FROM ${each}) ORDER BY id${forUpdate}`,
    [ids]
  )

  const named = factsOf<CompanyLine>(companies, 'COMPANY').flatMap(({ brand }) => brand ?? [])
  const current = rows.flatMap(row => row.domain_id ?? [])
  const brandRows = await rowsOf<{ id: string; fqdn: string }>(
    trx,
    `SELECT id, fqdn FROM portal_domain
     WHERE fqdn IN (SELECT value FROM ${each}) OR id IN (SELECT value FROM ${each}) ORDER BY id${forShare}`,
    [JSON.stringify([...new Set(named)]), JSON.stringify([...new Set(current)])]
  )
  const brands = new Map(brandRows.map(row => [row.fqdn, row.id]))

  const codes = await rowsOf<{ company_id: string; code: string }>(
    trx,
    `SELECT company_id, code FROM company_account_code WHERE company_id IN (SELECT value FROM ${each})`,
    [ids]
  )
  const wanted = JSON.stringify(factsOf<CodeLine>(companies, 'CODE').map(({ code }) => code))
  const ownersOf = async (table: string, column: string) =>
    new Map(
      (
        await rowsOf<{ code: string; company_id: string; name: string }>(
          trx,
          `SELECT a.${column} AS code, a.company_id, c.name FROM ${table} a JOIN company c ON c.id = a.company_id
           WHERE a.${column} IN (SELECT value FROM ${each})`,
          [wanted]
        )
      ).map(row => [row.code, { companyId: row.company_id, companyName: row.name }])
    )
  const codeOwners = await ownersOf('company_account_code', 'code')
  const namesInFiles = await ownersOf('company_reference', 'reference')
  const overrides = await rowsOf<OverrideRow>(
    trx,
    `SELECT * FROM company_override WHERE company_id IN (SELECT value FROM ${each})`,
    [ids]
  )
  const contacts = await rowsOf<ContactRow>(
    trx,
    `SELECT id, company_id, name, email, email_lower, ${contactColumns}, disabled, ip_allow_list FROM contact
     WHERE company_id IN (SELECT value FROM ${each})`,
    [ids]
  )

  const codesBy = groupBy(codes, row => row.company_id)
  const overridesBy = groupBy(overrides, row => row.company_id)
  const contactsBy = groupBy(contacts, row => row.company_id)
  const contactFrom = (row: ContactRow): KnownContact => ({
    id: row.id,
    name: row.name,
    email: row.email,
    ...detailsOf(detail => row[detailColumns[detail]]),
    disabled: row.disabled === 1,
    ipAllowList: JSON.parse(row.ip_allow_list)
  })
  const known = new Map(
    rows.map((row): [string, KnownCompany] => [
      row.id,
      {
        id: row.id,
        name: row.name,
        userType: row.user_type,
        status: row.status,
        currency: row.currency,
        domainId: row.domain_id,
        codes: new Set(codesBy.get(row.id)?.map(({ code }) => code)),
        overrides: new Map((overridesBy.get(row.id) ?? []).map(each => [each.key, overrideFrom(each)])),
        contacts: new Map((contactsBy.get(row.id) ?? []).map(each => [each.email_lower, contactFrom(each)]))
      }
    ])
  )

  // Addresses that come to a brand: new ones, and those of companies that move.
  const emails = new Set(factsOf<ContactLine>(companies, 'CONTACT').map(({ email }) => email))
  for (const { companyId, lines } of companies) {
    const company = companyId === null ? undefined : known.get(companyId)
    const moves = lines.some(({ record, fault, facts }) => {
      const brand = record === 'COMPANY' && fault === null ? (facts as CompanyLine).brand : undefined
      return brand !== undefined && (brand === null ? null : brands.get(brand)) !== company?.domainId
    })
    if (moves) for (const email of company?.contacts.keys() ?? []) emails.add(email)
  }
  if (write) await lockAddresses(trx, [...emails])
  const uses = await rowsOf<{ email_lower: string; company_id: string; name: string; domain_id: string | null }>(
    trx,
    `SELECT k.email_lower, k.company_id, c.name, c.domain_id FROM contact k JOIN company c ON c.id = k.company_id
     WHERE k.email_lower IN (SELECT value FROM ${each})`,
    [JSON.stringify([...emails])]
  )

  const fresh = companies.filter(({ companyId }) => companyId === null).map(({ reference }) => reference)
  const world: OnboardingWorld = {
    catalogue,
    brands,
    codeOwners,
    namesInFiles,
    addresses: new Map(
      [...groupBy(uses, row => row.email_lower)].map(([email, found]) => [
        email,
        found.map((row): AddressUse => ({ companyId: row.company_id, companyName: row.name, domainId: row.domain_id }))
      ])
    ),
    takenReferences: new Set((await companiesMeant(trx, fresh)).keys())
  }
  return { world, known }
}
