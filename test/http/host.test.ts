import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addressList, clientAddress } from '../../http/address.ts'
import { hostOfRequest, hostOfText } from '../../http/host.ts'

test('the many ways to write one host mean one host', () => {
  for (const text of ['Acme.Example', 'acme.example.', 'acme.example:443', ' acme.example ', 'ACME.EXAMPLE.:8080']) {
    assert.equal(hostOfText(text), 'acme.example', text)
  }
  assert.equal(hostOfText('bücher.example'), 'xn--bcher-kva.example')
  assert.equal(hostOfText('XN--BCHER-KVA.example'), 'xn--bcher-kva.example')
  assert.equal(hostOfText('ａｃｍｅ.example'), 'acme.example', 'full-width letters')
  assert.equal(hostOfText('[::1]:4000'), '::1')
})

test('what is no host means nothing', () => {
  const faulty = [
    '',
    '.',
    'a..b',
    'acme.example:99999',
    'acme.example:1:2',
    'acme.example/x',
    'user@acme.example',
    'acme.example, globex.example',
    'acme.example globex.example',
    'acme.example#',
    'acme.example\u0000',
    '[::1',
    '[acme]',
    '-acme.example',
    '%61cme.example',
    `${'a'.repeat(64)}.example`,
    'a.'.repeat(130)
  ]
  for (const text of faulty) assert.equal(hostOfText(text), null, JSON.stringify(text))
})

test('two Host headers, or a target that names another host, name none', () => {
  assert.equal(hostOfRequest(['Host', 'acme.example'], '/graphql'), 'acme.example')
  assert.equal(hostOfRequest(['hOsT', 'acme.example', 'X-Forwarded-Host', 'globex.example'], '/'), 'acme.example')
  assert.equal(hostOfRequest(['Host', 'acme.example', 'Host', 'acme.example'], '/'), null)
  assert.equal(hostOfRequest(['Host', 'acme.example', 'host', 'globex.example'], '/'), null)
  assert.equal(hostOfRequest([], '/'), null)
  assert.equal(hostOfRequest(['Host', 'acme.example'], 'http://ACME.example:80/graphql'), 'acme.example')
  assert.equal(hostOfRequest(['Host', 'acme.example'], 'http://globex.example/graphql'), null)
  assert.equal(hostOfRequest(['Host', 'acme.example'], 'ftp://acme.example/'), null)
})

test('X-Forwarded-For counts from the right, and only past trusted proxies', () => {
  const trusted = addressList(['10.0.0.0/8', 'fd00::/8'])
  assert.equal(clientAddress('203.0.113.9', '198.51.100.1', trusted), '203.0.113.9')
  assert.equal(clientAddress('10.1.1.1', '198.51.100.1', trusted), '198.51.100.1')
  assert.equal(clientAddress('::ffff:10.1.1.1', '6.6.6.6, 198.51.100.1, 10.2.2.2', trusted), '198.51.100.1')
  assert.equal(clientAddress('10.1.1.1', 'nonsense', trusted), '10.1.1.1')
  assert.equal(clientAddress('fd00::1', '2001:db8::5', trusted), '2001:db8::5')
  assert.equal(clientAddress('10.1.1.1', undefined, trusted), '10.1.1.1')
})

test('an allow list with a prefix that is none admits nobody by it', () => {
  const inside = addressList(['192.0.2.0/24', 'nonsense', '0.0.0.0/99', '2001:db8::/32'])
  assert.ok(inside('192.0.2.200'))
  assert.ok(inside('::ffff:192.0.2.200'))
  assert.ok(inside('2001:db8::1'))
  assert.ok(!inside('192.0.3.1'))
  assert.ok(!inside(''))
})
