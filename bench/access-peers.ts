import type { Access } from '../core/access.ts'
import type { BenchWorld } from './access-world.ts'

// The peers answer from the same data. None of them knows user types, parents and gates the way this product does, so
// each is given values that are already resolved: for every key the groups (brand and user type) that see it, and the
// companies that see it or do not against their group. That is less work than ours, in their favour. CASL, which knows
// rules that take back earlier ones, is given the layers as rules.

export interface Peer {
  readonly name: string
  /** Companies it holds. */
  readonly companies: number
  check(companyId: string, key: string): boolean | Promise<boolean>
  close(): void | Promise<void>
}

interface ResolvedKey {
  readonly groups: readonly string[]
  readonly shown: readonly string[]
  readonly hidden: readonly string[]
}

interface Resolved {
  readonly keys: ReadonlyMap<string, ResolvedKey>
  readonly groupOf: ReadonlyMap<string, string>
}

const resolve = (access: Access, world: BenchWorld): Resolved => {
  const groupOf = new Map<string, string>()
  const members = new Map<string, string[]>()
  for (const { id, domainId, userType } of world.companies()) {
    const group = `${domainId}/${userType}`
    groupOf.set(id, group)
    members.set(group, [...(members.get(group) ?? []), id])
  }
  const keys = new Map<string, ResolvedKey>()
  for (const { key } of world.catalogue.features) {
    const resolved = { groups: [] as string[], shown: [] as string[], hidden: [] as string[] }
    for (const [group, ids] of members) {
      const seeing = ids.filter(id => access.can(id, key, 0))
      if (seeing.length * 2 > ids.length) {
        resolved.groups.push(group)
        const set = new Set(seeing)
        for (const id of ids) if (!set.has(id)) resolved.hidden.push(id)
      } else resolved.shown.push(...seeing)
    }
    keys.set(key, resolved)
  }
  return { keys, groupOf }
}

// Specifiers in variables: the peers are installed in this folder only, and the type check must pass without them.
const load = async (name: string): Promise<Record<string, never>> => (await import(name)) as Record<string, never>

type Make = (access: Access, world: BenchWorld, resolved: Resolved) => Promise<Peer>

const casl: Make = async (access, world) => {
  const { createMongoAbility } = (await load('@casl/ability')) as unknown as {
    createMongoAbility(rules: readonly { action: string; subject: string; inverted: boolean }[]): {
      can(action: string, subject: string): boolean
    }
  }
  const brands = new Map(world.domains.map(domain => [domain.id, domain]))
  const abilities = new Map(
    [...world.companies()].map(({ id, domainId, overrides }) => {
      // Its own way to say it: what the brand shows, then the company's overrides, then what gates and parents take away.
      const shown = brands.get(domainId!)!.features.filter(feature => feature.enabled)
      const rules = [
        ...shown.map(({ key }) => ({ action: 'see', subject: key, inverted: false })),
        ...overrides.map(({ key, override }) => ({ action: 'see', subject: key, inverted: override === 'HIDE' }))
      ]
      const set = access.accessOf(id, 0)
      const refused = [...new Set(rules.map(rule => rule.subject))].filter(key => !set.has(key))
      return [
        id,
        createMongoAbility([...rules, ...refused.map(subject => ({ action: 'see', subject, inverted: true }))])
      ]
    })
  )
  return {
    name: '@casl/ability, kept per company',
    companies: abilities.size,
    check: (id, key) => abilities.get(id)!.can('see', key),
    close: () => abilities.clear()
  }
}

const unleash: Make = async (_access, world, { keys, groupOf }) => {
  const { Unleash, InMemStorageProvider } = (await load('unleash-client')) as unknown as {
    InMemStorageProvider: new () => unknown
    Unleash: new (
      config: unknown
    ) => {
      on(event: string, listener: () => void): void
      isEnabled(name: string, context: unknown): boolean
      destroy(): void
    }
  }
  const constraint = (contextName: string, operator: string, values: readonly string[]) => ({
    contextName,
    operator,
    values,
    inverted: false,
    caseInsensitive: false
  })
  const data = [...keys].map(([name, { groups, shown, hidden }]) => ({
    name,
    enabled: true,
    type: 'release',
    variants: [],
    strategies: [
      { name: 'default', parameters: {}, constraints: [constraint('companyId', 'IN', shown)] },
      {
        name: 'default',
        parameters: {},
        constraints: [constraint('group', 'IN', groups), constraint('companyId', 'NOT_IN', hidden)]
      }
    ]
  }))
  const client = new Unleash({
    appName: 'bench',
    url: 'http://127.0.0.1:9/api/',
    refreshInterval: 0,
    disableMetrics: true,
    skipInstanceCountWarning: true,
    storageProvider: new InMemStorageProvider(),
    bootstrap: { data }
  })
  client.on('error', () => {})
  client.on('warn', () => {})
  await new Promise<void>(done => client.on('ready', done))
  return {
    name: 'unleash-client',
    companies: world.ids.length,
    check: (companyId, key) => client.isEnabled(key, { properties: { companyId, group: groupOf.get(companyId) } }),
    close: () => client.destroy()
  }
}

const growthBook: Make = async (_access, world, { keys, groupOf }) => {
  const { GrowthBookClient } = (await load('@growthbook/growthbook')) as unknown as {
    GrowthBookClient: new () => {
      init(options: unknown): Promise<unknown>
      isOn(key: string, context: unknown): boolean
      destroy(): void
    }
  }
  const client = new GrowthBookClient()
  const features = Object.fromEntries(
    [...keys].map(([key, { groups, shown, hidden }]) => [
      key,
      {
        defaultValue: false,
        rules: [
          { condition: { companyId: { $in: shown } }, force: true },
          { condition: { companyId: { $in: hidden } }, force: false },
          { condition: { group: { $in: groups } }, force: true }
        ]
      }
    ])
  )
  await client.init({ payload: { features } })
  return {
    name: '@growthbook/growthbook',
    companies: world.ids.length,
    check: (companyId, key) => client.isOn(key, { attributes: { companyId, group: groupOf.get(companyId) } }),
    close: () => client.destroy()
  }
}

interface FlagBuilder {
  booleanFlag(): FlagBuilder
  ifMatch(kind: string, attribute: string, ...values: readonly string[]): { thenReturn(value: boolean): FlagBuilder }
  fallthroughVariation(value: boolean): FlagBuilder
}

const launchDarkly: Make = async (_access, world, { keys, groupOf }) => {
  const { init } = (await load('@launchdarkly/node-server-sdk')) as unknown as {
    init(
      key: string,
      options: unknown
    ): {
      waitForInitialization(options: unknown): Promise<unknown>
      boolVariation(key: string, context: unknown, fallback: boolean): Promise<boolean>
      close(): void
    }
  }
  const { TestData } = (await load('@launchdarkly/node-server-sdk/integrations')) as unknown as {
    TestData: new () => { flag(key: string): FlagBuilder; update(flag: FlagBuilder): void; getFactory(): unknown }
  }
  const data = new TestData()
  for (const [key, { groups, shown, hidden }] of keys) {
    let flag = data.flag(key).booleanFlag().fallthroughVariation(false)
    flag = flag.ifMatch('user', 'key', ...shown).thenReturn(true)
    flag = flag.ifMatch('user', 'key', ...hidden).thenReturn(false)
    data.update(flag.ifMatch('user', 'group', ...groups).thenReturn(true))
  }
  const logger = { debug() {}, info() {}, warn() {}, error() {} }
  const client = init('sdk-bench', {
    updateProcessor: data.getFactory(),
    sendEvents: false,
    diagnosticOptOut: true,
    logger
  })
  await client.waitForInitialization({ timeout: 10 })
  return {
    name: '@launchdarkly/node-server-sdk, TestData',
    companies: world.ids.length,
    check: (companyId, key) =>
      client.boolVariation(key, { kind: 'user', key: companyId, group: groupOf.get(companyId) }, false),
    close: () => client.close()
  }
}

const openFeature: Make = async (_access, world, { keys, groupOf }) => {
  const { OpenFeature, InMemoryProvider } = (await load('@openfeature/server-sdk')) as unknown as {
    InMemoryProvider: new (flags: unknown) => unknown
    OpenFeature: {
      setProviderAndWait(provider: unknown): Promise<void>
      getClient(): { getBooleanValue(key: string, fallback: boolean, context: unknown): Promise<boolean> }
      close(): Promise<void>
    }
  }
  const flags = Object.fromEntries(
    [...keys].map(([key, { groups, shown, hidden }]) => {
      const sets = { groups: new Set(groups), shown: new Set(shown), hidden: new Set(hidden) }
      const contextEvaluator = ({ companyId, group }: { companyId: string; group: string }) =>
        sets.shown.has(companyId) || (sets.groups.has(group) && !sets.hidden.has(companyId)) ? 'on' : 'off'
      return [key, { variants: { on: true, off: false }, defaultVariant: 'off', disabled: false, contextEvaluator }]
    })
  )
  await OpenFeature.setProviderAndWait(new InMemoryProvider(flags))
  const client = OpenFeature.getClient()
  return {
    name: '@openfeature/server-sdk, in memory',
    companies: world.ids.length,
    check: (companyId, key) => client.getBooleanValue(key, false, { companyId, group: groupOf.get(companyId)! }),
    close: () => OpenFeature.close()
  }
}

/** Each peer in turn, so that only one takes memory at a time. */
export async function* peers(access: Access, world: BenchWorld): AsyncIterable<Peer> {
  const resolved = resolve(access, world)
  for (const make of [casl, unleash, growthBook, launchDarkly, openFeature]) {
    const peer = await make(access, world, resolved)
    yield peer
    await peer.close()
  }
}
