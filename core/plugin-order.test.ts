import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import semver from 'semver'
import { definePlugin } from './define-plugin.ts'
import { ConfigurationError } from './errors.ts'
import type { PluginDefinition } from './plugin-api.ts'
import { engineVersion, orderPlugins } from './plugin-order.ts'

const aPlugin = (name: string, dependsOn: readonly string[] = [], more: Partial<PluginDefinition> = {}) =>
  definePlugin({ name, version: '1.2.3', engine: '^0.1.0', owner: 'test', dependsOn, ...more })
const order = (...definitions: PluginDefinition[]) =>
  orderPlugins(definitions, '0.1.4', semver.satisfies).map(definition => definition.name)
const refused = (work: () => unknown, ...parts: RegExp[]): void => {
  assert.throws(work, (error: unknown) => {
    assert.ok(error instanceof ConfigurationError)
    for (const part of parts) assert.match(error.message, part)
    return true
  })
}

test('dependencies come first, otherwise the given order stays', () => {
  assert.deepEqual(order(aPlugin('a', ['c']), aPlugin('b'), aPlugin('c', ['d']), aPlugin('d')), ['d', 'c', 'a', 'b'])
  assert.deepEqual(order(aPlugin('z'), aPlugin('a'), aPlugin('m')), ['z', 'a', 'm'])
  assert.deepEqual(order(), [])
})

test('a diamond of dependencies is no circle', () => {
  assert.deepEqual(
    order(aPlugin('top', ['left', 'right']), aPlugin('left', ['base']), aPlugin('right', ['base']), aPlugin('base')),
    ['base', 'left', 'right', 'top']
  )
})

test('a gap names both sides and the remedy', () => {
  refused(() => order(aPlugin('stats', ['cdr'])), /"stats"/, /"cdr"/, /add cdr/)
})

test('a circle names everybody on it, and only those', () => {
  refused(
    () => order(aPlugin('entry', ['a']), aPlugin('a', ['b']), aPlugin('b', ['a'])),
    /"a" depends on itself/,
    /way of a → b → a;/,
    /take one of these out/
  )
  refused(() => order(aPlugin('self', ['self'])), /self → self/)
})

test('a plugin made for another engine is named with both versions', () => {
  refused(
    () => order(aPlugin('old', [], { engine: '^2.0.0' })),
    /"old" 1\.2\.3/,
    /\^2\.0\.0/,
    /engine 0\.1\.4/,
    /install/
  )
  refused(() => order(aPlugin('odd', [], { engine: 'soon' })), /"odd"/, /soon/)
  assert.deepEqual(order(aPlugin('wide', [], { engine: '>=0.1.0 <3' })), ['wide'])
})

test('a name listed twice is refused', () => {
  refused(() => order(aPlugin('did'), aPlugin('did')), /"did" is listed twice/, /remove one/)
})

test('one failing plugin is named among many', () => {
  refused(() => order(aPlugin('a'), aPlugin('b', ['missing']), aPlugin('c')), /^Plugin "b"/)
})

test('the engine version is the package’s', () => {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
  assert.equal(engineVersion, manifest.version)
})

test('definePlugin checks what can be seen in the definition alone', () => {
  refused(() => aPlugin('NotKebab'), /"NotKebab"/, /kebab-case/)
  refused(() => aPlugin('v', [], { version: 'latest' }), /"v"/, /latest/)
  refused(() => aPlugin('e', [], { engine: '' }), /"e"/, /engine range/)
  refused(() => aPlugin('o', [], { owner: '' }), /"o"/, /owner/)
  refused(() => aPlugin('p', [], { feature: [] } as object), /"p"/, /"feature"/, /features/)
  refused(
    () => aPlugin('g', [], { guards: [{ effect: 'can', action: 'read', subject: 'Row', fields: [] }] }),
    /"g"/,
    /Row/
  )
  const migration = { name: '001-m', statements: () => [] }
  refused(() => aPlugin('m', [], { migrations: [migration, migration] }), /"m"/, /001-m/)
})

test('a definition is frozen', () => {
  assert.ok(Object.isFrozen(aPlugin('frozen')))
})
