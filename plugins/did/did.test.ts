import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { type PortalContext, PortalError } from '../../core/plugin-api.ts'
import { createPluginDatabase } from '../../db/plugin-database.ts'
import { rowsOf } from '../../db/sql.ts'
import { forEachDatabase, type TestDatabase } from '../../test/support/databases.ts'
import { pluginContext } from '../../test/support/plugin-context.ts'
import { core } from '../core/plugin.ts'
import { provideDestinations } from './api.ts'
import { demo } from './demo.ts'
import { findCarrierDid, findDids, listCarrierDids, listDids, listTags } from './did-list.ts'
import { didExport } from './export.ts'
import { did } from './plugin.ts'
import { resolvers } from './resolvers.ts'
import { bulkTagDids, setDidTags } from './tag-dids.ts'
import { bulkUpdateDids, updateDid } from './update-dids.ts'

const plugins = [core, did]
const editing = ['did', 'did.edit', 'did.tags']

/** Rejects with this code; gives the error for further looks. */
async function refusal(code: string, work: () => Promise<unknown>): Promise<PortalError> {
  let error: unknown
  try {
    await work()
  } catch (caught) {
    error = caught
  }
  assert.ok(error instanceof PortalError, `expected ${code}, got ${String(error)}`)
  assert.equal(error.code, code)
  return error
}
const refusedPath = async (path: string, work: () => Promise<unknown>): Promise<void> => {
  const error = await refusal('BAD_USER_INPUT', work)
  assert.deepEqual(Object.keys(error.extensions.fields as object), [path])
}

forEachDatabase('did', open => {
  let db: TestDatabase
  const contextOf = (companyId: string, on: readonly string[] = editing): PortalContext =>
    pluginContext(db, plugins, { companyId, on })
  const carrierOf = (companyId: string): PortalContext =>
    pluginContext(db, plugins, { companyId, userType: 'CARRIER', on: ['carrier-portal', 'did'] })

  const didRow = (id: string, more: Record<string, unknown> = {}): Record<string, unknown> => ({
    ...{
      id,
      number: `4420794600${id.slice(1).padStart(2, '0')}`,
      country: 'GB',
      company_id: 'mine',
      carrier_id: 'north'
    },
    ...{ enabled: 1, retain_display_name: 0, channels: 5, channels_ceiling: 10, flow_speed: 2, flow_speed_ceiling: 0 },
    ...{ recording_mode: 'OFF', package_name: null, next_charge_at: null, price: '9007199254740993', currency: 'EUR' },
    ...{ stir_shaken_min_attest: 'A', spam_scout: 0, notes: null, assigned_at: 1_700_000_000_000 },
    ...{ minimum_days_until: null, card_name: 'Inbound', version: 1, ...more }
  })
  const reset = async (): Promise<void> => {
    const all = createPluginDatabase(db, did)
    for (const table of ['did_tag', 'did_destination', 'did']) await all.from(table).delete()
    await all.insertMany('did', [
      didRow('a1'),
      didRow('a2', { enabled: 0, country: 'FR', channels: 1 }),
      didRow('a3', { country: 'US', channels_ceiling: 0 }),
      didRow('b4', { company_id: 'theirs', number: '442079461234', notes: 'secret of theirs' }),
      didRow('c5', { company_id: null, number: '442079465555' }),
      didRow('d6', { company_id: null, carrier_id: 'south', number: '442079466666' })
    ])
    await all.insertMany('did_destination', [
      {
        did_id: 'a1',
        company_id: 'mine',
        position: 0,
        type: 'URI',
        value: 'a@pbx.example.com',
        port: 5070,
        prefix: null
      },
      { did_id: 'a1', company_id: 'mine', position: 1, type: 'INTERNAL', value: '1001', port: null, prefix: null },
      { did_id: 'a2', company_id: 'mine', position: 0, type: 'CIRCUIT_TEST', value: null, port: null, prefix: null },
      {
        did_id: 'b4',
        company_id: 'theirs',
        position: 0,
        type: 'URI',
        value: 'secret@theirs.example.com',
        port: null,
        prefix: null
      }
    ])
    await all.insertMany('did_tag', [
      { did_id: 'a1', company_id: 'mine', tag: 'Sales', tag_lower: 'sales' },
      { did_id: 'a1', company_id: 'mine', tag: 'old', tag_lower: 'old' },
      { did_id: 'a2', company_id: 'mine', tag: 'sales', tag_lower: 'sales' },
      { did_id: 'b4', company_id: 'theirs', tag: 'secret', tag_lower: 'secret' }
    ])
  }
  const dump = async (): Promise<unknown> => ({
    dids: await rowsOf(db.reader, 'SELECT * FROM did ORDER BY id'),
    destinations: await rowsOf(db.reader, 'SELECT * FROM did_destination ORDER BY did_id, position'),
    tags: await rowsOf(db.reader, 'SELECT * FROM did_tag ORDER BY did_id, tag_lower'),
    audit: await rowsOf(db.reader, 'SELECT COUNT(*) AS count FROM audit_entry')
  })
  /** Runs what is refused and proves that nothing moved. */
  const unmoved = async (work: () => Promise<unknown>): Promise<void> => {
    const before = await dump()
    await work()
    assert.deepEqual(await dump(), before)
  }
  const numbersOf = async (
    filter: Parameters<typeof listDids>[1]['filter'],
    more: Parameters<typeof listDids>[1] = {}
  ): Promise<string[]> => (await listDids(contextOf('mine'), { filter, ...more })).nodes.map(node => node.id)
  const where = (column: string, op: string, value?: string | string[]) => ({
    where: { rules: [{ column, op: op as 'eq', ...(Array.isArray(value) ? { values: value } : { value }) }] }
  })

  before(async () => {
    db = await open({ plugins })
    await reset()
  })

  describe('the list', () => {
    it('holds the company’s numbers with destinations in order, tags, and money to the last unit', async () => {
      const page = await listDids(contextOf('mine'), {})
      assert.deepEqual(
        page.nodes.map(node => node.id),
        ['a1', 'a2', 'a3']
      )
      assert.equal(await page.totalCount(), 3)
      const [first] = page.nodes
      assert.deepEqual(first?.destinations, [
        { type: 'URI', value: 'a@pbx.example.com', port: 5070, prefix: null },
        { type: 'INTERNAL', value: '1001', port: null, prefix: null }
      ])
      assert.deepEqual(first?.destination, first?.destinations[0])
      assert.deepEqual(first?.tags, ['old', 'Sales'])
      assert.equal(first?.price, '9007199254.740993')
      assert.equal(first?.assignedAt, '2023-11-14T22:13:20.000Z')
    })

    it('searches and filters', async () => {
      assert.deepEqual(await numbersOf({ search: '+44 20 7946 0003' }), ['a3'])
      assert.deepEqual(await numbersOf({ search: '1234' }), [])
      assert.deepEqual(await numbersOf(where('enabled', 'eq', 'false')), ['a2'])
      assert.deepEqual(await numbersOf(where('country', 'in', ['FR', 'US'])), ['a2', 'a3'])
      assert.deepEqual(await numbersOf(where('type', 'eq', 'CIRCUIT_TEST')), ['a2'])
      assert.deepEqual(await numbersOf(where('type', 'isNull')), ['a3'])
      assert.deepEqual(await numbersOf(where('tags', 'eq', ' SALES ')), ['a1', 'a2'])
      assert.deepEqual(await numbersOf(where('tags', 'in', ['old', 'none'])), ['a1'])
      assert.deepEqual(await numbersOf(where('tags', 'ne', 'old')), ['a2', 'a3'])
      assert.deepEqual(await numbersOf(where('tags', 'isNull')), ['a3'])
      assert.deepEqual(await numbersOf(where('tags', 'eq', 'secret')), [])
      assert.deepEqual(
        await numbersOf({
          search: '0001',
          where: {
            match: 'ANY',
            rules: [
              { column: 'tags', op: 'eq', value: 'sales' },
              { column: 'country', op: 'eq', value: 'US' }
            ]
          }
        }),
        ['a1']
      )
      assert.equal(await (await listDids(contextOf('mine'), { filter: where('tags', 'eq', 'sales') })).totalCount(), 2)
    })

    it('sorts and pages', async () => {
      const sort = [{ column: 'type', dir: 'DESC' as const }]
      assert.deepEqual(await numbersOf(null, { sort }), ['a1', 'a2', 'a3'])
      const context = contextOf('mine')
      const seen: string[] = []
      let after: string | null = null
      do {
        const page: Awaited<ReturnType<typeof listDids>> = await listDids(context, { sort, first: 1, after })
        seen.push(...page.nodes.map(node => node.id))
        after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null
      } while (after !== null)
      assert.deepEqual(seen, ['a1', 'a2', 'a3'])
    })

    it('refuses wrong arguments', async () => {
      const context = contextOf('mine')
      await refusedPath('filter.search', () => listDids(context, { filter: { search: "1' or" } }))
      await refusedPath('filter.where.rules[0].column', () =>
        listDids(context, { filter: where('carrier_id', 'eq', 'x') })
      )
      await refusedPath('sort[0].column', () => listDids(context, { sort: [{ column: 'tags' }] }))
      await refusedPath('first', () => listDids(context, { first: 501 }))
    })

    it('keeps tags away from whoever lacks them: value, filter, sort, export', async () => {
      const context = contextOf('mine', ['did', 'did.edit'])
      const page = await listDids(context, {})
      assert.deepEqual(
        page.nodes.map(node => node.tags),
        [null, null, null]
      )
      const hidden = await refusal('BAD_USER_INPUT', () => listDids(context, { filter: where('tags', 'eq', 'sales') }))
      const unknown = await refusal('BAD_USER_INPUT', () =>
        listDids(context, { filter: where('nonsense', 'eq', 'sales') })
      )
      assert.deepEqual(hidden.extensions, unknown.extensions)
      await refusedPath('sort[0].column', () => listDids(context, { sort: [{ column: 'tags' }] }))
      assert.ok(!didExport.columns(context).some(({ name }) => name === 'tags'))
      await refusedPath('columns[0]', async () => {
        for await (const _ of didExport.pages(context, null, ['tags']));
      })
    })

    it('shows no other company’s number, alone either', async () => {
      assert.deepEqual(await findDids(contextOf('mine'), ['b4', 'c5', 'nothing']), [])
      assert.deepEqual(await listTags(contextOf('mine').scope), ['old', 'Sales'])
      const one = resolvers.Query?.did as unknown as (p: null, a: { id: string }, c: PortalContext) => Promise<unknown>
      const foreign = await refusal('NOT_FOUND', () => one(null, { id: 'b4' }, contextOf('mine')))
      const absent = await refusal('NOT_FOUND', () => one(null, { id: 'nothing' }, contextOf('mine')))
      assert.deepEqual([foreign.message, foreign.extensions], [absent.message, absent.extensions])
    })
  })

  describe('a carrier', () => {
    it('sees number, enabled, assigned and channels of what it supplies, stock included', async () => {
      const page = await listCarrierDids(carrierOf('north'), {})
      assert.deepEqual(page.nodes.at(-1), { number: '442079465555', enabled: true, assigned: false, channels: 5 })
      assert.equal(await page.totalCount(), 5)
      const filter = where('assigned', 'eq', 'false')
      assert.deepEqual(
        (await listCarrierDids(carrierOf('north'), { filter })).nodes.map(node => node.number),
        ['442079465555']
      )
      assert.equal(
        (await listCarrierDids(carrierOf('north'), { filter: where('assigned', 'ne', 'false') })).nodes.length,
        4
      )
      await refusedPath('filter.where.rules[0].column', () =>
        listCarrierDids(carrierOf('north'), { filter: where('country', 'eq', 'GB') })
      )
      assert.equal(await findCarrierDid(carrierOf('north').scope, '442079466666'), undefined)
      assert.equal((await findCarrierDid(carrierOf('south').scope, '+442079466666'))?.assigned, false)
    })

    it('exports just these columns', async () => {
      const names = didExport.columns(carrierOf('north')).map(({ name }) => name)
      assert.deepEqual(names, ['number', 'enabled', 'assigned', 'channels'])
      await refusedPath('columns[1]', async () => {
        for await (const _ of didExport.pages(carrierOf('north'), null, ['number', 'notes']));
      })
    })
  })

  describe('the export', () => {
    it('writes the page’s rows under its filter', async () => {
      const pages: unknown[] = []
      const columns = ['number', 'destination', 'tags', 'price']
      for await (const page of didExport.pages(contextOf('mine'), { search: '0001' }, columns)) pages.push(...page)
      assert.deepEqual(pages, [
        {
          number: '442079460001',
          destination: 'URI a@pbx.example.com:5070; INTERNAL 1001',
          tags: 'old; Sales',
          price: '9007199254.740993'
        }
      ])
    })

    it('refuses a filter of another shape', async () => {
      for (const filter of [
        'x',
        [],
        { company: 'theirs' },
        { search: 1 },
        { where: { rules: 'x' } },
        { where: { rules: [null] } }
      ]) {
        await refusal('BAD_USER_INPUT', async () => {
          for await (const _ of didExport.pages(contextOf('mine'), filter, ['number']));
        })
      }
    })
  })

  describe('a change', () => {
    it('touches what it names, counts the version up, leaves one audit entry', async () => {
      await reset()
      const destination = [{ type: 'URI' as const, value: 'b@PBX.example.com' }]
      const after = await updateDid(contextOf('mine'), 'a1', 1, { channels: 3, destination })
      assert.equal(after.channels, 3)
      assert.equal(after.version, 2)
      assert.equal(after.enabled, true)
      assert.deepEqual(after.destinations, [{ type: 'URI', value: 'b@pbx.example.com', port: null, prefix: null }])
      assert.deepEqual(after.tags, ['old', 'Sales'])
      const [entry] = await rowsOf<Record<string, string>>(
        db.reader,
        "SELECT * FROM audit_entry WHERE target = 'did:a1' ORDER BY seq DESC"
      )
      assert.equal(entry?.action, 'updateDid')
      assert.equal(JSON.parse(entry?.before as string).channels, 5)
      assert.equal(JSON.parse(entry?.after as string).channels, 3)
      assert.ok(!('enabled' in JSON.parse(entry?.after as string)))
    })

    it('clears with null', async () => {
      await reset()
      const patch = { destination: null, channels: null, flowSpeed: null, stirShakenMinAttest: null }
      const after = await updateDid(contextOf('mine'), 'a1', 1, patch)
      assert.deepEqual(
        [after.destination, after.channels, after.flowSpeed, after.stirShakenMinAttest],
        [null, 10, 0, 'NONE']
      )
    })

    it('refuses what is wrong and moves nothing', async () => {
      await reset()
      const context = contextOf('mine')
      const update = (patch: Parameters<typeof updateDid>[3], id = 'a1', version = 1) =>
        updateDid(context, id, version, patch)
      const uri = (value: string) => ({ type: 'URI' as const, value })
      await unmoved(async () => {
        await refusal('NOT_FOUND', () => update({ enabled: false }, 'b4'))
        await refusal('NOT_FOUND', () => update({ enabled: false }, 'nothing'))
        await refusal('CONFLICT', () => update({ enabled: false }, 'a1', 2))
        await refusedPath('input.enabled', () => update({ enabled: null }))
        await refusedPath('input.channels', () => update({ channels: 11 }))
        await refusedPath('input.channels', () => update({ channels: 0 }))
        await refusedPath('input.channels', () => update({ channels: -1 }))
        await refusedPath('input.destination[0].value', () => update({ destination: [uri('a@10.0.0.1')] }))
        await refusedPath('input.destination[1].value', () =>
          update({ destination: [uri('a@pbx.example.com'), uri('x;y@pbx.example.com')] })
        )
        await refusedPath('input.destination', () => update({ destination: Array(6).fill(uri('a@pbx.example.com')) }))
        await refusedPath('input.destination[0].value', () =>
          update({ destination: [{ type: 'EXTERNAL', value: '+442079460001' }] })
        )
        await refusedPath('input.destination[0].type', () =>
          update({ destination: [{ type: 'EXTERNAL', value: '442079461234' }] })
        )
        await refusedPath('input.destination[0].type', () =>
          update({ destination: [{ type: 'INTERNAL', value: '1002' }] })
        )
        await refusedPath('input.destination[0].type', () =>
          update({ destination: [{ type: 'CONNEXML', value: 'menu' }] })
        )
      })
      // No ceiling, no limit.
      assert.equal((await update({ channels: 5000 }, 'a3')).channels, 5000)
    })

    it('lets a stored target stay whose plugin is not there', async () => {
      await reset()
      const destination = [{ type: 'INTERNAL' as const, value: '1001' }]
      assert.equal((await updateDid(contextOf('mine'), 'a1', 1, { destination })).destination?.type, 'INTERNAL')
    })

    it('asks the plugin that owns a target', async () => {
      await reset()
      const takeBack = provideDestinations({
        type: 'INTERNAL',
        options: async () => [{ value: '1002', label: 'Reception' }],
        refuse: async (context, { value }) =>
          context.scope.companyId === 'mine' && value === '1002' ? undefined : 'is no extension of yours'
      })
      try {
        const options = resolvers.Query?.didDestinationOptions as unknown as (
          p: null,
          a: { type: string },
          c: PortalContext
        ) => Promise<unknown>
        assert.deepEqual(await options(null, { type: 'INTERNAL' }, contextOf('mine')), [
          { value: '1002', label: 'Reception' }
        ])
        assert.deepEqual(await options(null, { type: 'URI' }, contextOf('mine')), [])
        const choose = (value: string) =>
          updateDid(contextOf('mine'), 'a1', 1, { destination: [{ type: 'INTERNAL', value }] })
        await refusedPath('input.destination[0].value', () => choose('1003'))
        assert.equal((await choose('1002')).destination?.value, '1002')
      } finally {
        takeBack()
      }
    })
  })

  describe('a bulk change', () => {
    it('changes all numbers, with a result and an audit entry for each', async () => {
      await reset()
      const results = await bulkUpdateDids(contextOf('mine'), ['a2', 'a1'], { enabled: true, destination: null })
      assert.deepEqual(
        results.map(({ id, ok, did }) => [id, ok, did?.version, did?.enabled, did?.destinations.length]),
        [
          ['a2', true, 2, true, 0],
          ['a1', true, 2, true, 0]
        ]
      )
      const entries = await rowsOf(
        db.reader,
        "SELECT target FROM audit_entry WHERE action = 'bulkUpdateDids' ORDER BY target"
      )
      assert.deepEqual(entries, [{ target: 'did:a1' }, { target: 'did:a2' }])
    })

    it('changes none when one is refused, and says of each why', async () => {
      await reset()
      await unmoved(async () => {
        const results = await bulkUpdateDids(contextOf('mine'), ['a1', 'b4', 'a3', 'nothing'], { channels: 20 })
        assert.deepEqual(
          results.map(({ ok, code, did }) => [ok, code, did]),
          [
            [false, 'BAD_USER_INPUT', null],
            [false, 'NOT_FOUND', null],
            [false, 'NOT_APPLIED', null],
            [false, 'NOT_FOUND', null]
          ]
        )
        assert.equal(results[1]?.message, results[3]?.message)
      })
    })

    it('takes 1 to 500 ids, none twice', async () => {
      const context = contextOf('mine')
      const many = Array.from({ length: 501 }, (_, index) => `x${index}`)
      for (const ids of [[], many, ['a1', 'a1']])
        await refusedPath('ids', () => bulkUpdateDids(context, ids, { enabled: true }))
      assert.equal((await bulkUpdateDids(context, many.slice(1), { enabled: true })).length, 500)
    })
  })

  describe('the destination lock', () => {
    it('refuses every call that names a destination, even the stored one, before it reads anything', async () => {
      await reset()
      const context = contextOf('mine', [...editing, 'did.destination-lock'])
      const locked = async (work: () => Promise<unknown>): Promise<void> => {
        assert.equal((await refusal('FORBIDDEN', work)).extensions.reason, 'DESTINATION_LOCKED')
      }
      const stored = [
        { type: 'URI' as const, value: 'a@pbx.example.com', port: 5070 },
        { type: 'INTERNAL' as const, value: '1001' }
      ]
      await unmoved(async () => {
        for (const destination of [stored, null, [], [{ type: 'URI' as const, value: 'not valid' }]]) {
          await locked(() => updateDid(context, 'a1', 1, { destination }))
          await locked(() => updateDid(context, 'a1', 1, { destination, enabled: false }))
          await locked(() => updateDid(context, 'nothing', 9, { destination }))
          await locked(() => bulkUpdateDids(context, ['a1', 'b4'], { destination }))
          await locked(() => bulkUpdateDids(context, [], { destination }))
        }
      })
      const after = await updateDid(context, 'a1', 1, { enabled: false, channels: 2 })
      assert.equal(after.enabled, false)
      assert.equal(after.destinations.length, 2)
      assert.equal((await bulkUpdateDids(context, ['a1'], { enabled: true }))[0]?.ok, true)
    })

    it('without did.edit nothing may be changed', async () => {
      await refusal('FORBIDDEN', () => updateDid(contextOf('mine', ['did']), 'a1', 1, { enabled: false }))
      await refusal('FORBIDDEN', () => setDidTags(contextOf('mine', ['did', 'did.edit']), 'a1', []))
    })
  })

  describe('tags', () => {
    const tagsOf = async (id: string): Promise<readonly string[] | null | undefined> =>
      (await findDids(contextOf('mine'), [id]))[0]?.tags

    it('are trimmed, once each, and leave the version alone; did.edit is not needed', async () => {
      await reset()
      const context = contextOf('mine', ['did', 'did.tags'])
      const after = await setDidTags(context, 'a1', [' VIP ', 'vip', 'Büro', 'BÜRO'])
      assert.deepEqual(after.tags, ['Büro', 'VIP'])
      assert.equal(after.version, 1)
      assert.deepEqual((await setDidTags(context, 'a1', [])).tags, [])
    })

    it('are refused beyond their limits', async () => {
      await reset()
      const context = contextOf('mine')
      const many = (count: number): string[] => Array.from({ length: count }, (_, index) => `tag ${index}`)
      await unmoved(async () => {
        await refusedPath('tags[0]', () => setDidTags(context, 'a1', ['  ']))
        await refusedPath('tags[1]', () => setDidTags(context, 'a1', ['ok', 'x'.repeat(33)]))
        await refusedPath('tags[0]', () => setDidTags(context, 'a1', ['a\u0000b']))
        await refusedPath('tags', () => setDidTags(context, 'a1', many(21)))
        await refusal('NOT_FOUND', () => setDidTags(context, 'b4', ['x']))
        await refusedPath('add', () => bulkTagDids(context, ['a1'], ['Old'], ['old']))
        const results = await bulkTagDids(context, ['a1', 'a3'], many(19), [])
        assert.deepEqual(
          results.map(({ code }) => code),
          ['BAD_USER_INPUT', 'NOT_APPLIED']
        )
        assert.deepEqual(
          (await bulkTagDids(context, ['a1', 'b4'], ['x'], [])).map(({ code }) => code),
          ['NOT_APPLIED', 'NOT_FOUND']
        )
      })
      assert.equal((await setDidTags(context, 'a1', many(20))).tags?.length, 20)
      assert.equal((await setDidTags(context, 'a1', ['😀'.repeat(32)])).tags?.length, 1)
    })

    it('are added and removed in bulk; what was there keeps its spelling', async () => {
      await reset()
      const results = await bulkTagDids(contextOf('mine'), ['a1', 'a3'], ['SALES', 'new'], ['OLD'])
      assert.deepEqual(
        results.map(({ did }) => did?.tags),
        [
          ['new', 'Sales'],
          ['new', 'SALES']
        ]
      )
      assert.deepEqual(await tagsOf('a2'), ['sales'])
    })

    it('number at most 500 different ones a company', async () => {
      await reset()
      const all = createPluginDatabase(db, did)
      await all.insertMany(
        'did_tag',
        Array.from({ length: 498 }, (_, index) => ({
          did_id: 'a3',
          company_id: 'mine',
          tag: `t${index}`,
          tag_lower: `t${index}`
        }))
      )
      await unmoved(async () => {
        await refusedPath('tags', () => setDidTags(contextOf('mine'), 'a2', ['one more']))
        await refusedPath('add', () => bulkTagDids(contextOf('mine'), ['a2'], ['one more'], []))
      })
      assert.deepEqual((await setDidTags(contextOf('mine'), 'a2', ['T1'])).tags, ['T1'])
    })

    it('number at most 500 however many calls come at once', async () => {
      const all = createPluginDatabase(db, did)
      for (let round = 0; round < 5; round += 1) {
        await reset()
        await all.from('did_tag').delete()
        await all.insertMany(
          'did_tag',
          Array.from({ length: 485 }, (_, index) => ({
            ...{ did_id: 'b4', company_id: 'mine', tag: `t${index}`, tag_lower: `t${index}` }
          }))
        )
        const add = (id: string) =>
          setDidTags(
            contextOf('mine'),
            id,
            Array.from({ length: 10 }, (_, index) => `${id}-${index}`)
          )
        const results = await Promise.allSettled(['a1', 'a2', 'a3'].map(add))
        assert.deepEqual(results.map(({ status }) => status).sort(), ['fulfilled', 'rejected', 'rejected'])
        const [row] = await all.all<{ n: number }>('select count(distinct tag_lower) as n from {did_tag}')
        assert.equal(Number(row!.n), 495)
      }
    })
  })

  it('ships 300 demo numbers, the same on every run', async () => {
    const all = createPluginDatabase(db, did)
    const companies = [
      ...Array.from({ length: 5 }, (_, index) => ({ id: `customer-${index}`, userType: 'CUSTOMER' as const })),
      ...Array.from({ length: 2 }, (_, index) => ({ id: `carrier-${index}`, userType: 'CARRIER' as const }))
    ].map(company => ({ ...company, name: company.id, currency: 'EUR', accountCode: null }))
    const run = async (): Promise<unknown> => {
      for (const table of ['did_tag', 'did_destination', 'did']) await all.from(table).delete()
      let state = 42
      const random = (): number => {
        state = (state * 16_807) % 2_147_483_647
        return state / 2_147_483_647
      }
      await demo(all, { random, until: Date.UTC(2026, 0, 15), companies })
      return dump()
    }
    const first = await run()
    assert.deepEqual(await run(), first)
    const rows = (first as { dids: { company_id: string | null; number: string }[] }).dids
    assert.equal(rows.length, 300)
    assert.ok(rows.some(row => row.company_id === null) && rows.filter(row => row.company_id !== null).length > 200)
    assert.ok(rows.every(row => /^[1-9]\d{9,14}$/.test(row.number)))
  })
})
