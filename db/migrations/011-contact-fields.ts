import type { Migration } from '../../core/plugin-api.ts'

/** What operators write about a contact beyond how it signs in; null where nobody wrote anything. */
export const contactFields: Migration = {
  name: '011-contact-fields',
  statements: () =>
    ['mobile', 'contact_type', 'public_notes', 'private_notes', 'locale', 'time_zone'].map(
      column => `ALTER TABLE contact ADD COLUMN ${column} TEXT`
    )
}
