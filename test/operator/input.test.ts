import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { currencyExponent, isCurrency } from '../../core/currency.ts'
import { PortalError } from '../../core/errors.ts'
import {
  cidrInput,
  emailInput,
  hostNameInput,
  instantInput,
  instantText,
  noteInput,
  pageInput,
  textInput
} from '../../graphql/operator-input.ts'
import { nearestName } from '../../graphql/operator-nearest-name.ts'

describe('what operators type', () => {
  test('instants are read to the millisecond and written back', () => {
    for (const [text, at] of [
      ['2026-01-01T00:00:00Z', Date.UTC(2026, 0, 1)],
      ['2026-01-01T00:00Z', Date.UTC(2026, 0, 1)],
      ['2024-02-29T23:59:59.5Z', Date.UTC(2024, 1, 29, 23, 59, 59, 500)],
      ['2026-01-01T00:00:00.123456Z', Date.UTC(2026, 0, 1, 0, 0, 0, 123)],
      ['2026-01-01T00:00:00+00:00', Date.UTC(2026, 0, 1)],
      ['1970-01-01T00:00:00.000Z', 0]
    ] as const) {
      assert.equal(instantInput('at', text), at, text)
      assert.equal(instantInput('at', instantText(at)), at)
    }
    assert.equal(instantInput('at', null), null)
    assert.equal(instantInput('at', undefined), null)
  })

  test('host names become lower case and punycode', () => {
    assert.equal(hostNameInput('fqdn', 'Portal.Example.NET'), 'portal.example.net')
    assert.equal(hostNameInput('fqdn', 'münchen.example'), 'xn--mnchen-3ya.example')
    assert.equal(hostNameInput('fqdn', 'brand-a.localhost'), 'brand-a.localhost')
    assert.equal(hostNameInput('fqdn', '4.example'), '4.example')
  })

  test('addresses to sign in with are lower case; networks are addresses or prefixes', () => {
    assert.equal(emailInput('email', ' Ann.O+x@Bücher.Example '), 'ann.o+x@xn--bcher-kva.example')
    assert.equal(cidrInput('cidr', '10.0.0.0/08'), '10.0.0.0/8')
    assert.equal(cidrInput('cidr', '2001:DB8::/32'), '2001:db8::/32')
  })

  test('half a character is no text, in a line or in a note', () => {
    for (const read of [(text: string) => textInput('name', text, 1, 120), (text: string) => noteInput('name', text)]) {
      for (const text of ['\ud800', 'a\udc00b', 'a\u0000'])
        assert.throws(
          () => read(text),
          error => error instanceof PortalError && error.message.startsWith('name: '),
          JSON.stringify(text)
        )
      assert.equal(read(' Ünïcom 😀 '), 'Ünïcom 😀')
    }
  })

  test('currencies in use, with the decimals of their smallest unit', () => {
    for (const [code, exponent] of [
      ['EUR', 2],
      ['JPY', 0],
      ['KWD', 3],
      ['CLF', 4]
    ] as const) {
      assert.equal(currencyExponent(code), exponent)
      assert.ok(isCurrency(code))
    }
    // Withdrawn, without a smallest unit, not a code, and names that every object has.
    for (const code of ['DEM', 'HRK', 'BGN', 'XAU', 'XXX', 'eur', '', 'toString', '__proto__']) {
      assert.equal(isCurrency(code), false, code)
    }
  })

  test('pages hold 1 to 500', () => {
    assert.deepEqual(pageInput({}), { first: 50, after: null })
    assert.deepEqual(pageInput({ first: 500, after: 'abc' }), { first: 500, after: 'abc' })
    for (const first of [0, -1, 501]) {
      assert.throws(
        () => pageInput({ first }),
        error => error instanceof PortalError && error.code === 'BAD_USER_INPUT'
      )
    }
  })

  test('a near name is found, a far one is not', () => {
    const names = ['did', 'did.edit', 'did.tags', 'payments']
    assert.equal(nearestName('did.edti', names), 'did.edit')
    assert.equal(nearestName('paymnt', names), 'payments')
    assert.equal(nearestName('DID', names), 'did')
    assert.equal(nearestName('voucher', names), undefined)
    assert.equal(nearestName('x'.repeat(1_000_000), names), undefined)
    assert.equal(nearestName('did', []), undefined)
  })
})
