import assert from 'node:assert/strict'
import { after, before, it } from 'node:test'
import type { PluginDefinition } from '../../core/plugin-api.ts'
import { forEachDatabase, type Open } from '../support/databases.ts'
import { checks, type Finding } from './conformance-checks.ts'
import { type ConformanceOptions, ConformanceWorld } from './conformance-world.ts'

async function openWorld(open: Open, plugin: PluginDefinition, options: ConformanceOptions): Promise<ConformanceWorld> {
  const world = new ConformanceWorld(await open({ plugins: [plugin] }), plugin)
  await world.seed(options.seed)
  return world
}

/** What the kit has to say about a plugin, by check; empty lists when all is well. */
export async function inspectPlugin(
  open: Open,
  plugin: PluginDefinition,
  options: ConformanceOptions = {}
): Promise<Readonly<Record<string, readonly Finding[]>>> {
  const world = await openWorld(open, plugin, options)
  try {
    const found: Record<string, readonly Finding[]> = {}
    for (const [name, check] of Object.entries(checks)) found[name] = await check(world, options)
    return found
  } finally {
    await world.close()
  }
}

/**
 * The conformance kit: what every plugin must keep to, on both databases. A plugin's test calls it once:
 * `conformance(myPlugin)`.
 */
export function conformance(plugin: PluginDefinition, options: ConformanceOptions = {}): void {
  forEachDatabase(`conformance of ${plugin.name}`, open => {
    let world: ConformanceWorld | undefined
    before(async () => {
      world = await openWorld(open, plugin, options)
    })
    after(() => world?.close())
    for (const [name, check] of Object.entries(checks)) {
      it(name, async t => {
        const before = world!.asked
        assert.deepEqual(await check(world!, options), [])
        t.diagnostic(`${world!.asked - before} requests`)
      })
    }
  })
}
