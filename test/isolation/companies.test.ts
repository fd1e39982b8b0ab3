import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Dialect } from '../../core/scope.ts'
import { runExport } from '../../http/export-runner.ts'
import { hashToken, newToken } from '../../http/tokens.ts'
import { forEachDatabase, openers } from '../support/databases.ts'
import { isLong } from '../support/length.ts'
import type { Answer } from '../support/portal.ts'
import { type IsolationWorld, openIsolationWorld, type Party, range, type Visitor } from './isolation-world.ts'
import { comparable, type Mode, modes, type Probe, plainProbes, probesAbout, question, send, unlike } from './probes.ts'

/** Every how many-th probe is asked: of one way of writing in the short form, of all ways in the long one. */
const stride = isLong ? 23 : 499
/** The long form asks others each day, and all of them within as many days. */
const first = isLong ? Math.floor(Date.now() / 86_400_000) % stride : 0

interface Finding {
  readonly visitor: string
  readonly where: string
  readonly what: string
}

const told = (findings: readonly Finding[]): readonly string[] =>
  findings.slice(0, 10).map(({ visitor, where, what }) => `${visitor} · ${where}: ${what}`)

/** Headers and body, also of cursors, which are texts in base64url. */
const readable = (answer: Answer): string => {
  const cursors = [...answer.text.matchAll(/"endCursor":"([\w-]+)"/g)].map(([, text]) =>
    Buffer.from(text!, 'base64url').toString()
  )
  return [JSON.stringify(answer.headers), answer.text, ...cursors].join('\n')
}

/** Asks for the file of an export, as whoever asked for the export. */
const fileOf = async (world: IsolationWorld, visitor: Visitor, answer: Answer): Promise<Answer | null> => {
  const id = answer.json?.data?.requestExport?.id
  if (id === undefined) return null
  await runExport(world.portal.installation, id, async () => true)
  const job = await world.portal.installation.exports.get(id, visitor.party!.company.id)
  assert.ok(job, 'an export belongs to who asked for it')
  const shown = await send(world, visitor, {
    method: 'POST',
    document: `{ exportJob(id: "${id}") { url state error } }`
  })
  const { url } = shown.json.data.exportJob
  const file = url === null ? shown : await world.portal.request(visitor.host, url, { session: visitor.session! })
  await world.dropExport(id)
  return file
}

const isMade = (answer: Answer): boolean => answer.json?.data?.requestExport != null

/** Asks a probe and says what was wrong with the answer. */
const run = async (
  world: IsolationWorld,
  visitor: Visitor,
  probe: Probe,
  written: Mode
): Promise<{ findings: Finding[]; kept: string }> => {
  // A second export beside the one that is looked at would have to be made too.
  const mode = written === 'aliases' && probe.root.field.name === 'requestExport' ? 'literals' : written
  const findings: Finding[] = []
  const find = (what: string): void => {
    findings.push({ visitor: visitor.name, where: `${probe.where} (${mode})`, what })
  }
  const foreign = world.foreignTo(visitor)
  // A session that turned up on another brand's host is gone: each probe brings a new one.
  const fresh = async (): Promise<Visitor> => {
    if (visitor.session !== 'A1') return visitor
    const { contact, brand } = world.party('a1')
    return { ...visitor, session: await world.portal.session(contact, brand) }
  }
  const asked = question(probe.root, probe.args, mode)
  const answer = await send(world, await fresh(), asked)
  if (answer.status >= 500) find(`status ${answer.status}: ${answer.text}`)
  const known = `${asked.document} ${JSON.stringify(asked.variables ?? {})}`
  const leak = foreign(readable(answer), known)
  if (leak !== undefined) find(`showed "${leak}": ${answer.text.slice(0, 300)}`)
  const file = await fileOf(world, visitor, answer)
  const inFile = file && foreign(readable(file), known)
  if (inFile != null) find(`file showed "${inFile}": ${file!.text.slice(0, 300)}`)
  if (visitor.party === null && probe.root.field.name !== 'portal') {
    const code = answer.json?.errors?.[0]?.extensions?.code
    if (answer.json?.data != null && Object.values(answer.json.data).some(each => each != null)) find('answered nobody')
    else if (code !== 'UNAUTHENTICATED' && code !== 'QUERY_INVALID') find(`said ${code} to nobody`)
  }
  const kept = isMade(answer) ? comparable(file!, probe.value) : comparable(answer, probe.value)
  // A number that both sides know is foreign to neither.
  const shared = world.dids.some(
    ({ number, owner, supplier }) => number === probe.value && [owner, supplier].includes(visitor.party!)
  )
  if (probe.control !== undefined && probe.alike && !shared) {
    const control = await send(world, await fresh(), question(probe.root, probe.control, mode))
    const other = isMade(control) ? (await fileOf(world, visitor, control))! : control
    const unknown = comparable(other, unlike(probe.value!))
    if (unknown !== kept) find(`told foreign from unknown:\n  ${kept.slice(0, 600)}\n  ${unknown.slice(0, 600)}`)
  }
  return { findings, kept }
}

interface Asked {
  readonly probe: Probe
  readonly mode: Mode
}

const chosenFor = (world: IsolationWorld, visitor: Visitor, every: number, dialect: Dialect): Asked[] => {
  const foreign = [...world.parties, world.colleague].filter(
    party => party !== visitor.party && !(party.company === visitor.party?.company)
  )
  const colleague =
    visitor.party?.tag === 'a1b' ? [{ ...world.party('a1'), ids: [world.party('a1').sessionId], values: {} }] : []
  const about = [...foreign, ...colleague].flatMap(probesAbout)
  const all = (isLong ? modes : ['variables' as Mode]).flatMap(mode =>
    [...about, ...plainProbes()].map(probe => ({ probe, mode }))
  )
  if (isLong) return all.filter((_, index) => index % every === first)
  // Nobody's answers are short work; the ways of writing take turns, and so do the databases.
  const step = 2 * (visitor.party === null ? every * 5 : every)
  return all
    .filter((_, index) => index % step === (dialect === 'sqlite' ? 0 : step / 2))
    .map(({ probe }, index) => ({ probe, mode: modes[index % modes.length]! }))
}

const sweep = async (
  world: IsolationWorld,
  visitor: Visitor,
  chosen: readonly Asked[]
): Promise<{ findings: Finding[]; kept: Map<Asked, string> }> => {
  const findings: Finding[] = []
  const kept = new Map<Asked, string>()
  for (const asked of chosen) {
    const one = await run(world, visitor, asked.probe, asked.mode)
    findings.push(...one.findings)
    kept.set(asked, one.kept)
  }
  return { findings, kept }
}

/** Takes every row of other companies away while something runs. */
const alone = async <T>(world: IsolationWorld, { party }: Visitor, work: () => Promise<T>): Promise<T> => {
  const { writer } = world.portal.database
  const company = party!.company.id
  const column = party!.userType === 'CARRIER' ? 'carrier_id' : 'company_id'
  const tables = [
    ['cdr_call', 'company_id'],
    ['cdr_hourly', 'company_id'],
    ['did_destination', 'company_id'],
    ['did_tag', 'company_id'],
    ['did', column],
    ['export_job', 'company_id']
  ] as const
  const taken: (readonly [string, Record<string, unknown>[]])[] = []
  // A carrier may know that a number is assigned, but nothing of where it leads; those rows go too.
  for (const [table, by] of tables) {
    const others = await writer(table).where(by, '!=', company).orWhereNull(by).select('*')
    const chunks = table === 'export_job' ? await writer('export_chunk').select('*') : []
    await writer(table).where(by, '!=', company).orWhereNull(by).delete()
    taken.push([table, others], ['export_chunk', chunks.filter(chunk => others.some(job => job.id === chunk.job_id))])
  }
  try {
    return await work()
  } finally {
    for (const [table, rows] of taken
      .reverse()
      .sort(([a], [b]) => Number(b === 'did' || b === 'export_job') - Number(a === 'did' || a === 'export_job')))
      for (const row of rows) await writer(table).insert(row)
  }
}

forEachDatabase('companies kept apart', (open, dialect) => {
  test('by the server as it is', async suite => {
    const world = await openIsolationWorld(suite, open)
    await world.makeExports()
    await suite.test('no probe of any visitor is answered with anything foreign', async t => {
      const findings: Finding[] = []
      for (const visitor of world.visitors) {
        const before = await world.rows()
        const chosen = chosenFor(world, visitor, stride, dialect)
        const { findings: found, kept } = await sweep(world, visitor, chosen)
        findings.push(...found)
        const after = await world.rows()
        for (const [table, rows] of before) {
          const isOwn = (row: Record<string, unknown>): boolean =>
            visitor.party !== null && [row.company_id, row.carrier_id, row.id].includes(visitor.party.company.id)
          const text = (all: readonly Record<string, unknown>[]): string =>
            JSON.stringify(all.filter(row => !isOwn(row)))
          if (text(after.get(table)!) !== text(rows))
            findings.push({ visitor: visitor.name, where: table, what: 'foreign rows changed' })
        }
        if (visitor.name !== 'a1' && visitor.name !== 'ak') continue
        // Whether others have rows at all changes no answer: not a count, not a sum, not a cursor.
        const again = await alone(world, visitor, () =>
          sweep(
            world,
            visitor,
            chosen.filter(({ probe }) => probe.root.operation === 'query' && probe.root.field.name !== 'exportJobs')
          )
        )
        for (const [asked, text] of again.kept)
          if (text !== kept.get(asked)) {
            const where = `${asked.probe.where} (${asked.mode})`
            findings.push({
              visitor: visitor.name,
              where,
              what: `depends on foreign rows:\n  ${kept.get(asked)!.slice(0, 600)}\n  ${text.slice(0, 600)}`
            })
          }
      }
      assert.deepEqual(told(findings), [])
      t.diagnostic(`${world.requests} requests`)
    })

    await suite.test('a cursor opens no other company’s list and fits no other sort', async t => {
      const lists: readonly (readonly [string, string, string])[] = [
        [
          'cdrs',
          `filter: { range: { from: "${range.from}", to: "${range.to}" } }`,
          'nodes { callId charge providerCharge }'
        ],
        [
          'breakout',
          `range: { from: "${range.from}", to: "${range.to}" }, groupBy: ["period", "direction"], period: HOUR`,
          'rows { period attempts customerCharge providerCharge }'
        ],
        ['dids', '', 'nodes { id number price }'],
        ['carrierDids', '', 'nodes { number channels }']
      ]
      const findings: Finding[] = []
      let tried = 0
      for (const [name, args, rows] of lists) {
        const sorts =
          name === 'cdrs'
            ? ['startedAt', 'callId', 'duration']
            : name === 'breakout'
              ? ['period', 'attempts']
              : ['number', 'channels']
        const page = (visitor: Visitor, sort: string, after: string | null): Promise<Answer> =>
          send(world, visitor, {
            method: 'POST',
            document: `query ($after: String) { ${name}(${[args, `sort: [{ column: "${sort}", dir: DESC }], first: 1, after: $after`].filter(Boolean).join(', ')}) { ${rows} pageInfo { endCursor hasNextPage } } }`,
            variables: { after }
          })
        const cursors: { readonly of: Visitor; readonly sort: string; readonly cursor: string }[] = []
        const people = world.visitors.filter(
          ({ party, name }) => party !== null && !name.includes(' ') && (isLong || name !== 'a1b')
        )
        for (const of of people)
          for (const sort of sorts) {
            const cursor = (await page(of, sort, null)).json?.data?.[name]?.pageInfo?.endCursor
            if (typeof cursor === 'string') cursors.push({ of, sort, cursor })
          }
        assert.ok(cursors.length >= 2, `${name} gave ${cursors.length} cursors`)
        for (const visitor of people)
          for (const { of, sort, cursor } of cursors)
            for (const other of sorts) {
              if (of.party!.company === visitor.party!.company && sort === other) continue
              tried++
              const answer = await page(visitor, other, cursor)
              const leak = world.foreignTo(visitor)(readable(answer), Buffer.from(cursor, 'base64url').toString())
              const where = `${name} sorted by ${other}, cursor of ${of.name} sorted by ${sort}`
              if (leak !== undefined) findings.push({ visitor: visitor.name, where, what: `showed ${leak}` })
              const data = answer.json?.data?.[name]
              const code = answer.json?.errors?.[0]?.extensions?.code
              if (sort !== other && data != null) findings.push({ visitor: visitor.name, where, what: 'was taken' })
              if (data == null && !['BAD_USER_INPUT', 'FORBIDDEN', 'FEATURE_DISABLED'].includes(code))
                findings.push({ visitor: visitor.name, where, what: `said ${code}` })
            }
      }
      assert.deepEqual(told(findings), [])
      t.diagnostic(`${tried} cursors tried`)
    })

    await suite.test('an export, its link and its signature serve their own company on their own host', async t => {
      const world = await openIsolationWorld(t, open)
      await world.makeExports()
      const get = (visitor: Visitor, path: string): Promise<Answer> =>
        world.portal.request(visitor.host, path, visitor.session === undefined ? {} : { session: visitor.session })
      const findings: Finding[] = []
      let tried = 0
      for (const visitor of world.visitors.filter(({ session }) => session !== 'A1')) {
        const unknown = comparable(await get(visitor, `/exports/AAAAAAAAAAAAAAAA/${'a'.repeat(43)}`))
        const none = comparable(
          await send(world, visitor, {
            method: 'POST',
            document: '{ exportJob(id: "AAAAAAAAAAAAAAAA") { id state url rows } }'
          })
        )
        for (const party of world.parties)
          for (const { id, url, grid } of isLong ? party.exports : party.exports.slice(0, 1)) {
            const own = visitor.party?.company === party.company
            const [, , , signature = ''] = url.split('/')
            const others = world.parties.filter(each => each !== party).flatMap(each => each.exports)
            const paths = [
              // A link is as good as a session, on its own brand's host; so nobody may have been given it.
              ...(visitor.party === null && visitor.host === party.brand.fqdn ? [] : [url]),
              `/exports/${id}/${unlike(signature)}`,
              `/exports/${id}/${signature.slice(1)}`,
              `/exports/${unlike(id)}/${signature}`,
              ...others
                .filter(each => each.grid === grid)
                .slice(0, isLong ? 99 : 1)
                .map(each => `/exports/${id}/${each.url.split('/').at(-1)}`)
            ]
            for (const path of paths) {
              tried++
              const answer = await get(visitor, path)
              if (own && path === url) assert.equal(answer.status, 200)
              else if (comparable(answer) !== unknown)
                findings.push({ visitor: visitor.name, where: path, what: answer.text.slice(0, 200) })
            }
            tried++
            const job = await send(world, visitor, {
              method: 'POST',
              document: `{ exportJob(id: "${id}") { id state url rows } }`
            })
            if (own) assert.equal(job.json.data.exportJob.id, id, job.text)
            else if (comparable(job) !== none)
              findings.push({ visitor: visitor.name, where: `exportJob of ${party.tag}`, what: job.text })
          }
      }
      assert.deepEqual(told(findings), [])
      t.diagnostic(`${tried} links tried`)
    })

    await suite.test(
      'a session is ended by its own contact only, and sign-in tells nobody who has an account',
      async () => {
        const end = (visitor: Visitor, id: string): Promise<Answer> =>
          send(world, visitor, {
            method: 'POST',
            document: 'mutation ($id: ID!) { endSession(id: $id) }',
            variables: { id }
          })
        for (const visitor of world.visitors.filter(each => each.party !== null && each.name !== 'view-as a1')) {
          const unknown = comparable(await end(visitor, 'AAAAAAAAAAAAAAAA'), 'AAAAAAAAAAAAAAAA')
          for (const party of [...world.parties, world.colleague]) {
            if (party.contact.id === visitor.party!.contact.id) continue
            assert.equal(
              comparable(await end(visitor, party.sessionId), party.sessionId),
              unknown,
              `${visitor.name} ${party.tag}`
            )
          }
        }
        for (const { brand, session, tag } of [...world.parties, world.colleague]) {
          const answer = await world.portal.query(brand.fqdn, '{ me { email } }', { session })
          assert.equal(answer.json.data.me.email, `zq-${tag}-mail@example.net`)
        }
        const login = async (host: string, email: string): Promise<string> =>
          comparable(
            await world.portal.query(
              host,
              'mutation ($email: String!) { login(email: $email, password: "not it at all") { token } }',
              {
                variables: { email }
              }
            )
          )
        const nobody = await login('acme.localhost', 'nobody@example.net')
        assert.match(nobody, /UNAUTHENTICATED/)
        // Its own brand's contact, another brand's contact, nobody: the same words.
        assert.equal(await login('acme.localhost', world.party('a1').contact.email), nobody)
        assert.equal(await login('acme.localhost', world.party('g1').contact.email), nobody)
      }
    )

    await suite.test('a session that turns up on another brand’s host is nobody there, and gone', async () => {
      const { contact, brand } = world.party('a1')
      for (const carry of ['session', 'cookie'] as const) {
        const token = await world.portal.session(contact, brand)
        const ask = (host: string): Promise<Answer> =>
          world.portal.query(host, '{ me { email } portal { brandName } }', { [carry]: token })
        assert.equal((await ask('acme.localhost')).json.data.me.email, contact.email)
        const away = await ask('globex.localhost')
        assert.equal(away.json.data.me, null)
        assert.equal(away.json.data.portal.brandName, 'Globex Telecom')
        assert.doesNotMatch(readable(away), /zq-|Acme/)
        assert.equal((await ask('acme.localhost')).json.data.me, null)
        assert.equal(
          await world.portal.database
            .reader('contact_session')
            .where({ token_hash: hashToken(token) })
            .first(),
          undefined
        )
      }
      assert.equal(
        (await world.portal.query('acme.localhost', '{ me { email } }', { session: newToken() })).json.data,
        undefined
      )
    })
  })
})

/** What `a1` is handed when isolation is broken on purpose. */
const asParty = (world: IsolationWorld, party: Party): void => {
  world.sabotage.context = context => {
    const viewer = {
      ...context.viewer,
      companyId: party.company.id,
      userType: party.userType,
      domainId: party.brand.id
    }
    return { ...context, scope: world.portal.installation.openScope(viewer, context.at) }
  }
}

test('the probes see a foreign scope, in lists, by id, in files, in sums and in changed rows', async t => {
  const world = await openIsolationWorld(t, openers.sqlite)
  await world.makeExports()
  const a1 = world.visitors[0]!
  const { values, ids } = world.party('a2')
  const wanted = [values.callId, ...world.dids.filter(({ owner }) => owner.tag === 'a2').map(({ id }) => id)]
  assert.ok(wanted.every(text => text === values.callId || ids.includes(text!)))
  const about = (part: RegExp): Asked[] => {
    const all = [...plainProbes(), ...probesAbout(world.party('a2'))].filter(
      ({ where, value }) => part.test(where) && (/ id | callId /.test(where) ? wanted.includes(value!) : true)
    )
    assert.ok(all.length > 0, String(part))
    return all.slice(0, 12).map((probe, index) => ({ probe, mode: modes[index % modes.length]! }))
  }
  const parts = [
    /^Query.cdrs plain/,
    /^Query.cdr callId/,
    /^Query.breakout plain/,
    /^Query.dids plain/,
    /^Query.did id/,
    /^Query.didTags plain/,
    /^export (CDR|DID)/,
    /where.rules.0.value callId eq/
  ]
  for (const part of parts) assert.deepEqual(told((await sweep(world, a1, about(part))).findings), [], String(part))
  const kept = (await sweep(world, a1, about(/^Query.breakout plain/))).kept
  asParty(world, world.party('a2'))
  for (const part of parts) assert.notDeepEqual((await sweep(world, a1, about(part))).findings, [], String(part))
  const [asked, text] = [...kept][0]!
  assert.notEqual((await run(world, a1, asked.probe, asked.mode)).kept, text)
  const did = world.dids.find(({ owner }) => owner.tag === 'a2')!
  const before = JSON.stringify((await world.rows()).get('did'))
  // Even with a foreign scope the guard's own rule refuses to write: a second wall.
  const document = `mutation { updateDid(id: "${did.id}", version: 1, input: { enabled: false }) { id } }`
  assert.match((await send(world, a1, { method: 'POST', document })).text, /FORBIDDEN/)
  assert.equal(JSON.stringify((await world.rows()).get('did')), before)
  await world.portal.database.writer('did').where({ id: did.id }).update({ enabled: 0 })
  assert.notEqual(JSON.stringify((await world.rows()).get('did')), before)
})
