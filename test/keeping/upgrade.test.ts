import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Dialect } from '../../core/scope.ts'
import { openDatabase } from '../../db/connect.ts'
import { contract, migrate, migrationSteps } from '../../db/migrate.ts'
import { ensureFirstOperator } from '../../http/first-operator.ts'
import { startServing } from '../../http/serve.ts'
import { readSettings } from '../../http/settings.ts'
import { plugins } from '../../plugins/index.ts'
import { Balancer } from '../support/balancer.ts'
import { openers } from '../support/databases.ts'
import { freePort } from '../support/free-port.ts'
import { isLong, length } from '../support/length.ts'
import { type PortalProcess, processSettings, requestsTo, startPortalProcess } from '../support/portal-process.ts'
import { upgradePlugin } from '../support/upgrade-plugin.ts'

const host = 'upgrade.localhost'
const password = 'correct horse battery'

interface Version extends Pick<PortalProcess, 'port' | 'query' | 'operator' | 'stop'> {
  readonly monitorPort: number
}

/** As a process of its own in the long form, else inside this one, with connections of its own: a start of a process is dear. */
const startVersion = async (url: string, version: 1 | 2): Promise<Version> => {
  const monitorPort = await freePort()
  const own = { PORTAL_MONITOR: `${monitorPort}`, PORTAL_DRAIN_SECONDS: '1' }
  if (isLong) {
    const environment = { ...own, TEST_PLUGIN_VERSION: `${version}` }
    const portal = await startPortalProcess(url, [], environment, 'test/support/upgrade-child.ts')
    after(() => portal.kill())
    return Object.assign(portal, { monitorPort })
  }
  const port = await freePort()
  const settings = readSettings({ ...processSettings(port, url), ...own })
  const plugins = [upgradePlugin(version)]
  const database = await openDatabase({ url })
  await migrate(database, plugins)
  const { end } = await startServing({ settings, plugins, database, logger: false }, ({ installation }) =>
    ensureFirstOperator(installation).then(() => {})
  )
  let ended: Promise<void> | undefined
  const stop = (): Promise<void> => {
    ended ??= end()
    return ended
  }
  after(stop)
  return { port, monitorPort, stop, ...requestsTo(port) }
}

const signIn = async (portal: Version): Promise<string> => {
  const { createPortalDomain: brand } = await portal.operator(
    `mutation { createPortalDomain(input: { fqdn: "${host}", brandName: "B", features: ["upgrade"] }) { id } }`
  )
  const { createCompany: company } = await portal.operator(
    'mutation ($id: ID!) { createCompany(input: { name: "C", userType: CUSTOMER, currency: "EUR", domainId: $id }) { id } }',
    { id: brand.id }
  )
  await portal.operator('mutation ($input: CreateContactInput!) { createContact(input: $input) { id } }', {
    input: { companyId: company.id, name: 'N', email: 'n@example.net', password }
  })
  const answer = await portal.query(
    host,
    `mutation { login(email: "n@example.net", password: "${password}") { token } }`
  )
  return answer.json.data.login.token
}

const upgrade = (dialect: Dialect): void => {
  test(`${dialect}: two versions beside each other, none of the requests fails, no write is lost`, async t => {
    const database = await openers[dialect]({ empty: true })
    const old = await startVersion(database.url, 1)
    const session = await signIn(old)
    const balancer = new Balancer()
    t.after(() => balancer.close())
    balancer.add(old)
    while (!balancer.isReady(old)) await sleep(10)

    const acknowledged: string[] = []
    const failed: string[] = []
    let over = false
    let next = 0
    const work = async (): Promise<void> => {
      while (!over) {
        const name = `thing-${++next}`
        try {
          await balancer.graphql(host, session, 'mutation ($name: String!) { addThing(name: $name) }', { name })
          acknowledged.push(name)
          await balancer.graphql(host, session, '{ things }')
        } catch (error) {
          failed.push(String(error))
        }
        // In the short form the processor is for the processes that start.
        await sleep(length(40, 5))
      }
    }
    // A test that fails half-way must not leave them at work.
    t.after(() => {
      over = true
    })
    const working = Promise.all([work(), work(), work()])
    const both = length(300, 10_000)

    await sleep(both)
    const fresh = await startVersion(database.url, 2)
    balancer.add(fresh)
    while (!balancer.isReady(fresh)) await sleep(10)
    await sleep(both)
    await assert.rejects(contract(database, [upgradePlugin(2)]), /003-no-colour .*version .* still needs/)

    // One of the version before is started anew, on the schema that was expanded meanwhile.
    await old.stop()
    balancer.remove(old)
    const again = await startVersion(database.url, 1)
    balancer.add(again)
    while (!balancer.isReady(again)) await sleep(10)
    await sleep(both)
    assert.ok(balancer.isReady(fresh))

    await again.stop()
    balancer.remove(again)
    assert.deepEqual(await contract(database, [upgradePlugin(2)]), ['plugin:upgrade/003-no-colour'])
    await sleep(both)
    await assert.rejects(
      migrate(database, [upgradePlugin(1)]),
      /plugin:upgrade\/003-no-colour, which this version does not know/
    )
    over = true
    await working

    for (const each of [old, fresh, again]) assert.ok(balancer.answered.get(each)! > 0, 'each of them served')
    assert.deepEqual(failed, [])
    const rows: { id: string }[] = await database.reader('thing').select('id')
    assert.deepEqual(rows.map(({ id }) => id).sort(), [...acknowledged].sort())
    t.diagnostic(`${dialect}: ${acknowledged.length} writes and as many reads on 3 processes, 0 failed, 0 lost`)
  })
}

describe('an upgrade while requests go on', () => {
  upgrade('sqlite')
  upgrade('postgresql')
})

test('what the shipped migrations do at start only adds, so that the version before goes on working', () => {
  // The first of each owner makes tables; there is no version before it.
  const seen = new Set<string>()
  for (const { owner, migration } of migrationSteps(plugins)) {
    const isFirst = !seen.has(owner)
    seen.add(owner)
    if (isFirst || migration.phase === 'contract') continue
    for (const dialect of ['sqlite', 'postgresql'] as const)
      for (const statement of migration.statements(dialect)) {
        const text = statement.replaceAll(/\s+/g, ' ').trim()
        const adds =
          /^CREATE (UNIQUE )?(TABLE|INDEX) /i.test(text) ||
          /^INSERT INTO /i.test(text) ||
          (/^ALTER TABLE \w+ ADD COLUMN /i.test(text) && (!/NOT NULL/i.test(text) || /DEFAULT/i.test(text)))
        assert.ok(
          adds,
          `${owner}/${migration.name} (${dialect}) does more than add: ${text.slice(0, 120)}. Put it into a migration with phase 'contract'.`
        )
      }
  }
})
