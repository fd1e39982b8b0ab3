import { Catalogue } from '../core/catalogue.ts'
import type { FeatureDefinition, FeatureKind, ParentMode, UserType } from '../core/feature.ts'
import type { AccessPoint, CompanyAccess, DomainAccess, OverrideAccess } from '../core/ports.ts'
import { featureTable } from '../test/fixtures/feature-table.ts'

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
export const seeded = (seed: number): (() => number) => {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const letters: Readonly<Record<string, readonly UserType[]>> = {
  C: ['CUSTOMER'],
  K: ['CARRIER'],
  'C K': ['CUSTOMER', 'CARRIER'],
  P: []
}

/** The 49 keys and six more without parents: 55 features. */
export const benchCatalogue = (): Catalogue => {
  const table = featureTable.map(
    ([key, title, group, types, kind, parents, parentMode]): FeatureDefinition => ({
      key,
      title,
      group,
      kind: (kind === 'PAGE+ABILITY' ? 'PAGE' : kind) as FeatureKind,
      userTypes: letters[types]!,
      ...(parents === '' ? {} : { parents: parents.split(' '), parentMode: parentMode as ParentMode })
    })
  )
  const more = Array.from({ length: 6 }, (_, index): FeatureDefinition => {
    const key = `extra.${'abcdef'[index]}`
    return { key, title: key, group: 'Extra', kind: 'PAGE', userTypes: ['CUSTOMER', 'CARRIER'] }
  })
  return Catalogue.of([{ name: 'bench', features: [...table, ...more] }])
}

export interface BenchWorld {
  readonly catalogue: Catalogue
  readonly domains: readonly DomainAccess[]
  readonly ids: readonly string[]
  /** Points that, applied in their order, build the world; made as they are read, so that they cost no memory. */
  points(): Iterable<AccessPoint>
  companies(): Iterable<CompanyAccess>
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** 200 brands, each with about half the keys on; companies with three overrides each, one in ten a carrier. */
export const benchWorld = (companyCount: number, options: { readonly brands?: number } = {}): BenchWorld => {
  const catalogue = benchCatalogue()
  const keys = catalogue.features.map(feature => feature.key)
  const random = seeded(1)
  const id = (): string =>
    Buffer.from(Array.from({ length: 16 }, () => alphabet.charCodeAt(random() * 64))).toString('latin1')
  const domains = Array.from(
    { length: options.brands ?? 200 },
    (_, index): DomainAccess => ({
      id: id(),
      isDefault: index === 0,
      columns: [],
      features: keys.map(key => ({ key, enabled: key === 'carrier-portal' || random() < 0.5 }))
    })
  )
  const ids = Array.from({ length: companyCount }, id)
  function* companies(): Iterable<CompanyAccess> {
    const own = seeded(2)
    const choose = <T>(list: readonly T[]): T => list[Math.floor(own() * list.length)]!
    for (const company of ids) {
      const overridden = new Set<string>()
      while (overridden.size < 3) overridden.add(choose(keys))
      yield {
        id: company,
        userType: own() < 0.1 ? 'CARRIER' : 'CUSTOMER',
        status: 'ACTIVE',
        domainId: choose(domains).id,
        overrides: [...overridden].map((key): OverrideAccess => ({ key, override: own() < 0.5 ? 'SHOW' : 'HIDE' }))
      }
    }
  }
  function* points(): Iterable<AccessPoint> {
    const platform = { disabledPlugins: [], entitlements: [] }
    yield { revisions: new Map(), platform, domains, companies: [] }
    let batch: CompanyAccess[] = []
    for (const company of companies()) {
      batch.push(company)
      if (batch.length < 5_000) continue
      yield { revisions: new Map(), platform, domains: [], companies: batch }
      batch = []
    }
    yield { revisions: new Map(), platform, domains: [], companies: batch }
  }
  return { catalogue, domains, ids, companies, points }
}
