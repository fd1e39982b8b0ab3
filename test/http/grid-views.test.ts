import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forEachDatabase } from '../support/databases.ts'
import { type Answer, startPortal } from '../support/portal.ts'
import { toyPlugin } from './toy-plugin.ts'

const save =
  'mutation ($grid: String!, $name: String!, $state: JSON!) { saveGridView(grid: $grid, name: $name, state: $state) { id name state } }'
const list = 'query ($grid: String!) { myGridViews(grid: $grid) { id name state } }'
const remove = 'mutation ($id: ID!) { deleteGridView(id: $id) }'

forEachDatabase('views of grids', open => {
  test('belong to the contact, and staff who only look change none', async t => {
    const portal = await startPortal(t, { open, plugins: [toyPlugin] })
    const { company, contact, session } = await portal.signedIn('Cedar')
    const colleague = await portal.session(await portal.contact(company, 'colleague@example.net'))
    const ask = (document: string, variables: Readonly<Record<string, unknown>>, as?: string): Promise<Answer> =>
      portal.query('acme.localhost', document, { variables, ...(as === undefined ? {} : { session: as }) })
    const codeOf = ({ json }: Answer): unknown => json.errors?.[0]?.extensions?.code
    const state = { columns: ['start', 'charge'], sort: [{ column: 'start', dir: 'DESC' }], text: 'ü', none: null }

    const saved = (await ask(save, { grid: 'calls', name: 'Mine', state }, session)).json.data.saveGridView
    await ask(save, { grid: 'calls', name: '', state: 'last' }, session)
    const own = (await ask(list, { grid: 'calls' }, session)).json.data.myGridViews
    assert.deepEqual(
      own.map((each: { name: string; state: unknown }) => [each.name, each.state]),
      [
        ['', 'last'],
        ['Mine', state]
      ]
    )
    assert.deepEqual((await ask(list, { grid: 'calls' }, colleague)).json.data.myGridViews, [])
    assert.deepEqual((await ask(list, { grid: 'numbers' }, session)).json.data.myGridViews, [])

    const unknown = await ask(remove, { id: 'AAAAAAAAAAAAAAAA' }, colleague)
    assert.equal(codeOf(unknown), 'NOT_FOUND')
    assert.equal((await ask(remove, { id: saved.id }, colleague)).text, unknown.text)
    for (const [document, variables] of [
      [list, { grid: 'calls' }],
      [save, { grid: 'calls', name: 'x', state }],
      [remove, { id: saved.id }]
    ] as const)
      assert.equal(codeOf(await ask(document, variables)), 'UNAUTHENTICATED')
    assert.deepEqual(
      Object.keys(
        (await ask(save, { grid: 'calls', name: 'x'.repeat(81), state }, session)).json.errors[0].extensions.fields
      ),
      ['name']
    )

    const lookingOn = async (writeThrough: boolean): Promise<string> => {
      const document =
        'mutation ($contactId: ID!, $writeThrough: Boolean) { viewAs(contactId: $contactId, writeThrough: $writeThrough) { url } }'
      const variables = { contactId: contact.id, writeThrough }
      const { url } = (await portal.query('console.localhost', document, { apiKey: portal.apiKey, variables })).json
        .data.viewAs
      const { pathname, search } = new URL(url)
      const headers = { accept: 'application/json' }
      return (await portal.request('acme.localhost', `${pathname}${search}`, { headers })).json.token
    }
    const looking = await lookingOn(false)
    assert.equal((await ask(list, { grid: 'calls' }, looking)).json.data.myGridViews.length, 2)
    const refused = await ask(save, { grid: 'calls', name: 'Theirs', state }, looking)
    assert.equal(refused.json.errors[0].extensions.reason, 'VIEW_AS')
    assert.equal((await ask(remove, { id: saved.id }, looking)).json.errors[0].extensions.reason, 'VIEW_AS')
    const writing = await lookingOn(true)
    assert.equal(
      (await ask(save, { grid: 'calls', name: 'Theirs', state }, writing)).json.data.saveGridView.name,
      'Theirs'
    )

    assert.equal((await ask(remove, { id: saved.id }, session)).json.data.deleteGridView, true)
    const log = await portal.database
      .reader('audit_entry')
      .whereIn('action', ['saveGridView', 'deleteGridView'])
      .orderBy('seq')
      .select('action', 'actor', 'target')
    // What was used last is no deed.
    assert.deepEqual(
      log.map(({ action, actor }) => [action, String(actor).split(' by ').length]),
      [
        ['saveGridView', 1],
        ['saveGridView', 2],
        ['deleteGridView', 1]
      ]
    )
    for (const { target } of log) assert.equal(target, contact.id)
  })
})
