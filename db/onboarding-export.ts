import type { Knex } from 'knex'
import type { Catalogue } from '../core/catalogue.ts'
import { contactDetails } from '../core/contact-details.ts'
import { shielded } from '../core/csv-cell.ts'
import { clearableCell, clearMark } from '../core/onboarding.ts'
import type { OnboardingSelection } from '../core/onboarding-runs.ts'
import type { PluginDefinition } from '../core/plugin-api.ts'
import type { Database } from './connect.ts'
import { type ContactDetailRow, contactColumns, detailColumns } from './contact-store.ts'
import type { OverrideRow } from './override-write.ts'
import { createPluginDatabase } from './plugin-database.ts'
import { groupBy, rowOf, rowsOf, wordsOf } from './sql.ts'

const pageSize = 200

interface CompanyRow {
  readonly id: string
  readonly seq: number
  readonly name: string
  readonly user_type: string
  readonly status: string
  readonly currency: string
  readonly fqdn: string | null
  readonly reference: string | null
}

type Cells = Readonly<Record<string, string>>

const instantText = (at: number | null): string => (at === null ? '' : new Date(at).toISOString())

const chosen = (knex: Knex, selection: OnboardingSelection) => {
  const conditions: string[] = ['1 = 1']
  const bindings: string[] = []
  if (selection.domainId === null) conditions.push('c.domain_id IS NULL')
  else if (selection.domainId !== undefined) {
    conditions.push('c.domain_id = ?')
    bindings.push(selection.domainId)
  }
  if (selection.companyIds !== undefined) {
    conditions.push(`c.id IN (SELECT value FROM ${wordsOf(knex).each})`)
    bindings.push(JSON.stringify(selection.companyIds))
  }
  return { where: conditions.join(' AND '), bindings }
}

/** How many companies an export will have, as far as can be told now. */
export const companiesToExport = async (db: Database, selection: OnboardingSelection): Promise<number> => {
  const { where, bindings } = chosen(db.reader, selection)
  const row = await rowOf<{ n: number }>(db.reader, `SELECT COUNT(*) AS n FROM company c WHERE ${where}`, bindings)
  return row!.n
}

const page = (trx: Knex, selection: OnboardingSelection, after: number): Promise<readonly CompanyRow[]> => {
  const { where, bindings } = chosen(trx, selection)
  // A reference that has come to mean another company too is no use.
  return rowsOf<CompanyRow>(
    trx,
    `SELECT c.id, c.seq, c.name, c.user_type, c.status, c.currency, d.fqdn,
       (SELECT MIN(r.reference) FROM company_reference r WHERE r.company_id = c.id
          AND NOT EXISTS (SELECT 1 FROM company_account_code a WHERE a.code = r.reference AND a.company_id <> c.id)
          AND NOT EXISTS (SELECT 1 FROM company o WHERE o.id = r.reference AND o.id <> c.id)) AS reference
     FROM company c LEFT JOIN portal_domain d ON d.id = c.domain_id
     WHERE ${where} AND c.seq > ? ORDER BY c.seq LIMIT ${pageSize}`,
    [...bindings, after]
  )
}

/** Pages of lines that describe companies, column → cell; what core has of a page's companies is as it was at one moment. */
export async function* exportOnboarding(
  db: Database,
  catalogue: Catalogue,
  plugins: readonly PluginDefinition[],
  selection: OnboardingSelection
): AsyncGenerator<{ readonly companies: number; readonly lines: readonly Cells[] }> {
  for (let after = 0; ; ) {
    const { companies, lines } = await db.snapshot(async trx => {
      const companies = await page(trx, selection, after)
      return { companies, lines: await linesOf(db, trx, catalogue, plugins, companies) }
    })
    const last = companies.at(-1)
    if (last === undefined) return
    yield { companies: companies.length, lines }
    after = last.seq
  }
}

const linesOf = async (
  db: Database,
  trx: Knex.Transaction,
  catalogue: Catalogue,
  plugins: readonly PluginDefinition[],
  companies: readonly CompanyRow[]
): Promise<readonly Cells[]> => {
  if (companies.length === 0) return []
  const list = companies.map(({ id }) => id)
  const ids = [JSON.stringify(list)]
  const inIds = `company_id IN (SELECT value FROM ${wordsOf(trx).each})`
  const codes = groupBy(
    await rowsOf<{ company_id: string; code: string }>(
      trx,
      `SELECT company_id, code FROM company_account_code WHERE ${inIds}`,
      ids
    ),
    row => row.company_id
  )
  const contacts = groupBy(
    await rowsOf<
      ContactDetailRow & {
        company_id: string
        name: string
        email: string
        email_lower: string
        disabled: number
        ip_allow_list: string
      }
    >(
      trx,
      `SELECT company_id, name, email, email_lower, ${contactColumns}, disabled, ip_allow_list FROM contact WHERE ${inIds}`,
      ids
    ),
    row => row.company_id
  )
  const overrides = groupBy(
    await rowsOf<OverrideRow>(trx, `SELECT * FROM company_override WHERE ${inIds}`, ids),
    row => row.company_id
  )
  const own = await Promise.all(
    plugins.flatMap(plugin => {
      const { onboarding } = plugin
      if (onboarding === undefined) return []
      return [
        onboarding.rows(createPluginDatabase(db, plugin), list).then(rows => ({
          record: onboarding.record,
          by: groupBy(rows, row => row.companyId)
        }))
      ]
    })
  )
  const byText = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0)

  const lines: Record<string, string>[] = companies.flatMap(company => {
    const base = { company: company.reference ?? company.id }
    return [
      {
        ...base,
        record: 'COMPANY',
        name: company.name,
        userType: company.user_type,
        status: company.status,
        currency: company.currency,
        brand: company.fqdn ?? clearMark
      },
      ...(codes.get(company.id) ?? [])
        .map(({ code }) => code)
        .sort(byText)
        .map(code => ({ ...base, record: 'CODE', code })),
      ...[...(contacts.get(company.id) ?? [])]
        .sort((one, other) => byText(one.email_lower, other.email_lower))
        .map(contact => ({
          ...base,
          record: 'CONTACT',
          email: contact.email,
          name: contact.name,
          ...Object.fromEntries(contactDetails.map(detail => [detail, clearableCell(contact[detailColumns[detail]])])),
          ipAllowList: (JSON.parse(contact.ip_allow_list) as string[]).join(' ') || clearMark,
          disabled: contact.disabled === 1 ? 'yes' : 'no'
        })),
      // What no plugin knows any more could not be read again.
      ...[...(overrides.get(company.id) ?? [])]
        .filter(({ key }) => catalogue.feature(key) !== undefined)
        .sort((one, other) => byText(one.key, other.key))
        .map(override => ({
          ...base,
          record: 'OVERRIDE',
          key: override.key,
          override: override.override,
          reason: override.reason ?? '',
          validFrom: instantText(override.valid_from),
          validUntil: instantText(override.valid_until)
        })),
      ...own.flatMap(({ record, by }) => (by.get(company.id) ?? []).map(({ cells }) => ({ ...base, record, ...cells })))
    ]
  })
  return lines.map(line => Object.fromEntries(Object.entries(line).map(([column, text]) => [column, shielded(text)])))
}
