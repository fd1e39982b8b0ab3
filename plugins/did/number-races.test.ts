import assert from 'node:assert/strict'
import { it } from 'node:test'
import { rowsOf } from '../../db/sql.ts'
import { forEachDatabase } from '../../test/support/databases.ts'
import { length } from '../../test/support/length.ts'
import { type NumberWorld, numberWorld } from '../../test/support/number-world.ts'

const create = `mutation ($number: String!, $companyId: ID) {
  n: createNumber(number: $number, companyId: $companyId, settings: { country: "GB" }) { id version } }`

interface Person {
  readonly session: string
}
const asContact = async ({ portal }: NumberWorld, { session }: Person, document: string) => {
  const { json, status, text } = await portal.query('acme.localhost', document, { session })
  assert.ok(json, `${status} ${text}`)
  return { data: json.data, code: json.errors?.[0]?.extensions.code, reason: json.errors?.[0]?.extensions.reason }
}

forEachDatabase('numbers that several change at once', open => {
  it('a number is changed while its company is held, without a circle', async t => {
    const world = await numberWorld(t, open)
    const { database } = world.portal
    const { id } = (await world.ask(create, { number: '442079460001', companyId: world.birch.id })).data.n
    const onPostgres = database.dialect === 'postgresql'
    const lock = onPostgres ? ' FOR UPDATE' : ''
    const settings = { price: '1.50' }
    const change = () =>
      world.ask('mutation ($id: ID!, $s: NumberSettings!) { n: updateNumber(id: $id, settings: $s) { version } }', {
        id,
        s: settings
      })
    /** Until the database says that somebody waits for a lock. */
    const waits = async (): Promise<void> => {
      for (;;) {
        const [row] = await rowsOf<{ count: number | string }>(
          database.reader,
          `SELECT COUNT(*) AS count FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`
        )
        if (Number(row?.count) > 0) return
      }
    }
    let changed: ReturnType<typeof change> | undefined
    // As an onboarding does: the company, then its numbers.
    await database.transaction(async trx => {
      await trx.raw(`SELECT id FROM company WHERE id = ?${lock}`, [world.birch.id])
      changed = change()
      if (onPostgres) await Promise.race([changed, waits()])
      await trx.raw(`SELECT id FROM did WHERE id = ?${lock}`, [id])
    })
    const { code, message } = (await changed)!
    assert.equal(code, undefined, message)
  })

  it('operators and contacts on one number: each change is whole, named once, and nothing of a company stays behind', async t => {
    const world = await numberWorld(t, open)
    const { ask, alder, birch, db, portal } = world
    const people: Person[] = []
    for (const [index, company] of [alder, birch].entries())
      people.push({ session: await portal.session(await portal.contact(company, `c${index}@example.net`)) })
    for (const company of [alder, birch]) await portal.override(company, 'did.destination-lock', 'HIDE')
    let id = (await ask(create, { number: '442079460001' })).data.n.id as string
    await world.newAudit()
    const codes = new Set<string | undefined>()
    const acts: readonly (() => Promise<{ code: string | undefined }>)[] = [
      () => ask(`mutation { assignNumber(id: "${id}", companyId: "${alder.id}") { id } }`),
      () => ask(`mutation { assignNumber(id: "${id}", companyId: "${birch.id}") { id } }`),
      () => ask(`mutation { moveNumber(id: "${id}", companyId: "${birch.id}") { id } }`),
      () => ask(`mutation { moveNumber(id: "${id}", companyId: "${alder.id}") { id } }`),
      () => ask(`mutation { releaseNumber(id: "${id}") { id } }`),
      () => ask(`mutation { updateNumber(id: "${id}", settings: { notes: "${Math.random()}" }) { id } }`),
      () => ask(`mutation { deleteNumber(id: "${id}") }`),
      ...people.flatMap(person => [
        async () => {
          const read = await asContact(world, person, `{ did(id: "${id}") { version } }`)
          if (read.code !== undefined) return read
          return asContact(
            world,
            person,
            `mutation { updateDid(id: "${id}", version: ${read.data.did.version},
               input: { destination: [{ type: URI, value: "${Math.random()}@pbx.example.com" }] }) { id } }`
          )
        },
        () => asContact(world, person, `mutation { setDidTags(id: "${id}", tags: ["t${Math.random()}"]) { id } }`),
        () => asContact(world, person, `mutation { bulkUpdateDids(ids: ["${id}"], patch: { enabled: false }) { ok } }`)
      ])
    ]
    for (let round = 0; round < length(15, 300); round++) {
      const started = Array.from({ length: 6 }, () => acts[Math.floor(Math.random() * acts.length)]!())
      for (const { code } of await Promise.all(started)) codes.add(code)
      const astray = await db.all(
        `select did.id from {did} left join {did_destination} x on x.did_id = did.id left join {did_tag} y on y.did_id = did.id
         where (x.company_id is not null and (did.company_id is null or x.company_id <> did.company_id))
            or (y.company_id is not null and (did.company_id is null or y.company_id <> did.company_id))`
      )
      assert.deepEqual(astray, [])
      if ((await db.all('select id from {did}')).length === 0)
        id = (await ask(create, { number: '442079460001' })).data.n.id
    }
    for (const code of codes)
      assert.ok(code === undefined || ['CONFLICT', 'NOT_FOUND', 'BAD_USER_INPUT'].includes(code), code)
    // The log tells one story: what each entry found is what the one before it left.
    const known = new Map<string, Record<string, unknown>>()
    for (const { target, before, after, action } of await world.newAudit()) {
      const state = known.get(target)
      for (const field of ['companyId', 'notes', 'enabled', 'destinations', 'tags'])
        if (state && before && field in before && field in state)
          assert.deepEqual(before[field], state[field], `${action} ${field}`)
      known.set(target, { ...state, ...after })
    }
  })

  it('who had a number is told nothing after a move, and the new company’s lock holds at once', async t => {
    const world = await numberWorld(t, open)
    const { ask, alder, birch, portal } = world
    const old = { session: await portal.session(await portal.contact(alder, 'old@example.net')) }
    const fresh = { session: await portal.session(await portal.contact(birch, 'new@example.net')) }
    const { id } = (await ask(create, { number: '442079460001', companyId: alder.id })).data.n
    await portal.override(alder, 'did.destination-lock', 'HIDE')
    const point = (version: number) =>
      `mutation { updateDid(id: "${id}", version: ${version}, input: { destination: [{ type: URI, value: "1@pbx.example.com" }] }) { version } }`
    assert.equal((await asContact(world, old, point(1))).data.updateDid.version, 2)
    await portal.override(birch, 'did.destination-lock', 'SHOW')
    const moved = await ask(`mutation { n: moveNumber(id: "${id}", companyId: "${birch.id}") { version } }`)
    assert.equal(moved.data.n.version, 3)
    for (const document of [
      `{ did(id: "${id}") { number } }`,
      point(3),
      `mutation { setDidTags(id: "${id}", tags: []) { id } }`
    ])
      assert.equal((await asContact(world, old, document)).code, 'NOT_FOUND')
    assert.equal((await asContact(world, fresh, point(3))).reason, 'DESTINATION_LOCKED')
    const seen = await asContact(world, fresh, '{ dids { nodes { number tags destination { value } } } }')
    assert.deepEqual(seen.data.dids.nodes, [{ number: '442079460001', tags: [], destination: null }])
  })

  it('before the end of its term a number is neither released nor moved, until an operator changes the term', async t => {
    const world = await numberWorld(t, open)
    const { ask, alder, birch } = world
    const { id } = (await ask(create, { number: '442079460001', companyId: alder.id })).data.n
    const term = (minimumDaysUntil: string | null) =>
      ask('mutation ($id: ID!, $s: NumberSettings!) { updateNumber(id: $id, settings: $s) { version } }', {
        id,
        s: { minimumDaysUntil }
      })
    await term('2999-01-31')
    await world.newAudit()
    const move = `mutation { moveNumber(id: "${id}", companyId: "${birch.id}") { companyId } }`
    const release = `mutation { releaseNumber(id: "${id}") { companyId minimumDaysUntil } }`
    for (const document of [move, release]) {
      const { code, reason, message } = await ask(document)
      assert.deepEqual([code, reason], ['PRECONDITION_FAILED', 'MINIMUM_TERM'])
      assert.match(message ?? '', /2999-01-31.*minimumDaysUntil/)
    }
    assert.deepEqual(await world.newAudit(), [])
    await term('2020-01-31')
    assert.equal((await ask(move)).data.moveNumber.companyId, birch.id)
    await term('2999-01-31')
    await term(null)
    assert.deepEqual((await ask(release)).data.releaseNumber, { companyId: null, minimumDaysUntil: null })
  })
})
