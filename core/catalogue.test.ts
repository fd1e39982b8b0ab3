import assert from 'node:assert/strict'
import { test } from 'node:test'
import { smallPlugins } from '../test/support/access-fixture.ts'
import { Catalogue, type CatalogueSource } from './catalogue.ts'
import type { ColumnDefinition } from './column-set.ts'
import { ConfigurationError } from './errors.ts'
import type { FeatureDefinition } from './feature.ts'

test('features have the first bits in the order of the plugins, columns the rest', () => {
  const catalogue = Catalogue.of(smallPlugins)
  assert.deepEqual(
    [...catalogue.features, ...catalogue.columns].map(entry => entry.bit),
    Array.from({ length: catalogue.size }, (_, bit) => bit)
  )
  assert.equal(catalogue.size, 13)
  assert.equal(catalogue.bit('gate'), 0)
  assert.equal(catalogue.bit('CALLS.start'), 9)
  assert.equal(catalogue.column('CALLS.charge')?.report, 'CALLS')
  assert.equal(catalogue.feature('did.edit')?.plugin, 'numbers')
  assert.equal(catalogue.columnSet('CALLS')?.plugin, 'calls')
  assert.equal(catalogue.bit('nothing'), undefined)
  assert.equal(catalogue.feature('CALLS.start'), undefined)
})

test('it is frozen', () => {
  const { features } = Catalogue.of(smallPlugins)
  assert.throws(() => (features as unknown[]).push(1), TypeError)
  assert.throws(() => Object.assign(features[0]!, { key: 'x' }), TypeError)
})

const feature = (more: Partial<FeatureDefinition>): FeatureDefinition => ({
  key: 'a',
  title: 'A',
  group: 'G',
  kind: 'PAGE',
  userTypes: ['CUSTOMER'],
  ...more
})
const column = (more: Partial<ColumnDefinition>): ColumnDefinition => ({
  name: 'c',
  title: 'C',
  type: 'string',
  audience: ['CUSTOMER'],
  ...more
})
const features = (...list: readonly Partial<FeatureDefinition>[]): CatalogueSource[] => [
  { name: 'p', features: list.map(feature) }
]
const report = (columns: readonly Partial<ColumnDefinition>[], more: { report?: string; feature?: string } = {}) => [
  {
    name: 'p',
    features: [feature({})],
    columnSets: [{ report: 'R', title: 'R', feature: 'a', columns: columns.map(column), ...more }]
  }
]

const refused: Readonly<Record<string, readonly [CatalogueSource[], RegExp]>> = {
  'a plugin listed twice': [[{ name: 'p' }, { name: 'p' }], /"p" is listed twice/],
  'a duplicate key': [
    [...features({}), { name: 'q', features: [feature({})] }],
    /"a" of plugin "q" is already declared by plugin "p": choose another key/
  ],
  'a malformed key': [features({ key: 'A b' }), /"A b" of plugin "p" has a malformed key/],
  'a PUBLIC key with user types': [features({ kind: 'PUBLIC' }), /PUBLIC but names user types/],
  'a key for nobody': [features({ userTypes: [] }), /has no user type/],
  'parents without a mode': [features({}, { key: 'b', parents: ['a'] }), /"b".*no parentMode/],
  'a mode without parents': [features({ parentMode: 'HARD' }), /a parentMode but no parents/],
  'an unknown parent': [features({ parents: ['x'], parentMode: 'HARD' }), /unknown parent "x": correct the key/],
  'a parent named twice': [features({}, { key: 'b', parents: ['a', 'a'], parentMode: 'ANY' }), /parent twice/],
  'a circle of parents': [
    features({ parents: ['b'], parentMode: 'HARD' }, { key: 'b', parents: ['a'], parentMode: 'SOFT' }),
    /circle of parents \(a → b → a\)/
  ],
  'a restriction that a parent would lift': [
    features({}, { key: 'b', kind: 'RESTRICTION', parents: ['a'], parentMode: 'HARD' }),
    /restriction with HARD parents: say MOOT/
  ],
  'a gate with parents': [
    features({}, { key: 'b', kind: 'GATE', parents: ['a'], parentMode: 'HARD' }),
    /gate with parents/
  ],
  'a malformed report': [report([{}], { report: 'r' }), /Report "r".*malformed name/],
  'a report twice': [
    [...report([{}]), { name: 'q', columnSets: [{ report: 'R', title: 'R', feature: 'a', columns: [] }] }],
    /Report "R" of plugin "q" is already declared by plugin "p"/
  ],
  'a report of an unknown feature': [report([{}], { feature: 'x' }), /unknown feature "x"/],
  'a malformed column': [report([{ name: 'a-b' }]), /malformed column "a-b"/],
  'a column twice': [report([{}, {}]), /column "c" twice/],
  'a column for nobody': [report([{ audience: [] }]), /column "c" for nobody/],
  'a column that requires an unknown feature': [report([{ requiresFeature: 'x' }]), /requires the unknown feature "x"/]
}

for (const [what, [plugins, message]] of Object.entries(refused))
  test(`it refuses ${what}`, () => {
    assert.throws(
      () => Catalogue.of(plugins),
      (error: Error) => error instanceof ConfigurationError && message.test(error.message)
    )
  })
