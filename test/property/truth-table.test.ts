import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Access } from '../../core/access.ts'
import { Catalogue } from '../../core/catalogue.ts'
import type { FeatureDefinition, FeatureKind, ParentMode, UserType } from '../../core/feature.ts'
import { featureTable } from '../fixtures/feature-table.ts'

// Every key: brand on and off × SHOW, HIDE and nothing × parents on and off × customer, carrier and nobody.

const letters: Readonly<Record<string, readonly UserType[]>> = {
  C: ['CUSTOMER'],
  K: ['CARRIER'],
  'C K': ['CUSTOMER', 'CARRIER'],
  P: []
}

const features = featureTable.map(([key, title, group, types, kind, parents, parentMode, plugin]) => ({
  plugin,
  definition: {
    key,
    title,
    group,
    kind: (kind === 'PAGE+ABILITY' ? 'PAGE' : kind) as FeatureKind,
    userTypes: letters[types]!,
    ...(parents === '' ? {} : { parents: parents.split(' '), parentMode: parentMode as ParentMode })
  } satisfies FeatureDefinition
}))

const plugins = [...new Set(features.map(({ plugin }) => plugin))].map(name => ({
  name,
  features: features.filter(({ plugin }) => plugin === name).map(({ definition }) => definition)
}))

interface Case {
  readonly brand: boolean
  readonly override: 'SHOW' | 'HIDE' | null
  /** Value of every parent on the brand; parents of parents are on. */
  readonly parents: boolean
  readonly viewer: UserType | 'PUBLIC'
}

const cases: readonly Case[] = [true, false].flatMap(brand =>
  (['SHOW', 'HIDE', null] as const).flatMap(override =>
    [true, false].flatMap(parents =>
      (['CUSTOMER', 'CARRIER', 'PUBLIC'] as const).map(viewer => ({ brand, override, parents, viewer }))
    )
  )
)

const actual = (feature: FeatureDefinition, { brand, override, parents, viewer }: Case): boolean => {
  const access = new Access(Catalogue.of(plugins))
  const values = new Map<string, boolean>(features.map(({ definition }) => [definition.key, true]))
  for (const parent of feature.parents ?? []) values.set(parent, parents)
  values.set(feature.key, brand)
  access.replace({
    revisions: new Map(),
    platform: { disabledPlugins: [], entitlements: [] },
    domains: [
      { id: 'b', isDefault: true, columns: [], features: [...values].map(([key, enabled]) => ({ key, enabled })) }
    ],
    companies: (['CUSTOMER', 'CARRIER'] as const).map(userType => ({
      id: userType,
      userType,
      status: 'ACTIVE' as const,
      domainId: 'b',
      overrides: override === null ? [] : [{ key: feature.key, override }]
    }))
  })
  return viewer === 'PUBLIC' ? access.anonymous('b').has(feature.key) : access.can(viewer, feature.key, 0)
}

/** The table as section 2 of the rules states it. */
const expected = (feature: FeatureDefinition, { brand, override, parents, viewer }: Case): boolean => {
  const value = override === null ? brand : override === 'SHOW'
  switch (feature.kind) {
    case 'PUBLIC':
      return brand && parents
    case 'RESTRICTION':
      return viewer !== 'PUBLIC' && value
    default: {
      if (viewer === 'PUBLIC' || !feature.userTypes.includes(viewer)) return false
      const needsParents = feature.parentMode === 'HARD' || feature.parentMode === 'ANY'
      return value && (parents || !needsParents)
    }
  }
}

test('the table has 49 keys', () => {
  assert.equal(features.length, 49)
})

for (const { definition } of features)
  test(`truth table of ${definition.key}`, () => {
    for (const each of cases) assert.equal(actual(definition, each), expected(definition, each), JSON.stringify(each))
  })

test('one of the parents suffices for rtp-servers', () => {
  const access = new Access(Catalogue.of(plugins))
  for (const parent of ['interconnect', 'cdr', 'dialog']) {
    access.replace({
      revisions: new Map(),
      platform: { disabledPlugins: [], entitlements: [] },
      domains: [
        {
          id: 'b',
          isDefault: true,
          columns: [],
          features: [parent, 'rtp-servers', 'carrier-portal'].map(key => ({ key, enabled: true }))
        }
      ],
      companies: [{ id: 'c', userType: 'CARRIER', status: 'ACTIVE', domainId: null, overrides: [] }]
    })
    assert.equal(access.can('c', 'rtp-servers', 0), true, parent)
  }
})

test('a closed carrier-portal hides every key from a carrier, but lifts no restriction', () => {
  const access = new Access(Catalogue.of(plugins))
  const on = features.map(({ definition }) => ({ key: definition.key, enabled: definition.key !== 'carrier-portal' }))
  access.replace({
    revisions: new Map(),
    platform: { disabledPlugins: [], entitlements: [] },
    domains: [{ id: 'b', isDefault: true, columns: [], features: on }],
    companies: [{ id: 'c', userType: 'CARRIER', status: 'ACTIVE', domainId: null, overrides: [] }]
  })
  assert.deepEqual(access.accessOf('c', 0).features().toSorted(), [
    'did.destination-lock',
    'payments.block-paypal',
    'payments.block-stripe',
    'status.public'
  ])
})
