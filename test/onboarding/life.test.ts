import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { runOnboarding } from '../../http/onboarding-runner.ts'
import { runPortalCommand } from '../../http/portal-command.ts'
import { readSettings } from '../../http/settings.ts'
import { plugins } from '../../plugins/index.ts'
import { forEachDatabase } from '../support/databases.ts'
import { consoleHost, startPortal, type TestPortal } from '../support/portal.ts'
import { ask, linesOf, onboard, upload } from './onboard.ts'
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

forEachDatabase('an onboarding run', open => {
  test('goes on where it was killed, and does nothing twice', async t => {
    const portal = await startPortal(t, { open: () => open({ plugins }), plugins })
    // More companies than one transaction takes.
    const many = Array.from({ length: 600 }, (_, index) => company(`M-${index}`, `Many ${index}`))
    const id = await queued(portal, file(...many, code('M-0', 'M-CODE'), did('M-599', '442079460001')))
    let steps = 0
    for (let left = 0; (await stateOf(portal, id)) !== 'DONE'; left = (left + 1) % 4) {
      let asked = 0
      // Each attempt gets one step further than what kills it.
      await runOnboarding(portal.installation, id, async () => ++asked <= left + 1)
      assert.ok(++steps < 50, 'the run comes no further')
    }
    assert.ok(steps > 3)
    const lines = await linesOf(portal, id)
    assert.deepEqual([lines.length, lines.filter(({ outcome }) => outcome === 'CREATE').length], [602, 602])
    const { companies } = await ask(portal, '{ companies(first: 1) { totalCount } }')
    assert.equal(companies.totalCount, 600)
    const [last] = await named(portal, 'Many 599')
    assert.equal((await entriesOf(portal, last.id)).length, 1)
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
    const portal = await startPortal(t, { open: () => open({ plugins }), plugins, jobs: true })
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
    assert.equal((await run('export-companies', copy)).code, 0)
    const back = await run('onboard', copy)
    assert.match(back.text, /0 created, 0 updated, 6 unchanged/)
    const again = await run('onboard', path)
    assert.match(again.text, /taken in before/)

    await writeFile(path, file(company('X', 'X'), override('X', 'no-such-key', 'SHOW'), company('Y', 'Y')))
    const partly = await run('onboard', path)
    assert.equal(partly.code, 1)
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
