import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forEachWorld, hashOf, type World } from './world.ts'

const createContact = `mutation ($input: CreateContactInput!) {
  createContact(input: $input) { id companyId name email disabled version } }`
const contact = async (world: World, companyId: string, email: string): Promise<string> =>
  (
    await world.data(createContact, {
      variables: { input: { companyId, name: 'Ann', email, password: 'correct horse battery' } }
    })
  ).createContact.id
const viewAs = `mutation ($id: ID!, $domain: ID, $write: Boolean) {
  viewAs(contactId: $id, domainId: $domain, writeThrough: $write) { url expiresAt } }`

forEachWorld('operators keep people and keys', open => {
  test('createContact and contacts', async () => {
    const world = await open()
    await world.brand('one.example.net')
    const company = await world.company('Acme')
    const other = await world.company('Other')
    const { createContact: made } = await world.data(createContact, {
      variables: {
        input: {
          companyId: company,
          name: ' Ann ',
          email: 'Ann@Example.NET',
          password: 'correct horse battery',
          ipAllowList: ['192.0.2.0/24', '2001:db8::1']
        }
      }
    })
    const { id, ...rest } = made
    assert.deepEqual(
      { ...rest, email: rest.email.toLowerCase() },
      { companyId: company, name: 'Ann', email: 'ann@example.net', disabled: false, version: 1 }
    )
    await contact(world, company, 'bob@example.net')
    await contact(world, other, 'eve@example.net')
    const list = `query ($id: ID!, $first: Int, $after: String) { contacts(companyId: $id, first: $first, after: $after) {
      nodes { id email } pageInfo { endCursor hasNextPage } totalCount } }`
    const { contacts: first } = await world.data(list, { variables: { id: company, first: 1 } })
    assert.equal(first.totalCount, 2)
    assert.equal(first.pageInfo.hasNextPage, true)
    const { contacts: rest2 } = await world.data(list, {
      variables: { id: company, first: 1, after: first.pageInfo.endCursor }
    })
    assert.equal(rest2.pageInfo.hasNextPage, false)
    assert.equal(new Set([first.nodes[0].id, rest2.nodes[0].id, id]).size, 2)
    assert.deepEqual(await world.codes(list, { variables: { id: 'nothing-of-this' } }), ['NOT_FOUND'])
    assert.deepEqual(
      await world.codes(createContact, {
        variables: { input: { companyId: company, name: 'Ann', email: 'ann@example.net' } }
      }),
      ['CONFLICT']
    )
  })

  test('createApiKey shows the secret once; revokeApiKey ends it; only admins make keys', async () => {
    const world = await open()
    const { createApiKey } = await world.data(
      'mutation { createApiKey(name: " loader ", role: INGEST) { id name role secret } }'
    )
    assert.equal(createApiKey.name, 'loader')
    assert.equal(createApiKey.role, 'INGEST')
    assert.ok(createApiKey.secret.length >= 43)
    const all = '{ apiKeys { id name role createdAt lastUsedAt revokedAt } }'
    const { apiKeys } = await world.data(all)
    assert.equal(apiKeys.length, 1)
    assert.equal(apiKeys[0].id, createApiKey.id)
    assert.match(apiKeys[0].createdAt, /Z$/)
    assert.equal(apiKeys[0].revokedAt, null)
    assert.equal(JSON.stringify(apiKeys).includes(createApiKey.secret), false)
    const revoke = 'mutation ($id: ID!) { revokeApiKey(id: $id) { id revokedAt } }'
    const { revokeApiKey } = await world.data(revoke, { variables: { id: createApiKey.id } })
    assert.match(revokeApiKey.revokedAt, /Z$/)
    const again = await world.data(revoke, { variables: { id: createApiKey.id } })
    assert.deepEqual(again.revokeApiKey, revokeApiKey)
    assert.deepEqual(await world.codes(revoke, { variables: { id: 'nothing-of-this' } }), ['NOT_FOUND'])
    for (const role of ['SUPPORT', 'AUDITOR'] as const) {
      assert.deepEqual(await world.codes('mutation { createApiKey(name: "x", role: AUDITOR) { id } }', { role }), [
        'FORBIDDEN'
      ])
    }
  })

  test('viewAs gives a link on the brand of the contact', async () => {
    const world = await open()
    const one = await world.brand('one.example.net')
    const two = await world.brand('two.example.net')
    const home = await world.company('Home', { domainId: two })
    const free = await world.company('Free')
    const atHome = await contact(world, home, 'ann@example.net')
    const anywhere = await contact(world, free, 'bob@example.net')
    const { viewAs: ticket } = await world.data(viewAs, { variables: { id: atHome }, role: 'SUPPORT' })
    assert.match(ticket.url, /^https:\/\/two\.example\.net\/view-as\?ticket=[\w-]{43}$/)
    assert.match(ticket.expiresAt, /Z$/)
    const { viewAs: byDefault } = await world.data(viewAs, { variables: { id: anywhere } })
    assert.match(byDefault.url, /^https:\/\/one\.example\.net\//)
    const { viewAs: chosen } = await world.data(viewAs, { variables: { id: anywhere, domain: two } })
    assert.match(chosen.url, /^https:\/\/two\.example\.net\//)
    assert.deepEqual(await world.codes(viewAs, { variables: { id: atHome, domain: one } }), ['BAD_USER_INPUT'])
    assert.deepEqual(await world.codes(viewAs, { variables: { id: anywhere, domain: 'nothing-of-this' } }), [
      'NOT_FOUND'
    ])
    assert.deepEqual(await world.codes(viewAs, { variables: { id: 'nothing-of-this' } }), ['NOT_FOUND'])
  })

  test('the fields after a mutation in one document see the new access', async () => {
    const world = await open()
    await world.brand('one.example.net')
    const two = await world.brand('two.example.net')
    const company = await world.company('Acme')
    const id = await contact(world, company, 'ann@example.net')
    const { before, after } = await world.data(
      `mutation ($company: ID!, $two: ID!, $id: ID!) {
        before: viewAs(contactId: $id) { url }
        assignCompanyDomain(companyId: $company, domainId: $two) { id }
        after: viewAs(contactId: $id) { url }
      }`,
      { variables: { company, two, id } }
    )
    assert.match(before.url, /one\.example\.net/)
    assert.match(after.url, /two\.example\.net/)
  })

  test('the ticket carries who looks and whether they may write, once', async () => {
    const world = await open()
    const domain = await world.brand('one.example.net')
    const id = await contact(world, await world.company('Acme'), 'ann@example.net')
    const { sessions } = world.services.people
    const take = async (url: string) => {
      const tokenHash = crypto.randomUUID()
      const ticketHash = hashOf(new URL(url).searchParams.get('ticket') ?? '')
      if (!(await sessions.openViewAs(ticketHash, { tokenHash, domainId: domain, ip: '::1' }))) return null
      const { viewer } = (await sessions.contactSession(tokenHash))!
      return { contactId: viewer.contactId, ...viewer.viewAs }
    }
    const keyOf = async (role: 'SUPPORT' | 'ADMIN') => {
      const made = await world.data('mutation ($role: StaffRole!) { createApiKey(name: "k", role: $role) { id } }', {
        variables: { role }
      })
      return `key:${made.createApiKey.id}`
    }
    const [sam, ann] = [await keyOf('SUPPORT'), await keyOf('ADMIN')]
    const { viewAs: looking } = await world.data(viewAs, { variables: { id }, role: 'SUPPORT', actor: sam })
    const expected = { contactId: id, staffId: sam, staffName: 'The SUPPORT', writeThrough: false }
    assert.deepEqual(await take(looking.url), expected)
    assert.equal(await take(looking.url), null)
    const { viewAs: writing } = await world.data(viewAs, { variables: { id, write: true }, actor: ann })
    assert.deepEqual(await take(writing.url), {
      contactId: id,
      staffId: ann,
      staffName: 'The ADMIN',
      writeThrough: true
    })
    // The fake people stores have no audit log.
    if (world.onDatabase) {
      const { auditLog } = await world.data(
        'query ($id: String!) { auditLog(target: $id) { nodes { actor action after } } }',
        {
          variables: { id }
        }
      )
      assert.deepEqual(
        auditLog.nodes
          .slice(0, 2)
          .map((entry: { actor: string; action: string; after: string }) => [
            entry.actor,
            entry.action,
            JSON.parse(entry.after).writeThrough
          ]),
        [
          [ann, 'viewAs', true],
          [sam, 'viewAs', false]
        ]
      )
    }
  })

  test('only an admin writes through; an inactive company has no portal to look at', async () => {
    const world = await open()
    await world.brand('one.example.net')
    const contactId = await contact(world, await world.company('Acme'), 'ann@example.net')
    assert.deepEqual(await world.codes(viewAs, { variables: { id: contactId, write: true }, role: 'SUPPORT' }), [
      'FORBIDDEN'
    ])
    await world.data(viewAs, { variables: { id: contactId, write: true } })
    const carrier = await contact(world, await world.company('Carrier', { userType: 'CARRIER' }), 'cat@example.net')
    const closed = await world.ask(viewAs, { variables: { id: carrier } })
    assert.deepEqual(
      closed.errors.map(error => [error.extensions.code, error.extensions.reason]),
      [['PRECONDITION_FAILED', 'GATE_CLOSED']]
    )
    const inactive = await contact(world, await world.company('Gone', { status: 'INACTIVE' }), 'bob@example.net')
    const { errors } = await world.ask(viewAs, { variables: { id: inactive } })
    assert.deepEqual(
      errors.map(error => [error.extensions.code, error.extensions.reason]),
      [['PRECONDITION_FAILED', 'COMPANY_INACTIVE']]
    )
  })
})
