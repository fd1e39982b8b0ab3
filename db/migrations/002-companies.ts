import type { Migration } from '../../core/plugin-api.ts'

/** What a closed company was before; look-up of companies by the beginning of a contact's e-mail address. */
export const companySchema: Migration = {
  name: '002-companies',
  statements: dialect => [
    'ALTER TABLE company ADD COLUMN closed_from TEXT',
    // Byte order, so that a range finds what begins with a text.
    `CREATE INDEX contact_email_prefix ON contact (email_lower${dialect === 'postgresql' ? ' COLLATE "C"' : ''}, company_id)`
  ]
}
