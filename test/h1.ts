import { openers } from '/work/main/test/support/databases.ts'
import { ConformanceWorld } from '/work/main/test/conformance/conformance-world.ts'
import { checks, rootsOf } from '/work/main/test/conformance/conformance-checks.ts'
import { did } from '/work/main/plugins/did/plugin.ts'
const t0 = Date.now()
const db = await openers.sqlite({ plugins: [did] })
const w = new ConformanceWorld(db, did)
await w.seed()
console.log('seeded', Date.now() - t0)
for (const r of rootsOf(w)) console.log(r.coordinate, r.features, r.userTypes, r.document.length)
for (const [n, c] of Object.entries(checks)) {
  if (n.startsWith('another')) continue
  const t = Date.now()
  console.log(n, await c(w, {}), Date.now() - t)
}
process.exit(0)
