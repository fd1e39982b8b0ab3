import assert from 'node:assert/strict'
import { it } from 'node:test'
import { Catalogue } from '../core/catalogue.ts'
import type { Actor } from '../core/ports.ts'
import { forEachDatabase } from '../test/support/databases.ts'
import { pruneAccessChanges } from './access-source.ts'
import { createAccessStores } from './access-stores.ts'
import { insertRows } from './insert-rows.ts'
import { rowsOf } from './sql.ts'

const actor: Actor = { operator: { actor: 'staff:ann', name: 'Ann', role: 'ADMIN', ip: '192.0.2.1' } }
const catalogue = Catalogue.of([])

forEachDatabase('access source', open => {
  it('says null when the change log does not reach back, or the database is behind', async () => {
    const db = await open()
    const stores = createAccessStores(db, catalogue)
    const start = (await stores.source.clock()).revisions
    for (let index = 0; index < 4; index++) await stores.platform.setEntitlement(`e${index}`, true, actor)
    assert.equal((await stores.source.changesSince(start))!.platform.entitlements.length, 4)
    await pruneAccessChanges(db, 2)
    assert.equal(await stores.source.changesSince(start), null)
    const { revisions } = await stores.source.clock()
    assert.ok(await stores.source.changesSince(new Map(revisions).set('registry', 2)))
    assert.equal(await stores.source.changesSince(new Map(revisions).set('registry', 5)), null)
  })

  it('loads more companies than it reads at a time, in the order they were made', async () => {
    const db = await open()
    const count = 45_000
    await db.transaction(async trx => {
      const ids = Array.from({ length: count }, (_, index) => `c${(index * 7919) % count}`)
      await insertRows(
        trx,
        'company',
        ids.map((id, index) => ({
          ...{ id, seq: index + 1, name: id, name_lower: id, user_type: 'CUSTOMER', status: 'ACTIVE', currency: 'EUR' },
          created_at: 0
        }))
      )
      await insertRows(
        trx,
        'company_override',
        ids.map((id, index) => ({
          ...{
            company_id: id,
            key: `k${index % 3}`,
            override: 'SHOW',
            valid_from: null,
            valid_until: index % 2 ? 5 : null
          },
          ...{ set_by: 'x', set_at: 0 }
        }))
      )
    })
    const { companies } = await createAccessStores(db, catalogue).source.load()
    assert.equal(companies.length, count)
    for (const index of [0, 1, 19_999, 20_000, 44_999])
      assert.deepEqual(companies[index], {
        id: `c${(index * 7919) % count}`,
        userType: 'CUSTOMER',
        status: 'ACTIVE',
        domainId: null,
        overrides: [{ key: `k${index % 3}`, override: 'SHOW', validFrom: null, validUntil: index % 2 ? 5 : null }]
      })
  })

  it('commits bulk edits in chunks of 500, one revision each', async () => {
    const db = await open()
    const stores = createAccessStores(
      db,
      Catalogue.of([
        {
          name: 'p',
          features: [{ key: 'k', title: 'k', group: 'Common/Calls', kind: 'PAGE', userTypes: ['CUSTOMER'] }]
        }
      ])
    )
    const ids = Array.from({ length: 1100 }, (_, index) => `c${index}`)
    await db.transaction(trx =>
      insertRows(
        trx,
        'company',
        ids.map((id, index) => ({
          ...{ id, seq: index + 1, name: id, name_lower: id, user_type: 'CUSTOMER', status: 'ACTIVE', currency: 'EUR' },
          created_at: 0
        }))
      )
    )
    const results = await stores.companies.bulkSetOverrides(ids, [{ key: 'k', override: 'SHOW' }], actor)
    assert.ok(results.length === 1100 && results.every(result => result.ok))
    const rows = await rowsOf(
      db.reader,
      'SELECT revision, COUNT(*) AS n FROM access_change GROUP BY revision ORDER BY revision'
    )
    assert.deepEqual(rows, [
      { revision: 1, n: 500 },
      { revision: 2, n: 500 },
      { revision: 3, n: 100 }
    ])
    assert.equal((await stores.source.changesSince(new Map()))!.companies.length, 1100)
  })

  it('finds companies by id and by account code too', async () => {
    const stores = createAccessStores(await open(), catalogue)
    const made = await stores.companies.create(
      { name: 'Acme', userType: 'CARRIER', currency: 'EUR', domainId: null, status: 'ACTIVE', accountCodes: ['acc-1'] },
      actor
    )
    for (const search of ['cm', made.id, 'acc-1'])
      assert.deepEqual((await stores.companies.list({ first: 5, search })).nodes, [made])
    assert.equal((await stores.companies.list({ first: 5, userType: 'CUSTOMER' })).totalCount, 0)
  })

  it('refuses what is no host name', async () => {
    const { brands } = createAccessStores(await open(), catalogue)
    for (const fqdn of [
      'localhost',
      '192.0.2.1',
      'a..b',
      '-a.example',
      'a b.example',
      '',
      'ä.example',
      'x.1',
      `${'a'.repeat(64)}.example`
    ])
      await assert.rejects(
        brands.create({ fqdn, brandName: 'B', currencies: [], features: [] }, actor),
        { code: 'BAD_USER_INPUT' },
        fqdn
      )
    assert.equal(
      (await brands.create({ fqdn: ' Alpha.LOCALHOST', brandName: 'B', currencies: [], features: [] }, actor)).fqdn,
      'alpha.localhost'
    )
  })
})
