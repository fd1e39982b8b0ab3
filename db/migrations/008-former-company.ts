import type { Migration } from '../../core/plugin-api.ts'

/** Whose it was before, where a change takes something from one company to another: the entry belongs to the history of both. */
export const formerCompany: Migration = {
  name: '008-former-company',
  statements: () => [
    `ALTER TABLE audit_entry ADD COLUMN former_company_id TEXT`,
    `CREATE INDEX audit_entry_former_company ON audit_entry (former_company_id, seq) WHERE former_company_id IS NOT NULL`
  ]
}
