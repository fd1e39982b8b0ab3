import assert from 'node:assert/strict'
import { it } from 'node:test'
import { forEachDatabase } from '../../test/support/databases.ts'
import { numberWorld } from '../../test/support/number-world.ts'

const create = `mutation ($number: String!, $companyId: ID, $settings: NumberSettings!) {
  created: createNumber(number: $number, companyId: $companyId, settings: $settings) {
    id number country companyName carrierName channels channelsCeiling price currency assignedAt version enabled } }`
const batch = '{ done refused results { number outcome code reason message } }'
const assign = `mutation ($id: ID!, $companyId: ID!, $settings: NumberSettings, $v: Int) {
  assigned: assignNumber(id: $id, companyId: $companyId, settings: $settings, expectedVersion: $v) {
    companyId channels channelsCeiling price currency version } }`

forEachDatabase('numbers of the inventory', open => {
  it('stand up to an operator', async t => {
    const world = await numberWorld(t, open)
    const test = (name: string, work: () => Promise<void>): Promise<void> =>
      t.test(name, async () => {
        await world.db.run('delete from {did}')
        await world.newAudit()
        await work()
      })

    await test('are created, found, assigned, moved, released and deleted, each with one audit entry', async () => {
      const { ask, alder, birch, carrier } = world
      const settings = { country: 'gb', carrierId: carrier.id, channelsCeiling: 10, price: '2.5', currency: 'EUR' }
      const made = await ask(create, { number: '+44 (20) 7946-0001', settings })
      const { id, ...rest } = made.data.created
      assert.deepEqual(rest, {
        number: '442079460001',
        country: 'GB',
        companyName: null,
        carrierName: 'Cable Carrier',
        channels: 10,
        channelsCeiling: 10,
        price: '2.50',
        currency: 'EUR',
        assignedAt: null,
        version: 1,
        enabled: true
      })
      const [created, ...others] = await world.newAudit()
      assert.deepEqual(others, [])
      assert.deepEqual(
        [created?.action, created?.target, created?.before, created?.after.number, created?.after.price],
        ['createNumber', `did:${id}`, null, '442079460001', '2.50']
      )

      const again = await ask(create, { number: '442079460001', settings })
      assert.deepEqual([again.code, again.reason, again.data], ['CONFLICT', 'NUMBER_EXISTS', null])

      const given = await ask(assign, { id, companyId: alder.id, settings: { channelsCeiling: 4 }, v: 1 })
      assert.deepEqual(given.data.assigned, {
        companyId: alder.id,
        channels: 4,
        channelsCeiling: 4,
        price: '2.50',
        currency: 'EUR',
        version: 2
      })
      const taken = await ask(assign, { id, companyId: birch.id })
      assert.deepEqual([taken.code, taken.reason], ['CONFLICT', 'NUMBER_ASSIGNED'])
      assert.match(taken.message ?? '', /442079460001 is assigned to Alder Bakery/)
      assert.equal((await ask(assign, { id, companyId: birch.id, v: 1 })).code, 'CONFLICT')

      // The contact sees it at once, points it somewhere, tags it.
      const ada = await world.portal.contact(alder, 'ada@example.net')
      const bob = await world.portal.contact(birch, 'bob@example.net')
      await world.portal.override(alder, 'did.destination-lock', 'HIDE')
      const [adas, bobs] = [await world.portal.session(ada), await world.portal.session(bob)]
      const portal = async (session: string, document: string) =>
        (await world.portal.query('acme.localhost', document, { session })).json
      assert.equal((await portal(adas, '{ dids { totalCount } }')).data.dids.totalCount, 1)
      await portal(
        adas,
        `mutation { updateDid(id: "${id}", version: 2, input: { enabled: false, destination: [{ type: URI, value: "1@pbx.example.com" }] }) { id } }`
      )
      await portal(adas, `mutation { setDidTags(id: "${id}", tags: ["front desk"]) { id } }`)
      await ask(
        `mutation { updateNumber(id: "${id}", settings: { notes: "=Alder's own", recordingMode: "ALWAYS" }) { id } }`
      )
      await world.newAudit()

      const move = `mutation ($id: ID!, $to: ID!, $v: Int) {
      moved: moveNumber(id: $id, companyId: $to, reason: "sold", expectedVersion: $v) {
        companyName destinations { type } tags notes price recordingMode enabled channels version } }`
      assert.equal((await ask(move, { id, to: birch.id, v: 2 })).code, 'CONFLICT')
      const moved = await ask(move, { id, to: birch.id, v: 4 })
      assert.deepEqual(moved.data.moved, {
        companyName: 'Birch Hotel',
        destinations: [],
        tags: [],
        notes: null,
        price: null,
        recordingMode: 'OFF',
        enabled: true,
        channels: 4,
        version: 5
      })
      const [entry, ...more] = await world.newAudit()
      assert.deepEqual(more, [])
      assert.deepEqual([entry?.action, entry?.company_id, entry?.reason], ['moveNumber', birch.id, 'sold'])
      for (const { id: companyId } of [alder, birch]) {
        const history = 'query ($id: ID!) { auditLog(companyId: $id, first: 3) { nodes { action companyId } } }'
        const { nodes } = (await ask(history, { id: companyId })).data.auditLog
        assert.deepEqual(nodes[0], { action: 'moveNumber', companyId: birch.id }, 'the history of both tells it')
        assert.equal(nodes.filter(({ action }: { action: string }) => action === 'moveNumber').length, 1)
      }
      assert.deepEqual(entry?.before.destinations, [
        { type: 'URI', value: '1@pbx.example.com', port: null, prefix: null }
      ])
      assert.deepEqual(
        [entry?.before.tags, entry?.before.companyId, entry?.after.companyId],
        [['front desk'], alder.id, birch.id]
      )
      assert.equal('channels' in entry!.after, false, 'only what changed')
      assert.equal((await portal(adas, '{ dids { totalCount } }')).data.dids.totalCount, 0)
      assert.equal((await portal(adas, `{ did(id: "${id}") { id } }`)).errors[0].extensions.code, 'NOT_FOUND')
      assert.deepEqual(
        (await portal(bobs, '{ dids { nodes { number tags notes destination { type } } } }')).data.dids.nodes,
        [{ number: '442079460001', tags: [], notes: null, destination: null }]
      )

      const drop = 'mutation ($id: ID!, $v: Int) { deleteNumber(id: $id, expectedVersion: $v) }'
      assert.deepEqual((await ask(drop, { id })).reason, 'NUMBER_ASSIGNED')
      const free = 'mutation ($id: ID!) { releaseNumber(id: $id) { companyId assignedAt version } }'
      assert.deepEqual((await ask(free, { id })).data.releaseNumber, { companyId: null, assignedAt: null, version: 6 })
      assert.equal((await ask(free, { id })).reason, 'NUMBER_UNASSIGNED')
      assert.equal((await portal(bobs, '{ dids { totalCount } }')).data.dids.totalCount, 0)
      assert.equal((await ask(drop, { id, v: 5 })).code, 'CONFLICT')
      assert.equal((await ask(drop, { id, v: 6 })).data.deleteNumber, id)
      assert.equal((await ask(drop, { id })).code, 'NOT_FOUND')
      assert.deepEqual(
        (await world.newAudit()).map(({ action }) => action),
        ['releaseNumber', 'deleteNumber']
      )
    })

    await test('name what is wrong with companies, prices and input, and then change nothing', async () => {
      const { ask, alder, dollars, closed, carrier } = world
      const settings = { country: 'GB' }
      const id = (await ask(create, { number: '442079460001', settings: { ...settings, price: '1', currency: 'EUR' } }))
        .data.created.id
      await world.newAudit()
      const refusals: readonly (readonly [string, Record<string, unknown>, string, string | undefined])[] = [
        [assign, { id, companyId: closed.id }, 'PRECONDITION_FAILED', 'COMPANY_CLOSED'],
        [assign, { id, companyId: carrier.id }, 'BAD_USER_INPUT', 'WRONG_USER_TYPE'],
        [assign, { id, companyId: 'nobody' }, 'NOT_FOUND', 'COMPANY'],
        [assign, { id, companyId: 'no body\u0000' }, 'NOT_FOUND', 'COMPANY'],
        [assign, { id: 'nothing', companyId: alder.id }, 'NOT_FOUND', 'NUMBER'],
        [assign, { id: '\u0000', companyId: alder.id }, 'NOT_FOUND', 'NUMBER'],
        [assign, { id, companyId: dollars.id }, 'PRECONDITION_FAILED', 'CURRENCY'],
        [assign, { id, companyId: dollars.id, settings: { currency: 'USD' } }, 'PRECONDITION_FAILED', 'CURRENCY'],
        [assign, { id, companyId: alder.id, settings: { price: '1', currency: 'USD' } }, 'BAD_USER_INPUT', undefined],
        [assign, { id, companyId: alder.id, settings: { carrierId: alder.id } }, 'BAD_USER_INPUT', 'WRONG_USER_TYPE'],
        [create, { number: '0207 946', settings }, 'BAD_USER_INPUT', undefined],
        [create, { number: '1234', settings }, 'BAD_USER_INPUT', undefined],
        [create, { number: '4420794600029999', settings }, 'BAD_USER_INPUT', undefined],
        [create, { number: '442079460002', settings: {} }, 'BAD_USER_INPUT', undefined],
        [create, { number: '442079460002', settings: { country: 'GBR' } }, 'BAD_USER_INPUT', undefined],
        [create, { number: '442079460002', settings: { ...settings, price: '1' } }, 'BAD_USER_INPUT', undefined],
        [
          create,
          { number: '442079460002', settings: { ...settings, price: '-1', currency: 'EUR' } },
          'BAD_USER_INPUT',
          undefined
        ],
        [
          create,
          { number: '442079460002', settings: { ...settings, price: '1', currency: 'EEE' } },
          'BAD_USER_INPUT',
          undefined
        ],
        [create, { number: '442079460002', settings: { ...settings, currency: 'EUR' } }, 'BAD_USER_INPUT', undefined],
        [
          create,
          { number: '442079460002', settings: { ...settings, recordingMode: 'SOME' } },
          'BAD_USER_INPUT',
          undefined
        ],
        [
          create,
          { number: '442079460002', settings: { ...settings, channelsCeiling: -1 } },
          'BAD_USER_INPUT',
          undefined
        ],
        [create, { number: '442079460002', settings: { ...settings, enabled: null } }, 'BAD_USER_INPUT', undefined],
        [create, { number: '442079460002', settings: { ...settings, notes: 'a\u0000b' } }, 'BAD_USER_INPUT', undefined],
        [
          create,
          { number: '442079460002', settings: { ...settings, cardName: '\ud800' } },
          'BAD_USER_INPUT',
          undefined
        ],
        [
          create,
          { number: '442079460002', settings: { ...settings, nextChargeAt: 'soon' } },
          'BAD_USER_INPUT',
          undefined
        ],
        [create, { number: '442079460002', settings: { ...settings, codecs: ['g 711'] } }, 'BAD_USER_INPUT', undefined],
        ['{ numbers(filter: { search: "abc" }) { totalCount } }', {}, 'BAD_USER_INPUT', undefined],
        ['{ numbers(after: "x") { totalCount } }', {}, 'BAD_USER_INPUT', undefined],
        ['{ numbers(first: 0) { totalCount } }', {}, 'BAD_USER_INPUT', undefined],
        ['{ numbers(first: 501) { totalCount } }', {}, 'QUERY_TOO_COMPLEX', undefined],
        ['{ number { id } }', {}, 'BAD_USER_INPUT', undefined],
        ['{ number(number: "44") { id } }', {}, 'NOT_FOUND', undefined],
        [
          'mutation { createNumberRange(from: "442079460001", settings: { country: "GB" }) { done } }',
          {},
          'BAD_USER_INPUT',
          undefined
        ],
        [
          'mutation { createNumberRange(from: "442079460001", count: 10001, settings: { country: "GB" }) { done } }',
          {},
          'BAD_USER_INPUT',
          undefined
        ],
        [
          'mutation { createNumberRange(from: "442079460001", count: 0, settings: { country: "GB" }) { done } }',
          {},
          'BAD_USER_INPUT',
          undefined
        ],
        [
          'mutation { createNumberRange(from: "442079460009", to: "442079460001", settings: { country: "GB" }) { done } }',
          {},
          'BAD_USER_INPUT',
          undefined
        ],
        [
          'mutation { createNumberRange(from: "99999", count: 2, settings: { country: "GB" }) { done } }',
          {},
          'BAD_USER_INPUT',
          undefined
        ],
        ['mutation { deleteNumbers(select: {}) { done } }', {}, 'BAD_USER_INPUT', undefined],
        [
          'mutation { deleteNumbers(select: { ids: ["x"], numbers: ["44207946001"] }) { done } }',
          {},
          'BAD_USER_INPUT',
          undefined
        ]
      ]
      for (const [document, variables, code, reason] of refusals) {
        const answer = await ask(document, variables)
        assert.deepEqual(
          [answer.code, answer.reason],
          [code, reason],
          `${JSON.stringify(variables)} ${document} ${answer.message}`
        )
      }
      assert.deepEqual(await world.newAudit(), [])
      assert.equal((await ask('{ numbers { totalCount } }')).data.numbers.totalCount, 1)
      const same = await ask(`mutation { updateNumber(id: "${id}", settings: { price: "1.00" }) { version } }`)
      assert.deepEqual(
        [same.data.updateNumber.version, await world.newAudit()],
        [1, []],
        'no change, no entry, no version'
      )
    })

    await test('lower a limit under its ceiling, and raise only what stood at the ceiling', async () => {
      const { ask, alder } = world
      const made = await ask(create, {
        number: '442079460001',
        companyId: alder.id,
        settings: { country: 'GB', channelsCeiling: 10, price: '1' }
      })
      const { id, currency } = made.data.created
      assert.equal(currency, 'EUR', "the company's currency")
      const ceiling = async (channelsCeiling: number): Promise<number> =>
        (
          await ask(
            'mutation ($id: ID!, $settings: NumberSettings!) { n: updateNumber(id: $id, settings: $settings) { channels } }',
            {
              id,
              settings: { channelsCeiling }
            }
          )
        ).data.n.channels
      assert.equal(await ceiling(6), 6)
      assert.equal(await ceiling(8), 8)
      assert.equal(await ceiling(0), 0)
      assert.equal(await ceiling(5), 5)
    })

    await test('come in ranges and lists: all or none, or those that can be, each with its result', async () => {
      const { ask, alder, birch } = world
      const range = `mutation ($from: String!, $to: String, $count: Int, $skip: Boolean, $companyId: ID) {
      batch: createNumberRange(from: $from, to: $to, count: $count, skipExisting: $skip, companyId: $companyId, settings: { country: "GB" }) ${batch} }`
      const first = await ask(range, { from: '+442079460010', count: 5 })
      assert.equal(first.data.batch.done, 5)
      assert.equal((await world.newAudit()).length, 5)

      const overlap = await ask(range, { from: '442079460013', to: '442079460016', companyId: alder.id })
      assert.deepEqual(overlap.data.batch, {
        done: 0,
        refused: 4,
        results: [
          ...['442079460013', '442079460014'].map(number => ({
            number,
            outcome: 'REFUSED',
            code: 'CONFLICT',
            reason: 'NUMBER_EXISTS',
            message: `${number} exists already.`
          })),
          ...['442079460015', '442079460016'].map(number => ({
            number,
            outcome: 'REFUSED',
            code: 'NOT_APPLIED',
            reason: null,
            message: 'Nothing was done, because another number was refused.'
          }))
        ]
      })
      assert.deepEqual(await world.newAudit(), [])
      const rest = await ask(range, { from: '442079460013', to: '442079460016', companyId: alder.id, skip: true })
      assert.deepEqual([rest.data.batch.done, rest.data.batch.refused], [2, 2])
      assert.deepEqual(
        (await world.newAudit()).map(({ action, company_id }) => [action, company_id]),
        [
          ['createNumberRange', alder.id],
          ['createNumberRange', alder.id]
        ]
      )

      const give = `mutation ($select: NumberSelection!, $to: ID!, $skip: Boolean) {
      batch: assignNumbers(select: $select, companyId: $to, skipRefused: $skip) ${batch} }`
      const select = { from: '442079460014', to: '442079460017' }
      const none = await ask(give, { select, to: birch.id })
      assert.deepEqual(
        none.data.batch.results.map(({ code, reason }: Record<string, string>) => [code, reason]),
        [
          ['NOT_APPLIED', null],
          ['CONFLICT', 'NUMBER_ASSIGNED'],
          ['CONFLICT', 'NUMBER_ASSIGNED'],
          ['NOT_FOUND', 'NUMBER']
        ]
      )
      const some = await ask(give, { select, to: birch.id, skip: true })
      assert.deepEqual(
        some.data.batch.results.map(({ outcome }: Record<string, string>) => outcome),
        ['ASSIGNED', 'REFUSED', 'REFUSED', 'REFUSED']
      )
      await world.newAudit()

      const move = `mutation ($select: NumberSelection!, $from: ID!, $to: ID!) {
      batch: moveNumbers(select: $select, fromCompanyId: $from, companyId: $to) ${batch} }`
      const wrong = await ask(move, { select: { numbers: ['442079460015'] }, from: birch.id, to: alder.id })
      assert.match(wrong.data.batch.results[0].message, /assigned to Alder Bakery, not to Birch Hotel/)
      const moved = await ask(move, {
        select: { numbers: ['442079460015', '+44 20 7946 0016'] },
        from: alder.id,
        to: birch.id
      })
      assert.equal(moved.data.batch.done, 2)
      const twice = await ask(move, {
        select: { numbers: ['442079460015', '442079460015'] },
        from: birch.id,
        to: alder.id
      })
      assert.deepEqual([twice.data.batch.done, twice.data.batch.results[1].code], [0, 'BAD_USER_INPUT'])

      const held = (await ask(`{ numbers(filter: { companyId: "${birch.id}" }) { nodes { id } } }`)).data.numbers.nodes
      const ids = held.map(({ id }: { id: string }) => id)
      const raised = await ask(
        `mutation ($ids: [ID!]!) { batch: updateNumbers(select: { ids: $ids }, settings: { price: "3" }) ${batch} }`,
        { ids }
      )
      assert.equal(raised.data.batch.done, 3)
      const back = await ask(
        `mutation ($ids: [ID!]!, $from: ID!) { batch: releaseNumbers(select: { ids: $ids }, fromCompanyId: $from) ${batch} }`,
        { ids, from: birch.id }
      )
      assert.equal(back.data.batch.done, 3)
      const gone = await ask(`mutation ($ids: [ID!]!) { batch: deleteNumbers(select: { ids: $ids }) ${batch} }`, {
        ids
      })
      assert.equal(gone.data.batch.done, 3)
      const actions = (await world.newAudit()).map(({ action }) => action)
      assert.deepEqual(actions, [
        ...Array(2).fill('moveNumbers'),
        ...Array(3).fill('updateNumbers'),
        ...Array(3).fill('releaseNumbers'),
        ...Array(3).fill('deleteNumbers')
      ])
    })

    await test('are listed in pages, filtered, and lead to their company', async () => {
      const { ask, alder, birch, carrier } = world
      const range = (
        from: string,
        count: number,
        companyId: string | null,
        country: string,
        carrierId: string | null = null
      ) =>
        ask(
          `mutation ($from: String!, $count: Int!, $companyId: ID, $settings: NumberSettings!) {
          createNumberRange(from: $from, count: $count, companyId: $companyId, settings: $settings) { done } }`,
          { from, count, companyId, settings: { country, carrierId, enabled: country !== 'FR' } }
        )
      await range('442079460000', 4, alder.id, 'GB')
      await range('33199000000', 3, null, 'FR', carrier.id)
      await range('12125550100', 2, birch.id, 'US')
      const list = async (filter: object, first = 50): Promise<readonly string[]> => {
        const numbers: string[] = []
        for (let after: string | null = null; ; ) {
          const { data } = await ask(
            `query ($filter: NumberFilter, $first: Int, $after: String) {
            numbers(filter: $filter, first: $first, after: $after) { nodes { number } pageInfo { endCursor hasNextPage } totalCount } }`,
            { filter, first, after }
          )
          numbers.push(...data.numbers.nodes.map(({ number }: { number: string }) => number))
          if (!data.numbers.pageInfo.hasNextPage) {
            assert.equal(data.numbers.totalCount, numbers.length)
            return numbers
          }
          after = data.numbers.pageInfo.endCursor
        }
      }
      const all = await list({}, 2)
      assert.equal(all.length, 9)
      assert.deepEqual(all, all.toSorted())
      assert.equal((await list({ search: '+44 20' })).length, 4)
      assert.deepEqual(await list({ search: '+1 (212) 555-0101' }), ['12125550101'])
      assert.equal((await list({ country: 'fr' })).length, 3)
      assert.equal((await list({ unassigned: true })).length, 3)
      assert.equal((await list({ unassigned: false, country: 'US' })).length, 2)
      assert.equal((await list({ enabled: false })).length, 3)
      assert.equal((await list({ companyId: alder.id })).length, 4)
      assert.equal((await list({ carrierId: carrier.id })).length, 3)
      assert.deepEqual(await list({ companyId: "x' or 1=1" }), [])

      const companies = async (search: string): Promise<readonly string[]> =>
        (
          await ask('query ($search: String) { companies(search: $search) { nodes { name } } }', { search })
        ).data.companies.nodes.map(({ name }: { name: string }) => name)
      assert.deepEqual(await companies('+44 20 7946 0003'), ['Alder Bakery'])
      assert.deepEqual(await companies('442079460'), ['Alder Bakery'])
      for (const written of [
        '0044 20 7946 0003',
        '+44 (0)20 7946-0003',
        'tel:+442079460003',
        '020 7946 0003',
        '(020) 7946/0003',
        '2079460003'
      ])
        assert.deepEqual(await companies(written), ['Alder Bakery'], written)
      for (const other of ['+2079460003', '0079460003', '20 794 6', '44207946000300', '020 7946 0003 4'])
        assert.deepEqual(await companies(other), [], other)
      assert.deepEqual(await companies('+1 212'), ['Birch Hotel'].slice(0, 0), 'too short a part to say anything')
      assert.deepEqual(await companies('33199000000'), [])
    })

    await test('are an admin’s to change; who reads may read', async () => {
      const { ask } = world
      await ask(create, { number: '442079460001', settings: { country: 'GB' } })
      for (const role of ['SUPPORT', 'AUDITOR'] as const) {
        const key = await world.keyOf(role)
        assert.equal((await ask('{ numbers { totalCount } }', {}, key)).data.numbers.totalCount, 1)
        const refused = await ask(create, { number: '442079460002', settings: { country: 'GB' } }, key)
        assert.deepEqual([refused.code, refused.reason], ['FORBIDDEN', 'ROLE'])
      }
      assert.equal((await ask('{ numbers { totalCount } }', {}, await world.keyOf('INGEST'))).code, 'FORBIDDEN')
    })

    await test('what one call did to many is taken back, where nobody changed it since', async () => {
      const { ask, alder, birch, closed } = world
      const made = await ask(
        'mutation ($s: NumberSettings!, $c: ID) { done: createNumberRange(from: "442079460300", count: 4, companyId: $c, settings: $s) { operation results { id } } }',
        {
          c: alder.id,
          s: { country: 'GB', channelsCeiling: 5, price: '2.500001', minimumDaysUntil: '2026-01-01T00:00:00Z' }
        }
      )
      const [id, second] = made.data.done.results.map((result: { id: string }) => result.id)
      await world.db.insertMany(
        'did_destination',
        [0, 1].map(position => ({
          ...{ did_id: id, company_id: alder.id, position, type: 'URI', value: `${position}@pbx.example.com` },
          ...{ port: 5061, prefix: null }
        }))
      )
      await world.db.insertMany('did_tag', [{ did_id: id, company_id: alder.id, tag: 'Desk', tag_lower: 'desk' }])
      const all = { from: '442079460300', to: '442079460303' }
      const stands = async (): Promise<readonly unknown[]> => [
        (await world.db.all('select * from {did} order by number')).map(({ version: _, ...row }) => row),
        await world.db.all('select * from {did_destination} order by did_id, position'),
        await world.db.all('select * from {did_tag} order by did_id')
      ]
      const before = await stands()
      const fields = '{ done refused operation results { number outcome code reason message } }'
      const bulk = async (call: string): Promise<string> =>
        (await ask(`mutation ($a: NumberSelection!) { done: ${call} { operation } }`, { a: all })).data.done.operation
      const back = (operation: string, skipRefused = false) =>
        ask(
          `mutation ($o: ID!, $s: Boolean) { done: revertNumbers(operation: $o, reason: "by mistake", skipRefused: $s) ${fields} }`,
          {
            ...{ o: operation, s: skipRefused }
          }
        )
      await world.newAudit()

      for (const call of [
        'updateNumbers(select: $a, settings: { channelsCeiling: 2, price: null, notes: "Mistake", codecs: ["g722"] })',
        `releaseNumbers(select: $a, fromCompanyId: "${alder.id}")`,
        `moveNumbers(select: $a, fromCompanyId: "${alder.id}", companyId: "${birch.id}", settings: { price: "9" })`
      ]) {
        const operation = await bulk(call)
        assert.equal((await world.newAudit()).length, 4)
        assert.notDeepEqual(await stands(), before)
        const undone = (await back(operation)).data.done
        assert.deepEqual([undone.done, undone.refused], [4, 0], call)
        assert.deepEqual(await stands(), before, call)
        const entries = await world.newAudit()
        assert.deepEqual([entries.length, entries[0]!.action, entries[0]!.reason], [4, 'revertNumbers', 'by mistake'])
        // Twice is too late; what was taken back can itself be taken back.
        assert.equal((await back(operation)).data.done.results[0].code, 'CONFLICT')
        const redone = (await back(undone.operation)).data.done
        assert.equal(redone.done, 4)
        assert.notDeepEqual(await stands(), before)
        assert.equal((await back(redone.operation)).data.done.done, 4)
        assert.deepEqual(await stands(), before)
        await world.newAudit()
      }

      // One that somebody changed since stays, unless the others are to go without it.
      const operation = await bulk('updateNumbers(select: $a, settings: { channelsCeiling: 1, notes: "x" })')
      await ask(`mutation { updateNumber(id: "${second}", settings: { notes: "mine" }) { id } }`)
      await ask(`mutation { updateNumber(id: "${id}", settings: { script: "something else" }) { id } }`)
      const stays = (await back(operation)).data.done
      assert.deepEqual([stays.done, stays.operation, stays.results[1].reason], [0, null, 'CHANGED_SINCE'])
      assert.match(stays.results[1].message, /^442079460301 was changed since, notes/)
      assert.deepEqual(
        (await back(operation, true)).data.done.results.map((one: { outcome: string }) => one.outcome),
        [...['CHANGED', 'REFUSED', 'CHANGED', 'CHANGED']]
      )
      const free = await bulk(`releaseNumbers(select: $a, fromCompanyId: "${alder.id}")`)
      await ask(`mutation { updateNumber(id: "${id}", settings: { ipqs: true }) { id } }`)
      assert.equal((await back(free)).data.done.results[0].reason, 'CHANGED_SINCE')
      await world.portal.database.writer('company').where({ id: alder.id }).update({ status: 'INACTIVE' })
      assert.equal((await back(free)).data.done.results[1].reason, 'COMPANY_CLOSED')
      await world.portal.database.writer('company').where({ id: alder.id }).update({ status: 'ACTIVE' })
      for (const unknown of ['nothing', 'a\u0000b', '', closed.id])
        assert.equal((await back(unknown)).code, 'NOT_FOUND')
      assert.equal((await back(made.data.done.operation)).reason, 'NOT_REVERSIBLE')
    })

    await test('go to one of two operators who assign them at once', async () => {
      const { ask, alder, birch } = world
      for (let round = 0; round < 5; round++) {
        const number = `44207946001${round}`
        const { id } = (await ask(create, { number, settings: { country: 'GB' } })).data.created
        await world.newAudit()
        const answers = await Promise.all([
          ask(assign, { id, companyId: alder.id }),
          ask(assign, { id, companyId: birch.id }),
          ask(assign, { id, companyId: alder.id })
        ])
        assert.deepEqual(answers.map(({ code }) => code).sort(), ['CONFLICT', 'CONFLICT', undefined])
        assert.equal((await world.newAudit()).length, 1)
        const made = await Promise.all(
          [0, 1, 2].map(() => ask(create, { number: `44207946002${round}`, settings: { country: 'GB' } }))
        )
        assert.deepEqual(made.map(({ code }) => code).sort(), ['CONFLICT', 'CONFLICT', undefined])
        assert.equal((await world.newAudit()).length, 1)
      }
    })
  })
})
