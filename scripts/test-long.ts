import { spawnSync } from 'node:child_process'

// The proofs at their whole length. Arguments narrow by path, as with `npm test`.
const parts = process.argv.slice(2)
const result = spawnSync(
  process.execPath,
  [
    '--import',
    'tsx',
    'scripts/test.ts',
    ...(parts.length > 0 ? parts : ['test/property', 'test/journeys', 'test/keeping'])
  ],
  { stdio: 'inherit', env: { ...process.env, PORTCULLIS_LONG: '1', PORTCULLIS_PROPERTY_RUNS: '1000000' } }
)
process.exit(result.status ?? 1)
