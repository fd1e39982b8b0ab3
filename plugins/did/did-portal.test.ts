import assert from 'node:assert/strict'
import { it } from 'node:test'
import { createPluginDatabase } from '../../db/plugin-database.ts'
import { rowsOf } from '../../db/sql.ts'
import { forEachDatabase } from '../../test/support/databases.ts'
import { type Answer, startPortal } from '../../test/support/portal.ts'
import { core } from '../core/plugin.ts'
import { did } from './plugin.ts'

const plugins = [core, did]
const code = (answer: Answer): string | undefined => answer.json.errors?.[0]?.extensions.code
const reason = (answer: Answer): string | undefined => answer.json.errors?.[0]?.extensions.reason

forEachDatabase('did over HTTP', open => {
  it('goes from the list to a change, and stops where a key or a lock says so', async t => {
    const features = ['carrier-portal', 'did', 'did.edit', 'did.tags']
    const portal = await startPortal(t, { plugins, open: () => open({ plugins }), features })
    const customer = await portal.signedIn('Customer')
    const carrier = await portal.signedIn('Carrier', { userType: 'CARRIER' })
    await createPluginDatabase(portal.database, did).insertMany('did', [
      {
        ...{
          id: 'did-1',
          number: '442079460001',
          country: 'GB',
          company_id: customer.company.id,
          carrier_id: carrier.company.id
        },
        ...{
          enabled: 1,
          retain_display_name: 0,
          channels: 5,
          channels_ceiling: 10,
          flow_speed: 0,
          flow_speed_ceiling: 0
        },
        ...{
          recording_mode: 'OFF',
          stir_shaken_min_attest: 'NONE',
          spam_scout: 0,
          notes: 'of the customer',
          version: 1
        }
      }
    ])
    const ask = (document: string, { session }: { session: string } = customer, variables = {}): Promise<Answer> =>
      portal.query('acme.localhost', document, { session, variables })
    const point = (version: number): Promise<Answer> =>
      ask(`mutation { updateDid(id: "did-1", version: ${version}, input: { destination: { type: URI, value: "1@pbx.example.com" } }) {
        version destination { type value port } } }`)

    assert.deepEqual((await ask('{ dids { nodes { number tags } totalCount } }')).json.data, {
      dids: { nodes: [{ number: '442079460001', tags: [] }], totalCount: 1 }
    })
    assert.deepEqual((await point(1)).json.data.updateDid, {
      version: 2,
      destination: { type: 'URI', value: '1@pbx.example.com', port: null }
    })
    assert.equal(code(await point(1)), 'CONFLICT')

    const supplied = await ask('{ carrierDids { nodes { number enabled assigned channels } } }', carrier)
    assert.deepEqual(supplied.json.data.carrierDids.nodes, [
      { number: '442079460001', enabled: true, assigned: true, channels: 5 }
    ])
    assert.equal(code(await ask('{ dids { totalCount } }', carrier)), 'FORBIDDEN')
    assert.equal(code(await ask('{ carrierDids { nodes { notes } } }', carrier)), 'QUERY_INVALID')

    await portal.override(customer.company, 'did.destination-lock', 'SHOW')
    const locked = await point(2)
    assert.deepEqual(
      [code(locked), reason(locked), locked.json.data],
      ['FORBIDDEN', 'DESTINATION_LOCKED', { updateDid: null }]
    )
    const bulk = 'mutation ($p: DidPatch!) { bulkUpdateDids(ids: ["did-1"], patch: $p) { ok did { enabled } } }'
    assert.equal(reason(await ask(bulk, customer, { p: { destination: null } })), 'DESTINATION_LOCKED')
    assert.deepEqual((await ask(bulk, customer, { p: { enabled: false } })).json.data.bulkUpdateDids, [
      { ok: true, did: { enabled: false } }
    ])
    const entries = () => rowsOf(portal.database.reader, `SELECT id FROM audit_entry WHERE target = 'did:did-1'`)
    const before = await entries()
    const same = `mutation { updateDid(id: "did-1", version: 3, input: { enabled: false, channels: 5 }) { version } }`
    assert.equal((await ask(same)).json.data.updateDid.version, 3, 'what is so already is no change')
    await ask('mutation { setDidTags(id: "did-1", tags: []) { id } }')
    assert.deepEqual(await entries(), before)

    await portal.override(customer.company, 'did.tags', 'HIDE')
    const hidden = await ask('{ dids { nodes { number tags } } }')
    assert.deepEqual(hidden.json.data.dids.nodes, [{ number: '442079460001', tags: null }])
    assert.deepEqual(hidden.json.extensions.access.hidden, ['dids.nodes.tags'])
    await portal.override(customer.company, 'did', 'HIDE')
    assert.equal(code(await point(3)), 'FEATURE_DISABLED')

    const penalised = await portal.signedIn('Penalised', { status: 'PENALTY' })
    assert.equal((await ask('{ dids { totalCount } }', penalised)).json.data.dids.totalCount, 0)
    const refused = await ask('mutation { setDidTags(id: "did-1", tags: []) { id } }', penalised)
    assert.deepEqual([code(refused), reason(refused)], ['FORBIDDEN', 'COMPANY_STATUS'])
  })
})
