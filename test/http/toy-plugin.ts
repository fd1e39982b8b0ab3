import { badInput, definePlugin, type PortalContext, PortalError } from '../../core/plugin-api.ts'

/** Runs of the toy's job, by whoever started a server in this process. */
export const toyRuns: number[] = []

const rowsOf = (context: PortalContext): Promise<{ id: string; note: string; amount: string }[]> =>
  context.scope.from('toy_item').select('id', 'note', 'amount').orderBy('id')

/** A small plugin with one of everything, so that the server is tested without any real one. */
export const toyPlugin = definePlugin({
  name: 'toy',
  version: '1.0.0',
  engine: '^0.1.0',
  owner: 'test',
  features: [
    { key: 'toy', title: 'Toys', group: 'Common/Toys', kind: 'PAGE', userTypes: ['CUSTOMER', 'CARRIER'] },
    {
      key: 'toy.edit',
      title: 'Toys (Editable)',
      group: 'Common/Toys',
      kind: 'ABILITY',
      userTypes: ['CUSTOMER', 'CARRIER'],
      parents: ['toy'],
      parentMode: 'HARD'
    },
    { key: 'toy-gate', title: 'Toy Gate', group: 'Common/Access', kind: 'GATE', userTypes: ['CARRIER'] }
  ],
  columnSets: [
    {
      report: 'TOY',
      title: 'Toys',
      feature: 'toy',
      columns: [
        { name: 'note', title: 'Note', type: 'string', audience: ['CUSTOMER', 'CARRIER'], default: true },
        { name: 'amount', title: 'Amount', type: 'decimal', audience: ['CUSTOMER', 'CARRIER'], default: true }
      ]
    }
  ],
  tables: { toy_item: { CUSTOMER: 'company_id', CARRIER: 'company_id' } },
  migrations: [
    {
      name: '001-toy',
      statements: () => [
        'CREATE TABLE toy_item (id TEXT PRIMARY KEY, company_id TEXT NOT NULL, note TEXT NOT NULL, amount TEXT NOT NULL)'
      ]
    }
  ],
  schema: `
    type ToyItem {
      id: ID!
      note: String @column(report: "TOY")
      amount: String @column(report: "TOY")
    }
    extend type Query {
      toys: [ToyItem!] @feature(key: "toy")
      brokenToy: Boolean @feature(key: "toy")
    }
    extend type Mutation {
      addToy(id: ID!, note: String!): ToyItem @feature(key: "toy.edit")
    }
  `,
  resolvers: {
    Query: {
      toys: (_: unknown, __: unknown, context: PortalContext) => rowsOf(context),
      brokenToy: () => {
        throw new Error('the secret inside of the toy')
      }
    },
    Mutation: {
      addToy: (_: unknown, { id, note }: { id: string; note: string }, context: PortalContext) =>
        context.scope.transaction(async scope => {
          const row = { id, note, amount: '0' }
          await scope.insert('toy_item', row)
          await scope.audit({ action: 'toy.add', target: `toy:${id}`, after: row })
          return row
        })
    }
  },
  grids: [
    {
      name: 'TOY',
      feature: 'toy',
      report: 'TOY',
      columns: context =>
        context.access.columns('TOY').map(name => ({ name, title: name.toUpperCase(), text: name === 'note' })),
      async *pages(context, filter) {
        const { notePrefix = '' } = (filter ?? {}) as { notePrefix?: unknown }
        if (typeof notePrefix !== 'string') throw badInput('filter.notePrefix', 'must be a text')
        const rows = (await rowsOf(context)).filter(row => row.note.startsWith(notePrefix))
        for (let start = 0; start < rows.length; start += 2) yield rows.slice(start, start + 2)
      }
    }
  ],
  routes: [
    {
      method: 'GET',
      url: '/toy/notes',
      host: 'PORTAL',
      features: ['toy'],
      handle: async (context, _request, reply) => {
        void reply.type('text/plain')
        return (await rowsOf(context)).map(row => row.note).join('\n')
      }
    },
    {
      method: 'POST',
      url: '/toy/notes',
      host: 'PORTAL',
      features: ['toy.edit'],
      bodyLimit: 100,
      handle: async (_context, request) => ({ got: request.body })
    },
    {
      method: 'POST',
      url: '/toy/ingest',
      host: 'CONSOLE',
      roles: ['INGEST'],
      basic: true,
      rawBody: ['application/x-ndjson'],
      handle: async ({ operator }, request) => {
        let bytes = 0
        for await (const part of request.body as AsyncIterable<Buffer>) bytes += part.length
        if (bytes === 0) throw new PortalError('BAD_USER_INPUT')
        return { bytes, by: operator.role }
      }
    }
  ],
  jobs: [
    {
      name: 'tick',
      everySeconds: 1,
      run: async (_db, at) => {
        toyRuns.push(at)
      }
    }
  ]
})

/** Gives a company some toys. */
export const giveToys = (
  database: { readonly writer: import('knex').Knex },
  companyId: string,
  notes: readonly string[]
): Promise<unknown> =>
  database.writer('toy_item').insert(
    notes.map((note, index) => ({
      id: `${companyId}-${String(index).padStart(3, '0')}`,
      company_id: companyId,
      note,
      amount: `${index}.500000`
    }))
  )
