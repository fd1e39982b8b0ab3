import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { test } from 'node:test'
import semver from 'semver'
import { Catalogue } from '../core/catalogue.ts'
import { engineVersion, orderPlugins } from '../core/plugin-order.ts'
import { plugins } from '../plugins/index.ts'
import { featureTable } from './fixtures/feature-table.ts'

const letters = { CUSTOMER: 'C', CARRIER: 'K' }

test('the shipped plugins pass the order checks as listed', () => {
  assert.deepEqual(orderPlugins(plugins, engineVersion, semver.satisfies), plugins)
})

test('the registry holds exactly the 49 keys of the table, in its order', () => {
  const features = Catalogue.of(plugins).features
  assert.deepEqual(
    features.map(({ key, title, group, userTypes, kind, parents, parentMode, plugin }) => [
      key,
      title,
      group,
      userTypes.map(type => letters[type]).join(' ') || 'P',
      kind,
      parents.join(' '),
      parentMode ?? '',
      plugin
    ]),
    featureTable.map(([key, title, group, types, kind, ...rest]) => [
      key,
      title,
      group,
      types,
      kind === 'PAGE+ABILITY' ? 'PAGE' : kind,
      ...rest
    ])
  )
  assert.equal(features.length, 49)
})

test('every feature and every column has an Arabic title too', () => {
  const { features, columns } = Catalogue.of(plugins)
  assert.deepEqual(
    [...features, ...columns]
      .filter(({ titles }) => !/\p{Script=Arabic}/u.test(titles?.ar ?? ''))
      .map(({ key }) => key),
    []
  )
})

test('every group and every unit of letters has an Arabic word too', () => {
  const { features, columns } = Catalogue.of(plugins)
  const isArabic = (text: string | undefined): boolean => /\p{Script=Arabic}/u.test(text ?? '')
  assert.deepEqual(
    features.filter(({ groups }) => !isArabic(groups?.ar)).map(({ group }) => group),
    []
  )
  assert.deepEqual(
    columns.filter(({ unit, units }) => /[a-z]/i.test(unit ?? '') && !isArabic(units?.ar)).map(({ key }) => key),
    []
  )
  assert.ok(columns.some(({ unit }) => unit === 's'))
})

test('plugins that share a group call it alike in every language', () => {
  const declared = plugins.flatMap(plugin => plugin.features ?? [])
  const words = new Map<string, Set<string>>()
  for (const { group, groups } of declared)
    if (groups !== undefined) words.set(group, (words.get(group) ?? new Set()).add(JSON.stringify(groups)))
  assert.deepEqual(
    [...words].filter(([, each]) => each.size > 1).map(([group]) => group),
    []
  )
})

test('no two features and no two columns that one viewer may have share an Arabic title', () => {
  const { features, columnSets } = Catalogue.of(plugins)
  const twice = (entries: readonly { readonly titles?: Readonly<Record<string, string>> }[]): (string | undefined)[] =>
    entries.map(({ titles }) => titles?.ar).filter((title, at, all) => all.indexOf(title) !== at)
  assert.deepEqual(twice(features), [])
  for (const { columns } of columnSets)
    for (const type of ['CUSTOMER', 'CARRIER'] as const)
      assert.deepEqual(twice(columns.filter(({ audience }) => audience.includes(type))), [])
})

test('all keys are off until somebody turns them on', () => {
  assert.deepEqual(
    Catalogue.of(plugins)
      .features.filter(feature => feature.default)
      .map(feature => feature.key),
    []
  )
})

test('the properties the table does not show stand where they belong', () => {
  const keysWith = (holds: (feature: Catalogue['features'][number]) => unknown): string[] =>
    Catalogue.of(plugins)
      .features.filter(holds)
      .map(feature => feature.key)
  assert.deepEqual(
    keysWith(feature => feature.entitlement),
    ['recording', 'recording.download']
  )
  assert.deepEqual(
    keysWith(feature => feature.whilePending),
    ['status']
  )
  assert.deepEqual(
    keysWith(feature => feature.changeableInPenalty),
    ['payments', 'voucher']
  )
})

test('every folder of plugins is listed, named after its plugin', () => {
  const folders = readdirSync(new URL('../plugins', import.meta.url), { withFileTypes: true })
  assert.deepEqual(
    folders
      .filter(entry => entry.isDirectory())
      .map(entry => entry.name)
      .sort(),
    plugins.map(plugin => plugin.name).sort()
  )
})
