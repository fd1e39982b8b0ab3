import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newId } from '../../db/sql.ts'
import { hashToken, newToken } from '../../http/tokens.ts'
import { forEachDatabase, openers } from '../support/databases.ts'
import { length } from '../support/length.ts'
import type { Answer } from '../support/portal.ts'
import { type Random, randomFrom } from '../support/random.ts'
import { type IsolationWorld, openIsolationWorld, type Visitor } from './isolation-world.ts'
import { send } from './probes.ts'

const saves = length(80, 10_000)

type Row = Record<string, unknown>
type Rows = ReadonlyMap<string, readonly Row[]>

const tables = ['did', 'did_destination', 'did_tag', 'cdr_call', 'cdr_hourly'] as const

const rowsOf = async (world: IsolationWorld, watched: readonly string[]): Promise<Rows> => {
  const found = new Map<string, readonly Row[]>()
  for (const table of watched) {
    const rows: Row[] = await world.portal.database.reader(table).select('*')
    found.set(
      table,
      rows.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
    )
  }
  return found
}

const patchFields = [
  'enabled',
  'destination',
  'retainDisplayName',
  'channels',
  'flowSpeed',
  'stirShakenMinAttest'
] as const
const columnOf: Readonly<Record<string, string>> = {
  enabled: 'enabled',
  retainDisplayName: 'retain_display_name',
  channels: 'channels',
  flowSpeed: 'flow_speed',
  stirShakenMinAttest: 'stir_shaken_min_attest'
}

const randomPatch = (random: Random): Row => {
  const values: Readonly<Record<(typeof patchFields)[number], () => unknown>> = {
    enabled: () => random(2) === 0,
    destination: () =>
      Array.from({ length: random(3) }, () => ({
        type: 'URI',
        value: `u${random(1000)}@pbx${random(9)}.example.com`,
        ...(random(2) === 0 ? { port: 5061 } : {})
      })),
    retainDisplayName: () => random(2) === 0,
    channels: () => [1, 2, 3, 4, null][random(5)],
    flowSpeed: () => [1, 3, 5, null][random(4)],
    stirShakenMinAttest: () => ['NONE', 'A', 'A_B', null][random(4)]
  }
  return Object.fromEntries(patchFields.filter(() => random(3) === 0).map(field => [field, values[field]()]))
}

/** A row without the columns that a save of these fields may change. */
const rest = (row: Row, fields: readonly string[]): string => {
  const open = new Set(['version', ...fields.map(field => columnOf[field])])
  return JSON.stringify(Object.entries(row).filter(([column]) => !open.has(column)))
}

/** What changed that the save did not name. */
const strayChanges = (
  before: Rows,
  after: Rows,
  ids: readonly string[],
  fields: readonly string[],
  tags: boolean
): string[] => {
  const found: string[] = []
  for (const [table, rows] of before) {
    const now = after.get(table)!
    const touched = (row: Row): boolean => ids.includes(String(table === 'did' ? row.id : row.did_id))
    const key = (all: readonly Row[], own: boolean): string => JSON.stringify(all.filter(row => touched(row) === own))
    if (key(rows, false) !== key(now, false)) found.push(`${table}: rows of others`)
    if (table === 'did') {
      const byId = new Map(now.map(row => [row.id, row]))
      for (const row of rows.filter(touched))
        if (rest(row, fields) !== rest(byId.get(row.id)!, fields))
          found.push(`did ${row.id}: ${rest(row, fields)} → ${rest(byId.get(row.id)!, fields)}`)
    } else if (table === 'did_destination' && fields.includes('destination')) continue
    else if (table === 'did_tag' && tags) continue
    else if (key(rows, true) !== key(now, true)) found.push(`${table}: rows the save did not name`)
  }
  return found
}

const update =
  'mutation ($id: ID!, $version: Int!, $input: DidPatch!) { updateDid(id: $id, version: $version, input: $input) { id version } }'
const bulk = 'mutation ($ids: [ID!]!, $patch: DidPatch!) { bulkUpdateDids(ids: $ids, patch: $patch) { id ok } }'

forEachDatabase('saves', open => {
  test('a save with whatever rights leaves byte for byte what it does not name', async t => {
    const world = await openIsolationWorld(t, open)
    const random = randomFrom(20_261_121)
    const a2 = world.party('a2')
    const visitor: Visitor = { name: 'a2', host: a2.brand.fqdn, session: a2.session, party: a2 }
    const own = world.dids.filter(({ owner }) => owner === a2).map(({ id }) => id)
    // Fields that no portal form shows, with bytes that careless code would tidy up.
    await world.portal.database
      .writer('did')
      .where({ id: own[0]! })
      .update({ notes: '  two  spaces\n\ttab é e\u0301 ', package_name: 'Zq  ' })
    const found: string[] = []
    const counts = { done: 0, refused: 0 }
    const before = { rows: await rowsOf(world, tables) }
    for (let n = 0; n < saves; n++) {
      if (n % 10 === 0)
        for (const key of ['did', 'did.edit', 'did.tags', 'did.destination-lock']) {
          const restricting = key === 'did.destination-lock'
          const off = random(5) === 0
          await world.portal.override(
            a2.company,
            key,
            restricting ? (off ? 'SHOW' : 'INHERIT') : off ? 'HIDE' : 'INHERIT'
          )
        }
      const patch = randomPatch(random)
      const ids = own.filter(() => random(3) === 0)
      if (ids.length === 0) ids.push(own[random(own.length)]!)
      const kind = random(10)
      const version = Number((before.rows.get('did') ?? []).find(({ id }) => id === ids[0])!.version)
      const tagging = kind >= 8
      const touched = kind < 5 || kind === 8 ? ids.slice(0, 1) : ids
      const answer: Answer = await send(world, visitor, {
        method: 'POST',
        ...(kind < 5
          ? {
              document: update,
              variables: { id: ids[0], version: random(8) === 0 ? version + 1 : version, input: patch }
            }
          : kind < 8
            ? { document: bulk, variables: { ids: random(6) === 0 ? [...ids, newId()] : ids, patch } }
            : kind === 8
              ? {
                  document: 'mutation ($id: ID!, $tags: [String!]!) { setDidTags(id: $id, tags: $tags) { id } }',
                  variables: { id: ids[0], tags: [`tag ${random(5)}`] }
                }
              : {
                  document: 'mutation ($ids: [ID!]!, $add: [String!]) { bulkTagDids(ids: $ids, add: $add) { id ok } }',
                  variables: { ids, add: [`more ${random(5)}`] }
                })
      })
      if (answer.status >= 500) found.push(answer.text)
      const results = answer.json?.data?.bulkUpdateDids ?? answer.json?.data?.bulkTagDids
      const refused = answer.json?.errors !== undefined || (Array.isArray(results) && results.some(each => !each.ok))
      counts[refused ? 'refused' : 'done']++
      const after = await rowsOf(world, tables)
      for (const stray of strayChanges(
        before.rows,
        after,
        refused ? [] : touched,
        refused || tagging ? [] : Object.keys(patch),
        tagging && !refused
      ))
        found.push(`${JSON.stringify(patch)} ${answer.text.slice(0, 150)}: ${stray}`)
      before.rows = after
    }
    assert.deepEqual(found.slice(0, 5), [])
    assert.ok(counts.done > saves / 10 && counts.refused > saves / 10, JSON.stringify(counts))
    t.diagnostic(`${counts.done} saves done, ${counts.refused} refused`)
  })

  test('while destinations are locked no path changes one', async t => {
    const world = await openIsolationWorld(t, open)
    const a1 = world.party('a1')
    const [first, second] = world.dids.filter(({ owner }) => owner === a1).map(({ id }) => id) as [string, string]
    const token = newToken()
    await world.portal.installation.people.sessions.createContactSession({
      ...{ tokenHash: hashToken(token), contactId: a1.contact.id, domainId: a1.brand.id, ip: '127.0.0.1' },
      viewAs: { staffId: newId(), staffName: 'Sam', writeThrough: true }
    })
    const visitors: readonly Visitor[] = [
      { name: 'a1', host: a1.brand.fqdn, session: a1.session, party: a1 },
      { name: 'staff who write through', host: a1.brand.fqdn, session: token, party: a1 }
    ]
    const stored = [{ type: 'URI', value: 'zq-a1-user@pbx.example.com' }]
    const other = [{ type: 'URI', value: 'thief@pbx.example.com' }]
    const one = `updateDid(id: "${first}", version: 1, input:`
    const literal = '{ destination: [{ type: URI, value: "thief@pbx.example.com" }] }'
    const paths: readonly (readonly [string, Row?])[] = [
      ...[stored, other, [], null].flatMap(destination => [
        [update, { id: first, version: 1, input: { destination, enabled: false } }] as const,
        [update, { id: first, version: 99, input: { destination } }] as const,
        [update, { id: newId(), version: 1, input: { destination } }] as const,
        [bulk, { ids: [first, second], patch: { destination } }] as const,
        [bulk, { ids: [first, newId()], patch: { destination, channels: 1 } }] as const
      ]),
      [`mutation { ${one} ${literal}) { id } }`],
      [`mutation { a: ${one} { enabled: false }) { id } b: ${one} ${literal}) { id } }`],
      [`mutation { bulkUpdateDids(ids: "${first}", patch: ${literal}) { ok } }`],
      [`mutation ($d: [DidDestinationInput!]) { ${one} { destination: $d }) { id } }`, { d: other }],
      [
        'mutation ($d: [DidDestinationInput!] = [{ type: URI, value: "thief@pbx.example.com" }]) { ' +
          `${one} { destination: $d }) { id } }`
      ],
      [`mutation { ...F } fragment F on Mutation { ${one} ${literal}) { id } }`]
    ]
    const locked = async (): Promise<string[]> => {
      const found: string[] = []
      for (const visitor of visitors)
        for (const [document, variables] of paths) {
          const before = await rowsOf(world, ['did_destination'])
          const answer = await send(world, visitor, {
            method: 'POST',
            document,
            ...(variables === undefined ? {} : { variables })
          })
          const reasons = (answer.json?.errors ?? []).map(
            (error: { extensions: { code: string; reason?: string } }) =>
              `${error.extensions.code} ${error.extensions.reason}`
          )
          if (!reasons.includes('FORBIDDEN DESTINATION_LOCKED'))
            found.push(`${visitor.name}: ${document} ${JSON.stringify(variables)} → ${answer.text}`)
          if (JSON.stringify([...(await rowsOf(world, ['did_destination']))]) !== JSON.stringify([...before]))
            found.push(`${visitor.name}: ${document} changed a destination`)
        }
      return found
    }
    await world.portal.override(a1.company, 'did.destination-lock', 'SHOW')
    assert.deepEqual(await locked(), [])
    const enabled = await send(world, visitors[0]!, {
      method: 'POST',
      document: bulk,
      variables: { ids: [second], patch: { enabled: false, channels: 1 } }
    })
    assert.equal(enabled.json.data.bulkUpdateDids[0].ok, true, 'what is not locked stays open')
    // Without the lock the same requests do change something: the check can fail.
    await world.portal.override(a1.company, 'did.destination-lock', 'INHERIT')
    assert.notDeepEqual(await locked(), [])
  })
})

test('a save that tidies up what it was not given is caught', async t => {
  const world = await openIsolationWorld(t, openers.sqlite)
  const [did] = world.dids
  const before = await rowsOf(world, tables)
  await world.portal.database.writer('did').where({ id: did!.id }).update({ enabled: 0, notes: null })
  const after = await rowsOf(world, tables)
  assert.equal(strayChanges(before, after, [did!.id], ['enabled'], false).length, 1)
  assert.equal(strayChanges(before, after, [], ['enabled'], false).length, 1)
})
