import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pointOf, smallPlugins, withCode } from '../test/support/access-fixture.ts'
import { Access } from './access.ts'
import { AccessMirror } from './access-mirror.ts'
import { Catalogue } from './catalogue.ts'
import { createMemoryStores } from './memory-store.ts'
import type { AccessPoint, AccessRevisions, AccessSource, Actor } from './ports.ts'

const actor: Actor = { operator: { actor: 'staff:1', name: 'S', role: 'ADMIN', ip: '::1' } }

/** A source whose every answer is given by hand, and which writes down what it was asked. */
class HandSource implements AccessSource {
  readonly asked: string[] = []
  revision = 1
  changes: (known: AccessRevisions) => Promise<AccessPoint | null> = async () => this.#point()
  loaded: () => Promise<AccessPoint> = async () => this.#point()

  #point(): AccessPoint {
    return pointOf({ revisions: new Map([['red', this.revision]]) })
  }

  load(): Promise<AccessPoint> {
    this.asked.push('load')
    return this.loaded()
  }

  changesSince(known: AccessRevisions): Promise<AccessPoint | null> {
    this.asked.push(`changes since ${known.get('red')}`)
    return this.changes(known)
  }

  async clock() {
    return { at: 7, revisions: new Map([['red', this.revision]]) }
  }
}

const started = async () => {
  const source = new HandSource()
  const access = new Access(Catalogue.of(smallPlugins))
  const mirror = new AccessMirror(access, source)
  await mirror.start()
  source.asked.length = 0
  return { source, access, mirror }
}
const red = (revision: number): AccessRevisions => new Map([['red', revision]])

test('up to date: answers at once and asks nothing', async () => {
  const { source, mirror } = await started()
  assert.equal(mirror.ensure(red(1)), undefined)
  assert.equal(mirror.ensure(new Map()), undefined)
  assert.deepEqual(source.asked, [])
})

test('behind: takes in the changes after what it has', async () => {
  const { source, access, mirror } = await started()
  source.revision = 3
  await mirror.ensure(red(2))
  assert.equal(access.revisions.get('red'), 3)
  assert.deepEqual(source.asked, ['changes since 1'])
})

test('a gap in the log: loads everything anew', async () => {
  const { source, mirror } = await started()
  source.revision = 2
  source.changes = async () => null
  await mirror.ensure(red(2))
  assert.deepEqual(source.asked, ['changes since 1', 'load'])
})

test('a log that does not bring it: loads anew, and refuses when that does not either', async () => {
  const { source, mirror } = await started()
  await assert.rejects(async () => mirror.ensure(red(2)), withCode('UNAVAILABLE'))
  assert.deepEqual(source.asked, ['changes since 1', 'load'])
})

test('many who wait share one synchronisation', async () => {
  const { source, mirror } = await started()
  source.revision = 2
  await Promise.all([mirror.ensure(red(2)), mirror.ensure(red(2)), mirror.ensure(red(2))])
  assert.equal(source.asked.length, 1)
})

test('a synchronisation that read before the write does not count for it', async () => {
  const { source, access, mirror } = await started()
  let answer = (_: AccessPoint) => {}
  const usual = source.changes
  source.changes = () => new Promise(resolve => (answer = resolve))
  const first = mirror.ensure(red(2))
  await new Promise(setImmediate)
  const second = mirror.ensure(red(3))
  source.revision = 3
  source.changes = usual
  answer(pointOf({ revisions: red(2) }))
  await first
  assert.equal(access.revisions.get('red')! >= 2, true)
  await second
  assert.equal(access.revisions.get('red'), 3)
  assert.deepEqual(source.asked, ['changes since 1', 'changes since 2'])
})

test('a source that is down: refuses at once, serves nothing old, works again without a restart', async () => {
  const { source, mirror } = await started()
  const usual = source.changes
  source.changes = async () => {
    throw new Error('connection refused')
  }
  source.revision = 2
  await assert.rejects(async () => mirror.ensure(red(2)), withCode('UNAVAILABLE'))
  await assert.rejects(async () => mirror.ensure(red(2)), withCode('UNAVAILABLE'), 'and again')
  assert.equal(mirror.ensure(red(1)), undefined, 'what it has is still good for who needs no more')
  source.changes = usual
  await mirror.ensure(red(2))
})

test('changes that break half-way: everything anew before the next answer', async () => {
  const { source, access, mirror } = await started()
  const usual = source.changes
  const [ann] = pointOf().companies
  source.changes = async () =>
    pointOf({
      revisions: red(2),
      companies: [
        { ...ann!, overrides: [{ key: 'did', override: 'HIDE' }] },
        { ...ann!, domainId: 'x' }
      ]
    })
  await assert.rejects(async () => mirror.ensure(red(2)), withCode('UNAVAILABLE'))
  source.changes = usual
  await mirror.ensure(red(1))
  assert.equal(access.can('ann', 'did', 0), true)
  assert.equal(source.asked.at(-1), 'load')
})

test('refresh resolves to the clock of the source, with its state taken in', async () => {
  const { source, access, mirror } = await started()
  source.revision = 5
  assert.equal(await mirror.refresh(), 7)
  assert.equal(access.revisions.get('red'), 5)
  source.clock = async () => {
    throw new Error('down')
  }
  await assert.rejects(mirror.refresh(), withCode('UNAVAILABLE'))
})

test('over the memory store: each acknowledged write is seen by the next ensure', async () => {
  const catalogue = Catalogue.of(smallPlugins)
  const stores = createMemoryStores({ catalogue })
  const access = new Access(catalogue)
  const mirror = new AccessMirror(access, stores.source)
  await mirror.start()
  const brand = await stores.brands.create({ fqdn: 'a.test', brandName: 'A', currencies: [], features: ['did'] }, actor)
  const company = await stores.companies.create(
    { name: 'A', userType: 'CUSTOMER', currency: 'EUR', domainId: null, status: 'ACTIVE', accountCodes: [] },
    actor
  )
  const sees = async (key: string) => {
    const at = await mirror.refresh()
    return access.can(company.id, key, at)
  }
  assert.equal(await sees('did'), true)
  await stores.companies.setOverrides(company.id, [{ key: 'did', override: 'HIDE' }], actor)
  assert.equal(await sees('did'), false)
  await stores.companies.assignDomain(company.id, brand.id, actor)
  await stores.companies.setOverrides(company.id, [{ key: 'did', override: 'INHERIT' }], actor)
  assert.equal(await sees('did'), true)
  await stores.brands.setFeatures(brand.id, [{ key: 'did', enabled: false }], actor)
  assert.equal(await sees('did'), false)
  const { nodes } = await stores.audit.list({ first: 1 })
  await stores.audit.revert(nodes[0]!.id, actor)
  assert.equal(await sees('did'), true)
  await stores.platform.setPlugin('numbers', false, actor)
  assert.equal(await sees('did'), false)
})
