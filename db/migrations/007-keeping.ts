import type { Migration } from '../../core/plugin-api.ts'

/** What keeps an installation running: which processes are alive with what they know of its schema, and when it was backed up. */
export const keeping: Migration = {
  name: '007-keeping',
  statements: () => [
    `CREATE TABLE process (
      id TEXT PRIMARY KEY,
      host TEXT NOT NULL,
      pid INTEGER NOT NULL,
      version TEXT NOT NULL,
      migrations TEXT NOT NULL,
      started_at BIGINT NOT NULL,
      seen_at BIGINT NOT NULL
    )`,
    `CREATE TABLE backup_done (id TEXT PRIMARY KEY, at BIGINT NOT NULL, bytes BIGINT NOT NULL)`
  ]
}
