import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DestinationFault, type DestinationInput, e164, publicHost, readDestination } from './destination.ts'

const part = (input: DestinationInput): string => {
  try {
    readDestination(input)
  } catch (error) {
    if (error instanceof DestinationFault) return error.part
    throw error
  }
  return 'accepted'
}
const uri = (value: string, port?: number): DestinationInput => ({ type: 'URI', value, port: port ?? null })

test('a host is a full domain name or a public address', () => {
  assert.deepEqual(
    ['PBX.Example.com', 'bücher.example', 'a-b.co', '8.8.8.8', '203.0.113.7', '[2A00:1450::1]'].map(publicHost),
    ['pbx.example.com', 'xn--bcher-kva.example', 'a-b.co', '8.8.8.8', '203.0.113.7', '[2a00:1450::1]']
  )
  for (const host of [
    ...[
      'pbx',
      'localhost',
      'a.localhost',
      'printer.local',
      'x.internal',
      '-a.example',
      'a..example',
      'a_b.example',
      '.example.com',
      ''
    ],
    ...[
      '10.0.0.1',
      '127.0.0.1',
      '172.31.255.255',
      '192.168.1.1',
      '169.254.1.1',
      '100.64.0.1',
      '0.0.0.0',
      '224.0.0.1',
      '255.255.255.255'
    ],
    ...['127.1', '0x7f.0.0.1', '010.0.0.1', '2130706433', '1.2.3.4.5', 'example.1', 'example.com.'],
    ...[
      '[::1]',
      '[fe80::1]',
      '[fc00::1]',
      '[::ffff:10.0.0.1]',
      '[2002:a00:1::1]',
      '[2a00::1%eth0]',
      '2a00:1450::1',
      '[8.8.8.8]'
    ],
    ...[
      `${'a'.repeat(64)}.example`,
      `${'a.'.repeat(130)}example`,
      'ex ample.com',
      'a/b.example',
      'a:1.example',
      'a％b.example'
    ]
  ]) {
    assert.equal(publicHost(host), undefined, host)
  }
})

test('a URI is user@host without a scheme', () => {
  assert.deepEqual(readDestination(uri('+441@PBX.Example.com', 5080)), {
    type: 'URI',
    value: '+441@pbx.example.com',
    port: 5080,
    prefix: null
  })
  assert.equal(part(uri('pbx.example.com')), 'accepted')
  assert.equal(part(uri(`${'a'.repeat(64)}@pbx.example.com`)), 'accepted')
  for (const value of [
    ...['', ' ', '@pbx.example.com', 'a@', 'a@b@pbx.example.com', `${'a'.repeat(65)}@pbx.example.com`, '1001'],
    ...['sip:a@pbx.example.com', 'SIPS:a@pbx.example.com', 'tel:1@pbx.example.com'],
    ...['a@pbx.example.com;transport=tcp', 'a@pbx.example.com?Subject=x', 'a;b@pbx.example.com', 'a?b@pbx.example.com'],
    ...[
      'a b@pbx.example.com',
      'a@pbx.example.com ',
      '\ta@pbx.example.com',
      'a@pbx.example.com\r\nX: y',
      'a\n@pbx.example.com',
      'a\0@pbx.example.com'
    ],
    ...[
      'a%0d%0a@pbx.example.com',
      '"a"@pbx.example.com',
      '<a@pbx.example.com>',
      'a:b@pbx.example.com',
      'a,b@pbx.example.com'
    ],
    ...[
      'a@pbx.example.com:5060',
      'a@10.0.0.1',
      'a@localhost',
      'a@[::1]',
      'ä@pbx.example.com',
      'a\u2028@pbx.example.com'
    ]
  ]) {
    assert.equal(part(uri(value)), 'value', JSON.stringify(value))
  }
  for (const port of [0, -1, 65536]) assert.equal(part(uri('a@pbx.example.com', port)), 'port')
  assert.equal(part({ ...uri('a@pbx.example.com'), prefix: '9' }), 'prefix')
})

test('an EXTERNAL destination is a number in international form', () => {
  assert.deepEqual(readDestination({ type: 'EXTERNAL', value: '+44 (20) 7946-0000', prefix: '99#' }), {
    type: 'EXTERNAL',
    value: '442079460000',
    port: null,
    prefix: '99#'
  })
  for (const value of [null, '', '1234', '0044207946', '1234567890123456', '44x79460000', '++44207946000']) {
    assert.equal(part({ type: 'EXTERNAL', value }), 'value', String(value))
  }
  assert.equal(part({ type: 'EXTERNAL', value: '442079460000', prefix: '9;9' }), 'prefix')
  assert.equal(part({ type: 'EXTERNAL', value: '442079460000', port: 5060 }), 'port')
  assert.equal(e164('12345'), '12345')
})

test('INTERNAL and CONNEXML take an extension, CIRCUIT_TEST nothing', () => {
  assert.equal(readDestination({ type: 'INTERNAL', value: ' Reception.1 ' }).value, 'reception.1')
  for (const value of [null, '', 'a', 'a b', 'a'.repeat(33), 'a;b', 'ä1']) {
    assert.equal(part({ type: 'INTERNAL', value }), 'value', String(value))
    assert.equal(part({ type: 'CONNEXML', value }), 'value', String(value))
  }
  assert.deepEqual(readDestination({ type: 'CIRCUIT_TEST' }), {
    type: 'CIRCUIT_TEST',
    value: null,
    port: null,
    prefix: null
  })
  assert.equal(part({ type: 'CIRCUIT_TEST', value: 'x' }), 'value')
})
