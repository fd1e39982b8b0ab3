import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import {
  formatDecimal,
  formatInstant,
  formatMoney,
  formatRate,
  parseDecimal,
  parseInstant,
  parseMoney
} from './amount.ts'

describe('amounts', () => {
  it('writes at least two decimals and no needless zeros', () => {
    assert.equal(formatMoney(0n), '0.00')
    assert.equal(formatMoney(1_500_000n), '1.50')
    assert.equal(formatMoney(-1n), '-0.000001')
    assert.equal(formatRate(12_345_678n), '0.012345678')
    assert.equal(formatDecimal(47n, 1), '4.7')
    assert.equal(formatDecimal(47n, 0), '47')
  })

  it('reads back what it wrote, for every 64-bit amount', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
        fc.integer({ min: 0, max: 9 }),
        (units, scale) => {
          assert.equal(parseDecimal(formatDecimal(units, scale), scale), units)
        }
      )
    )
  })

  it('refuses what is not a plain decimal, or has too many decimals or bits', () => {
    for (const text of [
      '',
      '.5',
      '5.',
      '1e3',
      '+1',
      ' 1',
      '1,5',
      '0x1',
      'NaN',
      '1.0000001',
      '9223372036854.775808',
      '--1'
    ]) {
      assert.equal(parseMoney(text), undefined, text)
    }
    assert.equal(parseMoney('1.0000000'), 1_000_000n)
    assert.equal(parseMoney('9223372036854.775807'), 2n ** 63n - 1n)
  })
})

describe('instants', () => {
  it('reads ISO-8601 with a zone, and a bare day as UTC', () => {
    assert.equal(parseInstant('2026-03-01T12:00:00.000Z'), Date.UTC(2026, 2, 1, 12))
    assert.equal(parseInstant('2026-03-01T12:00+02:00'), Date.UTC(2026, 2, 1, 10))
    assert.equal(parseInstant('2026-03-01'), Date.UTC(2026, 2, 1))
    assert.equal(parseInstant('2024-02-29'), Date.UTC(2024, 1, 29))
  })

  it('refuses everything else', () => {
    for (const text of [
      '2026-03-01T12:00:00',
      '2026-02-29',
      '2026-02-30T00:00:00Z',
      '2026-13-01',
      '2026-03-00',
      '2026-03-01T24:00:00Z',
      '2026-03-01T12:60:00Z',
      '1772366400000',
      'yesterday',
      '2026-03-01T12:00:00+99:00'
    ]) {
      assert.equal(parseInstant(text), undefined, text)
    }
  })

  it('reads back what it wrote', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: Date.UTC(2200, 0, 1) }), at => {
        assert.equal(parseInstant(formatInstant(at)), at)
      })
    )
  })
})
