import type { Migration } from '../../core/plugin-api.ts'

/** Entries that one call of an operator left carry one id, so that they are found, and undone, together; older ones have none. */
export const operations: Migration = {
  name: '010-operations',
  statements: () => [
    `ALTER TABLE audit_entry ADD COLUMN operation TEXT`,
    `CREATE INDEX audit_entry_operation ON audit_entry (operation, seq) WHERE operation IS NOT NULL`
  ]
}
