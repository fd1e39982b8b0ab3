import type { Migration } from '../../core/plugin-api.ts'

/** Of two operators who rotate a key at once, the second learns that it has another secret by now. */
export const keyVersion: Migration = {
  name: '012-key-version',
  statements: () => ['ALTER TABLE api_key ADD COLUMN version INTEGER NOT NULL DEFAULT 1']
}
