import assert from 'node:assert/strict'
import { it } from 'node:test'
import { createPluginDatabase } from '../../db/plugin-database.ts'
import { makeCall } from '../../test/support/cdr-context.ts'
import { forEachDatabase } from '../../test/support/databases.ts'
import { startPortal } from '../../test/support/portal.ts'
import { plugins } from '../index.ts'
import { ingestCalls } from './ingest.ts'
import { cdr } from './plugin.ts'

const hour = 3_600_000

const cdrs = `query($filter: CdrFilter!, $sort: [SortInput!], $first: Int, $after: String) {
  cdrs(filter: $filter, sort: $sort, first: $first, after: $after) {
    nodes { callId startedAt charge providerCharge duration direction }
    pageInfo { endCursor hasNextPage }
    totalCount
  }
}`

const breakout = `query($range: CdrRange!, $groupBy: [String!]!, $having: GridFilter) {
  breakout(range: $range, groupBy: $groupBy, having: $having) {
    rows { destinationName providerDestinationName attempts customerCharge providerCharge asr currency }
    totals { attempts customerCharge providerCharge averageRate }
    unrated
    generatedAt
    pageInfo { hasNextPage }
  }
}`

forEachDatabase('calls through the portal', open => {
  it('lists and sums, hides and refuses', async t => {
    const portal = await startPortal(t, { plugins, open: () => open({ plugins }) })
    const host = portal.world.acme.fqdn
    const customer = await portal.signedIn('Customer')
    const carrier = await portal.signedIn('Carrier', { userType: 'CARRIER' })
    const now = Date.now()
    const top = now - (now % hour)
    const db = createPluginDatabase(portal.database, cdr)
    await ingestCalls(db, [
      makeCall({ companyId: customer.company.id, startedAt: top - 2 * hour, callId: 'first', charge: 12_345n }),
      makeCall({ companyId: customer.company.id, startedAt: top - hour, callId: 'second', charge: null, duration: 0 }),
      makeCall({ companyId: carrier.company.id, leg: 'CARRIER', startedAt: top - hour, callId: 'third', charge: 777n })
    ])
    const range = { from: new Date(top - 24 * hour).toISOString(), to: new Date(top + hour).toISOString() }
    const ask = async (document: string, variables: object, session = customer.session) =>
      (await portal.query(host, document, { session, variables: variables as Record<string, unknown> })).json
    const code = (answer: { errors?: { extensions: { code: string } }[] }) => answer.errors?.[0]?.extensions.code

    const listed = await ask(cdrs, { filter: { range } })
    assert.equal(listed.errors, undefined, JSON.stringify(listed))
    assert.deepEqual(listed.data.cdrs.nodes, [
      {
        callId: 'second',
        startedAt: new Date(top - hour).toISOString(),
        charge: null,
        providerCharge: null,
        duration: 0,
        direction: 'TERMINATION'
      },
      {
        callId: 'first',
        startedAt: new Date(top - 2 * hour).toISOString(),
        charge: '0.012345',
        providerCharge: null,
        duration: 60,
        direction: 'TERMINATION'
      }
    ])
    assert.deepEqual(listed.extensions.access.hidden, ['cdrs.nodes.providerCharge'])
    assert.equal(listed.data.cdrs.totalCount, null)
    const one = await ask(cdrs, { filter: { range }, first: 1 })
    assert.equal(one.data.cdrs.pageInfo.hasNextPage, true)
    const two = await ask(cdrs, { filter: { range }, first: 1, after: one.data.cdrs.pageInfo.endCursor })
    assert.equal(two.data.cdrs.nodes[0].callId, 'first')
    const theirs = await ask(cdrs, { filter: { range } }, carrier.session)
    assert.deepEqual(
      theirs.data.cdrs.nodes.map((node: Record<string, unknown>) => [node.callId, node.charge, node.providerCharge]),
      [['third', null, '0.000777']]
    )

    const summed = await ask(breakout, { range, groupBy: ['destinationName'] })
    assert.equal(summed.errors, undefined, JSON.stringify(summed))
    assert.deepEqual(summed.data.breakout.rows, [
      {
        destinationName: 'France',
        providerDestinationName: null,
        attempts: 2,
        customerCharge: '0.012345',
        providerCharge: null,
        asr: '50.00',
        currency: 'EUR'
      }
    ])
    assert.equal(summed.data.breakout.unrated, 1)
    // A filter is on calls: its column need not be among the groups.
    const filtered = await ask(
      'query($range: CdrRange!, $filter: GridFilter) { breakout(range: $range, groupBy: ["card"], filter: $filter) { rows { attempts } } }',
      { range, filter: { rules: [{ column: 'destinationName', op: 'eq', value: 'France' }] } }
    )
    assert.equal(filtered.errors, undefined, JSON.stringify(filtered))
    assert.deepEqual(filtered.data.breakout.rows, [{ attempts: 2 }])

    for (const column of ['providerCharge', 'profit', 'nonsense']) {
      const rules = [{ column, op: 'gt', value: '0' }]
      const filtered = await ask(cdrs, { filter: { range, where: { rules } } })
      assert.equal(code(filtered), 'BAD_USER_INPUT')
      assert.equal(filtered.data?.cdrs ?? null, null)
      assert.equal(code(await ask(cdrs, { filter: { range }, sort: [{ column }] })), 'BAD_USER_INPUT')
      assert.equal(code(await ask(breakout, { range, groupBy: [column] })), 'BAD_USER_INPUT')
      assert.equal(code(await ask(breakout, { range, groupBy: ['period'], having: { rules } })), 'BAD_USER_INPUT')
    }
    assert.equal(code(await ask('{ cdr(callId: "third") { callId } }', {})), 'NOT_FOUND')
    assert.equal((await ask('{ cdr(callId: "first") { callId } }', {})).data.cdr.callId, 'first')
    assert.equal(code(await ask('{ cdr(callId: "first") { profit } }', {})), 'QUERY_INVALID')
    assert.equal(code(await ask(cdrs, { filter: {} })), 'BAD_USER_INPUT')
    const early = { from: '2020-01-01T00:00:00Z', to: '2020-01-02T00:00:00Z' }
    assert.equal(code(await ask(cdrs, { filter: { range: early } })), 'PRECONDITION_FAILED')
    const columns = await ask('{ cdrColumns { name type unit sortable } breakoutColumns { name groupable } }', {})
    assert.equal(columns.data.cdrColumns[0].name, 'callId')
    assert.ok(!JSON.stringify(columns).includes('provider'))
    assert.doesNotMatch(JSON.stringify([listed, theirs, summed, columns]), /profit/i)

    const titled = `query ($language: String) {
      cdrColumns { name title plain: title other: title(language: $language) }
      rates: cdrColumns { name unit plain: unit other: unit(language: $language) }
      columns(report: "CDR") { name title plain: title other: title(language: $language) }
      breakoutColumns { name title plain: title other: title(language: $language) }
      groups: me { features { key group plain: group other: group(language: $language) } }
      me { features { key title plain: title other: title(language: $language) } }
    }`
    const calls = { name: 'destination', title: 'Destination', plain: 'Destination' }
    const sums = { name: 'attempts', title: 'Attempts', plain: 'Attempts' }
    const feature = { key: 'breakout', title: 'Breakout', plain: 'Breakout' }
    // Documents are compiled after some requests: the same one, with other variables, more often than that.
    for (const [variables, ...titles] of [
      [{ language: 'ar' }, 'الوجهة', 'المحاولات', 'التقرير التفصيلي'],
      [{ language: 'en' }, 'Destination', 'Attempts', 'Breakout'],
      [{}, 'Destination', 'Attempts', 'Breakout'],
      [{ language: 'ar-EG' }, 'الوجهة', 'المحاولات', 'التقرير التفصيلي'],
      [{ language: null }, 'Destination', 'Attempts', 'Breakout'],
      [{ language: '__proto__' }, 'Destination', 'Attempts', 'Breakout'],
      [{ language: 'ar' }, 'الوجهة', 'المحاولات', 'التقرير التفصيلي']
    ] as const) {
      const { data, errors } = await ask(titled, variables)
      assert.equal(errors, undefined, JSON.stringify(errors))
      const by = (list: { name?: string; key?: string }[], name: string) =>
        list.find(each => (each.name ?? each.key) === name)
      assert.deepEqual(by(data.cdrColumns, 'destination'), { ...calls, other: titles[0] })
      assert.deepEqual(by(data.columns, 'destination'), { ...calls, other: titles[0] })
      assert.deepEqual(by(data.breakoutColumns, 'attempts'), { ...sums, other: titles[1] })
      assert.deepEqual(by(data.me.features, 'breakout'), { ...feature, other: titles[2] })
      const isArabic = titles[0] === 'الوجهة'
      assert.deepEqual(by(data.rates, 'rate'), {
        name: 'rate',
        unit: 'per minute',
        plain: 'per minute',
        other: isArabic ? 'لكل دقيقة' : 'per minute'
      })
      assert.deepEqual(by(data.rates, 'cli'), { name: 'cli', unit: null, plain: null, other: null })
      assert.deepEqual(by(data.groups.features, 'breakout'), {
        key: 'breakout',
        group: 'Common/Calls',
        plain: 'Common/Calls',
        other: isArabic ? 'عام/المكالمات' : 'Common/Calls'
      })
    }

    for (const key of ['cdr', 'breakout']) await portal.override(customer.company, key, 'HIDE')
    for (const answer of [
      await ask(cdrs, { filter: { range } }),
      await ask('{ cdr(callId: "first") { callId } }', {}),
      await ask('{ cdrColumns { name } }', {}),
      await ask(breakout, { range, groupBy: ['period'] })
    ]) {
      assert.equal(code(answer), 'FEATURE_DISABLED')
    }
    assert.equal((await ask(cdrs, { filter: { range } }, carrier.session)).data.cdrs.nodes.length, 1)
  })
})
