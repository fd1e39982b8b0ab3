import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hashPassword } from '../../http/passwords.ts'
import { forEachDatabase } from '../support/databases.ts'
import { consoleHost, startPortal, testActor, testPassword } from '../support/portal.ts'
import { toyPlugin } from './toy-plugin.ts'

interface Entry {
  readonly action: string
  readonly target: string
  readonly actor: string
  readonly company_id: string | null
  readonly before: string | null
  readonly after: string | null
}

forEachDatabase('changes of people in the audit log', open => {
  test('every mutation leaves exactly one entry, a repeat or a refusal none, and no secret', async t => {
    const portal = await startPortal(t, { open: () => open({ plugins: [toyPlugin] }), plugins: [toyPlugin] })
    const { people } = portal.installation
    const { contact, company } = await portal.signedIn('Ada')
    const passwordHash = await hashPassword(testPassword)
    const admin = { name: 'Olga', email: 'olga@example.net', passwordHash, role: 'ADMIN' as const }
    const { id: olga } = await people.staff.create(admin, testActor)
    const { id: otto } = await people.staff.create({ ...admin, email: 'otto@example.net' }, testActor)
    const key = await people.staff.createApiKey({ name: 'switch', keyHash: 'x', role: 'INGEST' }, testActor)
    const staffSession = (staffId: string, tokenHash: string) =>
      people.sessions.createStaffSession({ tokenHash, staffId, ip: '192.0.2.1' })
    const contactSession = async () => {
      await portal.session(contact)
      return (await people.sessions.sessionsOfContact(contact.id))[0]!.id
    }
    const lock = async (kind: 'contacts' | 'staff', id: string) => {
      for (let turn = 0; turn < 10; turn += 1) await people[kind].recordFailure(id, '192.0.2.1')
    }
    const nothing = async (): Promise<string> => ''

    const seen = async (): Promise<Entry[]> => portal.database.reader('audit_entry').orderBy('seq')
    let texts = ''
    const ask = async (document: string) => {
      const before = (await seen()).length
      const answer = await portal.query(consoleHost, `mutation { ${document} }`, { apiKey: portal.apiKey })
      texts += answer.text
      return { answer, entries: (await seen()).slice(before) }
    }

    /** Mutation, whose entry, what stands before and after, and whether a repeat changes nothing. */
    type Case = readonly [string, string | null, readonly string[], readonly string[], ('repeat' | 'refused')?]
    const cases: readonly (readonly [() => Promise<unknown>, (made: string) => Case])[] = [
      [
        nothing,
        () => [
          `updateContact(id: "${contact.id}", input: {name: "Eda", phone: "1"}) { id }`,
          contact.id,
          ['name', 'phone'],
          ['name', 'phone'],
          'repeat'
        ]
      ],
      [nothing, () => [`disableContact(id: "${contact.id}") { id }`, contact.id, ['disabled'], ['disabled'], 'repeat']],
      [nothing, () => [`enableContact(id: "${contact.id}") { id }`, contact.id, ['disabled'], ['disabled'], 'repeat']],
      [
        nothing,
        () => [
          `createSignInLink(contactId: "${contact.id}") { url }`,
          contact.id,
          [],
          ['domainId', 'expiresAt', 'link']
        ]
      ],
      [
        nothing,
        () => [
          `resetContactPassword(contactId: "${contact.id}") { url }`,
          contact.id,
          ['password'],
          ['password', 'domainId', 'expiresAt', 'link', 'sessionsEnded']
        ]
      ],
      [
        () => lock('contacts', contact.id),
        () => [`unlockContact(id: "${contact.id}") { id }`, contact.id, ['lockedUntil'], ['lockedUntil'], 'repeat']
      ],
      [
        contactSession,
        id => [`endContactSession(id: "${id}")`, contact.id, ['id', 'ip', 'createdAt', 'lastSeenAt'], [], 'refused']
      ],
      [
        contactSession,
        () => [`endContactSessions(contactId: "${contact.id}")`, contact.id, ['sessions'], [], 'repeat']
      ],
      [
        nothing,
        () => [
          'createStaff(input: {name: "New", email: "new@example.net", role: SUPPORT}) { staff { id } link { url } }',
          null,
          [],
          ['name', 'email', 'role', 'link', 'expiresAt'],
          'refused'
        ]
      ],
      [
        nothing,
        () => [`updateStaff(id: "${olga}", input: {role: SUPPORT}) { id }`, olga, ['role'], ['role'], 'repeat']
      ],
      [
        nothing,
        () => [`resetStaffPassword(id: "${olga}") { url }`, olga, ['password'], ['password', 'link', 'expiresAt']]
      ],
      [
        () => people.staff.startTwoFactor(olga, 'sealed', testActor),
        () => [`resetStaffTwoFactor(id: "${olga}") { id }`, olga, ['twoFactor', 'secret'], ['twoFactor'], 'repeat']
      ],
      [
        () => lock('staff', olga),
        () => [`unlockStaff(id: "${olga}") { id }`, olga, ['lockedUntil'], ['lockedUntil'], 'repeat']
      ],
      [
        () => staffSession(olga, 's1'),
        id => [`endStaffSession(id: "${id}")`, olga, ['id', 'ip', 'createdAt', 'lastSeenAt'], [], 'refused']
      ],
      [
        () => staffSession(olga, 's2'),
        () => [`endStaffSessions(staffId: "${olga}")`, olga, ['sessions'], [], 'repeat']
      ],
      [
        nothing,
        () => [
          'createApiKey(name: "k", role: AUDITOR, expiresAt: "2100-01-01T00:00:00Z") { secret }',
          null,
          [],
          ['name', 'role', 'expiresAt', 'secret']
        ]
      ],
      [
        nothing,
        () => [
          `rotateApiKey(id: "${key.id}", overlapHours: 1) { secret }`,
          key.id,
          ['secret'],
          ['secret', 'formerUntil']
        ]
      ],
      [
        nothing,
        () => [`revokeApiKey(id: "${key.id}") { id }`, key.id, ['name', 'role', 'revokedAt'], ['revokedAt'], 'repeat']
      ],
      [nothing, () => [`updateStaff(id: "${otto}", input: {disabled: true}) { id }`, null, [], [], 'refused']]
    ]
    for (const [prepare, describe] of cases) {
      const made = String(await prepare())
      const [document, target, before, after, again] = describe(made)
      const { answer, entries } = await ask(document)
      if (before.length + after.length === 0) {
        assert.equal(answer.json.errors[0].extensions.reason, 'LAST_ADMIN', answer.text)
        assert.deepEqual(entries, [])
        continue
      }
      assert.equal(answer.json.errors, undefined, `${document} ${answer.text}`)
      assert.equal(entries.length, 1, document)
      const [entry] = entries as [Entry]
      assert.equal(entry.action, /^\w+/.exec(document)![0])
      assert.match(entry.actor, /^key:/)
      if (target !== null) assert.equal(entry.target, target, document)
      if (target === contact.id) assert.equal(entry.company_id, company.id, document)
      assert.deepEqual(Object.keys(JSON.parse(entry.before ?? '{}')), before, document)
      assert.deepEqual(Object.keys(JSON.parse(entry.after ?? '{}')), after, document)
      if (again === undefined) continue
      const repeated = await ask(document)
      assert.deepEqual(repeated.entries, [], `again: ${document}`)
      assert.equal(
        repeated.answer.json.errors === undefined,
        again === 'repeat',
        `again: ${document} ${repeated.answer.text}`
      )
    }
    const stored = JSON.stringify(await seen())
    const secrets = [...texts.matchAll(/(?:token=|"secret":")([\w-]{43})/g)].map(match => match[1]!)
    assert.equal(secrets.length, 6)
    for (const secret of [...secrets, passwordHash, 'sealed']) assert.ok(!stored.includes(secret))
  })
})
