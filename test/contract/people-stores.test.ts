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
  const signedIn = async (home: 'brand' | 'none' = 'brand') => {
    const domainId = await brand()
    const companyId = await company(home === 'brand' ? domainId : null)
    const { id: contactId } = await contact(companyId)
    const tokenHash = `hash-${++n}`
    const sessionId = await people.sessions.createContactSession({ tokenHash, contactId, domainId, ip: '192.0.2.9' })
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
      await people.contacts.setPassword(made[0]!.id, 'new')
      const { domainId } = (await access.companies.get(companyId))!
      assert.equal((await people.contacts.findForSignIn(made[0]!.email, domainId!))!.passwordHash, 'new')
      await rejectsWith('NOT_FOUND', people.contacts.setPassword('nobody', 'x'))
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
      await people.contacts.recordSignIn(id)
      assert.equal((await people.contacts.findForSignIn(email, domainId))!.lockedUntil, null)
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
      'ended with all others': made => people.sessions.endAllOfContact(made.contactId)
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
      const id = await people.sessions.createContactSession({
        tokenHash: `view-${++n}`,
        contactId: made.contactId,
        domainId: made.domainId,
        ip: '192.0.2.9',
        viewAs
      })
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
      const other = await people.sessions.createContactSession({ ...made, tokenHash: `o-${++n}`, ip: '192.0.2.8' })
      await people.sessions.endAllOfContact(made.contactId, other)
      assert.deepEqual(
        (await people.sessions.listContactSessions(made.contactId)).map(each => each.id),
        [other]
      )
      await set('contact_session', other, `expires_at = ${minutes(1)}`)
      await pruneSessions(db)
      assert.deepEqual(await rowsOf(db.reader, 'SELECT id FROM contact_session WHERE id = ?', [other]), [])
    })
  })

  describe('view-as tickets', () => {
    it('are taken exactly once, on their brand, in time', async () => {
      const { contactId, domainId } = await signedIn()
      const create = async () => {
        const tokenHash = `ticket-${++n}`
        await people.sessions.createViewAsTicket(
          {
            tokenHash,
            contactId,
            domainId,
            staffId: 'ann',
            staffName: 'Ann',
            writeThrough: true
          },
          actor
        )
        return tokenHash
      }
      const ticket = await create()
      assert.equal(await people.sessions.takeViewAsTicket(ticket, 'another brand'), null)
      const taken = await Promise.all(
        Array.from({ length: 6 }, () => people.sessions.takeViewAsTicket(ticket, domainId))
      )
      assert.deepEqual(
        taken.filter(each => each !== null),
        [{ contactId, staffId: 'ann', staffName: 'Ann', writeThrough: true }]
      )
      const late = await create()
      await db.writer.raw('UPDATE view_as_ticket SET expires_at = ? WHERE token_hash = ?', [Date.now() - 1000, late])
      assert.equal(await people.sessions.takeViewAsTicket(late, domainId), null)
      assert.equal(await people.sessions.takeViewAsTicket('unknown', domainId), null)
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
        disabled: false
      })
      for (let failure = 0; failure < 10; failure++) await people.staff.recordFailure(id, '198.51.100.200')
      assert.ok((await people.staff.findForSignIn('eve@example.test'))!.lockedUntil! > Date.now())
      assert.equal(await people.staff.failuresFrom('198.51.100.200'), 10)
      assert.equal(await people.contacts.failuresFrom('198.51.100.200'), 0)
      await people.staff.recordSignIn(id)
      const sessionId = await people.sessions.createStaffSession({
        tokenHash: 'staff-token',
        staffId: id,
        ip: '192.0.2.1'
      })
      const session = (await people.sessions.staffSession('staff-token'))!
      assert.deepEqual(session.operator, { actor: `staff:${id}`, name: 'Eve', role: 'SUPPORT' })
      assert.equal(session.sessionId, sessionId)
      await people.sessions.end(sessionId)
      assert.equal(await people.sessions.staffSession('staff-token'), null)
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
