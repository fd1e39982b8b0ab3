import assert from 'node:assert/strict'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { Access } from '../core/access.ts'
import { type Peer, peers } from './access-peers.ts'
import { type BenchWorld, benchWorld, seeded } from './access-world.ts'

// One check, memory, and the questions over all companies. Equal answers are proven before anything is timed.
// Usage: node --import tsx bench/access.ts [--no-peers] [--companies 100000] [--many 1000000]

const argument = (name: string, otherwise: number): number => {
  const index = process.argv.indexOf(name)
  return index < 0 ? otherwise : Number(process.argv[index + 1])
}
const few = argument('--companies', 100_000)
const many = argument('--many', 1_000_000)
const withPeers = !process.argv.includes('--no-peers')

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** Bytes in use, after two collections. */
const memory = (): number => {
  collect()
  collect()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

const median = (numbers: readonly number[]): number => numbers.toSorted((a, b) => a - b)[numbers.length >> 1]!
const ms = (from: bigint): number => Number(process.hrtime.bigint() - from) / 1e6
const say = (line: string): void => console.log(line)
const verdict = (value: number, limit: number, higherIsBetter = false): string =>
  (higherIsBetter ? value >= limit : value <= limit) ? 'reached' : 'MISSED'

const build = (world: BenchWorld): Access => {
  const access = new Access(world.catalogue)
  for (const point of world.points()) access.apply(point)
  return access
}

/** The least a check can be: id to number, key to bit, one bit of a column that holds the final answers. */
class BareColumn {
  readonly #handles = new Map<string, number>()
  readonly #bits: ReadonlyMap<string, number>
  readonly #words: Uint32Array
  readonly #stride: number

  constructor(access: Access, world: BenchWorld) {
    this.#bits = new Map(world.catalogue.features.map(feature => [feature.key, feature.bit]))
    this.#stride = world.catalogue.featureWords
    this.#words = new Uint32Array(world.ids.length * this.#stride)
    for (const [handle, id] of world.ids.entries()) {
      this.#handles.set(id, handle)
      this.#words.set(access.accessOf(id, 0).words.subarray(0, this.#stride), handle * this.#stride)
    }
  }

  can(id: string, key: string): boolean {
    const handle = this.#handles.get(id)
    const bit = this.#bits.get(key)
    if (handle === undefined || bit === undefined) return false
    return (this.#words[handle * this.#stride + (bit >>> 5)]! & (1 << (bit & 31))) !== 0
  }
}

interface Questions {
  readonly ids: readonly string[]
  readonly keys: readonly string[]
}

const rounds = 101
const random = seeded(7)
const questions = (world: BenchWorld, count: number, companies = world.ids.length): Questions => ({
  ids: Array.from({ length: count }, () => world.ids[Math.floor(random() * companies)]!),
  keys: Array.from(
    { length: count },
    () => world.catalogue.features[Math.floor(random() * world.catalogue.features.length)]!.key
  )
})

/** The same texts as new strings, as a request brings them: nothing about them has been computed yet. */
const fresh = ({ ids, keys }: Questions): Questions => {
  const bytes = Buffer.from(ids.join(''), 'latin1')
  return { ids: ids.map((_, index) => bytes.toString('latin1', index * 16, index * 16 + 16)), keys }
}

type Check = (id: string, key: string) => boolean

/** Nanoseconds a check. */
const timed = (check: Check, { ids, keys }: Questions): number => {
  let seen = 0
  const from = process.hrtime.bigint()
  for (let index = 0; index < ids.length; index++) if (check(ids[index]!, keys[index]!)) seen++
  const took = ms(from)
  assert.ok(seen > 0)
  return (took * 1e6) / ids.length
}

const timedPeer = async (peer: Peer, { ids, keys }: Questions): Promise<number> => {
  const from = process.hrtime.bigint()
  for (let index = 0; index < ids.length; index++) {
    const answer = peer.check(ids[index]!, keys[index]!)
    if (typeof answer !== 'boolean') await answer
  }
  return (ms(from) * 1e6) / ids.length
}

const oneCheck = async (): Promise<void> => {
  const world = benchWorld(few)
  const access = build(world)
  const bare = new BareColumn(access, world)
  const ours: Check = (id, key) => access.can(id, key, 0)
  const bareCheck: Check = (id, key) => bare.can(id, key)
  say(`One check: ${few} companies, ${world.domains.length} brands, ${world.catalogue.features.length} features`)

  const proof = questions(world, 100_000)
  for (const [index, id] of proof.ids.entries())
    assert.equal(ours(id, proof.keys[index]!), bareCheck(id, proof.keys[index]!))
  say('  equal answers of ours and the bare column: 100000 of 100000')

  const figures = {
    same: { ours: [] as number[], bare: [] as number[], ratio: [] as number[] },
    fresh: { ours: [] as number[], bare: [] as number[], ratio: [] as number[] }
  }
  for (let round = -10; round < rounds; round++)
    for (const kind of ['same', 'fresh'] as const) {
      const asked = questions(world, 20_000)
      const took = { ours: 0, bare: 0 }
      // Whoever comes second finds the ids in the processor's cache, so they take turns.
      for (const who of round % 2 === 0 ? (['ours', 'bare'] as const) : (['bare', 'ours'] as const))
        took[who] = timed(who === 'ours' ? ours : bareCheck, kind === 'fresh' ? fresh(asked) : asked)
      if (round < 0) continue
      figures[kind].ours.push(took.ours)
      figures[kind].bare.push(took.bare)
      figures[kind].ratio.push(took.ours / took.bare)
    }
  for (const kind of ['fresh', 'same'] as const) {
    const [own, least, ratio] = [median(figures[kind].ours), median(figures[kind].bare), median(figures[kind].ratio)]
    say(
      `  ${kind === 'fresh' ? 'a fresh id string  ' : 'the same id string '} ours ${own.toFixed(0)} ns, bare column ${least.toFixed(0)} ns: ` +
        `${ratio.toFixed(2)} ×, median of ${rounds} paired rounds (at most 2: ${verdict(ratio, 2)})`
    )
  }

  if (!withPeers) return
  const least = { same: Number.POSITIVE_INFINITY, fresh: Number.POSITIVE_INFINITY }
  for await (const peer of peers(access, world)) {
    const sample = questions(world, 2_000)
    for (const [index, id] of sample.ids.entries())
      assert.equal(await peer.check(id, sample.keys[index]!), ours(id, sample.keys[index]!), `${peer.name} ${id}`)
    const figures: string[] = []
    for (const kind of ['fresh', 'same'] as const) {
      const pairs: { readonly took: number; readonly ratio: number }[] = []
      for (let round = -2; round < 15; round++) {
        const asked = questions(world, 4_000)
        const of = (): Questions => (kind === 'fresh' ? fresh(asked) : asked)
        const took = await timedPeer(peer, of())
        // Other questions for ours, as cold as the peer's were.
        const other = questions(world, 4_000)
        const own = timed(ours, kind === 'fresh' ? fresh(other) : other)
        if (round >= 0) pairs.push({ took, ratio: took / own })
      }
      const ratio = median(pairs.map(pair => pair.ratio))
      least[kind] = Math.min(least[kind], ratio)
      figures.push(`${kind} ids ${median(pairs.map(pair => pair.took)).toFixed(0)} ns, ${ratio.toFixed(0)} × ours`)
    }
    say(`  ${peer.name}: ${figures.join('; ')}; ${peer.companies} companies, equal answers 2000 of 2000`)
  }
  for (const kind of ['fresh', 'same'] as const)
    say(
      `  ours against the fastest peer, ${kind} ids: ${least[kind].toFixed(1)} × as fast (at least 25: ${verdict(least[kind], 25, true)})`
    )
}

/** Bytes a company that `Access` takes beyond a Map from the same ids to numbers. */
const memoryOf = (count: number): number => {
  const world = benchWorld(count)
  const measured = <T>(make: () => T): { readonly bytes: number; readonly made: T } => {
    const before = memory()
    const made = make()
    return { bytes: memory() - before, made }
  }
  const index = () => {
    const handles = new Map<string, number>()
    for (const [handle, id] of world.ids.entries()) handles.set(id, handle)
    return handles
  }
  // The first of each only warms up what is made once.
  assert.equal(measured(index).made.size, count)
  assert.equal(measured(() => build(world)).made.companyCount, count)
  const ofIndex = measured(index)
  const ofAccess = measured(() => build(world))
  assert.equal(ofIndex.made.size, ofAccess.made.companyCount)
  const beyond = ofAccess.bytes - ofIndex.bytes
  say(
    `  ${count} companies: ${(ofAccess.bytes / 1e6).toFixed(1)} MB in all, ${(ofIndex.bytes / 1e6).toFixed(1)} MB of that an index of ids, ` +
      `${(beyond / 1e6).toFixed(1)} MB beyond it`
  )
  return (beyond / count) * 100_000
}

const timedRounds = (work: () => void): number =>
  median(
    Array.from({ length: 12 }, () => {
      const from = process.hrtime.bigint()
      work()
      return ms(from)
    }).slice(3)
  )

const allCompanies = (count: number, brands: number): void => {
  const world = benchWorld(count, { brands })
  const access = build(world)
  say(`Questions over all: ${count} companies, ${brands} ${brands === 1 ? 'brand' : 'brands'}`)
  const domainId = world.domains[0]!.id
  const show = (name: string, took: number, what: string): void =>
    say(`  ${name}: ${took.toFixed(1)} ms (at most 50: ${verdict(took, 50)}), ${what}`)

  for (const key of ['cdr', 'did.edit', 'rtp-servers', 'extra.f']) {
    const ask = () => access.companiesWith({ key, at: 0, first: 50 })
    show(`companiesWith ${key}`, timedRounds(ask), `${ask().totalCount} companies`)
  }
  const lists = (key: string) => world.domains[0]!.features.some(each => each.key === key && each.enabled)
  const flip = (keys: readonly string[]) => keys.map(key => ({ key, enabled: !lists(key) }))
  const changes = {
    'preview of one key of a brand': { domainId, features: flip(['cdr']) },
    'preview of a parent and its child': { domainId, features: flip(['did', 'did.edit']) },
    'preview of the carriers’ gate': { domainId, features: flip(['carrier-portal']) },
    'preview of every key of a brand': { domainId, features: flip(world.catalogue.features.map(({ key }) => key)) },
    'preview of overrides of 500 companies': {
      companyIds: world.ids.slice(0, 500),
      overrides: [{ key: 'did.edit', override: 'SHOW' as const }]
    }
  }
  for (const [name, change] of Object.entries(changes)) {
    const ask = () => access.preview(change, { at: 0, first: 50 })
    const { companiesChecked, companiesChanged } = ask()
    show(name, timedRounds(ask), `${companiesChanged} of ${companiesChecked} companies change`)
  }
  const grid = () => access.grid({ at: 0, offset: 5_000, first: 100, feature: 'cdr', differsFromDomain: true })
  const took = timedRounds(grid)
  say(
    `  grid, filtered by a feature and by difference from the brand: ${took.toFixed(1)} ms, ${grid().totalCount} companies`
  )
}

await oneCheck()
say('Memory of the access data')
const perFew = memoryOf(few)
const perMany = memoryOf(many)
for (const [count, bytes] of [
  [few, perFew],
  [many, perMany]
] as const)
  say(`  per 100,000 companies, at ${count}: ${(bytes / 1e6).toFixed(2)} MB (at most 4: ${verdict(bytes / 1e6, 4)})`)
allCompanies(many, 200)
allCompanies(many, 1)
