import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { Catalogue } from '../../core/catalogue.ts'
import { createMemoryStores } from '../../core/memory-store.ts'
import { type AccessStores, type Actor, REGISTRY_SCOPE, UNASSIGNED_SCOPE } from '../../core/ports.ts'
import { createAccessStores } from '../../db/access-stores.ts'
import { forEachDatabase } from '../support/databases.ts'
import { rejectsWith } from '../support/rejects-with.ts'

const catalogue = Catalogue.of([
  {
    name: 'calls',
    features: ['a', 'b', 'c', 'd'].map(key => ({
      key,
      title: key,
      group: 'Common/Calls',
      kind: 'PAGE' as const,
      userTypes: ['CUSTOMER', 'CARRIER'] as const
    })),
    columnSets: [
      {
        report: 'CDR',
        title: 'Calls',
        feature: 'a',
        columns: [
          { name: 'start', title: 'Start', type: 'datetime', audience: ['CUSTOMER', 'CARRIER'], default: true },
          { name: 'charge', title: 'Charge', type: 'money', audience: ['CUSTOMER'], default: true },
          { name: 'cost', title: 'Cost', type: 'money', audience: ['CARRIER'] }
        ]
      }
    ]
  }
])

const actor: Actor = {
  operator: { actor: 'staff:ann', name: 'Ann', role: 'ADMIN', ip: '192.0.2.1' },
  reason: 'because'
}

/** What every implementation of the access stores must do. */
const contract = (make: () => Promise<AccessStores>): void => {
  let stores: AccessStores
  let n = 0
  before(async () => {
    stores = await make()
  })
  const brand = () =>
    stores.brands.create(
      { fqdn: `b${++n}.example.test`, brandName: `Brand ${n}`, currencies: ['EUR'], features: ['a'] },
      actor
    )
  const company = (domainId: string | null, name = `Company ${++n}`, accountCodes: string[] = []) =>
    stores.companies.create(
      { name, userType: 'CUSTOMER', currency: 'EUR', domainId, status: 'ACTIVE', accountCodes },
      actor
    )
  const revisions = async () => (await stores.source.clock()).revisions
  /** Which counters `work` moved, and by how much. */
  const moved = async (work: () => Promise<unknown>): Promise<Record<string, number>> => {
    const old = await revisions()
    await work()
    const entries = [...(await revisions())].map(([scope, value]) => [scope, value - (old.get(scope) ?? 0)] as const)
    return Object.fromEntries(entries.filter(([, by]) => by !== 0))
  }

  it('makes the first brand the default one, and only that', async () => {
    const first = await brand()
    const second = await brand()
    assert.equal(first.isDefault, true)
    assert.equal(second.isDefault, false)
    assert.equal(first.version, 1)
    assert.deepEqual(first.features, [{ key: 'a', enabled: true }])
    assert.deepEqual(await stores.brands.get({ id: first.id }), first)
    assert.deepEqual(await stores.brands.get({ fqdn: first.fqdn.toUpperCase() }), first)
    assert.equal(await stores.brands.get({ id: 'nobody' }), null)
    assert.equal((await revisions()).get(first.id), 1)
  })

  it('keeps host names unique, whatever the case', async () => {
    const { fqdn } = await brand()
    const again = { fqdn: fqdn.toUpperCase(), brandName: 'x', currencies: [], features: [] }
    await rejectsWith('CONFLICT', stores.brands.create(again, actor))
    await rejectsWith(
      'BAD_USER_INPUT',
      stores.brands.create({ ...again, fqdn: 'x.example.test', features: ['zz'] }, actor)
    )
  })

  it('sets features: named keys only, version up, brand counter up by one', async () => {
    const { id, version } = await brand()
    const by = await moved(() =>
      stores.brands.setFeatures(
        id,
        [
          { key: 'b', enabled: true },
          { key: 'c', enabled: false }
        ],
        actor,
        version
      )
    )
    assert.deepEqual(by, { [id]: 1 })
    const now = (await stores.brands.get({ id }))!
    assert.equal(now.version, 2)
    assert.deepEqual(
      [...now.features].sort((x, y) => (x.key < y.key ? -1 : 1)),
      [
        { key: 'a', enabled: true },
        { key: 'b', enabled: true },
        { key: 'c', enabled: false }
      ]
    )
    assert.deepEqual(
      await moved(async () => {
        await rejectsWith('CONFLICT', stores.brands.setFeatures(id, [{ key: 'a', enabled: false }], actor, version))
        await rejectsWith('BAD_USER_INPUT', stores.brands.setFeatures(id, [{ key: 'zz', enabled: false }], actor))
        await rejectsWith('NOT_FOUND', stores.brands.setFeatures('nobody', [{ key: 'a', enabled: false }], actor))
      }),
      {}
    )
    assert.deepEqual(await stores.brands.get({ id }), now)
  })

  it('sets columns against the catalogue and the audience', async () => {
    const { id } = await brand()
    const set = (columns: string[], report = 'CDR') =>
      stores.brands.setColumns(id, { report, userType: 'CUSTOMER', columns }, actor)
    assert.deepEqual(await moved(() => set(['charge', 'start'])), { [id]: 1 })
    assert.deepEqual((await stores.brands.get({ id }))!.columns, [
      { report: 'CDR', userType: 'CUSTOMER', columns: ['charge', 'start'] }
    ])
    await rejectsWith('BAD_USER_INPUT', set(['cost']))
    await rejectsWith('BAD_USER_INPUT', set(['start', 'start']))
    await rejectsWith('BAD_USER_INPUT', set(['start'], 'NOPE'))
  })

  it('creates companies with unique account codes', async () => {
    const { id: domainId } = await brand()
    const code = `code-${++n}`
    let made!: Awaited<ReturnType<typeof company>>
    assert.deepEqual(await moved(async () => (made = await company(domainId, 'Ünï Co', [code]))), { [domainId]: 1 })
    assert.deepEqual(await stores.companies.get(made.id), made)
    assert.deepEqual(made.accountCodes, [code])
    assert.equal(made.version, 1)
    await rejectsWith('CONFLICT', company(null, 'Other', [code]))
    await rejectsWith('NOT_FOUND', company('nobody'))
    assert.deepEqual(await moved(() => company(null)), { [UNASSIGNED_SCOPE]: 1 })
    assert.equal(await stores.companies.get('nobody'), null)
    assert.deepEqual([...(await stores.companies.names([made.id, 'nobody']))], [[made.id, 'Ünï Co']])
    assert.deepEqual(await stores.companies.some([made.id, 'nobody', made.id]), [await stores.companies.get(made.id)])
  })

  it('sets, keeps and removes overrides', async () => {
    const { id: domainId } = await brand()
    const { id, version } = await company(domainId)
    assert.deepEqual(
      await moved(() =>
        stores.companies.setOverrides(
          id,
          [
            { key: 'a', override: 'SHOW', reason: 'trial', validFrom: 1000, validUntil: 2000 },
            { key: 'b', override: 'HIDE' }
          ],
          actor,
          version
        )
      ),
      { [domainId]: 1 }
    )
    await stores.companies.setOverrides(
      id,
      [
        { key: 'b', override: 'INHERIT' },
        { key: 'c', override: 'SHOW' }
      ],
      actor
    )
    const now = (await stores.companies.get(id))!
    assert.equal(now.version, 3)
    const byKey = new Map(now.overrides.map(override => [override.key, override]))
    assert.deepEqual([...byKey.keys()].sort(), ['a', 'c'])
    const { setAt, ...first } = byKey.get('a')!
    assert.equal(typeof setAt, 'number')
    assert.deepEqual(first, {
      key: 'a',
      override: 'SHOW',
      reason: 'trial',
      validFrom: 1000,
      validUntil: 2000,
      setBy: 'staff:ann'
    })
    assert.equal(byKey.get('c')!.reason, 'because')
  })

  it('refuses bad overrides whole', async () => {
    const { id, version } = await company(null)
    const set = (changes: Parameters<AccessStores['companies']['setOverrides']>[1], expected?: number) =>
      stores.companies.setOverrides(id, changes, actor, expected)
    assert.deepEqual(
      await moved(async () => {
        await rejectsWith(
          'BAD_USER_INPUT',
          set([
            { key: 'a', override: 'SHOW' },
            { key: 'a', override: 'HIDE' }
          ])
        )
        await rejectsWith(
          'BAD_USER_INPUT',
          set([
            { key: 'a', override: 'SHOW' },
            { key: 'zz', override: 'HIDE' }
          ])
        )
        await rejectsWith('BAD_USER_INPUT', set([{ key: 'a', override: 'SHOW', validFrom: 5, validUntil: 5 }]))
        await rejectsWith('CONFLICT', set([{ key: 'a', override: 'SHOW' }], version + 1))
        await rejectsWith('NOT_FOUND', stores.companies.setOverrides('nobody', [{ key: 'a', override: 'SHOW' }], actor))
      }),
      {}
    )
    assert.deepEqual((await stores.companies.get(id))!.overrides, [])
  })

  it('moves companies between scopes, both counters up by one', async () => {
    const one = (await brand()).id
    const two = (await brand()).id
    const { id, version } = await company(one)
    assert.deepEqual(await moved(() => stores.companies.assignDomain(id, two, actor, version)), { [one]: 1, [two]: 1 })
    assert.deepEqual(await moved(() => stores.companies.assignDomain(id, null, actor)), {
      [two]: 1,
      [UNASSIGNED_SCOPE]: 1
    })
    assert.equal((await stores.companies.get(id))!.domainId, null)
    await rejectsWith('CONFLICT', stores.companies.assignDomain(id, one, actor, version))
    await rejectsWith('NOT_FOUND', stores.companies.assignDomain(id, 'nobody', actor))
    await rejectsWith('NOT_FOUND', stores.companies.assignDomain('nobody', one, actor))
  })

  it('bulk edits: one result a company, chunks of 500 bump once each', async () => {
    const { id: domainId } = await brand()
    const ids: string[] = []
    for (let index = 0; index < 12; index++) ids.push((await company(domainId)).id)
    const change = [{ key: 'd', override: 'SHOW' as const }]
    const asked = [...ids.slice(0, 6), 'nobody', ...ids.slice(6)]
    const results = await stores.companies.bulkSetOverrides(asked, change, actor)
    assert.deepEqual(
      results.map(result => [result.companyId, result.ok, result.code]),
      asked.map(id => (id === 'nobody' ? [id, false, 'NOT_FOUND'] : [id, true, undefined]))
    )
    for (const id of ids) assert.equal((await stores.companies.get(id))!.overrides[0]!.override, 'SHOW')
    await rejectsWith(
      'BAD_USER_INPUT',
      stores.companies.bulkSetOverrides(ids, [...change, { key: 'd', override: 'HIDE' }], actor)
    )
    const { nodes } = await stores.audit.list({ first: 5, target: ids[3]! })
    assert.equal(nodes[0]!.action, 'bulkSetCompanyOverrides')
  })

  it('pages without gaps or repeats', async () => {
    const tag = `page${++n}`
    const made: string[] = []
    for (let index = 0; index < 7; index++) made.push((await company(null, `${tag} ${index} 100%_!`)).id)
    const seen: string[] = []
    let after: string | null = null
    do {
      const page: Awaited<ReturnType<AccessStores['companies']['list']>> = await stores.companies.list({
        first: 3,
        after,
        search: tag.toUpperCase()
      })
      assert.equal(page.totalCount, 7)
      seen.push(...page.nodes.map(node => node.id))
      after = page.hasNextPage ? page.endCursor : null
    } while (after)
    assert.deepEqual(seen, made)
    assert.equal((await stores.companies.list({ first: 9, search: `${tag} 3 100%_!` })).totalCount, 1)
    assert.equal((await stores.companies.list({ first: 9, search: `${tag}_` })).totalCount, 0)
    assert.deepEqual(await stores.companies.idsByName(tag), made)
    for (const first of [0, 501, 1.5]) await rejectsWith('BAD_USER_INPUT', stores.companies.list({ first }))
    await rejectsWith('BAD_USER_INPUT', stores.companies.list({ first: 1, after: 'nonsense' }))
    const brands = await stores.brands.list({ first: 1 })
    assert.ok(brands.hasNextPage && brands.totalCount > 1)
    const next = await stores.brands.list({ first: 500, after: brands.endCursor })
    assert.equal(next.nodes.length, brands.totalCount - 1)
  })

  it('switches plugins and entitlements, registry counter only', async () => {
    assert.deepEqual(await moved(() => stores.platform.setPlugin('calls', false, actor)), { [REGISTRY_SCOPE]: 1 })
    assert.deepEqual(await moved(() => stores.platform.setEntitlement('gold', true, actor)), { [REGISTRY_SCOPE]: 1 })
    assert.deepEqual(await stores.platform.get(), { disabledPlugins: ['calls'], entitlements: ['gold'] })
    const [entry] = (await stores.audit.list({ first: 1 })).nodes
    await stores.audit.revert(entry!.id, actor)
    await stores.platform.setPlugin('calls', true, actor)
    assert.deepEqual(await stores.platform.get(), { disabledPlugins: [], entitlements: [] })
  })

  describe('undo', () => {
    const lastOf = async (target: string) => (await stores.audit.list({ first: 1, target })).nodes[0]!

    it('restores what overrides were', async () => {
      const { id: domainId } = await brand()
      const { id } = await company(domainId)
      await stores.companies.setOverrides(
        id,
        [{ key: 'a', override: 'HIDE', reason: 'first', validUntil: 9000 }],
        actor
      )
      const old = (await stores.companies.get(id))!.overrides
      await stores.companies.setOverrides(
        id,
        [
          { key: 'a', override: 'SHOW' },
          { key: 'b', override: 'SHOW' }
        ],
        actor
      )
      const entry = await lastOf(id)
      assert.equal(entry.action, 'setCompanyOverrides')
      assert.equal(entry.actor, 'staff:ann')
      assert.equal(entry.reason, 'because')
      // Another key does not stand in the way.
      await stores.companies.setOverrides(id, [{ key: 'c', override: 'SHOW' }], actor)
      let undone!: Awaited<ReturnType<AccessStores['audit']['revert']>>
      assert.deepEqual(await moved(async () => (undone = await stores.audit.revert(entry.id, actor))), {
        [domainId]: 1
      })
      assert.equal(undone.action, 'revertChange')
      assert.deepEqual(await stores.audit.get(undone.id), undone)
      const now = (await stores.companies.get(id))!.overrides
      assert.deepEqual(
        now.find(override => override.key === 'a'),
        old[0]
      )
      assert.deepEqual(now.map(override => override.key).sort(), ['a', 'c'])
      await rejectsWith('CONFLICT', stores.audit.revert(entry.id, actor))
      // An undo can be undone.
      await stores.audit.revert(undone.id, actor)
      assert.equal((await stores.companies.get(id))!.overrides.find(override => override.key === 'a')!.override, 'SHOW')
    })

    it('is refused when something later touched the same key, even back and forth', async () => {
      const { id } = await company(null)
      await stores.companies.setOverrides(id, [{ key: 'a', override: 'SHOW' }], actor)
      const entry = await lastOf(id)
      await stores.companies.setOverrides(id, [{ key: 'a', override: 'HIDE' }], actor)
      await stores.companies.setOverrides(id, [{ key: 'a', override: 'SHOW' }], actor)
      assert.deepEqual(await moved(() => rejectsWith('CONFLICT', stores.audit.revert(entry.id, actor))), {})
    })

    it('restores features, columns and the home brand', async () => {
      const { id } = await brand()
      const other = (await brand()).id
      const before = (await stores.brands.get({ id }))!
      await stores.brands.setFeatures(
        id,
        [
          { key: 'a', enabled: false },
          { key: 'b', enabled: true }
        ],
        actor
      )
      await stores.audit.revert((await lastOf(id)).id, actor)
      await stores.brands.setColumns(id, { report: 'CDR', userType: 'CUSTOMER', columns: ['start'] }, actor)
      await stores.audit.revert((await lastOf(id)).id, actor)
      const now = (await stores.brands.get({ id }))!
      assert.deepEqual({ ...now, version: before.version }, before)
      const moving = await company(id)
      await stores.companies.assignDomain(moving.id, other, actor)
      const entry = await lastOf(moving.id)
      assert.deepEqual(await moved(() => stores.audit.revert(entry.id, actor)), { [id]: 1, [other]: 1 })
      assert.equal((await stores.companies.get(moving.id))!.domainId, id)
    })

    it('of an operation: all its companies, but those that something later touched; and back again', async () => {
      const { id: one } = await brand()
      const { id: two } = await brand()
      const ids = [(await company(one)).id, (await company(one)).id, (await company(two)).id]
      const keysOf = async (): Promise<readonly string[]> =>
        Promise.all(
          ids.map(async id =>
            (await stores.companies.get(id))!.overrides.map(each => `${each.key} ${each.override}`).join()
          )
        )
      const by = (operation: string): Actor => ({ ...actor, operation })
      const changes = [{ key: 'a', override: 'HIDE' as const }]
      await stores.companies.bulkSetOverrides(ids, changes, by('hiding'))
      assert.deepEqual(
        (await stores.audit.entriesOf('hiding')).map(({ action, target }) => [action, target]),
        (await stores.audit.list({ first: 9, operation: 'hiding' })).nodes
          .map(({ action, target }) => [action, target])
          .reverse()
      )
      assert.deepEqual([...(await stores.audit.sizesOf(['hiding', 'nothing']))], [['hiding', 3]])
      // Another key does not stand in the way, the same one does.
      await stores.companies.setOverrides(ids[0]!, [{ key: 'b', override: 'SHOW' }], actor)
      await stores.companies.setOverrides(ids[1]!, [{ key: 'a', override: 'SHOW' }], actor)
      let results: Awaited<ReturnType<AccessStores['audit']['revertOperation']>> = []
      const counters = await moved(async () => {
        results = await stores.audit.revertOperation('hiding', by('undoing'))
      })
      assert.deepEqual(Object.keys(counters).sort(), [one, two].sort())
      assert.deepEqual(
        new Map(results.map(({ companyId, ok, code }) => [companyId, ok || code])),
        new Map<string, string | true>([
          [ids[0]!, true],
          [ids[1]!, 'CONFLICT'],
          [ids[2]!, true]
        ])
      )
      assert.deepEqual(await keysOf(), ['b SHOW', 'a SHOW', ''])
      const undoing = (await stores.audit.list({ first: 9, operation: 'undoing' })).nodes
      assert.deepEqual(undoing.map(entry => entry.target).sort(), [ids[0]!, ids[2]!].sort())
      assert.ok(undoing.every(entry => entry.action === 'revertChange' && entry.operation === 'undoing'))
      assert.deepEqual(
        (await stores.audit.revertOperation('undoing', by('again'))).map(({ ok }) => ok),
        [true, true]
      )
      assert.deepEqual((await keysOf())[2], 'a HIDE')
      assert.ok((await stores.audit.revertOperation('hiding', by('late'))).every(({ code }) => code === 'CONFLICT'))
      assert.deepEqual(await stores.audit.entriesOf('late'), [])
    })

    it('of an operation that left something else is refused, and of one that nobody knows', async () => {
      const { id } = await brand()
      const by = { ...actor, operation: 'a brand’s' }
      await stores.brands.setFeatures(id, [{ key: 'b', enabled: true }], by)
      await rejectsWith('PRECONDITION_FAILED', stores.audit.revertOperation('a brand’s', actor))
      await rejectsWith('NOT_FOUND', stores.audit.revertOperation('nothing', actor))
    })

    it('knows what cannot be undone', async () => {
      const { id } = await company(null)
      await rejectsWith('PRECONDITION_FAILED', stores.audit.revert((await lastOf(id)).id, actor))
      await rejectsWith('NOT_FOUND', stores.audit.revert('nobody', actor))
      assert.equal(await stores.audit.get('nobody'), null)
    })
  })

  it('lists the audit log newest first, by target and by actor', async () => {
    const { id } = await company(null)
    await stores.companies.setOverrides(id, [{ key: 'a', override: 'SHOW' }], actor)
    await stores.companies.setOverrides(id, [{ key: 'a', override: 'HIDE' }], actor)
    const first = await stores.audit.list({ first: 2, target: id, actor: 'staff:ann' })
    assert.ok(first.hasNextPage)
    const rest = await stores.audit.list({ first: 2, target: id, after: first.endCursor })
    assert.deepEqual(
      [...first.nodes, ...rest.nodes].map(entry => entry.action),
      ['setCompanyOverrides', 'setCompanyOverrides', 'createCompany']
    )
    assert.deepEqual((await stores.audit.list({ first: 2, target: id, actor: 'nobody' })).nodes, [])
  })

  it('gives changes since a point, equal to loading everything', async () => {
    const { id: domainId } = await brand()
    const { id } = await company(domainId)
    const start = await stores.source.load()
    assert.deepEqual(await stores.source.changesSince(start.revisions), {
      ...start,
      domains: [],
      companies: []
    })
    await stores.companies.setOverrides(id, [{ key: 'a', override: 'SHOW', validUntil: 7 }], actor)
    await stores.companies.assignDomain(id, null, actor)
    const fresh = await brand()
    await stores.brands.setFeatures(fresh.id, [{ key: 'b', enabled: true }], actor)
    await stores.platform.setEntitlement('silver', true, actor)
    const changes = (await stores.source.changesSince(start.revisions))!
    const all = await stores.source.load()
    assert.deepEqual(new Map([...changes.revisions].sort()), new Map([...all.revisions].sort()))
    assert.deepEqual(new Map([...(await revisions())].sort()), new Map([...all.revisions].sort()))
    assert.deepEqual(changes.platform, all.platform)
    assert.deepEqual(
      changes.domains,
      all.domains.filter(each => each.id === fresh.id)
    )
    assert.equal(changes.companies.length, 1)
    const access = ({ id, userType, status, domainId, overrides }: (typeof all.companies)[number]) => ({
      id,
      userType,
      status,
      domainId,
      overrides: overrides.map(({ key, override, validFrom, validUntil }) => ({ key, override, validFrom, validUntil }))
    })
    assert.deepEqual(changes.companies.map(access), all.companies.filter(each => each.id === id).map(access))
    assert.equal(changes.companies[0]!.overrides[0]!.validUntil, 7)
  })

  it('loses no parallel write and leaves no gap in the counters', async () => {
    const { id: domainId } = await brand()
    const ids: string[] = []
    for (let index = 0; index < 4; index++) ids.push((await company(domainId)).id)
    const keys = ['a', 'b', 'c', 'd']
    const by = await moved(() =>
      Promise.all(
        ids.flatMap(id => keys.map(key => stores.companies.setOverrides(id, [{ key, override: 'SHOW' }], actor)))
      )
    )
    assert.deepEqual(by, { [domainId]: 16 })
    for (const id of ids) {
      const now = (await stores.companies.get(id))!
      assert.equal(now.version, 5)
      assert.deepEqual(now.overrides.map(override => override.key).sort(), keys)
    }
    // Of many that expect the same version, one wins.
    const { version } = (await stores.companies.get(ids[0]!))!
    const outcomes = await Promise.allSettled(
      keys.map(key => stores.companies.setOverrides(ids[0]!, [{ key, override: 'HIDE' }], actor, version))
    )
    assert.equal(outcomes.filter(outcome => outcome.status === 'fulfilled').length, 1)
  })
}

describe('access stores · memory', () => contract(async () => createMemoryStores({ catalogue })))
forEachDatabase('access stores', open => contract(async () => createAccessStores(await open(), catalogue)))
