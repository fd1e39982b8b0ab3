import assert from 'node:assert/strict'
import { test } from 'node:test'
import { rangeOfPreset } from './range-preset.ts'
import { fromLocalField, toLocalField } from './zoned-time.ts'

const berlin = 'Europe/Berlin'
const of = (preset: Parameters<typeof rangeOfPreset>[0], now: string, zone = berlin) => {
  const { from, to } = rangeOfPreset(preset, new Date(now), zone)
  return `${from} ${to}`
}
const hours = (range: string): number => {
  const [from, to] = range.split(' ')
  return (Date.parse(to!) - Date.parse(from!)) / 3_600_000
}

test('days are those of the time zone', () => {
  assert.equal(of('today', '2026-07-01T22:30:00.000Z'), '2026-07-01T22:00:00.000Z 2026-07-02T22:00:00.000Z')
  assert.equal(of('yesterday', '2026-07-01T22:30:00.000Z'), '2026-06-30T22:00:00.000Z 2026-07-01T22:00:00.000Z')
  assert.equal(of('today', '2026-07-01T22:30:00.000Z', 'UTC'), '2026-07-01T00:00:00.000Z 2026-07-02T00:00:00.000Z')
  assert.equal(
    of('today', '2026-07-01T22:30:00.000Z', 'America/Los_Angeles'),
    '2026-07-01T07:00:00.000Z 2026-07-02T07:00:00.000Z'
  )
  assert.equal(
    of('today', '2026-07-01T22:30:00.000Z', 'Asia/Kathmandu'),
    '2026-07-01T18:15:00.000Z 2026-07-02T18:15:00.000Z'
  )
  assert.equal(of('lastHour', '2026-07-01T22:30:00.000Z'), '2026-07-01T21:30:00.000Z 2026-07-01T22:30:00.000Z')
})

test('a day on which the clocks go forward has 23 hours, one on which they go back 25', () => {
  const spring = of('today', '2026-03-29T12:00:00.000Z')
  assert.equal(spring, '2026-03-28T23:00:00.000Z 2026-03-29T22:00:00.000Z')
  assert.equal(hours(spring), 23)
  const autumn = of('yesterday', '2026-10-26T00:30:00.000Z')
  assert.equal(autumn, '2026-10-24T22:00:00.000Z 2026-10-25T23:00:00.000Z')
  assert.equal(hours(autumn), 25)
  // Both times the clock shows half past two.
  assert.equal(of('today', '2026-10-25T00:30:00.000Z'), of('today', '2026-10-25T01:30:00.000Z'))
  // Here midnight itself is leapt over.
  assert.equal(
    of('today', '2026-09-06T12:00:00.000Z', 'America/Santiago'),
    '2026-09-06T04:00:00.000Z 2026-09-07T03:00:00.000Z'
  )
})

test('seven days end with today, months with their last day', () => {
  assert.equal(of('last7Days', '2026-03-30T10:00:00.000Z'), '2026-03-23T23:00:00.000Z 2026-03-30T22:00:00.000Z')
  assert.equal(hours(of('last7Days', '2026-03-30T10:00:00.000Z')), 7 * 24 - 1)
  assert.equal(of('thisMonth', '2026-03-31T21:59:59.999Z'), '2026-02-28T23:00:00.000Z 2026-03-31T22:00:00.000Z')
  assert.equal(of('thisMonth', '2026-03-31T22:00:00.000Z'), '2026-03-31T22:00:00.000Z 2026-04-30T22:00:00.000Z')
  assert.equal(of('lastMonth', '2026-03-31T12:00:00.000Z'), '2026-01-31T23:00:00.000Z 2026-02-28T23:00:00.000Z')
  assert.equal(of('lastMonth', '2026-01-15T12:00:00.000Z'), '2025-11-30T23:00:00.000Z 2025-12-31T23:00:00.000Z')
  assert.equal(of('lastMonth', '2028-03-15T12:00:00.000Z', 'UTC'), '2028-02-01T00:00:00.000Z 2028-03-01T00:00:00.000Z')
})

test('what a field shows is read back as the same instant', () => {
  assert.equal(toLocalField('2026-07-01T22:30:59.000Z', berlin), '2026-07-02T00:30')
  assert.equal(fromLocalField('2026-07-02T00:30', berlin), '2026-07-01T22:30:00.000Z')
  assert.equal(fromLocalField('2026-01-02T00:30', berlin), '2026-01-01T23:30:00.000Z')
  assert.equal(fromLocalField('2026-03-29T02:30', berlin), '2026-03-29T01:30:00.000Z', 'a time that is leapt over')
  assert.equal(fromLocalField('2026-10-25T02:30', berlin), '2026-10-25T00:30:00.000Z', 'the first of two')
  assert.equal(fromLocalField('', berlin), null)
  assert.equal(fromLocalField('2026-07', berlin), null)
  assert.equal(toLocalField('soon', berlin), '')
})
