import assert from 'node:assert/strict'
import { cp, mkdir, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { after, before, test } from 'node:test'
import { loadPlugins } from '../../http/process.ts'
import { readSettings } from '../../http/settings.ts'
import { plugins as shipped } from '../../plugins/index.ts'
import { startPortal } from '../support/portal.ts'

// Installed where npm would install it, under a scope that nothing else uses, and taken away again.
const root = resolve(import.meta.dirname, '../..')
const scope = `@portcullis-test-${process.pid}`
const modules = join(root, 'node_modules', scope)

const install = async (name: string, code: string): Promise<string> => {
  const folder = join(modules, name)
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name, type: 'module', exports: './index.js' }))
  await writeFile(join(folder, 'index.js'), code)
  return `${scope}/${name}`
}
const load = (...packages: readonly string[]) =>
  loadPlugins(readSettings({ PORTAL_PLUGIN_PACKAGES: packages.join(', ') }))

before(() => cp(join(root, 'test/fixtures/plugin-package'), join(modules, 'loyalty'), { recursive: true }))
after(() => rm(modules, { recursive: true, force: true }))

test('a plugin of another package stands beside those that ship, under the same guards', async t => {
  const plugins = await load(`${scope}/loyalty`)
  assert.deepEqual(
    plugins.map(({ name }) => name),
    [...shipped.map(({ name }) => name), 'loyalty']
  )
  const portal = await startPortal(t, { plugins })
  const { company, session } = await portal.signedIn('Ada')
  const ask = (field: string) => portal.query('acme.localhost', `{ ${field} }`, { session })
  assert.equal((await ask('loyaltyPoints')).json.data.loyaltyPoints, 42)
  assert.equal((await ask('loyaltyGift')).json.errors[0].extensions.code, 'PRECONDITION_FAILED')
  await portal.override(company, 'loyalty', 'HIDE')
  assert.equal((await ask('loyaltyPoints')).json.errors[0].extensions.code, 'FEATURE_DISABLED')
})

test('the definition itself may be exported, too', async () => {
  const name = await install(
    'plain',
    "export const plugin = { name: 'plain', version: '1.0.0', engine: '^0.1.0', owner: 'others' }"
  )
  const plugin = (await load(name)).at(-1)
  assert.equal(plugin?.name, 'plain')
  assert.ok(Object.isFrozen(plugin))
})

test('what cannot be used stops the start, naming the package or plugin and the remedy', async () => {
  await assert.rejects(
    load(`${scope}/nowhere`),
    /names .*\/nowhere, which cannot be loaded.*install it or take it out/s
  )
  const definition = (more: string): string =>
    `export const plugin = { name: 'faulty', version: '1.0.0', engine: '^0.1.0', owner: 'others', ${more} }`
  const faults: readonly (readonly [string, RegExp])[] = [
    ['export const other = 1', /exports no `plugin` made by definePlugin/],
    ['export const plugin = () => undefined', /exports no `plugin` made by definePlugin/],
    ['throw new Error("broken inside")', /cannot be loaded \(broken inside\)/],
    [definition("engine: '^9.0.0'"), /"faulty" 1\.0\.0 works with engine \^9\.0\.0/],
    [definition("dependsOn: ['absent']"), /"faulty" depends on "absent"/],
    [definition("name: 'cdr'"), /"cdr" is listed twice/],
    [definition("owner: ''"), /"faulty": it has no owner/],
    [definition('feature: []'), /"faulty": it has no part called "feature"/]
  ]
  for (const [index, [code, expected]] of faults.entries())
    await assert.rejects(load(await install(`faulty-${index}`, code)), expected)
})
