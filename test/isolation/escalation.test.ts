import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import type { GraphQLField } from 'graphql'
import type { StaffRole } from '../../core/viewer.ts'
import type { Database } from '../../db/connect.ts'
import { rowsOf } from '../../db/sql.ts'
import { operatorRoles } from '../../graphql/operator-roles.ts'
import { mergeOperatorSchema, operatorSchemaOf } from '../../graphql/operator-schema.ts'
import { hashToken, newToken } from '../../http/tokens.ts'
import { plugins } from '../../plugins/index.ts'
import { placesIn, sampleArguments, selectionOf, withValue } from '../conformance/probe-arguments.ts'
import { forEachDatabase } from '../support/databases.ts'
import { length } from '../support/length.ts'
import { type Answer, consoleHost, type RequestInput, testActor } from '../support/portal.ts'
import { type Random, randomFrom } from '../support/random.ts'
import { type IsolationWorld, openIsolationWorld } from './isolation-world.ts'
import { literal } from './probes.ts'

// Lower roles try what is not theirs, in every dress a document can wear. What succeeded is told by the database: after the
// attempts every table is what it was, but for counters of use.

/** On each database. */
const attempts = length(400, 10_000)

const schema = operatorSchemaOf(mergeOperatorSchema(plugins, ['CDR', 'BREAKOUT']))
const roles = operatorRoles(schema)

type Field = GraphQLField<unknown, unknown>
const rootsOf = (type: 'Query' | 'Mutation'): readonly Field[] =>
  Object.values((type === 'Query' ? schema.getQueryType() : schema.getMutationType())!.getFields())
const mutations = rootsOf('Mutation')
const queries = rootsOf('Query')

interface Who {
  readonly name: string
  /** Null: nobody. */
  readonly role: StaffRole | null
  readonly credential: RequestInput
}

/** Columns that using a key or a session moves, whoever uses it. */
const volatile: Readonly<Record<string, readonly string[]>> = {
  api_key: ['last_used_at'],
  staff_session: ['last_seen_at'],
  contact_session: ['last_seen_at'],
  job: ['run_at', 'lease_token', 'lease_until', 'attempts']
}
/** Tables of counting only. */
const counting = new Set(['sign_in_failure', 'migration', 'process'])

const tablesOf = async (db: Database): Promise<readonly string[]> => {
  const sql =
    db.dialect === 'sqlite'
      ? `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name`
      : `SELECT tablename AS name FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename`
  return (await rowsOf<{ name: string }>(db.reader, sql)).map(({ name }) => name)
}

/** Table → digest of its rows. */
const stateOf = async (db: Database): Promise<Readonly<Record<string, string>>> => {
  const state: Record<string, string> = {}
  for (const table of await tablesOf(db)) {
    if (counting.has(table)) continue
    const rows = await db.reader(table).select('*')
    const kept = rows.map(row =>
      JSON.stringify(Object.entries(row).filter(([column]) => !volatile[table]?.includes(column)))
    )
    state[table] = `${rows.length} rows ${createHash('sha256').update(kept.sort().join('\n')).digest('hex')}`
  }
  return state
}

class Attacker {
  readonly #world: IsolationWorld
  readonly #random: Random
  /** Real ids and texts, so that arguments meet what is there. */
  readonly #texts: readonly string[]
  /** Audit entries of what only an admin may change. */
  readonly #adminEntries: readonly string[]
  readonly #adminOperation: string
  readonly #adminFile: string
  readonly #turns = new Map<string, number>()

  constructor(
    world: IsolationWorld,
    random: Random,
    known: {
      readonly texts: readonly string[]
      readonly adminEntries: readonly string[]
      readonly adminOperation: string
      readonly adminFile: string
    }
  ) {
    this.#world = world
    this.#random = random
    this.#texts = known.texts
    this.#adminEntries = known.adminEntries
    this.#adminOperation = known.adminOperation
    this.#adminFile = known.adminFile
  }

  #oneOf<T>(list: readonly T[]): T {
    return list[this.#random(list.length)]!
  }

  #arguments(type: 'Query' | 'Mutation', field: Field): Readonly<Record<string, unknown>> {
    const root = `${type}.${field.name}`
    const places = placesIn(root, field)
    let values = sampleArguments(root, field, {})
    for (let filled = this.#random(3); filled > 0 && places.length > 0; filled--)
      values = { ...values, ...withValue(root, field, {}, this.#oneOf(places), this.#oneOf(this.#texts)) }
    return values
  }

  #call(type: 'Query' | 'Mutation', field: Field, alias = ''): string {
    const values = Object.entries(this.#arguments(type, field)).map(
      ([name, value]) => `${name}: ${literal(value, field.args.find(each => each.name === name)!.type)}`
    )
    return `${alias}${field.name}${values.length === 0 ? '' : `(${values.join(', ')})`} ${selectionOf(field.type)}`
  }

  /** A document with the forbidden root somewhere in it. */
  #document(
    type: 'Query' | 'Mutation',
    forbidden: Field,
    allowed: readonly Field[]
  ): Readonly<Record<string, unknown>> {
    const operation = type.toLowerCase()
    const bad = this.#call(type, forbidden)
    const beside = allowed.length > 0 ? this.#call(type, this.#oneOf(allowed), 'mine: ') : ''
    const [query, more] = this.#oneOf<readonly [string, Record<string, unknown>?]>([
      [`${operation} { ${bad} }`],
      [`${operation} { ${this.#call(type, forbidden, 'createdAt: ')} }`],
      [`${operation} { ${beside} ${bad} }`],
      [`${operation} { ${bad} ${beside} }`],
      [`${operation} { ... { ... on ${type} { ${bad} } } }`],
      [`${operation} { ...A } fragment A on ${type} { ...B } fragment B on ${type} { ${beside} ${bad} }`],
      [`query Safe { me { name } } ${operation} Bad { ${bad} }`, { operationName: 'Bad' }],
      [`${operation} ($on: Boolean = true) { ${bad.replace(/\s\{|$/, match => ` @include(if: $on)${match}`)} }`],
      [`${operation} ($off: Boolean = false) { ${bad.replace(/\s\{|$/, match => ` @skip(if: $off)${match}`)} }`],
      [`${operation} { __typename ${bad} }`]
    ])
    return { query, ...more }
  }

  /** What a role may do in part, gone beyond that part; null where the role may do all of it, or none. */
  async beyond(who: Who): Promise<{ readonly what: string; readonly answer: Answer } | null> {
    const { portal } = this.#world
    const mutation = (document: string) => () => portal.query(consoleHost, `mutation { ${document} }`, who.credential)
    const get = (path: string) => () => portal.request(consoleHost, path, who.credential)
    const post = (path: string, type: string, body: string) => () =>
      portal.request(consoleHost, path, { method: 'POST', ...who.credential, headers: { 'content-type': type }, body })
    const readers: readonly (StaffRole | null)[] = ['SUPPORT', 'AUDITOR']
    const ways: readonly (readonly [string, readonly (StaffRole | null)[], () => Promise<Answer>])[] = [
      [
        'writes through a contact’s portal',
        ['SUPPORT'],
        mutation(`viewAs(contactId: "${this.#oneOf(this.#texts)}", writeThrough: true) { url }`)
      ],
      [
        'undoes an admin’s change',
        ['SUPPORT'],
        mutation(`revertChange(auditId: "${this.#oneOf(this.#adminEntries)}") { id }`)
      ],
      [
        'undoes an admin’s operation',
        ['SUPPORT'],
        mutation(`revertOperation(operation: "${this.#adminOperation}") { ok }`)
      ],
      ['fetches another’s file', [...readers, 'INGEST', null], get(`/operator/files/${this.#adminFile}`)],
      [
        'reads of another’s file',
        readers,
        () => portal.query(consoleHost, `{ operatorFile(id: "${this.#adminFile}") { name } }`, who.credential)
      ],
      ['uploads a file', ['AUDITOR', 'INGEST', null], post('/operator/files?name=a.csv', 'text/csv', 'a,b')],
      ['delivers calls', [...readers, null], post('/ingest/cdr', 'application/x-ndjson', '{"id":"1"}')],
      ['fetches calls', ['INGEST', null], get(`/cdr/archives/${this.#world.party('a1').company.id}/2026-01`)],
      ['fetches rejected calls', ['INGEST', null], get(`/cdr/batches/${this.#oneOf(this.#texts)}/rejects`)]
    ]
    const open = ways.filter(([, whom]) => whom.includes(who.role))
    if (open.length === 0) return null
    const [what, , send] = this.#oneOf(open)
    return { what: `${who.name} ${what}`, answer: await send() }
  }

  /** One attempt; resolves to the answer and what was tried. */
  async attempt(who: Who): Promise<{ readonly what: string; readonly field: string; readonly answer: Answer }> {
    const may = (type: string, field: Field): boolean =>
      who.role !== null && roles.get(`${type}.${field.name}`)!.has(who.role)
    const type = this.#random(10) === 0 ? 'Query' : 'Mutation'
    const fields = type === 'Query' ? queries : mutations
    const forbidden = fields.filter(field => !may(type, field))
    // Readers may read everything; then a mutation it is.
    if (forbidden.length === 0) return this.attempt(who)
    // In turn, from anywhere, so that none is left out by chance.
    const turn = this.#turns.get(`${who.name} ${type}`) ?? this.#random(forbidden.length)
    this.#turns.set(`${who.name} ${type}`, turn + 1)
    const field = forbidden[turn % forbidden.length]!
    const allowed = fields.filter(each => may(type, each))
    const body = this.#document(type, field, allowed)
    const { portal } = this.#world
    const host = consoleHost
    const path = '/operator/graphql'
    const json = { 'content-type': 'application/json' }
    const [how, send] = this.#oneOf<readonly [string, () => Promise<Answer>]>([
      ...Array(6).fill([
        'post',
        () =>
          portal.request(host, path, { method: 'POST', ...who.credential, headers: json, body: JSON.stringify(body) })
      ]),
      [
        'get',
        () =>
          portal.request(host, `${path}?${new URLSearchParams({ query: String(body.query) })}`, { ...who.credential })
      ],
      [
        'list',
        () =>
          portal.request(host, path, { method: 'POST', ...who.credential, headers: json, body: JSON.stringify([body]) })
      ],
      [
        'claims to be an admin',
        () =>
          portal.request(host, path, {
            method: 'POST',
            ...who.credential,
            headers: {
              ...json,
              'x-role': 'ADMIN',
              'x-actor': 'staff:root',
              'x-forwarded-for': '127.0.0.1',
              'x-http-method-override': 'POST'
            },
            body: JSON.stringify({ ...body, role: 'ADMIN', extensions: { role: 'ADMIN' } })
          })
      ],
      [
        'on a brand’s host',
        () =>
          portal.request('acme.localhost', this.#oneOf([path, '/graphql']), {
            method: 'POST',
            ...who.credential,
            headers: json,
            body: JSON.stringify(body)
          })
      ]
    ])
    return { what: `${who.name}, ${how}: ${JSON.stringify(body)}`, field: field.name, answer: await send() }
  }
}

/** Everybody who is not an admin. */
const lowerRoles = async (world: IsolationWorld): Promise<readonly Who[]> => {
  const { staff, sessions } = world.portal.installation.people
  const keyOf = async (role: StaffRole): Promise<string> => {
    const key = newToken()
    await staff.createApiKey({ name: role, keyHash: hashToken(key), role }, testActor)
    return key
  }
  const person = async (name: string, role: StaffRole): Promise<string> =>
    (await staff.create({ name, email: `${name}@staff.example`, passwordHash: '-', role }, testActor)).id
  const sessionOf = async (name: string, role: StaffRole) => {
    const token = newToken()
    const staffId = await person(name, role)
    await sessions.createStaffSession({ tokenHash: hashToken(token), staffId, ip: '127.0.0.1' })
    return { staffId, token }
  }
  /** Of an admin, until something came between. */
  const formerKey = async (end: (id: string) => Promise<unknown>): Promise<string> => {
    const key = newToken()
    const { id } = await staff.createApiKey({ name: 'old', keyHash: hashToken(key), role: 'ADMIN' }, testActor)
    await end(id)
    return key
  }
  await person('keeper', 'ADMIN')
  const demoted = await sessionOf('demoted', 'ADMIN')
  await staff.update(demoted.staffId, { role: 'SUPPORT' }, testActor)
  const disabled = await sessionOf('disabled', 'ADMIN')
  await staff.update(disabled.staffId, { disabled: true }, testActor)
  const revoked = await formerKey(id => staff.revokeApiKey(id, testActor))
  const rotated = await formerKey(id => staff.rotateApiKey(id, hashToken(newToken()), 0, testActor))
  const ended = await formerKey(id =>
    world.portal.database
      .writer('api_key')
      .where({ id })
      .update({ expires_at: Date.now() - 1 })
  )
  return [
    { name: 'SUPPORT key', role: 'SUPPORT', credential: { apiKey: await keyOf('SUPPORT') } },
    { name: 'AUDITOR key', role: 'AUDITOR', credential: { apiKey: await keyOf('AUDITOR') } },
    { name: 'INGEST key', role: 'INGEST', credential: { apiKey: await keyOf('INGEST') } },
    { name: 'SUPPORT session', role: 'SUPPORT', credential: { cookie: (await sessionOf('support', 'SUPPORT')).token } },
    { name: 'AUDITOR session', role: 'AUDITOR', credential: { cookie: (await sessionOf('auditor', 'AUDITOR')).token } },
    { name: 'session of an admin who is SUPPORT now', role: 'SUPPORT', credential: { cookie: demoted.token } },
    { name: 'session of a disabled admin', role: null, credential: { cookie: disabled.token } },
    { name: 'rotated ADMIN key', role: null, credential: { apiKey: rotated } },
    { name: 'ADMIN key that has ended', role: null, credential: { apiKey: ended } },
    { name: 'revoked ADMIN key', role: null, credential: { apiKey: revoked } },
    { name: 'a contact’s session', role: null, credential: { apiKey: world.party('a1').session } },
    { name: 'nobody', role: null, credential: {} }
  ]
}

forEachDatabase('what lower roles may not', open => {
  test(`${attempts} attempts: none succeeds, and nothing has changed after them`, async t => {
    const world = await openIsolationWorld(t, open)
    const { database } = world.portal
    const everybody = await lowerRoles(world)
    const ids = (
      await Promise.all(
        ['company', 'contact', 'portal_domain', 'staff', 'api_key', 'did', 'audit_entry'].map(table =>
          database.reader(table).select('id').limit(20)
        )
      )
    )
      .flat()
      .map(row => String(row.id))
    // One that an admin could undo.
    const { company } = world.party('a1')
    const renamed = await world.portal.query(
      consoleHost,
      `mutation { updateCompany(id: "${company.id}", expectedVersion: ${company.version}, input: { name: "Renamed" }) { id } }`,
      { apiKey: world.portal.apiKey }
    )
    assert.equal(renamed.json.errors, undefined, renamed.text)
    const [{ operation: adminOperation }] = await database
      .reader('audit_entry')
      .where({ action: 'updateCompany', target: company.id })
      .select('operation')
    const texts = [...ids, 'ADMIN', 'cdr', 'SHOW', 'acme.localhost', '2026-01-01T00:00:00Z', 'x@example.net', '', '1']
    const overrides = ['setCompanyOverrides', 'bulkSetCompanyOverrides']
    const adminEntries = (await database.reader('audit_entry').whereNotIn('action', overrides).select('id')).map(row =>
      String(row.id)
    )
    const admin = { actor: testActor.operator.actor, role: 'ADMIN' } as const
    const file = await world.portal.installation.files.of(admin).create(
      { name: 'admins.csv', contentType: 'text/csv' },
      (async function* () {
        yield 'not,yours'
      })()
    )
    const seed = Number(process.env.PORTCULLIS_SEED ?? Date.now() % 2_000_000_000)
    const attacker = new Attacker(world, randomFrom(seed + 1), {
      texts,
      adminEntries,
      adminOperation,
      adminFile: file.id
    })
    const before = await stateOf(database)
    const answered = new Map<string, number>()
    const tried = new Set<string>()
    for (let attempt = 0; attempt < attempts; attempt++) {
      const who = everybody[attempt % everybody.length]!
      const further = attempt % 5 === 4 ? await attacker.beyond(who) : null
      const { what, field, answer } = further === null ? await attacker.attempt(who) : { field: null, ...further }
      const told = `${what}\n→ ${answer.status} ${answer.text.slice(0, 400)} (PORTCULLIS_SEED=${seed})`
      assert.ok(answer.status < 500, told)
      if (field !== null) assert.equal(answer.json?.data?.[field] ?? null, null, told)
      const codes: string[] = (answer.json?.errors ?? []).map(
        (error: { extensions: { code: string } }) => error.extensions.code
      )
      assert.ok(codes.length > 0 || answer.status === 404, told)
      assert.ok(!codes.includes('INTERNAL'), told)
      for (const code of codes) answered.set(code, (answered.get(code) ?? 0) + 1)
      if (field !== null) tried.add(field)
      if (attempt % 100 === 99 || attempt === attempts - 1) {
        assert.deepEqual(await stateOf(database), before, `one of the last hundred before\n${told}`)
      }
    }
    t.diagnostic(
      `${attempts} attempts at ${tried.size} fields: ${[...answered].map(([code, count]) => `${count} × ${code}`).join(', ')}`
    )
    // Refused for the role, not for a slip in the document.
    assert.ok((answered.get('FORBIDDEN') ?? 0) > attempts / 5, [...answered].join(' '))
    // An admin does the same and is seen: the judge does not sleep.
    const done = await world.portal.query(consoleHost, 'mutation { createApiKey(name: "one", role: AUDITOR) { id } }', {
      apiKey: world.portal.apiKey
    })
    assert.equal(done.json.errors, undefined, done.text)
    assert.notDeepEqual(await stateOf(database), before)
  })
})
