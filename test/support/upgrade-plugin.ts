import { definePlugin, type Migration, type PluginDefinition, type PortalContext } from '../../core/plugin-api.ts'

const first: Migration = {
  name: '001-thing',
  statements: () => [
    "CREATE TABLE thing (id TEXT PRIMARY KEY, company_id TEXT NOT NULL, name TEXT NOT NULL, colour TEXT NOT NULL DEFAULT '')"
  ]
}
const second: readonly Migration[] = [
  {
    name: '002-size',
    statements: () => [
      'ALTER TABLE thing ADD COLUMN size INTEGER NOT NULL DEFAULT 0',
      'CREATE INDEX thing_size ON thing (company_id, size)'
    ]
  },
  { name: '003-no-colour', phase: 'contract', statements: () => ['ALTER TABLE thing DROP COLUMN colour'] }
]

/** Two versions of a plugin: the first knows a colour, the second a size in its place. */
export const upgradePlugin = (version: 1 | 2): PluginDefinition => {
  const detail = version === 1 ? { column: 'colour', value: 'red' } : { column: 'size', value: 3 }
  return definePlugin({
    name: 'upgrade',
    version: `${version}.0.0`,
    engine: '^0.1.0',
    owner: 'tests',
    features: [{ key: 'upgrade', title: 'Things', group: 'Test', kind: 'PAGE', userTypes: ['CUSTOMER'] }],
    tables: { thing: { CUSTOMER: 'company_id' } },
    migrations: version === 1 ? [first] : [first, ...second],
    schema: `
      extend type Query { things: Int @feature(key: "upgrade") }
      extend type Mutation { addThing(name: String!): Boolean @feature(key: "upgrade") }
    `,
    resolvers: {
      Query: {
        things: async (_: unknown, __: unknown, { scope }: PortalContext) =>
          (await scope.from('thing').select('name', detail.column)).length
      },
      Mutation: {
        addThing: async (_: unknown, { name }: { name: string }, { scope }: PortalContext) => {
          await scope.insert('thing', { id: name, name, [detail.column]: detail.value })
          return true
        }
      }
    }
  })
}
