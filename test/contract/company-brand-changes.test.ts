import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { Access } from '../../core/access.ts'
import { AccessMirror } from '../../core/access-mirror.ts'
import { Catalogue } from '../../core/catalogue.ts'
import type { CompanyMove } from '../../core/company-status.ts'
import { type CompanyStatus, companyStatuses } from '../../core/feature.ts'
import { createMemoryStores } from '../../core/memory-store.ts'
import { type AccessStores, type Actor, type CompanySort, REGISTRY_SCOPE } from '../../core/ports.ts'
import { createAccessStores } from '../../db/access-stores.ts'
import { forEachDatabase } from '../support/databases.ts'
import { rejectsWith } from '../support/rejects-with.ts'

const catalogue = Catalogue.of([
  {
    name: 'calls',
    features: ['a', 'b'].map(key => ({
      key,
      title: key,
      group: 'Common/Calls',
      kind: 'PAGE' as const,
      userTypes: ['CUSTOMER', 'CARRIER'] as const
    }))
  }
])

const actor: Actor = {
  operator: { actor: 'staff:ann', name: 'Ann', role: 'ADMIN', ip: '192.0.2.1' },
  reason: 'because'
}

/** Where each move leads, written down apart from the code. Of a closed company: from ACTIVE. */
const allowed: Readonly<Record<CompanyMove, Partial<Record<CompanyStatus, CompanyStatus>>>> = {
  approve: { PENDING_APPROVAL: 'ACTIVE', PENDING: 'ACTIVE' },
  suspend: { ACTIVE: 'PENALTY' },
  close: { ACTIVE: 'INACTIVE', PENDING_APPROVAL: 'INACTIVE', PENDING: 'INACTIVE', PENALTY: 'INACTIVE' },
  reopen: { PENALTY: 'ACTIVE', INACTIVE: 'ACTIVE' }
}

/** Changes of companies and brands, as every implementation of the stores must make them. */
const contract = (make: () => Promise<AccessStores>): void => {
  let stores: AccessStores
  let n = 0
  before(async () => {
    stores = await make()
    await brand()
  })
  const brand = (features: readonly string[] = []) =>
    stores.brands.create(
      { fqdn: `b${++n}.example.test`, brandName: `Brand ${n}`, currencies: ['EUR', 'USD'], features },
      actor
    )
  const company = (
    domainId: string | null,
    input: { readonly name?: string; readonly accountCodes?: readonly string[]; readonly status?: CompanyStatus } = {}
  ) =>
    stores.companies.create(
      {
        name: `Company ${++n}`,
        userType: 'CUSTOMER',
        currency: 'EUR',
        domainId,
        status: 'ACTIVE',
        accountCodes: [],
        ...input
      },
      actor
    )
  /** Which counters `work` moved, and by how much; -1 for one that went. */
  const moved = async (work: () => Promise<unknown>): Promise<Record<string, number>> => {
    const old = (await stores.source.clock()).revisions
    await work()
    const { revisions } = await stores.source.clock()
    const scopes = [...new Set([...old.keys(), ...revisions.keys()])]
    const changes = scopes.map(
      scope => [scope, revisions.has(scope) ? revisions.get(scope)! - (old.get(scope) ?? 0) : -1] as const
    )
    return Object.fromEntries(changes.filter(([, by]) => by !== 0))
  }
  /** Entries of a target since it was made, newest first. */
  const entriesOf = async (target: string) => (await stores.audit.list({ first: 50, target })).nodes
  const lastOf = async (target: string) => (await entriesOf(target))[0]!
  const facts = (entry: { action: string; before: string | null; after: string | null; reason: string | null }) => [
    entry.action,
    JSON.parse(entry.before ?? 'null'),
    JSON.parse(entry.after ?? 'null'),
    entry.reason
  ]

  describe('a company', () => {
    it('changes name and account codes: version up, one entry with what changed, no counter', async () => {
      const home = await brand()
      const made = await company(home.id, { name: 'Old', accountCodes: ['z-1', 'a-1'].map(code => `${code}-${n}`) })
      const [a, z] = made.accountCodes.toSorted() as [string, string]
      let now!: typeof made
      assert.deepEqual(
        await moved(async () => {
          now = await stores.companies.update(
            made.id,
            { name: '=cmd() Ünï', accountCodes: [z, `m-${n}`] },
            actor,
            made.version
          )
        }),
        {}
      )
      assert.equal(now.name, '=cmd() Ünï')
      assert.deepEqual(now.accountCodes.toSorted(), [`m-${n}`, z].toSorted())
      assert.equal(now.version, made.version + 1)
      assert.deepEqual(await stores.companies.get(made.id), now)
      assert.equal((await stores.companies.list({ first: 5, search: 'ÜNÏ' })).totalCount, 1)
      assert.deepEqual(facts(await lastOf(made.id)), [
        'updateCompany',
        { name: 'Old', accountCodes: [a, z] },
        { name: '=cmd() Ünï', accountCodes: [`m-${n}`, z] },
        'because'
      ])
      // What was given up is free for others; what is kept is not.
      await company(home.id, { accountCodes: [a] })
      await assert.rejects(
        company(home.id, { accountCodes: [z] }),
        (error: Error & { code?: string }) => error.code === 'CONFLICT' && error.message.includes(z)
      )
    })

    it('keeps what is left out, and leaves no entry when nothing changes', async () => {
      const made = await company(null, { accountCodes: [`keep-${++n}`] })
      const same = await stores.companies.update(made.id, { name: made.name }, actor, made.version)
      assert.deepEqual(same, made)
      await stores.companies.update(made.id, { accountCodes: made.accountCodes }, actor)
      await stores.companies.update(made.id, {}, actor)
      assert.equal((await entriesOf(made.id)).length, 1)
      const renamed = await stores.companies.update(made.id, { name: 'Renamed' }, actor)
      assert.deepEqual(renamed.accountCodes, made.accountCodes)
      assert.deepEqual(facts(await lastOf(made.id)).slice(1, 3), [{ name: made.name }, { name: 'Renamed' }])
    })

    it('is not changed by a refused call', async () => {
      const other = await company(null, { accountCodes: [`taken-${++n}`] })
      const made = await company(null, { accountCodes: [`own-${n}`] })
      const update = (input: Parameters<AccessStores['companies']['update']>[1], version?: number) =>
        stores.companies.update(made.id, input, actor, version)
      await rejectsWith('CONFLICT', update({ name: 'x' }, made.version + 1))
      await assert.rejects(update({ name: 'x', accountCodes: [`free-${n}`, other.accountCodes[0]!] }), {
        code: 'CONFLICT',
        message: `The account code ${other.accountCodes[0]} is taken.`
      })
      await rejectsWith('NOT_FOUND', stores.companies.update('nobody', { name: 'x' }, actor))
      assert.deepEqual(await stores.companies.get(made.id), made)
      assert.equal((await entriesOf(made.id)).length, 1)
    })

    it('is given back its name and codes, unless they changed again or are taken', async () => {
      const made = await company(null, { name: 'First', accountCodes: [`first-${++n}`] })
      await stores.companies.update(made.id, { name: 'Second', accountCodes: [] }, actor)
      const entry = await lastOf(made.id)
      const thief = await company(null, { accountCodes: made.accountCodes })
      await rejectsWith('CONFLICT', stores.audit.revert(entry.id, actor))
      await stores.companies.update(thief.id, { accountCodes: [] }, actor)
      const undone = await stores.audit.revert(entry.id, actor)
      assert.equal(undone.action, 'revertChange')
      const now = (await stores.companies.get(made.id))!
      assert.deepEqual({ ...now, version: made.version }, made)
      await stores.companies.update(made.id, { name: 'Third' }, actor)
      await rejectsWith('CONFLICT', stores.audit.revert(undone.id, actor))
    })

    it('moves from status to status as the table says, and in no other way', async () => {
      const home = await brand()
      for (const status of companyStatuses)
        for (const move of Object.keys(allowed) as CompanyMove[]) {
          const made = await company(home.id, { status })
          const to = allowed[move][status]
          const change = () => stores.companies.changeStatus(made.id, move, actor, made.version)
          if (to === undefined) {
            await assert.rejects(
              change(),
              (error: Error & { code?: string; extensions?: { possible?: string[] } }) =>
                error.code === 'PRECONDITION_FAILED' &&
                error.message.includes(status) &&
                error.extensions?.possible?.join() ===
                  (Object.keys(allowed) as CompanyMove[]).filter(each => allowed[each][status]).join(),
              `${status} ${move}`
            )
            assert.deepEqual(await stores.companies.get(made.id), made)
            continue
          }
          assert.deepEqual(await moved(change), { [home.id]: 1 }, `${status} ${move}`)
          const now = (await stores.companies.get(made.id))!
          assert.deepEqual(now, { ...made, status: to, version: made.version + 1 })
          assert.deepEqual(facts(await lastOf(made.id)), [`${move}Company`, { status }, { status: to }, 'because'])
          // Two operators: the second one's change was meant for what it was before.
          await rejectsWith('CONFLICT', change())
        }
      await rejectsWith('NOT_FOUND', stores.companies.changeStatus('nobody', 'close', actor))
    })

    it('reopens as what it was when it was closed, with all it had', async () => {
      for (const status of ['ACTIVE', 'PENDING_APPROVAL', 'PENDING', 'PENALTY'] as const) {
        const made = await company(null, { status, accountCodes: [`c-${++n}`] })
        await stores.companies.setOverrides(made.id, [{ key: 'a', override: 'SHOW' }], actor)
        const open = (await stores.companies.get(made.id))!
        await stores.companies.changeStatus(made.id, 'close', actor)
        const reopened = await stores.companies.changeStatus(made.id, 'reopen', actor)
        assert.deepEqual({ ...reopened, version: open.version }, open)
        // Also when the closing came about by undoing.
        const entry = await lastOf(made.id)
        await stores.audit.revert(entry.id, actor)
        assert.equal((await stores.companies.get(made.id))!.status, 'INACTIVE')
        assert.equal((await stores.companies.changeStatus(made.id, 'reopen', actor)).status, status)
      }
    })

    it('takes a move back, unless a later one came', async () => {
      const home = await brand()
      const made = await company(home.id)
      await stores.companies.changeStatus(made.id, 'suspend', actor)
      const suspended = await lastOf(made.id)
      // Another field does not stand in the way.
      await stores.companies.update(made.id, { name: 'Meanwhile' }, actor)
      assert.deepEqual(await moved(() => stores.audit.revert(suspended.id, actor)), { [home.id]: 1 })
      assert.equal((await stores.companies.get(made.id))!.status, 'ACTIVE')
      await rejectsWith('CONFLICT', stores.audit.revert(suspended.id, actor))
    })

    it('leaves no entry when a move of brand or an override says what is so already', async () => {
      const home = await brand()
      const made = await company(home.id)
      await stores.companies.setOverrides(made.id, [{ key: 'a', override: 'SHOW', reason: 'why' }], actor)
      const now = (await stores.companies.get(made.id))!
      assert.deepEqual(
        await moved(async () => {
          await stores.companies.assignDomain(made.id, home.id, actor, now.version)
          await stores.companies.setOverrides(
            made.id,
            [
              { key: 'a', override: 'SHOW', reason: 'why' },
              { key: 'b', override: 'INHERIT' }
            ],
            actor,
            now.version
          )
          const same = [{ key: 'a', override: 'SHOW' as const, reason: 'why' }]
          const [result] = await stores.companies.bulkSetOverrides([made.id], same, actor)
          assert.equal(result?.ok, true)
        }),
        {}
      )
      assert.deepEqual(await stores.companies.get(made.id), now)
      assert.equal((await entriesOf(made.id)).length, 2)
      // Another reason is a change, and a key beside one that stays is the only one in the entry.
      await stores.companies.setOverrides(
        made.id,
        [
          { key: 'a', override: 'SHOW', reason: 'why' },
          { key: 'b', override: 'HIDE' }
        ],
        actor
      )
      assert.deepEqual(Object.keys(JSON.parse((await lastOf(made.id)).after!)), ['override:b'])
    })

    it('is found by status and brand, sorted either way, page by page', async () => {
      const home = await brand()
      const names = ['beta', 'Alpha', 'alpha', 'Gamma', 'delta 1', 'delta 1']
      const made: Awaited<ReturnType<typeof company>>[] = []
      for (const name of names) made.push(await company(home.id, { name }))
      await stores.companies.changeStatus(made[3]!.id, 'suspend', actor)
      const walk = async (sort: CompanySort, first = 2): Promise<readonly string[]> => {
        const seen: string[] = []
        for (let after: string | null = null; ; ) {
          const page: Awaited<ReturnType<AccessStores['companies']['list']>> = await stores.companies.list({
            first,
            after,
            domainId: home.id,
            sort
          })
          assert.equal(page.totalCount, names.length)
          seen.push(...page.nodes.map(node => node.id))
          if (!page.hasNextPage) return seen
          after = page.endCursor
        }
      }
      const ids = made.map(each => each.id)
      const byName = (await walk('name', 500)).map(id => made[ids.indexOf(id)]!.name.toLowerCase())
      assert.deepEqual(byName, ['alpha', 'alpha', 'beta', 'delta 1', 'delta 1', 'gamma'])
      assert.deepEqual(await walk('name'), await walk('name', 500))
      assert.deepEqual(await walk('-name'), (await walk('name')).toReversed())
      assert.deepEqual(await walk('createdAt'), ids)
      assert.deepEqual(await walk('-createdAt'), ids.toReversed())
      const penalty = await stores.companies.list({ first: 5, domainId: home.id, status: 'PENALTY' })
      assert.deepEqual(
        penalty.nodes.map(each => each.id),
        [ids[3]]
      )
      await rejectsWith('BAD_USER_INPUT', stores.companies.list({ first: 1, sort: 'name', after: 'nonsense' }))
    })

    it('is found by id, by account code, and by what others know of it', async () => {
      const tag = `tag${++n}`
      const one = await company(null, { name: `${tag} one`, accountCodes: [`${tag}-code`] })
      const two = await company(null, { name: `${tag} two` })
      const find = async (search: string, alsoIds: readonly string[] = []) =>
        (await stores.companies.list({ first: 9, search, alsoIds })).nodes.map(each => each.id)
      assert.deepEqual(await find(one.id), [one.id])
      assert.deepEqual(await find(`${tag}-code`), [one.id])
      assert.deepEqual(await find(`${tag} two`, [one.id, one.id, 'nobody']), [one.id, two.id])
      assert.deepEqual(await find('such a number', [two.id]), [two.id])
      assert.deepEqual(await find('such a number'), [])
    })
  })

  describe('a brand', () => {
    it('changes name and currencies; its companies keep theirs', async () => {
      const made = await brand(['a'])
      const customer = await company(made.id)
      let now!: typeof made
      assert.deepEqual(
        await moved(async () => {
          const input = { brandName: 'Ünïcom', currencies: ['USD'] }
          now = await stores.brands.update(made.id, input, actor, made.version)
        }),
        { [made.id]: 1 }
      )
      assert.deepEqual(now, { ...made, brandName: 'Ünïcom', currencies: ['USD'], version: made.version + 1 })
      assert.equal((await stores.companies.get(customer.id))!.currency, 'EUR')
      assert.equal((await stores.brands.list({ first: 9, search: 'ÜNÏCOM' })).totalCount, 1)
      const entry = await lastOf(made.id)
      assert.deepEqual(facts(entry), [
        'updatePortalDomain',
        { brandName: made.brandName, currencies: ['EUR', 'USD'] },
        { brandName: 'Ünïcom', currencies: ['USD'] },
        'because'
      ])
      await stores.brands.update(made.id, { brandName: 'Ünïcom' }, actor)
      assert.deepEqual(await stores.brands.get({ id: made.id }), now)
      await rejectsWith('CONFLICT', stores.brands.update(made.id, { brandName: 'x' }, actor, made.version))
      await rejectsWith('NOT_FOUND', stores.brands.update('nobody', { brandName: 'x' }, actor))
      await stores.audit.revert(entry.id, actor)
      assert.deepEqual({ ...(await stores.brands.get({ id: made.id }))!, version: made.version }, made)
      assert.deepEqual(
        (await entriesOf(made.id)).map(each => each.action),
        ['revertChange', 'updatePortalDomain', 'createPortalDomain']
      )
    })

    it('leaves no entry when features and columns are what they were', async () => {
      const made = await brand(['a'])
      assert.deepEqual(
        await moved(() => stores.brands.setFeatures(made.id, [{ key: 'a', enabled: true }], actor, made.version)),
        {}
      )
      assert.deepEqual(await stores.brands.get({ id: made.id }), made)
      assert.equal((await entriesOf(made.id)).length, 1)
    })

    it('is disabled and enabled, once each; the list tells them apart', async () => {
      const made = await brand()
      const disabled = await stores.brands.setEnabled(made.id, false, actor, made.version)
      assert.equal(disabled.enabled, false)
      assert.deepEqual(await moved(() => stores.brands.setEnabled(made.id, false, actor, disabled.version)), {})
      const listed = async (enabled: boolean) =>
        (await stores.brands.list({ first: 500, enabled })).nodes.some(each => each.id === made.id)
      assert.deepEqual([await listed(true), await listed(false)], [false, true])
      const entry = await lastOf(made.id)
      assert.deepEqual(facts(entry), ['disablePortalDomain', { enabled: true }, { enabled: false }, 'because'])
      assert.deepEqual(await moved(() => stores.audit.revert(entry.id, actor)), { [made.id]: 1 })
      assert.equal((await stores.brands.get({ id: made.id }))!.enabled, true)
      await rejectsWith('CONFLICT', stores.brands.setEnabled(made.id, false, actor, made.version))
      await rejectsWith('NOT_FOUND', stores.brands.setEnabled('nobody', false, actor))
    })

    it('becomes the default one: both brands change, both have an entry, either takes it back', async () => {
      const old = (await stores.brands.list({ first: 500 })).nodes.find(each => each.isDefault)!
      const next = await brand()
      assert.deepEqual(await moved(() => stores.brands.setDefault(next.id, actor, next.version)), {
        [old.id]: 1,
        [next.id]: 1
      })
      const defaults = async () =>
        (await stores.brands.list({ first: 500 })).nodes.filter(each => each.isDefault).map(each => each.id)
      assert.deepEqual(await defaults(), [next.id])
      const entries = [await lastOf(old.id), await lastOf(next.id)]
      for (const entry of entries)
        assert.deepEqual(facts(entry), ['setDefaultPortalDomain', { default: old.id }, { default: next.id }, 'because'])
      assert.deepEqual(await moved(() => stores.brands.setDefault(next.id, actor)), {})
      const undone = await stores.audit.revert(entries[0]!.id, actor)
      assert.equal(undone.target, old.id)
      assert.deepEqual(await defaults(), [old.id])
      // The other entry of the same change is undone with it.
      await rejectsWith('CONFLICT', stores.audit.revert(entries[1]!.id, actor))
      const third = await brand()
      await stores.brands.setDefault(next.id, actor)
      const second = await lastOf(next.id)
      await stores.brands.setDefault(third.id, actor)
      await rejectsWith('CONFLICT', stores.audit.revert(second.id, actor))
      await stores.brands.setDefault(old.id, actor)
      await rejectsWith('NOT_FOUND', stores.brands.setDefault('nobody', actor))
      await rejectsWith('CONFLICT', stores.brands.setDefault(next.id, actor, next.version))
    })

    it('that is the default one is neither disabled nor deleted, and a disabled one does not become it', async () => {
      const { id } = (await stores.brands.list({ first: 500 })).nodes.find(each => each.isDefault)!
      const other = await brand()
      await stores.brands.setEnabled(other.id, false, actor)
      assert.deepEqual(
        await moved(async () => {
          await rejectsWith('PRECONDITION_FAILED', stores.brands.setEnabled(id, false, actor))
          await rejectsWith('PRECONDITION_FAILED', stores.brands.remove(id, other.id, actor))
          await rejectsWith('PRECONDITION_FAILED', stores.brands.setDefault(other.id, actor))
        }),
        {}
      )
      // Nor by undoing: it was made the default one after it had been enabled.
      await stores.brands.setEnabled(other.id, true, actor)
      const enabled = await lastOf(other.id)
      await stores.brands.setDefault(other.id, actor)
      await rejectsWith('PRECONDITION_FAILED', stores.audit.revert(enabled.id, actor))
      await stores.brands.setDefault(id, actor)
    })

    it('is deleted when nobody lives there, or when all move', async () => {
      const empty = await brand(['a'])
      assert.deepEqual(await moved(() => stores.brands.remove(empty.id, null, actor, empty.version)), {
        [empty.id]: -1,
        [REGISTRY_SCOPE]: 1
      })
      assert.equal(await stores.brands.get({ id: empty.id }), null)
      const gone = await lastOf(empty.id)
      assert.equal(gone.action, 'deletePortalDomain')
      assert.equal(JSON.parse(gone.before ?? '{}').fqdn, empty.fqdn)
      await rejectsWith('PRECONDITION_FAILED', stores.audit.revert(gone.id, actor))

      const full = await brand()
      const next = await brand()
      const made = [await company(full.id), await company(full.id)]
      await assert.rejects(stores.brands.remove(full.id, null, actor), {
        code: 'PRECONDITION_FAILED',
        message: /^2 companies are at home.*reassignTo/
      })
      await rejectsWith('NOT_FOUND', stores.brands.remove(full.id, 'nobody', actor))
      await rejectsWith('BAD_USER_INPUT', stores.brands.remove(full.id, full.id, actor))
      await rejectsWith('CONFLICT', stores.brands.remove(full.id, next.id, actor, full.version + 1))
      assert.equal(await stores.brands.remove(full.id, next.id, actor, full.version), 2)
      for (const each of made) {
        const now = (await stores.companies.get(each.id))!
        assert.deepEqual(now, { ...each, domainId: next.id, version: each.version + 1 })
        assert.deepEqual(facts(await lastOf(each.id)), [
          'assignCompanyDomain',
          { domain: full.id },
          { domain: next.id },
          'because'
        ])
        // There is no way back to what is gone.
        await rejectsWith('NOT_FOUND', stores.audit.revert((await lastOf(each.id)).id, actor))
      }
      await rejectsWith('NOT_FOUND', stores.brands.remove(full.id, null, actor))
    })
  })

  it('a process that knew the state before sees each of these changes at once', async () => {
    const access = new Access(catalogue)
    const mirror = new AccessMirror(access, stores.source)
    const [on, off] = [await brand(['a']), await brand()]
    const homeless = await company(null)
    const settled = await company(on.id, { status: 'PENDING' })
    await stores.brands.setDefault(on.id, actor)
    const sees = async (id: string) => {
      const at = await mirror.refresh()
      return access.can(id, 'a', at)
    }
    assert.deepEqual([await sees(homeless.id), await sees(settled.id)], [true, false])
    await stores.companies.changeStatus(settled.id, 'approve', actor)
    assert.equal(await sees(settled.id), true)
    await stores.companies.changeStatus(settled.id, 'close', actor)
    assert.equal(await sees(settled.id), false)
    await stores.companies.changeStatus(settled.id, 'reopen', actor)
    assert.equal(await sees(settled.id), true)
    await stores.brands.setDefault(off.id, actor)
    assert.equal(await sees(homeless.id), false)
    assert.equal(access.defaultDomainId, off.id)
    await stores.brands.remove(on.id, off.id, actor)
    assert.equal(await sees(settled.id), false)
    assert.equal(access.domain(on.id), undefined)
    assert.equal(access.company(settled.id)?.domainId, off.id)
    await stores.companies.setOverrides(settled.id, [{ key: 'a', override: 'SHOW' }], actor)
    assert.equal(await sees(settled.id), true)
  })
}

describe('changes of companies and brands · memory', () => contract(async () => createMemoryStores({ catalogue })))
forEachDatabase('changes of companies and brands', open =>
  contract(async () => createAccessStores(await open(), catalogue))
)
