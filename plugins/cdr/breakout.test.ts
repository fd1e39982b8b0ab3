import assert from 'node:assert/strict'
import { it } from 'node:test'
import fc from 'fast-check'
import { formatDecimal, PortalError } from '../../core/plugin-api.ts'
import type { Database } from '../../db/connect.ts'
import { type CdrViewer, cdrContext, cdrDatabase, columnsFor, makeCall, noon } from '../../test/support/cdr-context.ts'
import { forEachDatabase } from '../../test/support/databases.ts'
import { length } from '../../test/support/length.ts'
import { type BreakoutPeriod, breakoutPeriods, readBreakoutQuery } from './breakout-query.ts'
import { listBreakout, planBreakout, totalBreakout } from './breakout-store.ts'
import type { Call } from './call.ts'
import { breakoutExport } from './exports.ts'
import { ingestCalls } from './ingest.ts'
import { cdr } from './plugin.ts'
import { day } from './range.ts'

const hour = 3_600_000
const from = Date.UTC(2025, 10, 1)
const to = Date.UTC(2026, 3, 1)

const ask = async (db: Database, viewer: CdrViewer, query: object, paging: object = {}) => {
  const context = cdrContext(db, viewer)
  const plan = planBreakout(context, readBreakoutQuery({ range: { from, to }, groupBy: ['period'], ...query }), paging)
  return { ...(await listBreakout(context, plan)), ...(await totalBreakout(context, plan)) }
}

const refused = (path: string) => (error: unknown) => {
  assert.ok(error instanceof PortalError, String(error))
  assert.equal(error.extensions.code, 'BAD_USER_INPUT')
  assert.deepEqual(Object.keys(error.extensions.fields as object), [path])
  return true
}

/* ---------- the naive model: straight from the calls, calendars by Date ---------- */

const bucket = (at: number, period: BreakoutPeriod): string => {
  const date = new Date(at)
  if (period === 'HOUR') date.setUTCMinutes(0, 0, 0)
  else date.setUTCHours(0, 0, 0, 0)
  if (period === 'WEEK') while (date.getUTCDay() !== 1) date.setUTCDate(date.getUTCDate() - 1)
  if (period === 'MONTH') date.setUTCDate(1)
  return date.toISOString()
}

/** top / bottom × factor in tenths or hundredths, halves away from zero. */
const share = (top: number, bottom: number, factor: number, scale: number): string | null =>
  bottom === 0 ? null : formatDecimal(BigInt(Math.floor((top * factor * 2 + bottom) / (2 * bottom))), scale)

const metrics = (calls: readonly Call[]) => {
  const sum = (value: (call: Call) => number) => calls.reduce((total, call) => total + value(call), 0)
  const answered = calls.filter(({ duration }) => duration > 0)
  const timed = calls.filter(({ pdd }) => pdd !== null && pdd !== undefined)
  const rated = calls.filter(({ charge }) => charge !== null)
  const charge = rated.reduce((total, call) => total + call.charge!, 0n)
  const billed = rated.reduce((total, call) => total + BigInt(call.billedDuration), 0n)
  const effective = calls.filter(
    ({ duration, answeredAt, releaseReason }) =>
      duration > 0 || answeredAt != null || ['BUSY', 'NO_ANSWER', 'REJECTED', 'CANCELLED'].includes(releaseReason)
  )
  const twice = charge < 0n ? charge * 120_000n - billed : charge * 120_000n + billed
  return {
    attempts: calls.length,
    connected: answered.length,
    duration: sum(({ duration }) => duration),
    customerDuration: sum(({ billedDuration }) => billedDuration),
    customerCharge: formatDecimal(charge, 6),
    averageRate: billed === 0n ? null : formatDecimal(twice / (2n * billed), 9),
    acd: share(
      sum(({ duration }) => duration),
      answered.length,
      10,
      1
    ),
    asr: share(answered.length, calls.length, 10_000, 2),
    ner: share(effective.length, calls.length, 10_000, 2),
    pdd:
      timed.length === 0
        ? null
        : Number(
            share(
              sum(({ pdd }) => pdd ?? 0),
              timed.length,
              1,
              0
            )
          ),
    dtmfCalls: answered.filter(({ dtmfCount }) => (dtmfCount ?? 0) > 0).length,
    dtmfPct: share(answered.filter(({ dtmfCount }) => (dtmfCount ?? 0) > 0).length, answered.length, 10_000, 2),
    sdp: share(answered.filter(({ duration }) => duration <= 6).length, answered.length, 10_000, 2)
  }
}

const dimensions: Readonly<Record<string, (call: Call, period: BreakoutPeriod) => string | null>> = {
  period: ({ startedAt }, period) => bucket(startedAt, period),
  destinationName: call => call.destinationName ?? null,
  destinationCode: call => call.destinationCode ?? null,
  card: call => call.cardName ?? null,
  direction: call => call.direction,
  techPrefix: call => call.techPrefix ?? null
}

const anyCall = fc.record({
  startedAt: fc
    .tuple(
      fc.constantFrom(from, Date.UTC(2025, 11, 31, 23), Date.UTC(2026, 1, 28, 5), Date.UTC(2026, 2, 2), to - hour),
      fc.nat(hour - 1)
    )
    .map(([start, offset]) => start + offset),
  direction: fc.constantFrom('TERMINATION' as const, 'ORIGINATION' as const),
  destinationName: fc.constantFrom('France', 'Spain', null),
  destinationCode: fc.constantFrom('33', '34', null),
  cardName: fc.constantFrom('Business', null),
  techPrefix: fc.constantFrom('77', null),
  answeredAt: fc.constantFrom(null, from),
  duration: fc.constantFrom(0, 1, 6, 7, 61, 3_599),
  billedDuration: fc.constantFrom(0, 6, 60, 3_600),
  charge: fc.constantFrom(null, 0n, 1n, 999_999n, -7n, 10n ** 14n),
  pdd: fc.constantFrom(null, 0, 1, 850),
  dtmfCount: fc.constantFrom(null, 0, 4),
  releaseReason: fc.constantFrom('BUSY' as const, 'NO_ANSWER' as const, 'CONGESTION' as const, 'UPSTREAM_BYE' as const)
})

forEachDatabase('breakout', open => {
  it('equals the naive sums of the calls, for any grouping and period', async () => {
    const database = await open({ plugins: [cdr] })
    const plugin = cdrDatabase(database)
    let run = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyCall, { maxLength: 25 }),
        fc.uniqueArray(fc.constantFrom(...Object.keys(dimensions)), { minLength: 1, maxLength: 4 }),
        fc.constantFrom(...breakoutPeriods),
        async (changes, groupBy, period) => {
          // A company of its own for every run.
          const companyId = `company-${run++}`
          const calls = changes.map(change => makeCall({ ...change, companyId, source: companyId }))
          await ingestCalls(plugin, calls)
          const hourly = period === 'HOUR' && groupBy.includes('period')
          const range = hourly ? { from: to - 92 * day, to } : { from, to }
          const counted = calls.filter(({ startedAt }) => startedAt >= range.from && startedAt < range.to)
          const groups = new Map<string, Call[]>()
          for (const call of counted) {
            const key = JSON.stringify(groupBy.map(name => dimensions[name]!(call, period)))
            groups.set(key, [...(groups.get(key) ?? []), call])
          }
          const expected = new Map(
            [...groups].map(([key, group]) => [
              key,
              { ...metrics(group), company: `Name of ${companyId}`, currency: 'EUR' }
            ])
          )
          const { rows, totals, unrated } = await ask(
            database,
            { companyId },
            { range, groupBy, period },
            { first: 500 }
          )
          const found = new Map(
            rows.map(row => {
              const rest = { ...row }
              for (const name of groupBy) delete (rest as Record<string, unknown>)[name]
              return [JSON.stringify(groupBy.map(name => row[name])), rest]
            })
          )
          assert.deepEqual(found, expected)
          assert.equal(rows.length, found.size)
          assert.deepEqual(totals, {
            ...metrics(counted),
            company: `Name of ${companyId}`,
            currency: counted.length > 0 ? 'EUR' : null
          })
          assert.equal(unrated, counted.filter(({ charge }) => charge === null).length)
        }
      ),
      { numRuns: length(40, 1_000) }
    )
  })

  it('sums of more than 64 bits keep every digit, also to sort, filter and page by', async () => {
    const database = await open({ plugins: [cdr] })
    const plugin = cdrDatabase(database)
    // 100,000 of the dearest calls an hour would be needed; the roll-ups are filled by hand instead.
    const row = (hourAt: number, name: string, charge: bigint) => ({
      company_id: 'company-a',
      hour: hourAt,
      leg: 'CUSTOMER',
      direction: 'TERMINATION',
      destination_code: '',
      destination_name: name,
      card: '',
      tech_prefix: '',
      currency: 'EUR',
      ...{
        attempts: 1,
        connected: 1,
        duration: 60,
        billed: 60,
        rated_billed: 60,
        charge: String(charge),
        effective: 1
      },
      ...{ pdd_sum: 0, pdd_count: 0, dtmf_calls: 0, short_calls: 0, unrated: 0 }
    })
    const most = 2n ** 63n - 1n
    await plugin.insertMany('cdr_hourly', [
      ...[0, 1, 2].map(i => row(from + i * hour, 'Big', most)),
      ...[0, 1, 2].map(i => row(from + i * hour, 'Bigger', most)),
      row(from + 3 * hour, 'Bigger', 1n),
      ...[0, 1, 2].map(i => row(from + i * hour, 'Low', -most)),
      row(from, 'Small', 5n)
    ])
    const query = { groupBy: ['destinationName'], sort: [{ column: 'customerCharge', dir: 'DESC' }] }
    const all: unknown[] = []
    for (let after: string | null = null; ; ) {
      const { rows, pageInfo } = await ask(database, {}, query, { first: 1, after })
      all.push(...rows.map(found => [found.destinationName, found.customerCharge]))
      if (!pageInfo.hasNextPage) break
      after = pageInfo.endCursor
    }
    assert.deepEqual(all, [
      ['Bigger', formatDecimal(3n * most + 1n, 6)],
      ['Big', formatDecimal(3n * most, 6)],
      ['Small', '0.000005'],
      ['Low', formatDecimal(-3n * most, 6)]
    ])
    const value = formatDecimal(3n * most, 6)
    const having = { rules: [{ column: 'customerCharge', op: 'gt', value }] }
    const { rows, totals } = await ask(database, {}, { ...query, having })
    assert.deepEqual(
      rows.map(found => found.destinationName),
      ['Bigger']
    )
    assert.equal(totals.customerCharge, formatDecimal(3n * most + 1n, 6))
    assert.equal(totals.averageRate, formatDecimal(((3n * most + 1n) * 60_000n * 2n + 240n) / 480n, 9))
  })

  it('filters calls before and rows after grouping; totals are those of the rows that remain', async () => {
    const database = await open({ plugins: [cdr] })
    await ingestCalls(cdrDatabase(database), [
      makeCall({ destinationName: 'France', duration: 60 }),
      makeCall({ destinationName: 'France', duration: 0, charge: 0n }),
      makeCall({ destinationName: 'Spain', duration: 30 }),
      makeCall({ destinationName: null, charge: null })
    ])
    const names = async (query: object) =>
      (await ask(database, {}, { groupBy: ['destinationName'], ...query })).rows.map(row => row.destinationName)
    const rule = (column: string, op: string, value: string) => ({ rules: [{ column, op, value }] })
    assert.deepEqual(await names({}), [null, 'France', 'Spain'])
    assert.deepEqual(await names({ filter: rule('destinationName', 'startsWith', 'fr') }), ['France'])
    assert.deepEqual(await names({ filter: rule('destinationName', 'isNull', 'true') }), [null])
    assert.deepEqual(await names({ filter: rule('destinationName', 'isNull', 'false') }), ['France', 'Spain'])
    assert.deepEqual(await names({ having: rule('asr', 'eq', '50') }), ['France'])
    const { totals, unrated } = await ask(
      database,
      {},
      { groupBy: ['destinationName'], having: rule('asr', 'gt', '50') }
    )
    assert.equal(totals.attempts, 2)
    assert.equal(unrated, 1)
    const { rows } = await ask(database, {}, { groupBy: ['destinationName'], metrics: ['asr'] })
    assert.deepEqual(Object.keys(rows[0]!).sort(), ['asr', 'company', 'currency', 'destinationName'])
  })

  it('never adds different currencies', async () => {
    const database = await open({ plugins: [cdr] })
    await ingestCalls(cdrDatabase(database), [makeCall({ charge: 1n }), makeCall({ charge: 2n, currency: 'USD' })])
    const { rows, totals } = await ask(database, {}, { period: 'MONTH' })
    assert.deepEqual(
      rows.map(row => [row.currency, row.customerCharge]),
      [
        ['EUR', '0.000001'],
        ['USD', '0.000002']
      ]
    )
    assert.equal(totals.currency, null)
    assert.ok(!('customerCharge' in totals) && !('averageRate' in totals))
    assert.equal(totals.attempts, 2)
  })

  it('shows each side its own sums only', async () => {
    const database = await open({ plugins: [cdr] })
    await ingestCalls(cdrDatabase(database), [
      makeCall({ charge: 5n }),
      makeCall({ charge: 3n, leg: 'CARRIER', companyId: 'company-k', destinationName: 'FR' }),
      makeCall({ charge: 9n, companyId: 'company-b' })
    ])
    const customer = await ask(database, {}, { groupBy: ['destinationName'] })
    assert.equal(customer.totals.customerCharge, '0.000005')
    assert.ok(!('providerCharge' in customer.totals))
    const viewer: CdrViewer = { companyId: 'company-k', userType: 'CARRIER' }
    const carrier = await ask(database, viewer, { groupBy: ['providerDestinationName'] })
    assert.equal(carrier.rows[0]!.providerDestinationName, 'FR')
    assert.equal(carrier.totals.providerCharge, '0.000003')
    assert.ok(!('customerCharge' in carrier.totals))
    await assert.rejects(ask(database, viewer, { groupBy: ['destinationName'] }), refused('groupBy[0]'))
  })

  it('refuses hidden and unknown columns alike, wherever they stand', async () => {
    const database = await open({ plugins: [cdr] })
    const viewer: CdrViewer = { breakout: ['period', 'attempts'] }
    const context = cdrContext(database, viewer)
    for (const name of [
      ...columnsFor('BREAKOUT', 'CUSTOMER'),
      'providerCharge',
      'profit',
      'profitPct',
      'currency',
      'hour'
    ]) {
      if (viewer.breakout!.includes(name)) continue
      const rules = [{ column: name, op: 'eq', value: '1' }]
      await assert.rejects(ask(database, viewer, { groupBy: [name] }), refused('groupBy[0]'))
      await assert.rejects(ask(database, viewer, { metrics: [name] }), refused('metrics[0]'))
      await assert.rejects(ask(database, viewer, { filter: { rules } }), refused('filter.rules[0].column'))
      await assert.rejects(ask(database, viewer, { having: { rules } }), refused('having.rules[0].column'))
      await assert.rejects(ask(database, viewer, { sort: [{ column: name }] }), refused('sort[0].column'))
      await assert.rejects(
        (async () => {
          const query = { range: { from, to }, groupBy: ['period'] }
          for await (const _ of breakoutExport.pages(context, query, [name]));
        })(),
        refused('columns[0]')
      )
    }
    assert.deepEqual(Object.keys((await ask(database, viewer, {})).totals).sort(), ['attempts', 'currency'])
  })

  it('absurd amounts over hardly any billed time leave the report standing', async () => {
    const database = await open({ plugins: [cdr] })
    const calls = Array.from({ length: 60 }, (_, i) =>
      makeCall({ charge: 10n ** 14n, duration: i === 0 ? 1 : 0, billedDuration: i === 0 ? 1 : 0 })
    )
    await ingestCalls(cdrDatabase(database), calls)
    const sort = [{ column: 'averageRate', dir: 'DESC' }]
    const { rows, totals } = await ask(database, {}, { sort })
    assert.equal(rows[0]!.averageRate, '360000000000.00')
    assert.equal(totals.customerCharge, '6000000000.00')
  })

  it('a month of any year is a range like another', async () => {
    const database = await open({ plugins: [cdr] })
    for (const year of ['0001', '0050', '1969', '9999'])
      for (const period of breakoutPeriods) {
        const range = { from: `${year}-02-01T00:00:00Z`, to: `${year}-03-01T00:00:00Z` }
        assert.deepEqual((await ask(database, {}, { range, period })).rows, [])
      }
  })

  it('refuses ranges, groups and periods beyond their limits', async () => {
    const database = await open({ plugins: [cdr] })
    const bad: readonly (readonly [object, string])[] = [
      [{ range: { from } }, 'range.to'],
      [{ range: { from: to, to: from } }, 'range'],
      [{ range: { from: from + 1, to } }, 'range.from'],
      [{ range: { from: Date.UTC(2025, 0, 1), to: Date.UTC(2026, 1, 1) + hour } }, 'range'],
      [{ range: { from: to - 92 * day - hour, to }, period: 'HOUR' }, 'range'],
      [{ groupBy: [] }, 'groupBy'],
      [{ groupBy: ['period', 'card', 'direction', 'techPrefix', 'destinationName'] }, 'groupBy'],
      [{ groupBy: ['period', 'period'] }, 'groupBy'],
      [{ groupBy: ['attempts'] }, 'groupBy[0]'],
      [{ period: 'YEAR' }, 'period'],
      [{ metrics: ['period'] }, 'metrics[0]'],
      [{ filter: { rules: [{ column: 'attempts', op: 'gt', value: '1' }] } }, 'filter.rules[0].column'],
      [{ filter: { rules: [{ column: 'card', op: 'isNull', value: 'perhaps' }] } }, 'filter.rules[0].value'],
      [{ having: { rules: [{ column: 'card', op: 'eq', value: 'x' }] } }, 'having.rules[0].column'],
      [{ sort: [{ column: 'card' }] }, 'sort[0].column']
    ]
    for (const [query, path] of bad)
      await assert.rejects(ask(database, {}, query), refused(path), JSON.stringify(query))
    await ask(database, {}, { range: { from: Date.UTC(2025, 0, 1), to: Date.UTC(2026, 1, 1) } })
    await ask(database, {}, { range: { from: to - 92 * day, to }, period: 'HOUR' })
    assert.ok(noon < to)
  })
})
