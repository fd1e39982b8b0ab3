import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DateTime } from 'luxon'
import { LocalClock, parseTime } from './local-clock.ts'

const london = new LocalClock('Europe/London')
const minute = 60_000
const iso = (instant: number) => new Date(instant).toISOString()

test('every way to write a time', () => {
  const expected = Date.UTC(2026, 2, 1, 14, 5, 9)
  for (const text of [
    '2026-03-01 14:05:09',
    '2026-03-01T14:05:09',
    '2026/3/1 14:05:09',
    '1/3/2026 14:05:09',
    '01/03/26 14:05:09',
    '2026-03-01T14:05:09Z',
    '2026-03-01T15:05:09+01:00',
    '2026-03-01 09:05:09-0500',
    '2026-03-01 14:05:09.987'
  ])
    assert.equal(parseTime('start', text, london), expected, text)
  assert.equal(parseTime('start', '2020/2/10 22:41', london), Date.UTC(2020, 1, 10, 22, 41))
})

test('what is no time is refused, with the column named', () => {
  for (const text of [
    '',
    '2026-02-30 10:00:00',
    '2026-13-01 10:00:00',
    '3/31/2026 10:00:00',
    '2026-03-01 24:00:00',
    '2026-03-01 10:60:00',
    '2026-03-01',
    'yesterday',
    '1970-01-01 00:00:00',
    '0000-00-00 00:00:00',
    '2026-03/01 10:00:00'
  ])
    assert.throws(() => parseTime('start', text, london), { code: 'BAD_USER_INPUT', message: /^start: / }, text)
})

test('a local time without a zone is refused, one with an offset is not', () => {
  assert.throws(() => parseTime('start', '2026-03-01 10:00:00', null), /--zone/)
  assert.equal(parseTime('start', '2026-03-01 10:00:00Z', null), Date.UTC(2026, 2, 1, 10))
})

test('summer time', () =>
  assert.equal(iso(parseTime('start', '2026-07-01 12:00:00', london)), '2026-07-01T11:00:00.000Z'))

test('a time in the hour that is left out is refused', () => {
  assert.throws(
    () => parseTime('start', '2026-03-29 01:30:00', london),
    /2026-03-29 01:30:00 did not exist in Europe\/London/
  )
  assert.equal(iso(parseTime('start', '2026-03-29 00:59:59', london)), '2026-03-29T00:59:59.000Z')
  assert.equal(iso(parseTime('start', '2026-03-29 02:00:00', london)), '2026-03-29T01:00:00.000Z')
})

test('a time in the hour that happens twice is the one nearest to what is known, else the earlier', () => {
  const first = Date.UTC(2026, 9, 25, 0, 30)
  const second = Date.UTC(2026, 9, 25, 1, 30)
  assert.equal(parseTime('start', '2026-10-25 01:30:00', london), first)
  assert.equal(parseTime('start', '2026-10-25 01:30:00', london, first + 1000), first)
  assert.equal(parseTime('start', '2026-10-25 01:30:00', london, second - 1000), second)
})

test('every quarter of an hour on days that change the offset, and every day, agrees with luxon', () => {
  for (const zone of [
    'Europe/London',
    'Australia/Lord_Howe',
    'Asia/Kathmandu',
    'America/New_York',
    'Pacific/Apia',
    'UTC'
  ]) {
    const clock = new LocalClock(zone)
    const offset = (instant: number) => DateTime.fromMillis(instant, { zone }).offset * minute
    // Each quarter of an hour near a change of the offset, one a few hours elsewhere.
    for (let from = Date.UTC(2025, 11, 25); from < Date.UTC(2027, 0, 5); from += 24 * 60 * minute) {
      const changes = offset(from) !== offset(from + 24 * 60 * minute)
      for (let at = 0; at < 24 * 60; at += changes ? 15 : 255) {
        const instant = from + at * minute
        assert.equal(clock.instant(instant + offset(instant), instant), instant, `${zone} ${iso(instant)}`)
      }
    }
  }
})

test('a zone that does not exist, or is an offset, is refused', () => {
  for (const zone of ['', 'London', 'Europe/Atlantis', '+01:00', 'UTC+1', 'Mars/Phobos'])
    assert.throws(() => new LocalClock(zone), { code: 'BAD_USER_INPUT', message: /--zone/ }, zone)
})
