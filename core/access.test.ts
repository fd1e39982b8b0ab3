import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accessTo, companyOf, domainOf, pointOf, smallPlugins, withCode } from '../test/support/access-fixture.ts'
import { Access } from './access.ts'
import { Catalogue } from './catalogue.ts'

test('unknown companies, brands and keys', () => {
  const access = accessTo()
  assert.equal(access.can('nobody', 'did', 0), false)
  assert.equal(access.can('ann', 'no-key', 0), false)
  assert.equal(access.can('ann', 'did', 0, 'nowhere'), false)
  assert.equal(access.company('nobody'), undefined)
  assert.throws(() => access.accessOf('nobody', 0), withCode('NOT_FOUND'))
  assert.throws(() => access.accessOf('ann', 0, 'nowhere'), withCode('NOT_FOUND'))
  assert.throws(() => access.anonymous('nowhere'), withCode('NOT_FOUND'))
  assert.throws(() => access.explain('ann', 'no-key', 0), withCode('BAD_USER_INPUT'))
  assert.throws(() => access.explain('nobody', 'did', 0), withCode('NOT_FOUND'))
  assert.throws(() => access.revisionOf('nobody', 0), withCode('NOT_FOUND'))
  assert.throws(() => access.cells('nobody', 0), withCode('NOT_FOUND'))
})

test('the brand asked for decides, else the home, else the default one', () => {
  const access = accessTo({ companies: [companyOf('ann'), companyOf('bob', { domainId: null })] })
  assert.equal(access.defaultDomainId, 'red')
  assert.deepEqual(access.accessOf('ann', 0).features(), ['did', 'calls', 'status'])
  assert.deepEqual(access.accessOf('ann', 0, 'blue').features(), ['status'])
  assert.equal(access.accessOf('bob', 0).domainId, 'red')
})

test('without any brand nothing is shown and nothing breaks', () => {
  const access = accessTo({ domains: [], companies: [companyOf('ann', { domainId: null })] })
  assert.equal(access.defaultDomainId, null)
  assert.equal(access.can('ann', 'recording', 0), false)
  assert.throws(() => access.accessOf('ann', 0), withCode('NOT_FOUND'))
  assert.equal(access.companiesWith({ key: 'did', effective: false, at: 0, first: 5 }).totalCount, 1)
  assert.equal(access.grid({ at: 0, offset: 0, first: 5 }).rows[0]!.cells, '---------')
})

test('anonymous sees the PUBLIC keys of the brand alone', () => {
  const access = accessTo({
    domains: [
      domainOf('red', ['status', 'status.public', 'did'], { isDefault: true }),
      domainOf('blue', ['status.public'])
    ]
  })
  assert.deepEqual(access.anonymous('red').features(), ['status.public'])
  assert.equal(access.anonymous('red').userType, null)
  assert.deepEqual(access.anonymous('blue').features(), [], 'its parent is off there')
})

test('apply changes what the point names and keeps the rest', () => {
  const access = accessTo({ companies: [companyOf('ann'), companyOf('bob', { domainId: 'blue' })] })
  access.apply({
    revisions: new Map([['blue', 2]]),
    platform: { disabledPlugins: [], entitlements: [] },
    domains: [domainOf('blue', ['did'])],
    companies: [companyOf('cid', { domainId: 'blue' })]
  })
  assert.equal(access.can('ann', 'calls', 0), true)
  assert.equal(access.can('bob', 'did', 0), true)
  assert.equal(access.can('cid', 'did', 0), true)
  assert.deepEqual(
    access.revisions,
    new Map([
      ['registry', 1],
      ['red', 1],
      ['blue', 2]
    ])
  )
  access.apply(
    pointOf({ domains: [], companies: [companyOf('ann', { overrides: [{ key: 'did', override: 'HIDE' }] })] })
  )
  assert.equal(access.can('ann', 'did', 0), false)
  access.apply(pointOf({ domains: [], companies: [companyOf('ann')] }))
  assert.equal(access.can('ann', 'did', 0), true)
  access.apply(pointOf({ domains: [domainOf('red', [])], companies: [] }))
  assert.equal(access.defaultDomainId, null, 'red is the default no more')
})

test('platform switches reach brands and companies that did not change', () => {
  const access = accessTo()
  assert.equal(access.can('ann', 'recording', 0), false)
  access.apply(
    pointOf({ domains: [], companies: [], platform: { disabledPlugins: ['numbers'], entitlements: ['recorder'] } })
  )
  assert.equal(access.can('ann', 'recording', 0), true)
  assert.equal(access.can('ann', 'did', 0), false)
  assert.equal(access.can('ann', 'servers', 0), false)
})

test('the revision names its counters, and boundaries that passed', () => {
  const overrides = [{ key: 'did', override: 'HIDE' as const, validFrom: 10, validUntil: 20 }]
  const access = accessTo({ companies: [companyOf('ann', { overrides }), companyOf('bob', { domainId: null })] })
  assert.equal(access.revisionOf('ann', 0), 'red:1 registry:1 at:0')
  assert.equal(access.revisionOf('ann', 10), 'red:1 registry:1 at:10')
  assert.equal(access.revisionOf('ann', 99, 'blue'), 'blue:0 red:1 registry:1 at:20')
  assert.equal(access.revisionOf('bob', 0), 'red:1 unassigned:0 registry:1 at:0')
  assert.deepEqual(
    [0, 9, 10, 19, 20].map(at => access.can('ann', 'did', at)),
    [true, true, false, false, true]
  )
  assert.deepEqual(
    [0, 10, 20].map(at => access.accessOf('ann', at).nextBoundary),
    [10, 20, null]
  )
})

test('states pending and inactive', () => {
  const states = (status: 'PENDING' | 'PENALTY' | 'INACTIVE', userType: 'CUSTOMER' | 'CARRIER' = 'CUSTOMER') =>
    accessTo({ companies: [companyOf('ann', { status, userType })] })
      .accessOf('ann', 0)
      .features()
  assert.deepEqual(states('PENDING'), ['status'])
  assert.deepEqual(states('PENDING', 'CARRIER'), ['gate', 'status'], 'a gate still admits')
  assert.deepEqual(states('PENALTY'), ['did', 'calls', 'status'])
  assert.deepEqual(states('INACTIVE'), [])
})

test('more features than two words hold', () => {
  const features = Array.from({ length: 150 }, (_, index) => ({
    key: `k${index}`,
    title: 'K',
    group: 'G',
    kind: 'PAGE' as const,
    userTypes: ['CUSTOMER' as const],
    ...(index > 0 ? { parents: [`k${index - 1}`], parentMode: 'HARD' as const } : {})
  }))
  const access = new Access(Catalogue.of([{ name: 'many', features }]))
  const on = features.map(({ key }) => key)
  const overrides = [{ key: 'k100', override: 'HIDE' as const }]
  access.replace(pointOf({ domains: [domainOf('red', on)], companies: [companyOf('ann', { overrides })] }))
  assert.deepEqual(access.accessOf('ann', 0).features(), on.slice(0, 100))
})

test('a column needs its report, its list, its audience and its own feature', () => {
  const columns = [{ report: 'CALLS', userType: 'CUSTOMER' as const, columns: ['server', 'start'] }]
  const companies = [
    companyOf('ann'),
    companyOf('bob', { domainId: 'blue' }),
    companyOf('car', { userType: 'CARRIER' })
  ]
  const access = accessTo({
    domains: [domainOf('red', ['gate', 'calls', 'servers'], { columns }), domainOf('blue', ['calls'])],
    companies
  })
  assert.deepEqual(access.accessOf('ann', 0).columns('CALLS'), ['server', 'start'], 'in the order of the list')
  assert.deepEqual(access.accessOf('bob', 0).columns('CALLS'), ['start', 'charge'], 'the default set')
  assert.deepEqual(access.accessOf('car', 0).columns('CALLS'), ['start'], 'no charge for a carrier')
  assert.equal(access.can('ann', 'CALLS.server', 0), true)
  assert.equal(access.can('ann', 'CALLS.charge', 0), false)
  assert.deepEqual(access.accessOf('ann', 0).columns('NOTHING'), [])
})

test('settings of a plugin that is gone are kept out of the way', () => {
  const overrides = [
    { key: 'gone.key', override: 'SHOW' as const },
    { key: 'did', override: 'HIDE' as const }
  ]
  const access = accessTo({
    domains: [
      domainOf('red', ['gone.key', 'did'], { columns: [{ report: 'GONE', userType: 'CUSTOMER', columns: ['x'] }] })
    ],
    companies: [companyOf('ann', { overrides })]
  })
  assert.deepEqual(access.accessOf('ann', 0).features(), [])
  assert.deepEqual(
    access.company('ann')?.overrides.map(override => override.key),
    ['did']
  )
})

test('bad data is refused, not guessed at', () => {
  const broken = [
    companyOf('ann', { domainId: 'nowhere' }),
    companyOf('ann', { status: 'ODD' as never }),
    companyOf('ann', { userType: 'ODD' as never })
  ]
  for (const company of broken) assert.throws(() => accessTo({ companies: [company] }), /company ann/)
})

test('a company comes back as it was put in', () => {
  const company = companyOf('ann', {
    status: 'PENALTY',
    userType: 'CARRIER',
    overrides: [
      { key: 'did', override: 'SHOW', validFrom: null, validUntil: null },
      { key: 'status.public', override: 'SHOW', validFrom: null, validUntil: null },
      { key: 'calls', override: 'HIDE', validFrom: 5, validUntil: null }
    ]
  })
  assert.deepEqual(accessTo({ companies: [company] }).company('ann'), company)
})

test('cells: one character a feature', () => {
  const overrides = [
    { key: 'calls', override: 'SHOW' as const },
    { key: 'did', override: 'HIDE' as const }
  ]
  const access = accessTo({ companies: [companyOf('ann', { overrides })] })
  assert.equal(smallPlugins.flatMap(plugin => plugin.features ?? []).length, 9)
  assert.equal(access.cells('ann', 0), '-----Vv--')
  assert.equal(access.cells('ann', 0, 'blue'), '-----Vv--')
})

test('a long look starts over when the data changes in a pause, and comes to an end all the same', async () => {
  const overrides = [{ key: 'did', override: 'SHOW' as const }]
  const idle = { at: 0, reason: 'EQUAL_TO_DEFAULT' as const }
  for (const changes of [1, Number.POSITIVE_INFINITY]) {
    const access = accessTo({ companies: [companyOf('ann', { overrides })] })
    let pauses = 0
    const pause = async (): Promise<void> => {
      if (++pauses > changes) return
      const brand = domainOf(`new-${pauses}`, [])
      const companies = [companyOf(`new-${pauses}`, { domainId: brand.id, overrides })]
      access.apply(pointOf({ domains: [brand], companies: [...companies, companyOf('ann')] }))
    }
    // The overrides of new companies count: their brands are off. What was idle at first is gone.
    assert.equal((await access.overrideHygiene({ ...idle, first: 5 }, pause)).totalCount, 0)
    assert.equal(pauses, 2, 'none the third time, and none but the first changed anything when only that did')
    assert.deepEqual(await access.companiesWithIdle(idle, 5, pause), [])
    assert.equal(access.companyCount, 1 + Math.min(changes, pauses))
  }
  await assert.rejects(
    accessTo().overrideHygiene({ ...idle, first: 5, domainId: 'nowhere' }, async () => {}),
    withCode('NOT_FOUND')
  )
})
