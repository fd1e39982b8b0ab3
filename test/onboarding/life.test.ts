import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Stopped } from '../../core/alive.ts'
import { type OnboardingRun, onboardingLinesKeptMs } from '../../core/onboarding-runs.ts'
import { pruneOnboarding } from '../../db/onboarding-clean-up.ts'
import { createOnboardingWork } from '../../db/onboarding-work.ts'
import { rowsOf } from '../../db/sql.ts'
import { giveUpOnboarding, runOnboarding } from '../../http/onboarding-runner.ts'
import { runPortalCommand } from '../../http/portal-command.ts'
import { readSettings } from '../../http/settings.ts'
import { plugins } from '../../plugins/index.ts'
import { forEachDatabase } from '../support/databases.ts'
import { entryArguments } from '../support/entries.ts'
import { length } from '../support/length.ts'
import { consoleHost, startPortal, type TestPortal } from '../support/portal.ts'
import { ask, exported, linesOf, onboard, upload } from './onboard.ts'
import { code, company, contact, did, file, override } from './onboarding-lines.ts'

const example = async (): Promise<string> =>
  /```csv\n([\s\S]*?)```/.exec(await readFile(new URL('../../docs/onboarding.md', import.meta.url), 'utf8'))![1]!

const named = async (portal: TestPortal, name: string) =>
  (
    await ask(
      portal,
      'query ($name: String) { companies(search: $name) { nodes { id version name domainId accountCodes overrides { key override } } } }',
      { name }
    )
  ).companies.nodes
const entriesOf = async (portal: TestPortal, target: string, action = 'onboardCompany') =>
  (
    await ask(portal, 'query ($target: String) { auditLog(target: $target) { nodes { id action before after } } }', {
      target
    })
  ).auditLog.nodes.filter((entry: { action: string }) => entry.action === action)

/** Puts a run in line without anybody to carry it out. */
const queued = async (portal: TestPortal, text: string): Promise<string> => {
  const { startOnboarding } = await ask(
    portal,
    'mutation ($fileId: ID!) { startOnboarding(fileId: $fileId, dryRun: false) { id } }',
    { fileId: await upload(portal, text) }
  )
  return startOnboarding.id
}
const stateOf = async (portal: TestPortal, id: string): Promise<string> =>
  (await ask(portal, 'query ($id: ID!) { onboardingRun(id: $id) { state } }', { id })).onboardingRun.state

interface Seen {
  readonly id: string
  readonly name: string
  readonly version: number
  readonly accountCodes: readonly string[]
  readonly overrides: readonly { readonly key: string; readonly override: string }[]
}
const companies = async (portal: TestPortal): Promise<Seen[]> =>
  (await ask(portal, '{ companies(first: 500) { nodes { id name version accountCodes overrides { key override } } } }'))
    .companies.nodes
const audited = async (portal: TestPortal, action: string) =>
  (await ask(portal, '{ auditLog(first: 500) { nodes { id action target before after } } }')).auditLog.nodes.filter(
    (entry: { action: string }) => entry.action === action
  )

/** Companies of a killed run: what each has, and how often it is in the audit log. */
const companiesSeen = async (portal: TestPortal) =>
  rowsOf<{ name: string; contacts: number; overrides: number; entries: number }>(
    portal.database.reader,
    `SELECT c.name, (SELECT COUNT(*) FROM contact k WHERE k.company_id = c.id) AS contacts,
       (SELECT COUNT(*) FROM company_override o WHERE o.company_id = c.id) AS overrides,
       (SELECT COUNT(*) FROM audit_entry a WHERE a.target = c.id AND a.action = 'onboardCompany') AS entries
     FROM company c`
  )
const runSeen = async (portal: TestPortal, id: string) => (await portal.installation.onboarding.runs.get(id))!

forEachDatabase('an onboarding run', open => {
  test('takes companies in: a dry run says it, the run does it, the file again changes nothing', async t => {
    // As a server does it: the job table wakes by itself.
    const portal = await startPortal(t, { open: () => open({ plugins }), plugins, jobs: true })
    const text = file(
      company('new-1', 'Alder Bakery'),
      code('new-1', 'ALD-1'),
      contact('new-1', 'Ada', 'ada@alder.example'),
      override('new-1', 'cdr', 'HIDE', 'Contract ended,,2030-01-01T00:00:00Z'),
      did('new-1', '+44 20 7946 0001'),
      company('new-2', 'Birch', '')
    )
    const dry = await onboard(portal, text, true)
    assert.deepEqual(
      dry.lines.map(line => line.outcome),
      ['CREATE', 'CREATE', 'CREATE', 'CREATE', 'CREATE', 'CREATE'],
      JSON.stringify(dry)
    )
    assert.deepEqual(await companies(portal), [])
    assert.deepEqual(await audited(portal, 'onboardCompany'), [])

    const real = await onboard(portal, text)
    assert.deepEqual(real.lines, dry.lines)
    assert.equal(real.run.created, 6)
    const [alder, birch] = await companies(portal)
    assert.deepEqual([alder?.name, alder?.accountCodes, birch?.name], ['Alder Bakery', ['ALD-1'], 'Birch'])
    assert.deepEqual(
      alder?.overrides.map(({ key, override }) => [key, override]),
      [['cdr', 'HIDE']]
    )
    const entries = await audited(portal, 'onboardCompany')
    assert.equal(entries.length, 2)
    assert.equal((await audited(portal, 'onboardNumber')).length, 1)
    const { auditLog } = await ask(portal, 'query ($run: ID) { auditLog(operation: $run) { nodes { action } } }', {
      run: real.run.id
    })
    assert.deepEqual(auditLog.nodes.map(({ action }: { action: string }) => action).sort(), [
      'onboardCompany',
      'onboardCompany',
      'onboardNumber',
      'startOnboarding'
    ])

    const again = await onboard(portal, text)
    assert.equal(again.run.sameFileAs, real.run.id)
    assert.deepEqual(
      again.lines.map(line => line.outcome),
      Array(6).fill('UNCHANGED')
    )
    assert.deepEqual((await audited(portal, 'onboardCompany')).length, 2)
    assert.equal((await companies(portal))[0]?.version, alder?.version)

    const out = await exported(portal)
    const round = await onboard(portal, out)
    assert.deepEqual(
      round.lines.filter(line => line.outcome !== 'UNCHANGED'),
      []
    )
    assert.equal((await audited(portal, 'onboardCompany')).length, 2)
    assert.equal(await exported(portal), out)
  })

  test('goes on where its process was killed, and does nothing twice', async t => {
    const database = await open({ plugins })
    const portal = await startPortal(t, { open: async () => database, plugins })
    // Several transactions to read, and several to write.
    const count = length(1_000, 6_000)
    const id = await queued(
      portal,
      file(
        ...Array.from({ length: count }, (_, index) => [
          company(`M-${index}`, `Many ${index}`),
          contact(`M-${index}`, 'Mia', `mia@many-${index}.example`),
          override(`M-${index}`, 'cdr', 'HIDE')
        ]).flat(),
        override('M-0', 'no-such-key', 'SHOW'),
        did(`M-${count - 1}`, '442079460001')
      )
    )
    /** Runs it in a process of its own, and kills that as soon as it has come so far, plus some milliseconds. */
    const killedOnce = async (come: (run: OnboardingRun) => boolean, later: number): Promise<void> => {
      const child = spawn(process.execPath, [...entryArguments('test/support/onboarding-child.ts'), database.url, id], {
        cwd: join(import.meta.dirname, '../..'),
        stdio: 'inherit'
      })
      const ended = once(child, 'exit')
      while (!come(await runSeen(portal, id))) {
        assert.equal(child.exitCode, null, 'it ended before it was killed')
        await sleep(3)
      }
      await sleep(later)
      child.kill('SIGKILL')
      await ended
      // Its lease would run out within a minute.
      await portal.database.transaction(trx => trx.raw('UPDATE job SET lease_until = 0 WHERE lease_until IS NOT NULL'))
      for (const { name, contacts, overrides, entries } of await companiesSeen(portal))
        assert.deepEqual([contacts, overrides, entries], [1, 1, 1], `${name} is there whole`)
    }
    await killedOnce(run => run.lines >= 2_000, 5)
    assert.deepEqual(await companiesSeen(portal), [])
    const halves = Array.from({ length: length(1, 4) }, (_, index) => index * 1_000)
    for (const [index, half] of halves.entries()) {
      await killedOnce(run => run.companiesWritten > half, index * 40)
      const { companiesWritten } = await runSeen(portal, id)
      assert.ok(companiesWritten > 0 && companiesWritten < count, 'killed in the middle')
    }
    await portal.installation.jobs.runDue()

    const run = await runSeen(portal, id)
    assert.deepEqual(
      [run.state, run.lines, run.companies, run.companiesWritten, run.created, run.faulty, run.refused],
      ['DONE', 3 * count + 2, count, count - 1, 3 * count - 2, 1, 3]
    )
    const lines = await linesOf(portal, id)
    assert.deepEqual(
      lines.map(({ line, outcome }) => [line, outcome]),
      Array.from({ length: 3 * count + 2 }, (_, index) => [
        index + 2,
        index < 3 ? 'REFUSED' : index === 3 * count ? 'ERROR' : 'CREATE'
      ])
    )
    const seen = await companiesSeen(portal)
    assert.equal(new Set(seen.map(({ name }) => name)).size, count - 1)
    for (const { contacts, overrides, entries } of seen) assert.deepEqual([contacts, overrides, entries], [1, 1, 1])
  })

  test('is done once, also by two processes that both think it theirs', async t => {
    const portal = await startPortal(t, { open: () => open({ plugins }), plugins })
    const many = Array.from({ length: 40 }, (_, index) => company(`T-${index}`, `Twice ${index}`))
    const id = await queued(portal, file(...many))
    const { database, catalogue } = portal.installation
    const work = createOnboardingWork(database, catalogue, plugins, 5)
    const parts = { ...portal.installation, onboarding: { ...portal.installation.onboarding, work } }
    for (let left = 20; (await stateOf(portal, id)) !== 'DONE'; left -= 1) {
      assert.ok(left > 0, 'the run comes no further')
      // Whoever finds the run moved on by the other stops, and its job is tried again.
      for (const end of await Promise.allSettled([1, 2].map(() => runOnboarding(parts, id, async () => true))))
        if (end.status === 'rejected') assert.equal(end.reason.code, 'UNAVAILABLE', end.reason.stack)
    }
    assert.deepEqual(
      (await linesOf(portal, id)).map(({ outcome }) => outcome),
      many.map(() => 'CREATE')
    )
    const run = await runSeen(portal, id)
    assert.deepEqual([run.companies, run.companiesChecked, run.companiesWritten], [40, 40, 40])
    assert.equal((await companiesSeen(portal)).length, 40)
  })

  test('two files of one content at once take every company in once', async t => {
    const portal = await startPortal(t, { open: () => open({ plugins }), plugins })
    const { database, catalogue } = portal.installation
    const work = createOnboardingWork(database, catalogue, plugins, 5)
    const parts = { ...portal.installation, onboarding: { ...portal.installation.onboarding, work } }
    const lines = Array.from({ length: 30 }, (_, index) => [
      company(`D-${index}`, `Double ${index}`),
      code(`D-${index}`, `DC-${index}`),
      contact(`D-${index}`, 'Dan', `dan@double-${index}.example`)
    ]).flat()
    const ids = [await queued(portal, file(...lines)), await queued(portal, file(...lines.toReversed()))]
    await Promise.all(ids.map(id => runOnboarding(parts, id, async () => true)))
    const runs = await Promise.all(ids.map(id => runSeen(portal, id)))
    assert.deepEqual(
      runs.map(({ state }) => state),
      ['DONE', 'DONE']
    )
    assert.equal(
      runs.reduce((sum, run) => sum + run.created, 0),
      90
    )
    for (const { created, unchanged, faulty, refused } of runs) assert.equal(created + unchanged + faulty + refused, 90)
    const seen = await companiesSeen(portal)
    assert.equal(seen.length, 30)
    for (const { contacts, entries } of seen) assert.deepEqual([contacts, entries], [1, 1])
    const third = await onboard(portal, file(...lines))
    assert.equal(third.run.unchanged, 90)
  })

  test('that fails for good says what it did, and nothing of what it did not', async t => {
    const portal = await startPortal(t, { open: () => open({ plugins }), plugins })
    const { database, catalogue } = portal.installation
    const work = createOnboardingWork(database, catalogue, plugins, 1)
    const parts = { ...portal.installation, onboarding: { ...portal.installation.onboarding, work } }
    const id = await queued(portal, file(company('A', 'Ash'), company('B', 'Beech'), 'CODE,A'))
    let asked = 0
    await runOnboarding(parts, id, async () => ++asked <= 1)
    assert.deepEqual([(await runSeen(portal, id)).phase, (await runSeen(portal, id)).lines], ['CHECK', 3])
    await work.checkSome((await work.take(id))!)
    await giveUpOnboarding(parts, id)
    const run = await runSeen(portal, id)
    assert.deepEqual([run.state, run.errorCode, run.created, run.faulty, run.refused], ['FAILED', 'INTERNAL', 0, 1, 1])
    assert.deepEqual(
      (await linesOf(portal, id)).map(({ outcome }) => outcome),
      ['REFUSED', null, 'ERROR']
    )

    // The lines of old runs go, the runs stay; what is young, or under way, stays whole.
    const young = (await onboard(portal, file(company('C', 'Cedar')))).run.id
    const waiting = await queued(portal, file(company('D', 'Dogwood')))
    await runOnboarding(parts, waiting, async () => ++asked <= 3)
    await portal.database.transaction(trx =>
      trx.raw('UPDATE onboarding_run SET finished_at = finished_at - ? WHERE id = ?', [onboardingLinesKeptMs, id])
    )
    await pruneOnboarding(database, async () => true)
    assert.deepEqual(await linesOf(portal, id), [])
    assert.equal((await runSeen(portal, id)).faulty, 1)
    assert.deepEqual([(await linesOf(portal, young)).length, (await linesOf(portal, waiting)).length], [1, 1])
  })

  test('an export that was told to stop leaves no half file, and is made when it is run again', async t => {
    const portal = await startPortal(t, { open: () => open({ plugins }), plugins })
    await portal.company('Ash')
    const { exportOnboarding } = await ask(portal, 'mutation { exportOnboarding { id } }')
    await assert.rejects(
      runOnboarding(portal.installation, exportOnboarding.id, async () => false),
      Stopped
    )
    assert.deepEqual(await portal.database.reader('operator_file').select('id'), [])
    assert.equal(await stateOf(portal, exportOnboarding.id), 'RUNNING')
    await runOnboarding(portal.installation, exportOnboarding.id, async () => true)
    assert.equal(await stateOf(portal, exportOnboarding.id), 'DONE')
  })

  test('refuses the one company that somebody changed between check and write', async t => {
    const portal = await startPortal(t, { open: () => open({ plugins }), plugins })
    const id = await queued(portal, file(company('A', 'Ash'), code('A', 'TAKEN'), company('B', 'Beech')))
    const { work } = portal.installation.onboarding
    let run = (await work.take(id))!
    while (run.phase !== 'WRITE') {
      // One step an attempt: reading, checking until nothing is left, comparing.
      let asked = 0
      await runOnboarding(portal.installation, id, async () => ++asked <= 1)
      run = (await work.take(id))!
    }
    await portal.company('Quick', { accountCodes: ['TAKEN'] })
    await runOnboarding(portal.installation, id, async () => true)
    assert.equal(await stateOf(portal, id), 'DONE')
    assert.deepEqual(
      (await linesOf(portal, id)).map(({ outcome, code: fault }) => [outcome, fault]),
      [
        ['REFUSED', null],
        ['ERROR', 'CONFLICT'],
        ['CREATE', null]
      ]
    )
    assert.equal((await named(portal, 'Ash')).length, 0)
    assert.equal((await named(portal, 'Beech')).length, 1)
  })

  test('changes what is there, ends sessions, counts at once, and can be taken back', async t => {
    const portal = await startPortal(t, { open: () => open({ plugins }), plugins })
    const elm = await portal.company('Elm', { accountCodes: ['ELM'] })
    const eva = await portal.contact(elm, 'eva@elm.example')
    const session = await portal.session(eva, portal.world.acme)
    const other = await portal.session(await portal.contact(elm, 'emil@elm.example'), portal.world.acme)
    const asks = async (token: string): Promise<string | undefined> => {
      const answer = await portal.query(portal.world.acme.fqdn, '{ dids(first: 1) { totalCount } }', { session: token })
      return answer.json.errors?.[0].extensions.code
    }
    assert.equal(await asks(session), undefined)

    const hidden = await onboard(portal, file(override('ELM', 'did', 'HIDE', 'Not paid')))
    assert.deepEqual(
      hidden.lines.map(({ outcome }) => outcome),
      ['CREATE']
    )
    assert.equal(await asks(session), 'FEATURE_DISABLED')
    const [entry] = await entriesOf(portal, elm.id)
    assert.equal(JSON.parse(entry.after)['override:did'].override, 'HIDE')
    await ask(portal, 'mutation ($id: ID!) { revertChange(auditId: $id) { id } }', { id: entry.id })
    assert.equal(await asks(session), undefined)

    const text = file(
      'COMPANY,ELM,Elm & Sons,,,,globex.localhost',
      contact(elm.id, 'Eva New', 'EVA@elm.example'),
      override('ELM', 'cdr', 'SHOW'),
      override(elm.id, 'did', 'INHERIT')
    )
    const dry = await onboard(portal, text, true)
    assert.equal(await asks(session), undefined)
    const real = await onboard(portal, text)
    assert.deepEqual(real.lines, dry.lines)
    assert.deepEqual(
      real.lines.map(({ outcome, changes }) => [
        outcome,
        ...changes.map(({ field, before, after }) => `${field} ${before} ${after}`)
      ]),
      [
        ['UPDATE', 'name Elm Elm & Sons', 'brand acme.localhost globex.localhost'],
        ['UPDATE', 'name eva@elm.example Eva New'],
        ['CREATE', 'override INHERIT SHOW'],
        ['UNCHANGED']
      ]
    )
    assert.deepEqual([await asks(session), await asks(other)], ['UNAUTHENTICATED', 'UNAUTHENTICATED'])
    const entries = await entriesOf(portal, elm.id)
    assert.equal(entries.length, 2)
    const newest = entries[0]
    assert.deepEqual(Object.keys(JSON.parse(newest.after)).sort(), [
      'contact:eva@elm.example',
      'domain',
      'name',
      'override:cdr'
    ])
    const refused = await portal.query(consoleHost, `mutation { revertChange(auditId: "${newest.id}") { id } }`, {
      apiKey: portal.apiKey
    })
    assert.equal(refused.json.errors[0].extensions.code, 'PRECONDITION_FAILED')
    assert.match(refused.json.errors[0].message, /one by one/)
    assert.equal((await portal.installation.people.contacts.get(eva.id))?.name, 'Eva New')

    // The way back from a wrong file that the guide tells: what was written out before is taken in again.
    const kept = await exported(portal)
    const wrong = file(
      'COMPANY,ELM,Oops,,,,acme.localhost',
      `${contact('ELM', 'Oops', 'eva@elm.example')},,,,,,,,192.0.2.1`,
      override('ELM', 'cdr', 'INHERIT')
    )
    assert.equal((await onboard(portal, wrong)).run.updated, 3)
    assert.equal((await onboard(portal, kept)).run.errors, 0)
    assert.equal(await exported(portal), kept)
  })

  test('is a command too: the example of the guide, tried, done, written out and read back', async t => {
    const database = await open({ plugins })
    const portal = await startPortal(t, { open: async () => database, plugins })
    const folder = await mkdtemp(join(tmpdir(), 'portal-onboard-'))
    t.after(() => rm(folder, { recursive: true, force: true }))
    const path = join(folder, 'companies.csv')
    const run = async (...words: string[]): Promise<{ code: number; text: string }> => {
      const printed: string[] = []
      const settings = { ...readSettings({}), databaseUrl: database.url }
      const code = await runPortalCommand(
        words,
        async () => ({ settings, plugins }),
        line => printed.push(line)
      )
      return { code, text: printed.join('\n') }
    }
    await writeFile(path, await example())
    const dry = await run('onboard', path, '--dry-run')
    assert.equal(dry.code, 0, dry.text)
    assert.match(dry.text, /^2 {2}CREATE {2}COMPANY ALD/m)
    assert.equal((await named(portal, 'Alder')).length, 0)
    const real = await run('onboard', path)
    assert.equal(real.code, 0, real.text)
    assert.match(real.text, /Done: 6 created, 0 updated, 0 unchanged, 0 wrong/)
    const [alder] = await named(portal, 'Alder')
    assert.deepEqual([alder.accountCodes, alder.overrides], [['ALD-1'], [{ key: 'cdr', override: 'HIDE' }]])

    const copy = join(folder, 'copy.csv')
    assert.match((await run('export-companies', copy)).text, /: 2 companies, 6 lines/)
    const back = await run('onboard', copy)
    assert.match(back.text, /0 created, 0 updated, 6 unchanged/)
    const again = await run('onboard', path)
    assert.match(again.text, /taken in before/)

    await writeFile(path, file(company('X', 'X'), override('X', 'no-such-key', 'SHOW'), company('Y', 'Y')))
    const partly = await run('onboard', path)
    assert.equal(partly.code, 1)
    const report = join(folder, 'report.csv')
    assert.equal((await run('onboard', path, '--dry-run', '--report', report)).code, 1)
    assert.match(await readFile(report, 'utf8'), /^line,outcome,.*\r\n2,REFUSED,.*\r\n3,ERROR,OVERRIDE,X,.*\r\n4,/)
    await assert.rejects(run('onboard', path, '--report', path), /would replace/)
    await assert.rejects(run('onboard', path, '--report', join(folder, 'no', 'report.csv')), /There is no folder/)
    const sample = join(folder, 'example.csv')
    await writeFile(sample, (await run('onboard', '--example')).text)
    assert.match((await run('onboard', sample)).text, /Done: 5 created, 0 updated, 0 unchanged, 0 wrong/)
    assert.match(partly.text, /^3 {2}ERROR {2}OVERRIDE X {2}BAD_USER_INPUT key there is no feature/m)
    await writeFile(path, 'who,what\na,b\n')
    const unread = await run('onboard', path)
    assert.equal(unread.code, 2)
    assert.match(unread.text, /Nothing was done: header/)
    await assert.rejects(run('onboard', join(folder, 'nowhere.csv')), /There is no file/)
    const { auditLog } = await ask(portal, '{ auditLog(first: 100) { nodes { actor action } } }')
    assert.ok(
      auditLog.nodes.some(
        ({ actor, action }: Record<string, string>) => action === 'onboardCompany' && actor!.startsWith('console:')
      )
    )
  })
})
