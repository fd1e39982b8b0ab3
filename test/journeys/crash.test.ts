import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { after, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { Dialect } from '../../core/scope.ts'
import { createPluginDatabase } from '../../db/plugin-database.ts'
import { plugins } from '../../plugins/index.ts'
import { openers, type TestDatabase } from '../support/databases.ts'
import { length } from '../support/length.ts'
import { type PortalProcess, startPortalProcess } from '../support/portal-process.ts'

// kill -9 at any moment: every acknowledged write is there, none twice, none by half.

const numbers = 120
const password = 'correct horse battery'

interface World {
  readonly host: string
  readonly companyId: string
  readonly session: string
  readonly ids: readonly string[]
}

const settle = async (portal: PortalProcess, database: TestDatabase): Promise<World> => {
  const host = 'crash.localhost'
  const { createPortalDomain: brand } = await portal.operator(
    'mutation { createPortalDomain(input: { fqdn: "crash.localhost", brandName: "B", features: ["did", "did.edit"] }) { id } }'
  )
  const { createCompany: company } = await portal.operator(
    'mutation ($id: ID!) { createCompany(input: { name: "C", userType: CUSTOMER, currency: "EUR", domainId: $id }) { id } }',
    { id: brand.id }
  )
  const ids = Array.from({ length: numbers }, (_, index) => `did-${String(index).padStart(12, '0')}`)
  const plugin = plugins.find(({ name }) => name === 'did')
  assert.ok(plugin)
  await createPluginDatabase(database, plugin).insertMany(
    'did',
    ids.map((id, index) => ({
      id,
      number: String(442_079_460_000 + index),
      country: 'GB',
      company_id: company.id,
      enabled: 1,
      retain_display_name: 0,
      channels: 0,
      channels_ceiling: 0,
      flow_speed: 0,
      flow_speed_ceiling: 0,
      recording_mode: 'OFF',
      stir_shaken_min_attest: 'NONE',
      spam_scout: 0,
      version: 1
    }))
  )
  await portal.operator('mutation ($input: CreateContactInput!) { createContact(input: $input) { id } }', {
    input: { companyId: company.id, name: 'N', email: 'crash@example.net', password }
  })
  const login = await portal.query(
    host,
    'mutation ($email: String!, $password: String!) { login(email: $email, password: $password) { token } }',
    { variables: { email: 'crash@example.net', password } }
  )
  return { host, companyId: company.id, session: login.json.data.login.token, ids }
}

const rows = async <T>(database: TestDatabase, sql: string, bindings: readonly unknown[] = []): Promise<T[]> => {
  const result = await database.reader.raw(sql, bindings as string[])
  return (database.dialect === 'postgresql' ? result.rows : result) as T[]
}

const crash = (dialect: Dialect, cycles: number): void => {
  test(`${cycles} kills on ${dialect}`, async () => {
    // To look a whole database through takes longer than a read of the portal may.
    const database = await openers[dialect]({ plugins, settings: { readTimeoutMs: 600_000 } })
    let portal = await startPortalProcess(database.url)
    after(() => portal.kill())
    const world = await settle(portal, database)
    let sequence = 0
    const acknowledged = { overrides: [] as string[], edits: [] as number[] }
    let lastOverride = ''
    let lastEdit = 0
    // On a busy machine a process may be killed before it has acknowledged anything: then there are more kills.
    const enough = (): boolean => acknowledged.overrides.length > cycles && acknowledged.edits.length > 0
    let kills = 0

    for (let cycle = 0; cycle < cycles || !enough(); cycle++) {
      if (cycle > 0) portal = await startPortalProcess(database.url)
      let alive = true
      // In flight when the process dies: may have happened or not, but wholly.
      let pendingOverride = ''
      let pendingEdit = 0
      const overrides = async (): Promise<void> => {
        while (alive) {
          pendingOverride = `w${++sequence}`
          await portal.operator(
            'mutation ($id: ID!, $reason: String!) { setCompanyOverrides(companyId: $id, overrides: [{ key: "cdr", override: SHOW, reason: $reason }, { key: "ivr", override: HIDE, reason: $reason }]) { id } }',
            { id: world.companyId, reason: pendingOverride }
          )
          acknowledged.overrides.push(pendingOverride)
          lastOverride = pendingOverride
          pendingOverride = ''
        }
      }
      const edits = async (): Promise<void> => {
        while (alive) {
          pendingEdit = ++sequence
          const answer = await portal.query(
            world.host,
            'mutation ($ids: [ID!]!, $patch: DidPatch!) { bulkUpdateDids(ids: $ids, patch: $patch) { ok } }',
            { variables: { ids: world.ids, patch: { channels: pendingEdit } }, session: world.session }
          )
          assert.equal(answer.json?.data?.bulkUpdateDids?.length, numbers, answer.text)
          acknowledged.edits.push(pendingEdit)
          lastEdit = pendingEdit
          pendingEdit = 0
        }
      }
      const over = (error: unknown): void => {
        // The connection breaks when the process dies; anything else is a fault.
        if (alive || !/ECONNRESET|ECONNREFUSED|socket hang up|EPIPE/.test(String(error))) throw error
      }
      const working = Promise.all([overrides().catch(over), edits().catch(over)])
      await sleep(300 + ((cycle * 7919) % 900) + 1_000 * Math.max(0, cycle + 1 - cycles))
      alive = false
      await portal.kill()
      kills++
      await working

      const found = await rows<{ key: string; reason: string }>(
        database,
        'SELECT key, reason FROM company_override WHERE company_id = ? ORDER BY key',
        [world.companyId]
      )
      const reasons = new Set(found.map(({ reason }) => reason))
      assert.ok(reasons.size <= 1, 'both overrides of one call, or neither')
      const [reason = ''] = reasons
      assert.ok(
        reason === lastOverride || reason === pendingOverride,
        `override ${reason}, acknowledged ${lastOverride}`
      )
      lastOverride = reason
      const channels = await rows<{ channels: number }>(database, 'SELECT DISTINCT channels FROM did')
      assert.equal(channels.length, 1, 'a bulk edit reached all its numbers, or none')
      const edited = Number(channels[0]?.channels)
      assert.ok(edited === lastEdit || edited === pendingEdit, `edit ${edited}, acknowledged ${lastEdit}`)
      lastEdit = edited
      if (dialect === 'sqlite')
        assert.deepEqual(await rows(database, 'PRAGMA integrity_check'), [{ integrity_check: 'ok' }])
    }

    const audit = await rows<{ after: string }>(database, 'SELECT after FROM audit_entry')
    const text = audit.map(entry => entry.after ?? '')
    for (const reason of acknowledged.overrides)
      assert.equal(
        text.filter(entry => entry.includes(`"${reason}"`)).length,
        1,
        `write ${reason} stands once in the audit log`
      )
    const revisions = await rows<{ n: number; top: number; scope: string }>(
      database,
      'SELECT scope, COUNT(DISTINCT revision) AS n, MAX(revision) - MIN(revision) + 1 AS top FROM access_change GROUP BY scope'
    )
    for (const { n, top, scope } of revisions)
      assert.equal(Number(n), Number(top), `no gap in the revisions of ${scope}`)
    console.log(
      `# ${dialect}: ${kills} kills, ${acknowledged.overrides.length} override writes and ${acknowledged.edits.length} bulk edits acknowledged, 0 lost, 0 twice`
    )
  })
}

describe('kill -9 under access writes and bulk edits', () => {
  crash('sqlite', length(2, 200))
  crash('postgresql', length(2, 50))
})

test('on SQLite the log is synced between a commit and its answer', async t => {
  const strace = await promisify(execFile)('strace', ['-V']).catch(() => null)
  if (strace === null) {
    assert.notEqual(process.env.PORTCULLIS_INSIST, '1', 'strace is not installed')
    t.skip('strace is not installed: left out')
    return
  }
  const database = await openers.sqlite({ plugins })
  const trace = `${database.url}.strace`
  const portal = await startPortalProcess(database.url, [
    'strace',
    '-f',
    '-y',
    '-s',
    '32',
    '-e',
    'trace=fdatasync,fsync,write,writev,sendto,sendmsg',
    '-o',
    trace
  ])
  after(() => portal.kill())
  const { createPortalDomain: brand } = await portal.operator(
    'mutation { createPortalDomain(input: { fqdn: "sync.localhost", brandName: "B" }) { id } }'
  )
  const writes = 20
  for (let round = 0; round < writes; round++)
    await portal.operator(
      'mutation ($id: ID!, $features: [DomainFeatureInput!]!) { setDomainFeatures(domainId: $id, features: $features) { version } }',
      { id: brand.id, features: [{ key: 'cdr', enabled: round % 2 === 0 }] }
    )
  await portal.stop()
  const lines = (await readFile(trace, 'utf8')).split('\n')
  // Answers of the mutations, in order; each must have a finished sync of the log since the answer before it.
  let synced = false
  let answers = 0
  const unsynced: number[] = []
  for (const line of lines) {
    if (/f(data)?sync\(\d+<[^>]*-wal>\)/.test(line) || /f(data)?sync resumed/.test(line)) synced = true
    if (line.includes('"HTTP/1.1 200')) {
      answers++
      if (!synced) unsynced.push(answers)
      synced = false
    }
  }
  assert.ok(answers >= writes, `${answers} answers in the trace`)
  // The first answers are reads that wait for the start, and have nothing to sync.
  assert.deepEqual(
    unsynced.filter(answer => answer > answers - writes),
    []
  )
})
