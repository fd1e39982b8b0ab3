import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { Catalogue } from '../../core/catalogue.ts'
import type { AccessStores, Actor, PeopleStores } from '../../core/ports.ts'
import { createAccessStores } from '../../db/access-stores.ts'
import { createPeopleStores } from '../../db/people-stores.ts'
import { forEachDatabase, type TestDatabase } from '../support/databases.ts'

const actor: Actor = { operator: { actor: 'staff:ann', name: 'Ann', role: 'ADMIN', ip: '192.0.2.1' } }

// Signing in takes a while: who proves a password may find the company closed before the session is there.
forEachDatabase('ways in', open => {
  let db: TestDatabase
  let access: AccessStores
  let people: PeopleStores
  let ann: string
  let n = 0

  before(async () => {
    db = await open()
    access = createAccessStores(db, Catalogue.of([]))
    people = createPeopleStores(db)
    const input = { name: 'Ann', email: 'ann@example.test', passwordHash: 'h', role: 'SUPPORT' } as const
    ann = `staff:${(await people.staff.create(input, actor)).id}`
    await brand() // the default one cannot be disabled
  })

  const brand = async (): Promise<string> => {
    const input = { fqdn: `w${++n}.example.test`, brandName: 'B', currencies: [], features: [] }
    return (await access.brands.create(input, actor)).id
  }
  const settled = async (homeless = false) => {
    const domainId = await brand()
    const { id: companyId } = await access.companies.create(
      {
        ...{ name: 'C', userType: 'CUSTOMER', currency: 'EUR', status: 'ACTIVE', accountCodes: [] },
        domainId: homeless ? null : domainId
      },
      actor
    )
    const input = { companyId, name: 'Bob', email: `w${++n}@example.test`, passwordHash: 'proved' }
    return { domainId, companyId, contactId: (await people.contacts.create(input, actor)).id }
  }
  type Settled = Awaited<ReturnType<typeof settled>>

  /** Each opens a way; null, or refused: there is none. */
  const ways: Readonly<Record<string, (at: Settled, tokenHash: string) => Promise<unknown>>> = {
    session: ({ contactId, domainId }, tokenHash) =>
      people.sessions.createContactSession({ tokenHash, contactId, domainId, ip: '::1', passwordHash: 'proved' }),
    'view-as ticket': ({ contactId, domainId }, tokenHash) =>
      people.sessions.createViewAsTicket(
        { tokenHash, contactId, domainId, staffId: ann, staffName: 'Ann', writeThrough: false },
        actor
      ),
    'sign-in link': ({ contactId, domainId }, tokenHash) =>
      people.contacts.createSignInLink(contactId, { tokenHash, domainId }, actor)
  }
  const isOpen = async (way: string, { domainId }: Settled, tokenHash: string): Promise<boolean> =>
    (way === 'session'
      ? await people.sessions.contactSession(tokenHash)
      : way === 'sign-in link'
        ? await people.links.find(tokenHash, domainId)
        : (await people.sessions.openViewAs(tokenHash, { tokenHash: `v-${tokenHash}`, domainId, ip: '::1' })) ||
          null) !== null

  interface Ending {
    end(at: Settled): Promise<unknown>
    /** As if nothing had been. */
    back(at: Settled): Promise<unknown>
  }
  const endings: Readonly<Record<string, Ending>> = {
    'the company is closed': {
      end: at => access.companies.changeStatus(at.companyId, 'close', actor),
      back: at => access.companies.changeStatus(at.companyId, 'reopen', actor)
    },
    'the company moves away': {
      end: async at => access.companies.assignDomain(at.companyId, await brand(), actor),
      back: at => access.companies.assignDomain(at.companyId, at.domainId, actor)
    },
    'the brand is disabled': {
      end: at => access.brands.setEnabled(at.domainId, false, actor),
      back: at => access.brands.setEnabled(at.domainId, true, actor)
    },
    'the contact is disabled': {
      end: at => people.contacts.setDisabled(at.contactId, true, actor),
      back: at => people.contacts.setDisabled(at.contactId, false, actor)
    }
  }

  for (const [name, { end, back }] of Object.entries(endings))
    describe(`when ${name}`, () => {
      for (const [way, make] of Object.entries(ways)) {
        it(`no ${way} outlives it, whichever came first`, async () => {
          for (let round = 0; round < 4; round++) {
            const at = await settled()
            const [before, meanwhile, after] = [`b${++n}`, `m${++n}`, `a${++n}`]
            if (way !== 'sign-in link') await make(at, before)
            await Promise.all([
              make(at, meanwhile).catch(error => assert.equal(error.code, 'PRECONDITION_FAILED')),
              end(at)
            ])
            await make(at, after).catch(error => assert.equal(error.code, 'PRECONDITION_FAILED'))
            await back(at)
            for (const token of [before, meanwhile, after]) assert.equal(await isOpen(way, at, token), false, token)
            await make(at, `z${++n}`)
            assert.equal(await isOpen(way, at, `z${n}`), true)
          }
        })
      }
    })

  // What comes between is held open: the session waits for it and then finds it done.
  it('a session waits for a change under way and then sees it', async () => {
    const held = async (sql: string, id: (at: Settled) => string, homeless = false): Promise<string | null> => {
      const at = await settled(homeless)
      let made: Promise<string | null> = Promise.resolve('none')
      await db.transaction(async trx => {
        await trx.raw(sql, [id(at)])
        made = ways.session!(at, `h${++n}`) as Promise<string | null>
        await new Promise(resolve => setTimeout(resolve, 50))
      })
      return made
    }
    assert.equal(await held(`UPDATE company SET status = 'INACTIVE' WHERE id = ?`, at => at.companyId), null)
    assert.equal(await held('UPDATE portal_domain SET enabled = 0 WHERE id = ?', at => at.domainId), null)
    assert.equal(await held('UPDATE contact SET disabled = 1 WHERE id = ?', at => at.contactId), null)
    assert.equal(await held(`UPDATE contact SET password_hash = 'new' WHERE id = ?`, at => at.contactId), null)
    const anywhere = `UPDATE company SET name = 'as before' WHERE id = ?`
    assert.notEqual(await held(anywhere, at => at.companyId, true), null)
  })
})
