import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Catalogue } from '../../core/catalogue.ts'
import { type AccessStores, type Actor, type PeopleStores, REGISTRY_SCOPE, UNASSIGNED_SCOPE } from '../../core/ports.ts'
import { createAccessStores } from '../../db/access-stores.ts'
import { createPeopleStores } from '../../db/people-stores.ts'
import { pruneSessions } from '../../db/session-store.ts'
import { rowsOf } from '../../db/sql.ts'
import { forEachDatabase, type TestDatabase } from '../support/databases.ts'
import { rejectsWith } from '../support/rejects-with.ts'

const actor: Actor = { operator: { actor: 'staff:ann', name: 'Ann', role: 'ADMIN', ip: '192.0.2.1' } }

forEachDatabase('people stores', open => {
  let db: TestDatabase
  let access: AccessStores
  let people: PeopleStores
  let n = 0

  before(async () => {
    db = await open()
    access = createAccessStores(db, Catalogue.of([]))
    people = createPeopleStores(db)
  })
  const brand = async () =>
    (await access.brands.create({ fqdn: `p${++n}.example.test`, brandName: 'B', currencies: [], features: [] }, actor))
      .id
  const company = async (domainId: string | null) =>
    (
      await access.companies.create(
        { name: `Co ${++n}`, userType: 'CUSTOMER', currency: 'EUR', domainId, status: 'ACTIVE', accountCodes: [] },
        actor
      )
    ).id
  const contact = (companyId: string, email = `c${++n}@example.test`) =>
    people.contacts.create(
      { companyId, name: 'Bob', email, passwordHash: 'hash', ipAllowList: ['192.0.2.0/24'] },
      actor
    )
  /** A contact with a session on a brand of its own. */
  const own = (formerHash: string, sessionId = '') => ({ formerHash, sessionId, domainId: 'd', ip: '192.0.2.9' })
  const signedIn = async (home: 'brand' | 'none' = 'brand') => {
    const domainId = await brand()
    const companyId = await company(home === 'brand' ? domainId : null)
    const { id: contactId } = await contact(companyId)
    const tokenHash = `hash-${++n}`
    const sessionId = (await people.sessions.createContactSession({
      ...{ tokenHash, contactId, domainId, ip: '192.0.2.9' }
    }))!
    return { domainId, companyId, contactId, tokenHash, sessionId }
  }

  describe('contacts', () => {
    it('are found on their own brand, those without a brand on every one', async () => {
      const one = await brand()
      const two = await brand()
      const mine = await contact(await company(one), 'Mine@Example.test')
      const anywhere = await contact(await company(null), 'anywhere@example.test')
      const found = await people.contacts.findForSignIn(' mine@example.TEST', one)
      assert.deepEqual(found, {
        contactId: mine.id,
        companyId: mine.companyId,
        passwordHash: 'hash',
        disabled: false,
        ipAllowList: ['192.0.2.0/24'],
        lockedUntil: null,
        companyStatus: 'ACTIVE',
        userType: 'CUSTOMER'
      })
      assert.equal(await people.contacts.findForSignIn('mine@example.test', two), null)
      for (const domainId of [one, two])
        assert.equal((await people.contacts.findForSignIn('anywhere@example.test', domainId))!.contactId, anywhere.id)
      assert.deepEqual(await people.contacts.get(mine.id), mine)
      assert.equal(await people.contacts.get('nobody'), null)
    })

    it('have an address of their own on any one brand', async () => {
      const one = await brand()
      const two = await brand()
      const [inOne, inTwo, nowhere] = [await company(one), await company(two), await company(null)]
      await contact(inOne, 'same@example.test')
      await contact(inTwo, 'SAME@example.test')
      await rejectsWith('CONFLICT', contact(await company(one), 'same@example.test'))
      await rejectsWith('CONFLICT', contact(inOne, 'Same@example.test'))
      await rejectsWith('CONFLICT', contact(nowhere, 'same@example.test'))
      await contact(nowhere, 'all@example.test')
      await rejectsWith('CONFLICT', contact(inTwo, 'all@example.test'))
      // A move would bring two together.
      await rejectsWith('CONFLICT', access.companies.assignDomain(inOne, two, actor))
      await rejectsWith('CONFLICT', access.companies.assignDomain(inOne, null, actor))
      assert.equal((await access.companies.get(inOne))!.domainId, one)
      await rejectsWith('NOT_FOUND', contact('nobody'))
      await rejectsWith('BAD_USER_INPUT', contact(inOne, 'no address'))
    })

    it('win a race for an address once', async () => {
      const domainId = await brand()
      const companies = await Promise.all(Array.from({ length: 4 }, () => company(domainId)))
      const email = `race${++n}@example.test`
      const created = await Promise.allSettled(companies.map(id => contact(id, email)))
      assert.equal(created.filter(outcome => outcome.status === 'fulfilled').length, 1)
      // Moves race against creations as well.
      const target = await brand()
      const moving = await company(null)
      const staying = await company(target)
      const other = `race${++n}@example.test`
      const raced = await Promise.allSettled([
        access.companies.assignDomain(moving, target, actor),
        contact(moving, other),
        contact(staying, other)
      ])
      assert.ok(raced.some(outcome => outcome.status === 'fulfilled'))
      const holders = await rowsOf(db.reader, 'SELECT id FROM contact WHERE email_lower = ?', [other])
      assert.equal(holders.length, 1)
    })

    it('are listed by name, and get passwords', async () => {
      const companyId = await company(await brand())
      const made = [await contact(companyId), await contact(companyId), await contact(companyId)]
      const page = await people.contacts.list({ companyId, first: 2 })
      const rest = await people.contacts.list({ companyId, first: 2, after: page.endCursor })
      assert.equal(page.totalCount, 3)
      assert.deepEqual([...page.nodes, ...rest.nodes].map(each => each.id).sort(), made.map(each => each.id).sort())
      await people.contacts.changePassword(made[0]!.id, 'new', own('hash'))
      const { domainId } = (await access.companies.get(companyId))!
      assert.equal((await people.contacts.findForSignIn(made[0]!.email, domainId!))!.passwordHash, 'new')
      await rejectsWith('NOT_FOUND', people.contacts.changePassword('nobody', 'x', own('h')))
    })

    it('are listed by keyset, searched by name and address, over one company or all', async () => {
      const companyId = await company(await brand())
      const tag = `T${++n}`
      const add = (name: string, at = `${tag}-${++n}@example.test`) =>
        people.contacts.create({ companyId, name: `${name} ${tag}`, email: at, passwordHash: null }, actor)
      const names = ['zoë', 'Ångström', 'anna', 'Bert', 'bert', 'Chloe']
      for (const name of names) await add(name)
      const walk = async (search: string | null, meanwhile = async () => {}) => {
        const seen: string[] = []
        let after: string | null = null
        do {
          const page: Awaited<ReturnType<typeof people.contacts.list>> = await people.contacts.list({
            companyId: search === null ? companyId : null,
            search,
            first: 2,
            after
          })
          seen.push(...page.nodes.map(each => each.name.split(' ')[0]!))
          after = page.hasNextPage ? page.endCursor : null
          await meanwhile()
        } while (after !== null)
        return seen
      }
      assert.deepEqual(
        (await walk(null)).map(name => name.toLowerCase()),
        ['anna', 'bert', 'bert', 'chloe', 'zoë', 'ångström']
      )
      assert.deepEqual(await walk(`ÅNGSTRÖM ${tag}`), ['Ångström'])
      assert.equal((await walk(`${tag.toLowerCase()}-`)).length, 6)
      assert.deepEqual(await walk('100%_!'), [])
      // Whoever is added before the page that is read moves nobody else.
      const during = await walk(null, async () => {
        await add('aaa')
      })
      assert.deepEqual(
        during.filter(name => name !== 'aaa').map(name => name.toLowerCase()),
        ['anna', 'bert', 'bert', 'chloe', 'zoë', 'ångström']
      )
      await rejectsWith('BAD_USER_INPUT', people.contacts.list({ companyId, first: 2, after: 'cDE' }))
      const asked: { sql: string; bindings: readonly string[] }[] = []
      const note = (query: { sql: string; bindings: readonly string[] }) => asked.push(query)
      db.reader.on('query', note)
      await people.contacts.list({ search: 'e', first: 2 })
      db.reader.removeListener('query', note)
      assert.ok(asked.length >= 3, 'ids, rows, count')
      if (db.dialect === 'sqlite')
        for (const { sql, bindings } of asked.filter(query => query.sql.includes('instr'))) {
          const plan = await rowsOf<{ detail: string }>(db.reader, `EXPLAIN QUERY PLAN ${sql}`, bindings)
          assert.deepEqual(
            plan.map(({ detail }) => detail),
            ['SCAN people USING COVERING INDEX contact_name']
          )
        }
      // A row of the version before has no folded name.
      await db.writer.raw('UPDATE contact SET name_lower = NULL WHERE company_id = ?', [companyId])
      assert.equal((await people.contacts.list({ companyId, search: `BERT ${tag}`, first: 5 })).totalCount, 2)
    })

    it('keep the password that somebody else set while the old one was compared', async () => {
      const made = await contact(await company(await brand()))
      const { id } = await people.staff.create(
        { name: 'Eve', email: `eve${++n}@example.test`, passwordHash: 'hash', role: 'SUPPORT' },
        actor
      )
      const domainId = (await access.audit.list({ target: made.id, first: 1 })).nodes[0]!.domainId!
      await people.contacts.resetPassword(made.id, { tokenHash: `l-${++n}`, domainId }, actor)
      await people.staff.resetPassword(id, { tokenHash: `l-${++n}` }, actor)
      await rejectsWith('CONFLICT', people.contacts.changePassword(made.id, 'mine', own('hash')))
      await rejectsWith('CONFLICT', people.staff.setPassword(id, 'mine', actor, 'changeMyPassword', own('hash')))
      assert.equal((await people.contacts.get(made.id))!.hasPassword, false)
      assert.equal((await people.staff.get(id))!.hasPassword, false)
      assert.notEqual(await people.links.find(`l-${n}`, null), null)
    })

    it('are changed field by field, with a version, and leave an entry only for what changed', async () => {
      const domainId = await brand()
      const companyId = await company(domainId)
      const made = await contact(companyId)
      const entries = async () =>
        (await access.audit.list({ target: made.id, first: 50 })).nodes.map(entry => [
          entry.action,
          entry.before,
          entry.after
        ])
      const changed = await people.contacts.update(
        made.id,
        { name: 'Robert', phone: '+44 20 7946 0000', privateNotes: 'Pays late', ipAllowList: ['10.0.0.0/8'] },
        actor,
        made.version
      )
      assert.deepEqual(changed, {
        ...made,
        name: 'Robert',
        phone: '+44 20 7946 0000',
        privateNotes: 'Pays late',
        ipAllowList: ['10.0.0.0/8'],
        version: 2
      })
      assert.deepEqual((await entries())[0], [
        'updateContact',
        JSON.stringify({ name: 'Bob', phone: null, privateNotes: null, ipAllowList: ['192.0.2.0/24'] }),
        JSON.stringify({
          ...{ name: 'Robert', phone: '+44 20 7946 0000', privateNotes: 'Pays late', ipAllowList: ['10.0.0.0/8'] }
        })
      ])
      assert.deepEqual(await people.contacts.update(made.id, { name: 'Robert', phone: undefined! }, actor, 2), changed)
      assert.deepEqual(await people.contacts.setDisabled(made.id, false, actor), changed)
      assert.deepEqual(await people.contacts.unlock(made.id, actor), changed)
      assert.equal((await entries()).length, 2)
      await rejectsWith('CONFLICT', people.contacts.update(made.id, { name: 'Late' }, actor, 1))
      await rejectsWith('NOT_FOUND', people.contacts.update('nobody', { name: 'Late' }, actor))
      await rejectsWith('BAD_USER_INPUT', people.contacts.update(made.id, { email: 'nothing' }, actor))
      assert.equal((await people.contacts.update(made.id, { phone: null }, actor)).phone, null)
      assert.equal((await entries()).length, 3)
    })

    it('keep addresses their own when they change them, in a race as well', async () => {
      const domainId = await brand()
      const [one, two] = [await company(domainId), await company(domainId)]
      const taken = await contact(one)
      const made = await contact(two)
      await rejectsWith('CONFLICT', people.contacts.update(made.id, { email: taken.email.toUpperCase() }, actor))
      assert.equal((await people.contacts.get(made.id))!.email, made.email)
      const email = `moved${++n}@example.test`
      const raced = await Promise.allSettled([
        people.contacts.update(made.id, { email }, actor),
        people.contacts.update(taken.id, { email }, actor),
        contact(one, email)
      ])
      assert.equal(raced.filter(outcome => outcome.status === 'fulfilled').length, 1)
      for (const outcome of raced)
        if (outcome.status === 'rejected') assert.equal((outcome.reason as { code: string }).code, 'CONFLICT')
      // The case alone may change: it is the same address.
      const own = await contact(one)
      assert.equal((await people.contacts.update(own.id, { email: own.email.toUpperCase() }, actor)).version, 2)
    })

    it('are locked at the 10th failure, addresses are counted', async () => {
      const domainId = await brand()
      const { id, email } = await contact(await company(domainId))
      const ip = `198.51.100.${++n}`
      await Promise.all(Array.from({ length: 9 }, () => people.contacts.recordFailure(id, ip)))
      assert.equal((await people.contacts.findForSignIn(email, domainId))!.lockedUntil, null)
      await people.contacts.recordFailure(id, ip)
      const { lockedUntil } = (await people.contacts.findForSignIn(email, domainId))!
      assert.ok(lockedUntil! > Date.now() + 10 * 60_000)
      await people.contacts.recordFailure(null, ip)
      assert.equal(await people.contacts.failuresFrom(ip), 11)
      assert.equal(await people.contacts.failuresFrom('203.0.113.1'), 0)
      const signIn = (passwordHash = 'hash') =>
        people.contacts.signIn(id, { tokenHash: `s-${++n}`, passwordHash, domainId, ip })
      assert.equal(await signIn(), false, 'locked')
      await people.contacts.unlock(id, actor)
      await people.contacts.recordFailure(id, ip)
      assert.equal(await signIn('another'), false)
      assert.deepEqual(await people.contacts.findForSignIn(email, domainId).then(found => found?.lockedUntil), null)
      assert.equal(await signIn(), true)
      assert.equal((await people.contacts.get(id))!.lastSignInAt! > 0, true)
      assert.equal((await people.sessions.listContactSessions(id)).length, 1)
      await pruneSessions(db)
      assert.equal(await people.contacts.failuresFrom(ip), 12)
      await db.writer.raw('UPDATE sign_in_failure SET at = at - 960000')
      await pruneSessions(db)
      assert.deepEqual(await rowsOf(db.reader, 'SELECT * FROM sign_in_failure'), [])
    })
  })

  describe('contact sessions', () => {
    it('give viewer, clock and counters in one', async () => {
      const { domainId, companyId, contactId, tokenHash, sessionId } = await signedIn('none')
      const session = (await people.sessions.contactSession(tokenHash))!
      const { companyName, contactName, email, ...viewer } = session.viewer
      assert.deepEqual(viewer, {
        sessionId,
        contactId,
        companyId,
        companyStatus: 'ACTIVE',
        currency: 'EUR',
        userType: 'CUSTOMER',
        domainId,
        homeDomainId: null
      })
      assert.ok(companyName && contactName && email)
      const { revisions } = await access.source.clock()
      for (const scope of [domainId, UNASSIGNED_SCOPE, REGISTRY_SCOPE])
        assert.equal(session.revisions.get(scope), revisions.get(scope), scope)
      assert.ok(Math.abs(session.at - Date.now()) < 60_000)
      assert.equal(await people.sessions.contactSession('unknown'), null)
    })

    const set = (table: string, id: string, what: string) =>
      db.writer.raw(`UPDATE ${table} SET ${what} WHERE id = ?`, [id])
    const minutes = (count: number) => Date.now() - count * 60_000
    const endings: Record<string, (made: Awaited<ReturnType<typeof signedIn>>) => Promise<unknown>> = {
      'idle for 30 minutes': made => set('contact_session', made.sessionId, `last_seen_at = ${minutes(31)}`),
      '12 hours old': made => set('contact_session', made.sessionId, `expires_at = ${minutes(1)}`),
      'of a disabled contact': made => set('contact', made.contactId, 'disabled = 1'),
      'of an inactive company': made => set('company', made.companyId, "status = 'INACTIVE'"),
      'on a disabled brand': made => set('portal_domain', made.domainId, 'enabled = 0'),
      'of a company that moved': async made => access.companies.assignDomain(made.companyId, await brand(), actor),
      ended: made => people.sessions.end(made.sessionId),
      'ended with all others': made => people.sessions.endContactSessions(made.contactId, actor)
    }
    for (const [name, end] of Object.entries(endings))
      it(`are over when ${name}`, async () => {
        const made = await signedIn()
        assert.ok(await people.sessions.contactSession(made.tokenHash))
        await end(made)
        assert.equal(await people.sessions.contactSession(made.tokenHash), null)
      })

    it('live 12 hours, view-as ones 30 minutes and marked', async () => {
      const made = await signedIn()
      const viewAs = { staffId: 'ann', staffName: 'Ann', writeThrough: false }
      const id = (await people.sessions.createContactSession({
        tokenHash: `view-${++n}`,
        contactId: made.contactId,
        domainId: made.domainId,
        ip: '192.0.2.9',
        viewAs
      }))!
      const lives = new Map(
        (
          await rowsOf<{ id: string; life: number }>(
            db.reader,
            'SELECT id, expires_at - created_at AS life FROM contact_session'
          )
        ).map(row => [row.id, row.life])
      )
      assert.equal(lives.get(made.sessionId), 12 * 3_600_000)
      assert.equal(lives.get(id), 30 * 60_000)
      assert.deepEqual((await people.sessions.contactSession(`view-${n}`))!.viewer.viewAs, viewAs)
      assert.deepEqual(
        (await people.sessions.listContactSessions(made.contactId)).map(each => each.id),
        [made.sessionId]
      )
    })

    it('are prolonged, listed and ended except one', async () => {
      const made = await signedIn()
      await set('contact_session', made.sessionId, `last_seen_at = ${minutes(29)}`)
      await people.sessions.touch(made.sessionId)
      const [listed] = await people.sessions.listContactSessions(made.contactId)
      assert.ok(listed!.lastSeenAt > minutes(1))
      assert.equal(listed!.ip, '192.0.2.9')
      const other = (await people.sessions.createContactSession({ ...made, tokenHash: `o-${++n}`, ip: '192.0.2.8' }))!
      await people.contacts.changePassword(made.contactId, 'h', own('hash', other))
      assert.deepEqual(
        (await people.sessions.listContactSessions(made.contactId)).map(each => each.id),
        [other]
      )
      const looking = { staffId: 'staff:s', staffName: 'Sue', writeThrough: false }
      const viewAs = { ...made, tokenHash: `o-${++n}`, ip: '192.0.2.8', viewAs: looking }
      assert.ok(await people.sessions.createContactSession(viewAs))
      assert.ok(await people.sessions.createContactSession({ ...made, tokenHash: `o-${++n}`, ip: '192.0.2.8' }))
      assert.equal(await people.sessions.endOthers(made.contactId, other), 1)
      assert.equal(await people.sessions.endOthers(made.contactId, other), 0)
      assert.deepEqual((await people.sessions.sessionsOfContact(made.contactId)).map(each => each.viewAs).sort(), [
        ...['Sue', null]
      ])
      await set('contact_session', other, `expires_at = ${minutes(1)}`)
      await pruneSessions(db)
      assert.deepEqual(await rowsOf(db.reader, 'SELECT id FROM contact_session WHERE id = ?', [other]), [])
    })
  })

  it('sessions of one person are never more than a thousand: the one used longest ago ends', async () => {
    const made = await signedIn()
    const { id: staffId } = await people.staff.create(
      { name: 'Ann', email: `ann${++n}@example.test`, passwordHash: 'h', role: 'SUPPORT' },
      actor
    )
    const open = { ip: '::1', created_at: Date.now(), expires_at: Date.now() + 3_600_000 }
    const { contactId: contact_id, domainId: domain_id } = made
    for (const [table, of] of [
      ['contact_session', { contact_id, domain_id }],
      ['staff_session', { staff_id: staffId }]
    ] as const) {
      const rows = Array.from({ length: 1_000 }, (_, index) => {
        const id = `${table}-${index}`
        return { ...open, ...of, id, token_hash: id, last_seen_at: open.created_at - 60_000 + index }
      })
      await db.writer.batchInsert(table, rows, 50)
      const opened =
        table === 'contact_session'
          ? await people.sessions.createContactSession({ ...made, tokenHash: `m-${++n}`, ip: '::1' })
          : await people.sessions.createStaffSession({ staffId, tokenHash: `m-${++n}`, ip: '::1' })
      const left =
        table === 'contact_session'
          ? await people.sessions.sessionsOfContact(contact_id)
          : await people.sessions.sessionsOfStaff(staffId)
      assert.equal(left.length, 1_000)
      const ids = new Set(left.map(({ id }) => id))
      assert.deepEqual(
        [opened, `${table}-0`, `${table}-999`].map(id => ids.has(id!)),
        [true, false, true]
      )
    }
  })

  describe('view-as tickets', () => {
    type Opener = { readonly staffId: string; readonly writeThrough?: boolean }
    const member = async (role: 'ADMIN' | 'SUPPORT' | 'AUDITOR' = 'ADMIN') =>
      (await people.staff.create({ name: 'Ann', email: `ann${++n}@example.test`, passwordHash: 'h', role }, actor)).id
    const asked = async (at: { contactId: string; domainId: string }, opener: Opener) => {
      const tokenHash = `ticket-${++n}`
      const { contactId, domainId } = at
      const ticket = { tokenHash, contactId, domainId, staffName: 'Ann', writeThrough: false, ...opener }
      await people.sessions.createViewAsTicket(ticket, actor)
      return tokenHash
    }
    /** The session's viewer, or null. */
    const opened = async (ticket: string, domainId: string) => {
      const tokenHash = `opened-${++n}`
      const done = await people.sessions.openViewAs(ticket, { tokenHash, domainId, ip: '192.0.2.3' })
      const session = await people.sessions.contactSession(tokenHash)
      // One that was opened may have been ended since.
      assert.ok(done || session === null)
      return session && { ...session.viewer, tokenHash }
    }

    it('open one session, on their brand, in time', async () => {
      const made = await signedIn()
      const { contactId, domainId } = made
      const opener = { staffId: `staff:${await member()}`, writeThrough: true }
      const ticket = await asked(made, opener)
      assert.equal(await opened(ticket, await brand()), null)
      const taken = await Promise.all(Array.from({ length: 6 }, () => opened(ticket, domainId)))
      assert.deepEqual(
        taken.flatMap(each => (each === null ? [] : [[each.contactId, each.viewAs]])),
        [[contactId, { ...opener, staffName: 'Ann' }]]
      )
      const late = await asked(made, opener)
      await db.writer.raw('UPDATE view_as_ticket SET expires_at = ? WHERE token_hash = ?', [Date.now() - 1000, late])
      assert.equal(await opened(late, domainId), null)
      assert.equal(await opened('unknown', domainId), null)
    })

    it('are nothing once who asked may no longer, whenever that was', async () => {
      const made = await signedIn()
      const id = await member()
      const staffId = `staff:${id}`
      const alive = async (tokenHash: string) => (await people.sessions.contactSession(tokenHash)) !== null
      const link = { tokenHash: `l-${++n}` }
      const ends: Readonly<Record<string, () => Promise<unknown>>> = {
        'the password is reset': () => people.staff.resetPassword(id, link, actor),
        'the link is used': () => people.links.use(link.tokenHash, null, 'h2', '::1'),
        'the password is set at the machine': () => people.staff.setPassword(id, 'h3', actor, 'resetStaffPassword'),
        'all sessions are ended': () => people.sessions.endStaffSessions(id, actor),
        'the role is another': () => people.staff.update(id, { role: 'SUPPORT' }, actor),
        'the account is disabled': () => people.staff.update(id, { disabled: true }, actor)
      }
      for (const [name, end] of Object.entries(ends)) {
        const before = (await opened(await asked(made, { staffId }), made.domainId))!
        const waiting = await asked(made, { staffId })
        const [meanwhile] = await Promise.all([opened(await asked(made, { staffId }), made.domainId), end()])
        assert.equal(await alive(before.tokenHash), false, name)
        assert.equal(meanwhile !== null && (await alive(meanwhile.tokenHash)), false, `${name}, meanwhile`)
        assert.equal(await opened(waiting, made.domainId), null, name)
      }
      // Asked for by a request that was under way.
      assert.equal(await opened(await asked(made, { staffId }), made.domainId), null)
      const support = `staff:${await member('SUPPORT')}`
      assert.equal(await opened(await asked(made, { staffId: support, writeThrough: true }), made.domainId), null)
      const auditor = `staff:${await member('AUDITOR')}`
      assert.equal(await opened(await asked(made, { staffId: auditor }), made.domainId), null)
      assert.equal(await opened(await asked(made, { staffId: 'nobody' }), made.domainId), null)
    })

    it('and their sessions live no longer than the key that asked', async () => {
      const made = await signedIn()
      const key = async (expiresAt: number | null) => {
        const { id } = await people.staff.createApiKey(
          { name: 'k', keyHash: `k-${++n}`, role: 'SUPPORT', expiresAt },
          actor
        )
        return { id, staffId: `key:${id}` }
      }
      const ends = Date.now() + 600_000
      const soon = await key(ends)
      const { sessionId } = (await opened(await asked(made, soon), made.domainId))!
      const [row] = await rowsOf(db.reader, 'SELECT expires_at FROM contact_session WHERE id = ?', [sessionId])
      assert.equal(row!.expires_at, ends)
      assert.equal(await opened(await asked(made, await key(Date.now() - 1)), made.domainId), null)

      const rotated = await key(null)
      const session = (await opened(await asked(made, rotated), made.domainId))!
      await people.staff.rotateApiKey(rotated.id, `r-${++n}`, 3_600_000, actor)
      assert.notEqual(await people.sessions.contactSession(session.tokenHash), null)
      await people.staff.rotateApiKey(rotated.id, `r-${++n}`, 0, actor)
      assert.equal(await people.sessions.contactSession(session.tokenHash), null)
      const waiting = await asked(made, rotated)
      await people.staff.revokeApiKey(rotated.id, actor)
      assert.equal(await opened(waiting, made.domainId), null)
    })
  })

  describe('staff', () => {
    it('signs in, is locked, and has sessions', async () => {
      const count = await people.staff.count()
      const input = { name: 'Eve', email: 'Eve@Example.test', passwordHash: 'h', role: 'SUPPORT' as const }
      const { id } = await people.staff.create(input, actor)
      await rejectsWith('CONFLICT', people.staff.create({ ...input, email: 'eve@example.test' }, actor))
      assert.equal(await people.staff.count(), count + 1)
      assert.deepEqual(await people.staff.findForSignIn('EVE@example.test'), {
        staffId: id,
        name: 'Eve',
        role: 'SUPPORT',
        passwordHash: 'h',
        lockedUntil: null,
        disabled: false,
        twoFactor: false
      })
      for (let failure = 0; failure < 10; failure++) await people.staff.recordFailure(id, '198.51.100.200')
      assert.ok((await people.staff.findForSignIn('eve@example.test'))!.lockedUntil! > Date.now())
      assert.equal(await people.staff.failuresFrom('198.51.100.200'), 10)
      assert.equal(await people.contacts.failuresFrom('198.51.100.200'), 0)
      const opens = { tokenHash: 'staff-token', passwordHash: 'h', ip: '192.0.2.1' }
      assert.equal(await people.staff.signIn(id, opens), false, 'locked')
      await people.staff.unlock(id, actor)
      assert.equal(await people.staff.signIn(id, { ...opens, passwordHash: 'another' }), false)
      assert.equal(await people.staff.signIn(id, opens), true)
      const session = (await people.sessions.staffSession('staff-token'))!
      assert.deepEqual(session.operator, { actor: `staff:${id}`, name: 'Eve', role: 'SUPPORT' })
      await people.sessions.end(session.sessionId!)
      assert.equal(await people.sessions.staffSession('staff-token'), null)
    })

    it('keeps an admin: the last one cannot go, whoever tries and however many at once', async () => {
      const fresh = createPeopleStores(await open())
      const admin = (name: string) =>
        fresh.staff.create({ name, email: `${name}@example.test`, passwordHash: 'h', role: 'ADMIN' }, actor)
      const as = (id: string): Actor => ({ operator: { actor: `staff:${id}`, name: id, role: 'ADMIN', ip: '' } })
      const gone = [{ disabled: true }, { role: 'SUPPORT' as const }]
      const { id: first } = await admin('first')
      for (const change of gone) {
        await rejectsWith('PRECONDITION_FAILED', fresh.staff.update(first, change, actor))
        await rejectsWith('PRECONDITION_FAILED', fresh.staff.update(first, change, as(first)))
      }
      // Neither a key nor somebody who never set a password could take over.
      await fresh.staff.createApiKey({ name: 'k', keyHash: 'k', role: 'ADMIN' }, actor)
      const invited = await fresh.staff.invite(
        { name: 'new', email: 'new@example.test', role: 'ADMIN' },
        { tokenHash: 'l' },
        actor
      )
      await rejectsWith('PRECONDITION_FAILED', fresh.staff.update(first, { disabled: true }, as(invited.id)))
      await fresh.staff.update(invited.id, { disabled: true }, actor)

      // Whoever counts as nobody's admin may go, even where there is none: the key stays.
      const empty = createPeopleStores(await open())
      const slip = await empty.staff.invite(
        { name: 'slip', email: 'slip@exmaple.test', role: 'ADMIN' },
        { tokenHash: 'slip' },
        actor
      )
      assert.equal((await empty.staff.update(slip.id, { disabled: true }, actor)).disabled, true)

      for (let turn = 0; turn < 6; turn += 1) {
        const { id: second } = await admin(`second${turn}`)
        const change = gone[turn % 2]!
        const raced = await Promise.allSettled([
          fresh.staff.update(first, change, as(second)),
          fresh.staff.update(second, change, as(first))
        ])
        assert.equal(raced.filter(outcome => outcome.status === 'fulfilled').length, 1, `turn ${turn}`)
        const refused = raced.find(outcome => outcome.status === 'rejected') as PromiseRejectedResult
        assert.equal(refused.reason.extensions?.reason, 'LAST_ADMIN', String(refused.reason))
        // Back to one admin, the first.
        await fresh.staff.update(first, { disabled: false, role: 'ADMIN' }, actor)
        await fresh.staff.update(second, { disabled: true }, actor)
      }
      // Who resets the other's password has one itself, until the other does the same at that moment.
      for (let turn = 0; turn < 4; turn += 1) {
        const { id: second } = await admin(`reset${turn}`)
        const raced = await Promise.allSettled([
          fresh.staff.resetPassword(first, { tokenHash: `f${turn}` }, as(second)),
          fresh.staff.resetPassword(second, { tokenHash: `s${turn}` }, as(first))
        ])
        const refused = raced.filter(outcome => outcome.status === 'rejected')
        assert.deepEqual(
          refused.map(({ reason }) => reason.extensions?.reason),
          ['LAST_ADMIN'],
          `turn ${turn}`
        )
        await fresh.staff.setPassword(first, 'h', actor, 'resetStaffPassword')
        await fresh.staff.update(second, { disabled: true }, actor)
      }
      const { nodes } = await fresh.staff.list({ first: 100 })
      assert.deepEqual(
        nodes.filter(each => !each.disabled && each.role === 'ADMIN').map(each => each.id),
        [first]
      )
    })

    it('keeps the last ADMIN key while no person could administer', async () => {
      const fresh = createPeopleStores(await open())
      const key = async (keyHash: string, role: 'ADMIN' | 'INGEST', expiresAt: number | null = null) =>
        (await fresh.staff.createApiKey({ name: keyHash, keyHash, role, expiresAt }, actor)).id
      const [one, two, loader] = [await key('a', 'ADMIN'), await key('b', 'ADMIN'), await key('c', 'INGEST')]
      await key('over', 'ADMIN', 1)
      await fresh.staff.revokeApiKey(loader, actor)
      const raced = await Promise.allSettled([
        fresh.staff.revokeApiKey(one, actor),
        fresh.staff.revokeApiKey(two, actor)
      ])
      assert.equal(raced.filter(outcome => outcome.status === 'fulfilled').length, 1)
      const left = (await fresh.staff.listApiKeys()).find(
        each => each.role === 'ADMIN' && each.revokedAt === null && each.expiresAt === null
      )!
      await rejectsWith('PRECONDITION_FAILED', fresh.staff.revokeApiKey(left.id, actor))
      await fresh.staff.create({ name: 'P', email: 'p@example.test', passwordHash: 'h', role: 'ADMIN' }, actor)
      await fresh.staff.revokeApiKey(left.id, actor)
    })

    it('has versions that go up with whatever a stale look could spoil', async () => {
      const input = { name: 'V', email: `v${++n}@example.test`, passwordHash: 'h', role: 'SUPPORT' } as const
      const { id } = await people.staff.create(input, actor)
      await people.staff.startTwoFactor(id, 'sealed', actor)
      assert.ok(await people.staff.confirmTwoFactor(id, { secret: 'sealed', step: 1 }, ['r'], actor))
      assert.equal((await people.staff.get(id))!.version, 2)
      await rejectsWith('CONFLICT', people.staff.endTwoFactor(id, actor, 'resetStaffTwoFactor', 1))
      assert.equal((await people.staff.get(id))!.twoFactor, true)
      await people.staff.endTwoFactor(id, actor, 'resetStaffTwoFactor', 2)
      assert.equal((await people.staff.get(id))!.version, 3)

      // Two operators rotate one key at once: one of them is told, and no secret in use is dead.
      const keyHash = `v${++n}`
      const key = await people.staff.createApiKey({ name: 'V', keyHash, role: 'INGEST' }, actor)
      const secrets = [`v${++n}`, `v${++n}`]
      const raced = await Promise.allSettled(
        secrets.map(secret => people.staff.rotateApiKey(key.id, secret, 0, actor, 1))
      )
      const won = secrets.filter((_, index) => raced[index]!.status === 'fulfilled')
      assert.equal(won.length, 1)
      assert.ok(await people.staff.apiKey(won[0]!))
      await rejectsWith('CONFLICT', people.staff.revokeApiKey(key.id, actor, 1))
      await people.staff.revokeApiKey(key.id, actor, 2)
      assert.equal((await people.staff.listApiKeys()).find(each => each.id === key.id)!.version, 3)
    })

    it('has API keys that end at an instant', async () => {
      const at = Date.now()
      await people.staff.createApiKey({ name: 'Past', keyHash: 'past', role: 'AUDITOR', expiresAt: at - 60_000 }, actor)
      await people.staff.createApiKey(
        { name: 'Ahead', keyHash: 'ahead', role: 'AUDITOR', expiresAt: at + 600_000 },
        actor
      )
      assert.equal(await people.staff.apiKey('past'), null)
      assert.ok(await people.staff.apiKey('ahead'))
      const { id } = (await people.staff.listApiKeys()).find(each => each.name === 'Ahead')!
      const rotated = await people.staff.rotateApiKey(id, 'ahead2', 3_600_000, actor)
      assert.equal(rotated.formerUntil, at + 600_000, 'no secret outlives its key')
    })

    it('has API keys whose secret rotates with an overlap', async () => {
      const { id } = await people.staff.createApiKey({ name: 'Switch', keyHash: 's1', role: 'INGEST' }, actor)
      const good = async (...hashes: string[]) =>
        Promise.all(hashes.map(async hash => (await people.staff.apiKey(hash))?.operator.actor === `key:${id}`))
      const rotated = await people.staff.rotateApiKey(id, 's2', 3_600_000, actor)
      assert.ok(rotated.formerUntil! > Date.now() + 3_000_000)
      assert.deepEqual(await good('s1', 's2'), [true, true])
      const key = async () => (await people.staff.listApiKeys()).find(each => each.id === id)!
      while ((await key()).formerUsedAt === null) await sleep(5)
      await people.staff.rotateApiKey(id, 's3', 3_600_000, actor)
      assert.deepEqual(await good('s1', 's2', 's3'), [true, true, true])
      // Without an overlap every earlier secret is over.
      await people.staff.rotateApiKey(id, 's4', 0, actor)
      assert.deepEqual(await good('s1', 's2', 's3', 's4'), [false, false, false, true])
      assert.equal((await key()).formerUntil, null)
      // What was rotated out never comes back as a key.
      for (const keyHash of ['s1', 's3', 's4'])
        await rejectsWith('CONFLICT', people.staff.createApiKey({ name: 'Again', keyHash, role: 'ADMIN' }, actor))
      await rejectsWith('CONFLICT', people.staff.rotateApiKey(id, 's1', 0, actor))
      await rejectsWith('NOT_FOUND', people.staff.rotateApiKey('nobody', 's9', 0, actor))
      await people.staff.rotateApiKey(id, 's5', 3_600_000, actor)
      await people.staff.revokeApiKey(id, actor)
      assert.deepEqual(await good('s4', 's5'), [false, false])
      await rejectsWith('PRECONDITION_FAILED', people.staff.rotateApiKey(id, 's6', 0, actor))
      const entries = (await access.audit.list({ target: id, first: 50 })).nodes
      assert.deepEqual(
        entries.map(entry => entry.action),
        ['revokeApiKey', 'rotateApiKey', 'rotateApiKey', 'rotateApiKey', 'rotateApiKey', 'createApiKey']
      )
      await people.staff.revokeApiKey(id, actor)
      assert.equal((await access.audit.list({ target: id, first: 50 })).nodes.length, 6)
    })

    it('has API keys that can be revoked', async () => {
      const { id } = await people.staff.createApiKey({ name: 'Ingest', keyHash: 'k1', role: 'INGEST' }, actor)
      const session = (await people.staff.apiKey('k1'))!
      assert.deepEqual(session.operator, { actor: `key:${id}`, name: 'Ingest', role: 'INGEST' })
      assert.equal(session.sessionId, null)
      while (!(await people.staff.listApiKeys()).find(key => key.id === id)!.lastUsedAt) await sleep(5)
      await people.staff.revokeApiKey(id, actor)
      assert.equal(await people.staff.apiKey('k1'), null)
      assert.ok((await people.staff.listApiKeys()).find(key => key.id === id)!.revokedAt)
      await rejectsWith('NOT_FOUND', people.staff.revokeApiKey('nobody', actor))
    })
  })
})
