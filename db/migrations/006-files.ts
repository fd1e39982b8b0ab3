import type { Migration } from '../../core/plugin-api.ts'

/** Files that operators upload or have made. `bytes` is set when a file is whole. */
export const fileSchema: Migration = {
  name: '006-files',
  statements: dialect => [
    `CREATE TABLE operator_file (
      id TEXT PRIMARY KEY,
      name TEXT NOT NULL,
      content_type TEXT NOT NULL,
      owner TEXT NOT NULL,
      bytes BIGINT,
      sha256 TEXT,
      created_at BIGINT NOT NULL,
      expires_at BIGINT NOT NULL
    )`,
    `CREATE INDEX operator_file_expires ON operator_file (expires_at)`,
    `CREATE INDEX operator_file_owner ON operator_file (owner)`,
    `CREATE TABLE operator_file_chunk (
      file_id TEXT NOT NULL REFERENCES operator_file (id) ON DELETE CASCADE,
      part INTEGER NOT NULL,
      bytes ${dialect === 'postgresql' ? 'BYTEA' : 'BLOB'} NOT NULL,
      PRIMARY KEY (file_id, part)
    )`
  ]
}
