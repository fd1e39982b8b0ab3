import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConfigurationError } from '../../core/errors.ts'
import { createPeopleStores } from '../../db/people-stores.ts'
import { hashPassword } from '../../http/passwords.ts'
import { readSettings } from '../../http/settings.ts'
import { staffCommand } from '../../http/staff-command.ts'
import { forEachDatabase } from '../support/databases.ts'
import { consoleHost, startPortal, testActor } from '../support/portal.ts'

forEachDatabase('npm run portal -- staff', open => {
  test('lets somebody back in who is locked out, while the portal runs', async t => {
    const database = await open()
    const portal = await startPortal(t, { open: async () => database, plugins: [] })
    const lines: string[] = []
    const run = (...args: string[]): Promise<number> =>
      staffCommand.run(
        args,
        { settings: readSettings({}), plugins: [], database: async () => database, openAsItIs: async () => database },
        line => lines.push(line)
      )
    const signIn = (email: string, password: string) =>
      portal.request(consoleHost, '/operator/session', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email, password })
      })
    const printed = (): string => /not shown again: ([\w-]{16})$/.exec(lines.at(-1)!)![1]!

    assert.equal(await run('create-admin', 'olga@example.net', 'Olga Operator'), 0)
    const first = printed()
    assert.equal((await signIn('olga@example.net', first)).status, 201)
    await assert.rejects(run('create-admin', 'Olga@example.net', 'Olga'), ConfigurationError)

    assert.equal(await run('create-admin', 'Zoë@Bücher.example', 'Zoë'), 0)
    const zoe = printed()
    for (const address of ['zoë@bücher.example', 'zoë@xn--bcher-kva.example'])
      assert.equal((await signIn(address, zoe)).status, 201, address)
    assert.equal(await run('reset-password', 'zoë@bücher.example'), 0)
    await database.writer('staff').where({ name: 'Zoë' }).delete()
    await database.writer('audit_entry').where({ action: 'resetStaffPassword' }).delete()
    await assert.rejects(run('create-admin', 'no address', 'Nobody'), /not an e-mail address/)

    const { staff } = createPeopleStores(database)
    const olga = (await staff.findForSignIn('olga@example.net'))!.staffId
    for (let turn = 0; turn < 10; turn += 1) await staff.recordFailure(olga, '192.0.2.1')
    assert.equal((await signIn('olga@example.net', first)).status, 401)
    assert.equal(await run('reset-password', 'olga@example.net'), 0)
    assert.equal((await signIn('olga@example.net', printed())).status, 201)
    assert.equal((await signIn('olga@example.net', first)).status, 401)

    const input = {
      name: 'Otto',
      email: 'otto@example.net',
      passwordHash: await hashPassword('x'),
      role: 'AUDITOR' as const
    }
    const otto = (await staff.create(input, testActor)).id
    await staff.startTwoFactor(otto, 'sealed', testActor)
    await staff.confirmTwoFactor(otto, { secret: 'sealed', step: 1 }, ['h1', 'h2'], testActor)
    await staff.update(otto, { disabled: true }, testActor)
    lines.length = 0
    assert.equal(await run('list'), 0)
    assert.deepEqual(lines, [
      'ADMIN    olga@example.net  Olga Operator',
      'AUDITOR  otto@example.net  Otto  disabled  two-factor'
    ])
    assert.equal(await run('reset-two-factor', 'otto@example.net'), 0)
    assert.match(lines.at(-1)!, /is off/)
    assert.equal(await run('reset-two-factor', 'otto@example.net'), 0)
    assert.match(lines.at(-1)!, /was not on/)
    assert.equal(await run('reset-password', 'otto@example.net'), 1, 'a disabled person stays disabled')

    await assert.rejects(run('reset-password', 'nobody@example.net'), /No member of staff/)
    for (const args of [
      [],
      ['list', 'x'],
      ['create-admin', 'a@example.net'],
      ['fire', 'olga@example.net'],
      ['reset-password']
    ])
      assert.equal(await run(...args), 2, args.join(' '))
    const entries = await database.reader('audit_entry').whereLike('actor', 'console:%').orderBy('seq')
    assert.deepEqual(
      entries.map(entry => entry.action),
      ['createStaff', 'createStaff', 'resetStaffPassword', 'resetStaffTwoFactor', 'resetStaffPassword']
    )
    assert.ok(entries.every(entry => entry.reason === 'npm run portal -- staff'))
  })
})
