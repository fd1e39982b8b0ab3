import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { after, before, test } from 'node:test'
import { parse, visit } from 'graphql'
import { openDatabase } from '../db/connect.ts'
import { rowsOf } from '../db/sql.ts'
import { openers } from './support/databases.ts'
import { entryArguments } from './support/entries.ts'
import { freePort } from './support/free-port.ts'

// Follows docs/operations.md from its beginning to its end: every command, in a folder of its own, on a portal that really runs. Only the
// service manager is a stand-in.

const root = resolve(import.meta.dirname, '..')
const page = await readFile(join(root, 'docs/operations.md'), 'utf8')
/** The line of the crontab as a shell gets it. */
const nightly = /^30 2 \* \* \* +cd \/opt\/portal && (.*)$/m.exec(page)![1]!.replaceAll('\\%', '%')
const blocks = [...page.matchAll(/^```bash\n([\s\S]*?)^```$/gm)].map(([, text]) => text!)
const execStart = /^ExecStart=\/usr\/bin\/(.*)$/m.exec(page)![1]!
const apiKey = 'test-operator-key-0123456789abcdef'

const systemctl = `#!/bin/sh
pid=$(cat portal.pid 2>/dev/null)
if [ "$1" = start ]; then
  if [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null; then exit 0; fi
  env -i PATH="$PATH" HOME="$HOME" setsid sh -c 'set -a; . ./portal.env; exec ${execStart}' >> portal.log 2>&1 &
  echo $! > portal.pid
  until curl -sf "http://127.0.0.1:$PORTAL_MONITOR/readyz" >/dev/null; do
    kill -0 "$(cat portal.pid)" 2>/dev/null || { cat portal.log; exit 1; }
    sleep 0.1
  done
else
  # Everybody is told, and who has not ended when the first one has is told again.
  kill -TERM "-$pid"
  while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
  kill -KILL "-$pid" 2>/dev/null
  tail -n 1 portal.log | grep -q 'the process has ended' || { cat portal.log; exit 1; }
fi
`

// What the page does over and over is read as JavaScript; the server is started as package.json says.
const node = `#!/bin/sh
if [ "$1 $2 $3" = '--import tsx http/portal.ts' ]; then
  shift 3
  set -- ${entryArguments('http/portal.ts')
    .map(each => `'${each}'`)
    .join(' ')} "$@"
fi
exec '${process.execPath}' "$@"
`

let folder: string
let newUrl: string
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portcullis-operations-'))
  for (const name of await readdir(root))
    if (!/^(\.|portal\.|backups$)/.test(name)) await symlink(join(root, name), join(folder, name))
  await mkdir(join(folder, 'bin'))
  for (const [name, script] of [
    ['node', node],
    ['systemctl', systemctl],
    ['journalctl', '#!/bin/sh\ncat portal.log\n']
  ] as const) {
    await writeFile(join(folder, 'bin', name), script)
    await chmod(join(folder, 'bin', name), 0o755)
  }
  await mkdir(join(folder, 'calls'))
  const call = (code: string, id: string): string =>
    `"${code}","1001","442079460000","default","A","SIP/a","SIP/b","Dial","x","2026-03-01 10:00:00","2026-03-01 10:00:05","2026-03-01 10:01:05",65,60,"ANSWERED","DOCUMENTATION","${id}",""\n`
  await writeFile(join(folder, 'calls', 'today.csv'), call('ALDER', '17.1') + call('ALDER-2', '17.2'))
  const target = await openers.postgresql({ empty: true })
  await target.close()
  newUrl = target.url
  await writeFile(
    join(folder, 'portal.env'),
    [
      `PORT=${await freePort()}`,
      'PORTAL_DATABASE_URL=portal.sqlite',
      'PORTAL_CONSOLE_HOST=console.localhost',
      `PORTAL_OPERATOR_API_KEY=${apiKey}`,
      'PORTAL_SECRET=test-secret-test-secret-test-secret-test',
      `PORTAL_MONITOR=${await freePort()}`,
      ''
    ].join('\n')
  )
})
after(async () => {
  const pid = Number(await readFile(join(folder, 'portal.pid'), 'utf8').catch(() => '0'))
  if (pid > 0)
    try {
      process.kill(-pid, 'SIGKILL')
    } catch {
      // It has ended.
    }
  await rm(folder, { recursive: true, force: true })
})

/** Runs blocks in one shell, each told apart in what it prints; stops at the first that fails. */
const follow = async (
  texts: readonly string[]
): Promise<{ readonly code: unknown; readonly outputs: readonly string[] }> => {
  const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^PORT(AL_.*)?$/.test(name)))
  const script = texts.map(text => `${text}\necho '=== end of block'`).join('\n')
  const child = spawn('bash', ['-e', '-o', 'pipefail', '-c', script], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...clean, PATH: `${join(folder, 'bin')}${delimiter}${process.env.PATH}`, NEW_DATABASE_URL: newUrl }
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', part => (output += part))
  const [code] = await once(child, 'exit')
  return { code, outputs: output.split('=== end of block\n') }
}

test('every command of the page, in its order', async () => {
  const company = `
BRAND=$(operator 'mutation { createPortalDomain(input: { fqdn: "acme.example", brandName: "Acme" }) { id } }' | first id)
operator "mutation { createCompany(input: { name: \\"Alder Bakery\\", userType: CUSTOMER, currency: \\"EUR\\", domainId: \\"$BRAND\\", accountCodes: [\\"ALDER\\"] }) { id } }"`
  // A customer to ask about, once the portal runs.
  const healthy = blocks.findIndex(block => block.includes('/healthz'))
  const backup = blocks.findIndex(block => block.includes('backup "backups/'))
  const more = new Map([
    [healthy, company],
    [backup, nightly]
  ])
  const texts = blocks.map((block, index) => block + (more.get(index) ?? ''))
  const { code, outputs } = await follow(texts)
  const done = outputs.length - 1
  assert.equal(code, 0, `block ${done + 1} of ${blocks.length} failed:\n${blocks[done]}\n${outputs[done]}`)
  assert.equal(done, blocks.length)
  const outputOf = (part: string): string => outputs[blocks.findIndex(block => block.includes(part))]!
  assert.match(outputOf('/metrics'), /portal_database_up 1/)
  assert.match(outputOf('import cdr'), /1 loaded.*1 rejected/)
  assert.match(outputOf('rerunCallBatch'), /"accountCode":"ALDER-2"/)
  assert.match(outputOf('undoCallBatch'), /"state":"UNDONE","undone":1/)
  assert.match(outputOf('suspendCompany'), /"status":"PENALTY"[\s\S]*"status":"ACTIVE"/)
  assert.match(outputOf('onboard companies.csv'), /unchanged/i)
  assert.match(await readFile(join(folder, 'audit.csv'), 'utf8'), /setCompanyOverrides/)
  assert.match(outputOf('explainAccess'), /"effective":false/)
  assert.match(outputOf('backup "backups/'), /whole; made by version/)
  assert.match(outputOf('-- jobs'), /No job has failed/)
  assert.match(outputOf('portalDomains'), /"isDefault":/)
  assert.match(outputOf('--replace'), /The database before is kept as .*portal\.sqlite\.before-restore-/)
  assert.match(outputOf('contract --dry-run'), /nothing to take away/i)
  assert.match(outputOf('staff list'), /otto@example\.net/)
  assert.match(outputOf('apiKeys'), /PORTAL_OPERATOR_API_KEY/)
  for (const output of outputs) assert.doesNotMatch(output, /"errors"/)
  // The portal moved, with everything.
  const database = await openDatabase({ url: newUrl })
  const companies = await rowsOf<{ name: string }>(database.reader, 'SELECT name FROM company')
  const restores = await rowsOf(database.reader, `SELECT id FROM audit_entry WHERE action = 'restoreBackup'`)
  await database.close()
  assert.deepEqual(companies, [{ name: 'Alder Bakery' }])
  assert.equal(restores.length, 2)
})

test('every operation of the API that the page names exists', async () => {
  const known = new Set<string>()
  for (const folderName of ['graphql', ...(await readdir(join(root, 'plugins'))).map(plugin => `plugins/${plugin}`)])
    for (const name of await readdir(join(root, folderName)).catch(() => []))
      if (/^operator.*\.graphql$/.test(name))
        visit(parse(await readFile(join(root, folderName, name), 'utf8')), {
          FieldDefinition: ({ name: field }) => void known.add(field.value)
        })
  const named = [
    ...page.matchAll(/`((?:create|update|delete|reset|unlock|end|rotate|revoke|undo|set|apply)[A-Z]\w+)`/g)
  ].map(match => match[1]!)
  assert.ok(named.length > 8)
  assert.deepEqual(
    named.filter(name => !known.has(name)),
    []
  )
})
