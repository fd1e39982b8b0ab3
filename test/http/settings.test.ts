import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConfigurationError } from '../../core/errors.ts'
import { readSettings } from '../../http/settings.ts'

test('without any variable the portal runs on a file beside it', () => {
  assert.deepEqual(readSettings({ PATH: '/bin' }), {
    port: 4000,
    databaseUrl: './portal.sqlite',
    consoleHost: 'console.localhost',
    cnameTarget: null,
    secret: null,
    operatorApiKey: null,
    trustedProxies: [],
    pluginPackages: [],
    rateLimit: 200,
    monitor: null,
    drainSeconds: 0
  })
})

test('an empty variable counts as absent', () => {
  assert.equal(readSettings({ PORT: '', PORTAL_SECRET: ' ' }).port, 4000)
})

test('every fault is named at once, each with what to do', () => {
  const faulty = {
    PORT: '70000',
    PORTAL_DATABASE_URL: 'mysql://localhost/portal',
    PORTAL_CONSOLE_HOST: 'https://console.example',
    PORTAL_SECRET: 'short',
    PORTAL_TRUSTED_PROXIES: '10.0.0.0/8, 10.0.0.0/99',
    PORTAL_RATE_LIMIT: 'many',
    PORTAL_OPERATOR_KEY: 'a misspelt name'
  }
  assert.throws(
    () => readSettings(faulty),
    (error: Error) => {
      assert.ok(error instanceof ConfigurationError)
      for (const name of Object.keys(faulty)) assert.match(error.message, new RegExp(`- ${name} .*[;.]`))
      assert.match(error.message, /10\.0\.0\.0\/99/)
      assert.match(error.message, /PORTAL_OPERATOR_API_KEY/)
      assert.match(error.message, /openssl rand/)
      assert.doesNotMatch(error.message, /"short"/, 'a secret is not repeated')
      return true
    }
  )
})

test('an IP address, a port or a wildcard is no console host', () => {
  for (const host of ['127.0.0.1', '[::1]', 'console.example:443', '*.example', 'a b']) {
    assert.throws(() => readSettings({ PORTAL_CONSOLE_HOST: host }), /PORTAL_CONSOLE_HOST/)
  }
  assert.equal(readSettings({ PORTAL_CONSOLE_HOST: 'Console.Example' }).consoleHost, 'console.example')
})

test('the monitor is on this machine only, unless an address is given', () => {
  const of = (text: string) => readSettings({ PORTAL_MONITOR: text }).monitor
  assert.deepEqual(of('9400'), { host: '127.0.0.1', port: 9400 })
  assert.deepEqual(of('10.0.0.5:9400'), { host: '10.0.0.5', port: 9400 })
  assert.deepEqual(of('[::]:9400'), { host: '::', port: 9400 })
  for (const wrong of ['x', '70000', 'monitor.example:9400', '10.0.0:1', '10.0.0.5:', '[::1:9400'])
    assert.throws(() => of(wrong), /PORTAL_MONITOR is/, wrong)
  assert.throws(() => readSettings({ PORTAL_DRAIN_SECONDS: '-1' }), /PORTAL_DRAIN_SECONDS is/)
})
