import type { Migration, PluginDefinition } from '../../core/plugin-api.ts'

/** Tables that each migration of `bulkyPlugin` makes. */
export const bulkyTables = 40
const steps = ['001', '002', '003', '004']

/** A plugin whose migrations take long enough to be killed in. */
export const bulkyPlugin: PluginDefinition = {
  name: 'bulky',
  version: '1.0.0',
  engine: '^0.1.0',
  owner: 'tests',
  migrations: steps.map(
    (name): Migration => ({
      name,
      statements: () =>
        Array.from({ length: bulkyTables }, (_, index) => [
          `CREATE TABLE bulky_${name}_${index} (id INTEGER PRIMARY KEY, body TEXT DEFAULT 'why?')`,
          `INSERT INTO bulky_${name}_${index} (id) VALUES (1), (2), (3)`
        ]).flat()
    })
  )
}
