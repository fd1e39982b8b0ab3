import type { Migration } from '../../core/plugin-api.ts'

/** What a closed company was before; indexes for a search among many companies. */
export const companySchema: Migration = {
  name: '002-companies',
  statements: dialect => [
    'ALTER TABLE company ADD COLUMN closed_from TEXT',
    // All that a search by a part of the name looks at, in the order of a list.
    'CREATE INDEX company_created ON company (seq, name_lower, id)',
    // Byte order, so that a range finds what begins with a text.
    `CREATE INDEX contact_email_prefix ON contact (email_lower${dialect === 'postgresql' ? ' COLLATE "C"' : ''}, company_id)`
  ]
}
