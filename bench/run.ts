import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

// `npm run bench`: every comparison, one after the other. `npm run bench -- access` runs those whose name has this part.
const folder = fileURLToPath(new URL('.', import.meta.url))
const root = fileURLToPath(new URL('..', import.meta.url))
const run = (command: string, args: readonly string[], cwd: string): void => {
  const { status } = spawnSync(command, args, { cwd, stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}

const parts = process.argv.slice(2)
const benches = readdirSync(folder)
  .filter(name => /^[a-z]+\.ts$/.test(name) && name !== 'run.ts')
  .filter(name => parts.length === 0 || parts.some(part => name.includes(part)))
  .sort()
if (benches.length === 0) {
  console.error(`No comparison is called ${parts.join(' or ')}.`)
  process.exit(1)
}
// The peers are a package of their own, so that nobody who runs the portal installs them.
if (!existsSync(`${folder}/node_modules`)) run('npm', ['ci'], folder)
for (const name of benches) {
  console.log(`\n== ${name.slice(0, -3)}`)
  run(process.execPath, ['--expose-gc', '--import', 'tsx', `bench/${name}`], root)
}
