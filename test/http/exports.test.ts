import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { runExport } from '../../http/export-runner.ts'
import { hashToken, newToken } from '../../http/tokens.ts'
import { forEachDatabase } from '../support/databases.ts'
import { type Answer, startPortal, type TestPortal, testActor } from '../support/portal.ts'
import { giveToys, toyPlugin } from './toy-plugin.ts'

const code = (answer: Answer): string | undefined => answer.json?.errors?.[0]?.extensions?.code
const fields = (answer: Answer): string[] => Object.keys(answer.json?.errors?.[0]?.extensions?.fields ?? {})

const request = (portal: TestPortal, session: string, args: string, host = 'acme.localhost'): Promise<Answer> =>
  portal.query(host, `mutation { requestExport(${args}) { id state rows url grid } }`, { session })

interface Job {
  readonly id: string
  readonly state: string
  readonly rows: number | null
  readonly url: string | null
  readonly expiresAt: string | null
}

const job = async (portal: TestPortal, session: string, id: string): Promise<Job> => {
  const answer = await portal.query(
    'acme.localhost',
    'query ($id: ID!) { exportJob(id: $id) { id state rows url expiresAt } }',
    { session, variables: { id } }
  )
  return answer.json.data.exportJob
}

const finished = async (portal: TestPortal, session: string, id: string): Promise<Job> => {
  for (;;) {
    const now = await job(portal, session, id)
    if (now.state !== 'QUEUED' && now.state !== 'RUNNING') return now
    await sleep(20)
  }
}

forEachDatabase('exports', open => {
  const start = (t: Parameters<typeof startPortal>[0], jobs = true) =>
    startPortal(t, { open: () => open({ plugins: [toyPlugin] }), plugins: [toyPlugin], jobs })

  test('a file holds the company’s rows, the named columns, guarded texts, and a header', async t => {
    const portal = await start(t)
    const ada = await portal.signedIn('Ada')
    const ben = await portal.signedIn('Ben')
    await giveToys(portal.database, ada.company.id, ['=1+1', 'plain', '+44 20', 'a,"b"', 'last'])
    await giveToys(portal.database, ben.company.id, ['of another company'])

    const asked = await request(portal, ada.session, 'grid: "TOY", columns: ["amount", "note"]')
    assert.equal(asked.json.errors, undefined, asked.text)
    const { id, grid } = asked.json.data.requestExport
    assert.equal(grid, 'TOY')
    const ready = await finished(portal, ada.session, id)
    assert.equal(ready.state, 'READY')
    assert.equal(ready.rows, 5)
    const left = Date.parse(ready.expiresAt ?? '') - (await portal.installation.stores.source.clock()).at
    assert.ok(left > 14 * 60_000 && left <= 15 * 60_000, String(left))

    const file = await portal.request('acme.localhost', ready.url!, { session: ada.session })
    assert.equal(file.status, 200, file.text)
    assert.equal(file.headers['content-type'], 'text/csv; charset=utf-8')
    assert.match(file.headers['content-disposition'] ?? '', /^attachment; filename="toy-\d{4}-\d\d-\d\d\.csv"$/)
    assert.equal(file.headers['x-content-type-options'], 'nosniff')
    assert.equal(
      file.text,
      [
        'AMOUNT,NOTE',
        "0.500000,'=1+1",
        '1.500000,plain',
        "2.500000,'+44 20",
        '3.500000,"a,""b"""',
        '4.500000,last',
        ''
      ].join('\r\n')
    )
    assert.equal((await portal.request('acme.localhost', ready.url!)).text, file.text, 'the signed link is enough')

    const list = await portal.query('acme.localhost', '{ exportJobs { id state rows } }', { session: ada.session })
    assert.deepEqual(list.json.data.exportJobs, [{ id, state: 'READY', rows: 5 }])
    const foreign = await portal.query('acme.localhost', '{ exportJobs { id } }', { session: ben.session })
    assert.deepEqual(foreign.json.data.exportJobs, [])
    const entries = await portal.database
      .reader('audit_entry')
      .where({ target: `export:${id}` })
      .orderBy('seq')
    assert.deepEqual(
      entries.map(entry => entry.action),
      ['export.request', 'export.download', 'export.download']
    )
    assert.match(entries[0].actor, new RegExp(ada.contact.id))
  })

  test('a filter narrows the file; what the page refuses, the export refuses', async t => {
    const portal = await start(t)
    const { company, session } = await portal.signedIn('Ada')
    await giveToys(portal.database, company.id, ['red', 'rose', 'blue'])
    const asked = await request(portal, session, 'grid: "TOY", filter: {notePrefix: "r"}, columns: ["note"]')
    const ready = await finished(portal, session, asked.json.data.requestExport.id)
    assert.equal((await portal.request('acme.localhost', ready.url!)).text, 'NOTE\r\nred\r\nrose\r\n')

    const refused: [string, string, string[]][] = [
      ['grid: "NONE"', 'BAD_USER_INPUT', ['grid']],
      ['grid: "TOY", filter: {notePrefix: 1}', 'BAD_USER_INPUT', ['filter.notePrefix']],
      ['grid: "TOY", columns: ["note", "company_id"]', 'BAD_USER_INPUT', ['columns.1']],
      ['grid: "TOY", columns: ["note", "note"]', 'BAD_USER_INPUT', ['columns.1']],
      ['grid: "TOY", columns: []', 'BAD_USER_INPUT', ['columns']]
    ]
    for (const [args, expected, paths] of refused) {
      const answer = await request(portal, session, args)
      assert.equal(code(answer), expected, `${args}: ${answer.text}`)
      assert.deepEqual(fields(answer), paths, args)
    }
  })

  test('a hidden column is refused like one that never was, and its files with it', async t => {
    const portal = await start(t)
    const { company, session } = await portal.signedIn('Ada')
    await giveToys(portal.database, company.id, ['red'])
    const before = await request(portal, session, 'grid: "TOY", columns: ["note", "amount"]')
    const ready = await finished(portal, session, before.json.data.requestExport.id)
    assert.equal((await portal.request('acme.localhost', ready.url!)).status, 200)

    await portal.installation.stores.brands.setColumns(
      portal.world.acme.id,
      { report: 'TOY', userType: 'CUSTOMER', columns: ['note'] },
      testActor
    )
    const hidden = await request(portal, session, 'grid: "TOY", columns: ["amount"]')
    const unknown = await request(portal, session, 'grid: "TOY", columns: ["nothing"]')
    assert.equal(hidden.text, unknown.text)
    assert.equal(code(hidden), 'BAD_USER_INPUT')
    const late = await portal.request('acme.localhost', ready.url!)
    assert.equal(late.status, 403)
    assert.equal(code(late), 'FEATURE_DISABLED')
    const all = await request(portal, session, 'grid: "TOY"')
    const now = await finished(portal, session, all.json.data.requestExport.id)
    assert.equal((await portal.request('acme.localhost', now.url!)).text, 'NOTE\r\nred\r\n')
  })

  test('access is decided again at the download; a link works on its own host, for its own company, for 15 minutes', async t => {
    const portal = await start(t)
    const { company, contact, session } = await portal.signedIn('Ada')
    const ben = await portal.signedIn('Ben')
    await giveToys(portal.database, company.id, ['red'])
    const asked = await request(portal, session, 'grid: "TOY"')
    const ready = await finished(portal, session, asked.json.data.requestExport.id)
    const url = ready.url!
    const status = async (path = url, host = 'acme.localhost', using?: string): Promise<number> =>
      (await portal.request(host, path, using === undefined ? {} : { session: using })).status

    assert.equal(await status(), 200)
    assert.equal(await status(url, 'globex.localhost'), 404)
    assert.equal(await status(url, 'acme.localhost', ben.session), 404)
    assert.equal(await status(`${url}x`), 404)
    assert.equal(await status(url.replace(/.$/, last => (last === 'A' ? 'B' : 'A'))), 404)
    assert.equal(await status(`/exports/${ready.id}/`), 404)
    assert.equal(await status(`/exports/unknown/${url.split('/').at(-1)}`), 404)
    assert.equal(await status(`/exports/%00/${url.split('/').at(-1)}`), 404)
    for (const id of ['unknown', '\\u0000']) {
      const answer = await portal.query('acme.localhost', `{ exportJob(id: "${id}") { id } }`, { session })
      assert.equal(code(answer), 'NOT_FOUND', id)
    }

    await portal.override(company, 'toy', 'HIDE')
    assert.equal(await status(), 403)
    await portal.override(company, 'toy', 'INHERIT')
    assert.equal(await status(), 200)
    const { writer } = portal.database
    await writer('contact').where({ id: contact.id }).update({ disabled: 1 })
    assert.equal(await status(), 404)
    await writer('contact').where({ id: contact.id }).update({ disabled: 0 })
    const moved = await portal.installation.stores.companies.assignDomain(company.id, portal.world.globex.id, testActor)
    assert.equal(moved.domainId, portal.world.globex.id)
    assert.equal(await status(), 404)
    await portal.installation.stores.companies.assignDomain(company.id, portal.world.acme.id, testActor)
    assert.equal(await status(), 200)
    await writer('export_job')
      .where({ id: ready.id })
      .decrement('expires_at', 16 * 60_000)
    assert.equal(await status(), 404)
    const again = await portal.session(contact)
    assert.deepEqual(await job(portal, again, ready.id), {
      id: ready.id,
      state: 'EXPIRED',
      rows: 1,
      url: null,
      expiresAt: null
    })
  })

  test('a feature hidden between request and run fails the job; without the feature nothing is asked for', async t => {
    const portal = await start(t, false)
    const { company, session } = await portal.signedIn('Ada')
    await giveToys(portal.database, company.id, ['red'])
    const ben = await portal.signedIn('Ben')
    const asked = await request(portal, session, 'grid: "TOY"')
    const { id } = asked.json.data.requestExport
    assert.equal((await job(portal, session, id)).state, 'QUEUED')
    const foreign = await portal.query('acme.localhost', `{ exportJob(id: "${id}") { id } }`, { session: ben.session })
    assert.equal(code(foreign), 'NOT_FOUND')
    await portal.override(company, 'toy', 'HIDE')
    assert.equal(code(await request(portal, session, 'grid: "TOY"')), 'FEATURE_DISABLED')
    await portal.installation.jobs.runDue()
    assert.equal((await job(portal, session, id)).state, 'FAILED')
  })

  test('five unfinished exports are enough for one company', async t => {
    const portal = await start(t, false)
    const { session } = await portal.signedIn('Ada')
    for (let turn = 0; turn < 5; turn += 1) {
      assert.equal(code(await request(portal, session, 'grid: "TOY"')), undefined)
    }
    assert.equal(code(await request(portal, session, 'grid: "TOY"')), 'CAPACITY_EXCEEDED')
    const ben = await portal.signedIn('Ben')
    assert.equal(code(await request(portal, ben.session, 'grid: "TOY"')), undefined)
  })

  test('asked for all at once, five are still enough, and twenty files are enough to keep', async t => {
    const portal = await start(t, false)
    const { session } = await portal.signedIn('Ada')
    const ask = () => request(portal, session, 'grid: "TOY"')
    const answers = await Promise.all(Array.from({ length: 12 }, ask))
    assert.equal(answers.filter(answer => code(answer) === undefined).length, 5)
    for (let files = 5; files <= 20; files += 5) {
      await portal.database.writer('export_job').update({ state: 'READY', expires_at: 9_000_000_000_000 })
      assert.equal(code(await ask()), files < 20 ? undefined : 'CAPACITY_EXCEEDED', String(files))
      for (let turn = 1; turn < 5 && files < 20; turn += 1) await ask()
    }
  })

  test('an export that cannot be put in line is not kept', async t => {
    const portal = await start(t, false)
    const { session } = await portal.signedIn('Ada')
    const { writer } = portal.database
    await writer.schema.renameTable('job', 'job_away')
    assert.ok(code(await request(portal, session, 'grid: "TOY"')))
    await writer.schema.renameTable('job_away', 'job')
    assert.deepEqual(await writer('export_job').select('id'), [])
    assert.equal(code(await request(portal, session, 'grid: "TOY"')), undefined)
    assert.equal((await writer('job').where({ name: 'export' })).length, 1)
  })

  test('a process that lost its lease neither finishes nor fails the file', async t => {
    const portal = await start(t, false)
    const { company, session } = await portal.signedIn('Ada')
    await giveToys(portal.database, company.id, ['red'])
    const { id } = (await request(portal, session, 'grid: "TOY"')).json.data.requestExport
    const lost = async (): Promise<boolean> => false
    await runExport(portal.installation, id, lost)
    assert.equal((await job(portal, session, id)).state, 'RUNNING')
    await portal.override(company, 'toy', 'HIDE')
    await runExport(portal.installation, id, lost)
    assert.equal((await job(portal, session, id)).state, 'RUNNING')
    await portal.override(company, 'toy', 'INHERIT')
    await portal.installation.jobs.runDue()
    assert.equal((await job(portal, session, id)).state, 'READY')
  })

  test('a file of which a piece is gone breaks off instead of ending', async t => {
    const portal = await start(t)
    const { company, session } = await portal.signedIn('Ada')
    await giveToys(portal.database, company.id, ['red'])
    const asked = await request(portal, session, 'grid: "TOY"')
    const ready = await finished(portal, session, asked.json.data.requestExport.id)
    const whole = await portal.request('acme.localhost', ready.url!)
    assert.equal(whole.headers['content-length'], String(Buffer.byteLength(whole.text)))
    await portal.database.writer('export_job').increment('byte_count', 1)
    await assert.rejects(portal.request('acme.localhost', ready.url!))
  })

  test('the log names who fetched a file, staff with the contact', async t => {
    const portal = await start(t)
    const { company, session, contact } = await portal.signedIn('Ada')
    const ben = await portal.contact(company, 'ben@example.net')
    await giveToys(portal.database, company.id, ['red'])
    const asked = await request(portal, session, 'grid: "TOY"')
    const { url, id } = await finished(portal, session, asked.json.data.requestExport.id)
    const token = newToken()
    await portal.installation.people.sessions.createContactSession({
      tokenHash: hashToken(token),
      contactId: contact.id,
      domainId: portal.world.acme.id,
      ip: '::1',
      viewAs: { staffId: 'staff:sam', staffName: 'Sam', writeThrough: false }
    })
    for (const using of [await portal.session(ben), token])
      assert.equal((await portal.request('acme.localhost', url!, { session: using })).status, 200)
    assert.deepEqual(
      await portal.database
        .reader('audit_entry')
        .where({ target: `export:${id}`, action: 'export.download' })
        .orderBy('seq')
        .pluck('actor'),
      [`contact:${ben.id}`, `contact:${contact.id} by staff:sam`]
    )
  })
})
