import type { PluginDefinition } from '../../core/plugin-api.ts'

/** A small plugin of the tests' own: notes of customers with tags, and a table that no contact reads. */
export const notesPlugin: PluginDefinition = {
  name: 'notes',
  version: '1.0.0',
  engine: '^0.1.0',
  owner: 'tests',
  tables: { note: { CUSTOMER: 'company_id' }, note_tag: { CUSTOMER: 'company_id' }, note_count: {} },
  migrations: [
    {
      name: '001-notes',
      statements: () => [
        `CREATE TABLE note (id TEXT PRIMARY KEY, company_id TEXT NOT NULL, body TEXT NOT NULL, amount BIGINT, pinned INTEGER NOT NULL DEFAULT 0)`,
        `CREATE TABLE note_tag (id TEXT PRIMARY KEY, company_id TEXT NOT NULL, note_id TEXT NOT NULL, tag TEXT NOT NULL)`,
        `CREATE TABLE note_count (company_id TEXT PRIMARY KEY, notes BIGINT NOT NULL)`
      ]
    }
  ]
}
