import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { Kind, parse } from 'graphql'
import { plugins as shipped } from '../../plugins/index.ts'
import { sampleArguments } from '../conformance/probe-arguments.ts'
import { forEachDatabase, openers } from '../support/databases.ts'
import { isLong } from '../support/length.ts'
import { testActor } from '../support/portal.ts'
import { archivedMonth, type IsolationWorld, openIsolationWorld, range, type Visitor } from './isolation-world.ts'
import { given, type Question, question, roots, send } from './probes.ts'

/** Coordinates of the portal's schema and the keys they need. */
const guarded: ReadonlyMap<string, readonly string[]> = new Map(
  parse(readFileSync(new URL('../../graphql/portal-schema.graphql', import.meta.url), 'utf8')).definitions.flatMap(
    definition =>
      definition.kind === Kind.OBJECT_TYPE_DEFINITION
        ? (definition.fields ?? []).map(field => {
            const keys = (field.directives ?? [])
              .filter(({ name }) => name.value === 'feature')
              .flatMap(({ arguments: args = [] }) =>
                args.map(({ value }) => (value.kind === Kind.STRING ? value.value : ''))
              )
            return [`${definition.name.value}.${field.name.value}`, keys] as const
          })
        : []
  )
)

const codeOf = (answer: { json: { errors?: { extensions?: { code?: string } }[] } }): string | undefined =>
  answer.json?.errors?.[0]?.extensions?.code

/** Texts of this visitor's own rows that only a feature's own pages may show. */
const dataOf = (world: IsolationWorld, visitor: Visitor): Readonly<Record<string, readonly string[]>> => {
  const { tag } = visitor.party!
  const own = world.dids.filter(({ owner, supplier }) => [owner, supplier].includes(visitor.party!))
  return {
    cdr: [`zq-${tag}-call`, `zq-${tag}-asserted`, `zq-${tag}-codec`],
    did: [...own.map(({ number }) => number), `zq-${tag}-notes`, `zq-${tag}-package`, `zq-${tag}-user`],
    'did.tags': [`zq-${tag}-tag`],
    'rtp-servers': [`zq-${tag}-rtp`],
    recording: [`zq-${tag}-rec`]
  }
}

const ask = (world: IsolationWorld, visitor: Visitor, document: string, variables: Record<string, unknown> = {}) =>
  send(world, visitor, { method: 'POST', document, variables })

/** Whatever is still to be had of a key that is off, a sentence each. */
const remains = async (world: IsolationWorld, visitor: Visitor, key: string): Promise<string[]> => {
  const found: string[] = []
  const { installation } = world.portal
  const userType = visitor.party!.userType
  const feature = installation.catalogue.feature(key)!
  const say = (what: string): void => {
    found.push(`${key} off, ${visitor.name}: ${what}`)
  }
  const gone = userType === 'CARRIER' && key === 'carrier-portal'
  const menu = await ask(
    world,
    visitor,
    '{ me { features { key } } features { key } __schema { queryType { fields { name } } mutationType { fields { name } } } }'
  )
  if (gone) {
    if (menu.json.data?.me != null || menu.json.data?.features != null) say('a barred carrier is still signed in')
    return found
  }
  const children = installation.catalogue.features
    // A public key follows the brand's values only, whatever one company is shown.
    .filter(({ parents, parentMode, kind }) => parentMode === 'HARD' && kind !== 'PUBLIC' && parents?.includes(key))
    .map(child => child.key)
  for (const hidden of [key, ...children])
    for (const list of [menu.json.data.me.features, menu.json.data.features])
      if (list.some((each: { key: string }) => each.key === hidden)) say(`${hidden} is in the menu`)
  const shown: string[] = [
    ...menu.json.data.__schema.queryType.fields,
    ...menu.json.data.__schema.mutationType.fields
  ].map(({ name }: { name: string }) => name)
  // Every root field, with all it has: hidden ones refuse, and no other one shows what belongs to the key.
  const own = Object.entries(dataOf(world, visitor)).flatMap(([of, texts]) =>
    [key, ...children].includes(of) ? texts : []
  )
  for (const root of roots) {
    const name = root.field.name
    if (['login', 'logout', 'changePassword'].includes(name)) continue
    const keys = guarded.get(root.coordinate) ?? []
    const needs = keys.some(each => each === key || children.includes(each))
    if (!needs && (root.operation === 'mutation' || own.length === 0)) continue
    const answer = await send(
      world,
      visitor,
      question(root, sampleArguments(root.coordinate, root.field, given), 'literals') as Question
    )
    if (needs) {
      if (answer.json?.data?.[name] != null) say(`${root.coordinate} answered ${answer.text.slice(0, 200)}`)
      if (!['FEATURE_DISABLED', 'FORBIDDEN'].includes(codeOf(answer) ?? ''))
        say(`${root.coordinate} said ${answer.text.slice(0, 200)}`)
      if (shown.includes(name)) say(`introspection shows ${root.coordinate}`)
    }
    const leak = own.find(text => answer.text.includes(text))
    if (leak !== undefined) say(`${root.coordinate} shows ${leak}`)
  }
  for (const plugin of installation.plugins)
    for (const grid of plugin.grids ?? []) {
      if (grid.feature !== key && !children.includes(grid.feature)) continue
      const made = await ask(
        world,
        visitor,
        'mutation ($grid: String!, $filter: JSON) { requestExport(grid: $grid, filter: $filter) { id } }',
        {
          grid: grid.name,
          filter: null
        }
      )
      if (codeOf(made) !== 'FEATURE_DISABLED') say(`requestExport(${grid.name}) said ${made.text}`)
      const before = visitor.party!.exports.find(each => each.grid === grid.name)
      if (before === undefined) continue
      // That the file was asked for is no secret; how many rows it has, and where it is, are.
      const jobs = await ask(world, visitor, '{ exportJobs { id grid rows url } }')
      const one = await ask(world, visitor, 'query ($id: ID!) { exportJob(id: $id) { id rows url } }', {
        id: before.id
      })
      const listed = jobs.json.data.exportJobs.find((job: { id: string }) => job.id === before.id)
      for (const job of [listed, one.json.data.exportJob])
        if (job.rows !== null || job.url !== null) say(`its export of ${grid.name} tells ${JSON.stringify(job)}`)
      const file = await world.portal.request(visitor.host, before.url, { session: visitor.session! })
      if (file.status === 200) say(`the file of ${grid.name} is still there`)
    }
  for (const set of installation.catalogue.columnSets) {
    const columns = await ask(world, visitor, 'query ($report: String!) { columns(report: $report) { name } }', {
      report: set.report
    })
    const names: string[] = (columns.json.data.columns ?? []).map(({ name }: { name: string }) => name)
    if (set.feature === key && names.length > 0) say(`columns(${set.report}) lists ${names.join()}`)
    for (const column of set.columns)
      if (column.requiresFeature === key && names.includes(column.name))
        say(`columns(${set.report}) lists ${column.name}`)
  }
  for (const route of installation.plugins.flatMap(plugin => plugin.routes ?? [])) {
    if (route.host !== 'PORTAL' || !route.features.includes(key)) continue
    const answer = await world.portal.request(visitor.host, route.url.replace(':month', archivedMonth), {
      method: route.method,
      session: visitor.session!
    })
    if (answer.status === 200) say(`${route.method} ${route.url} answered`)
  }
  assert.equal(feature.key, key)
  return found
}

/** Takes one key away: off at the brand, or HIDE at the company. */
const without = async (
  world: IsolationWorld,
  visitor: Visitor,
  key: string,
  way: 'BRAND' | 'COMPANY'
): Promise<string[]> => {
  const { stores } = world.portal.installation
  const { brand, company } = visitor.party!
  const set = async (on: boolean): Promise<void> => {
    if (way === 'BRAND') await stores.brands.setFeatures(brand.id, [{ key, enabled: on }], testActor)
    else await world.portal.override(company, key, on ? 'INHERIT' : 'HIDE')
  }
  await set(false)
  try {
    return await remains(world, visitor, key)
  } finally {
    await set(true)
    // A barred carrier's sessions are over for good.
    if (key === 'carrier-portal')
      Object.assign(visitor, { session: await world.portal.session(visitor.party!.contact, brand) })
  }
}

forEachDatabase('features switched off', (open, dialect) => {
  test('of each key that is off nothing is left, whichever layer says so', async t => {
    const world = await openIsolationWorld(t, open)
    await world.makeExports()
    const { features } = world.portal.installation.catalogue
    assert.equal(features.length, 49)
    const found: string[] = []
    for (const visitor of world.visitors.filter(({ name }) => name === 'a1' || name === 'ak'))
      for (const [index, { key, kind, userTypes }] of features.entries()) {
        // The short form shares the keys between the databases; the long one takes each on both.
        if (!isLong && (index % 2 === 0) !== (dialect === 'sqlite')) continue
        if (kind === 'RESTRICTION' || kind === 'PUBLIC') {
          // On is less for the user there; off must not list it either.
          const menu = await ask(world, visitor, '{ me { features { key } } }')
          if (kind === 'RESTRICTION' && menu.json.data.me.features.some((each: { key: string }) => each.key === key))
            found.push(`${key} is in the menu`)
          continue
        }
        assert.ok(userTypes.length > 0)
        found.push(
          ...(await without(world, visitor, key, index % 4 < 2 || key === 'carrier-portal' ? 'BRAND' : 'COMPANY'))
        )
      }
    for (const key of ['cdr', 'breakout', 'did', 'did.tags', 'recording', 'rtp-servers'])
      for (const way of isLong || dialect === 'sqlite' ? (['BRAND', 'COMPANY'] as const) : [])
        found.push(...(await without(world, world.visitors[0]!, key, way)))
    assert.deepEqual(found.slice(0, 10), [])
    t.diagnostic(`${world.requests} requests`)
  })
})

test('a root field without its guard, and a grid under another key, are caught', async t => {
  const careless = shipped.map(plugin => {
    if (plugin.name !== 'did') return plugin
    return {
      ...plugin,
      schema: plugin.schema!.replace(
        /(didTags[^\n]*) @feature\(key: "did"\) @feature\(key: "did.tags"\)/,
        '$1 @session'
      ),
      grids: plugin.grids!.map(grid => ({ ...grid, feature: 'cdr' }))
    }
  })
  assert.notEqual(
    careless.find(({ name }) => name === 'did')!.schema,
    shipped.find(({ name }) => name === 'did')!.schema
  )
  const world = await openIsolationWorld(t, openers.sqlite, careless)
  await world.makeExports()
  const a1 = world.visitors[0]!
  assert.match((await without(world, a1, 'did.tags', 'BRAND')).join('\n'), /Query.didTags answered/)
  assert.match((await without(world, a1, 'did', 'BRAND')).join('\n'), /didTags/)
  await world.portal.installation.stores.brands.setFeatures(
    a1.party!.brand.id,
    [{ key: 'did', enabled: false }],
    testActor
  )
  const made = await ask(world, a1, 'mutation { requestExport(grid: "DID") { id } }')
  assert.ok(made.json.data.requestExport, 'the mended grid is what the test of exports stands on')
  assert.ok(range.from < range.to)
})
