import type { Migration } from '../../core/plugin-api.ts'

/** How a contact wants to see a grid: under a name, or under none what was used last. */
export const gridViews: Migration = {
  name: '009-grid-views',
  statements: () => [
    `CREATE TABLE grid_view (
      id TEXT PRIMARY KEY,
      contact_id TEXT NOT NULL REFERENCES contact (id) ON DELETE CASCADE,
      grid TEXT NOT NULL,
      name TEXT NOT NULL,
      state TEXT NOT NULL,
      saved_at BIGINT NOT NULL,
      UNIQUE (contact_id, grid, name)
    )`
  ]
}
