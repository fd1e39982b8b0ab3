import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { openDatabase } from '../db/connect.ts'
import { freePort } from './support/free-port.ts'
import { consoleHost, sendRequest } from './support/portal.ts'

// One demo for all of this file: what it prints, what it holds, and what the README says about it.

const root = new URL('..', import.meta.url)
const readme = await readFile(new URL('README.md', root), 'utf8')

interface Demo {
  readonly port: number
  readonly output: string
  /** SIGTERM; resolves to the exit code. */
  stop(): Promise<number | null>
}

interface Ended {
  readonly code: number | null
  readonly output: string
}

const run = (folder: string, environment: Readonly<Record<string, string>>) => {
  const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^PORT(AL_.*)?$/.test(name)))
  const child = spawn(
    process.execPath,
    ['--import', import.meta.resolve('tsx'), fileURLToPath(new URL('http/demo.ts', root))],
    { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], env: { ...clean, ...environment } }
  )
  const onExit = (): boolean => child.kill('SIGKILL')
  process.once('exit', onExit)
  let output = ''
  let told = (): void => {}
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', part => {
      output += part
      told()
    })
  const ended = new Promise<Ended>(resolve =>
    child.once('close', code => {
      process.removeListener('exit', onExit)
      resolve({ code, output })
    })
  )
  const ready = new Promise<void>(resolve => {
    told = () => /Ready after [\s\S]*Ask as an operator[\s\S]*-d '.*'\n/.test(output) && resolve()
  })
  return { child, ended, ready, read: () => output }
}

const startDemo = async (folder: string, environment: Readonly<Record<string, string>>): Promise<Demo> => {
  const port = await freePort()
  const { child, ended, ready, read } = run(folder, { ...environment, PORT: String(port) })
  await Promise.race([
    ready,
    ended.then(({ output }) => {
      throw new Error(`The demo did not start:\n${output}`)
    })
  ])
  return {
    port,
    output: read(),
    stop: async () => {
      child.kill('SIGTERM')
      return (await ended).code
    }
  }
}

/** Stands in for curl where a machine has none: the options that README and demo use. */
const standIn = `#!${process.execPath}
const http = require('node:http')
const args = process.argv.slice(2)
const headers = {}
let url, body
for (let i = 0; i < args.length; i += 1) {
  if (args[i] === '-s') continue
  if (args[i] === '-H') {
    const [, name, value] = /^([^:]+): (.*)$/.exec(args[++i])
    headers[name] = value
  } else if (args[i] === '-d') body = args[++i]
  else if (args[i].startsWith('-')) throw new Error('unknown option ' + args[i])
  else url = new URL(args[i])
}
if (body === '@-') body = require('node:fs').readFileSync(0, 'utf8').replace(/[\\r\\n]/g, '')
http.request({ host: '127.0.0.1', port: url.port, path: url.pathname, method: 'POST',
  headers: { host: url.host, 'content-length': Buffer.byteLength(body), ...headers } },
  answer => answer.pipe(process.stdout)).end(body)
`

let folder: string
let shellPath = process.env.PATH ?? ''
const started: Demo[] = []

/** Runs a text by `sh`, as a reader would, and gives what it prints. */
const sh = async (script: string): Promise<string> => {
  const { stdout } = await promisify(execFile)('sh', ['-e', '-c', script], {
    cwd: folder,
    env: { ...process.env, PATH: shellPath }
  })
  return stdout
}

/** The key of the README's own example. */
const readmeKey = /PORTAL_OPERATOR_API_KEY=(\S+) npm run demo/.exec(readme)?.[1] ?? ''
let demo: Demo

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portcullis-demo-'))
  if (!(await sh('command -v curl || true'))) {
    await writeFile(join(folder, 'curl'), standIn)
    await chmod(join(folder, 'curl'), 0o755)
    shellPath = `${folder}${delimiter}${shellPath}`
  }
  demo = await startDemo(folder, { PORTAL_OPERATOR_API_KEY: readmeKey })
  started.push(demo)
})
after(async () => {
  for (const each of started) await each.stop()
  await rm(folder, { recursive: true, force: true })
})

const asOperator = async (from: Demo, query: string, apiKey = readmeKey) => {
  const answer = await sendRequest(from.port, consoleHost, '/operator/graphql', {
    method: 'POST',
    apiKey,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query })
  })
  assert.equal(answer.status, 200, answer.text)
  assert.equal(answer.json.errors, undefined, answer.text)
  return answer.json.data
}

const companyIds = '{ companies(first: 100) { nodes { id name } } }'

/** Commands that the demo prints for its reader. */
const printedCommands = (output: string): readonly string[] =>
  [...output.matchAll(/^ {2}(curl .*\\)\n {4}(.*)$/gm)].map(([, one, two]) => `${one}\n${two}`)

test('what the demo prints is true: hosts, sign-ins, key, commands', async () => {
  const password = /all with the password (\S+)/.exec(demo.output)?.[1]
  const signIns = [...demo.output.matchAll(/http:\/\/([a-z.]+):(\d+) +(\S+@\S+\.example) /g)]
  assert.ok(signIns.length >= 3, demo.output)
  assert.equal(new Set(signIns.map(([, host]) => host)).size, 2, 'two brands')
  for (const [, host, port, email] of signIns) {
    assert.equal(Number(port), demo.port)
    const answer = await sendRequest(demo.port, host!, '/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: `mutation { login(email: "${email}", password: "${password}") { token } }` })
    })
    assert.ok(answer.json.data?.login?.token, `${email}: ${answer.text}`)
  }
  const [, staff, staffPassword] = /sign-in (\S+), password (\S+)/.exec(demo.output) ?? []
  const session = await sendRequest(demo.port, consoleHost, '/operator/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: staff, password: staffPassword })
  })
  assert.equal(session.status, 201, session.text)
  assert.equal(/API key (\S+)/.exec(demo.output)?.[1], readmeKey)

  const commands = printedCommands(demo.output)
  assert.equal(commands.length, 2)
  const [login, companies] = (await Promise.all(commands.map(sh))).map(text => JSON.parse(text))
  assert.ok(login.data.login.token)
  assert.equal(companies.data.companies.nodes.length, 3)
})

test('the demo holds what the README says', async () => {
  const data = await asOperator(
    demo,
    `{ portalDomains { nodes { fqdn } } customers: companies(userType: CUSTOMER) { totalCount }
       carriers: companies(userType: CARRIER) { totalCount } all: companies(first: 100) { nodes { overrides { key } } } }`
  )
  assert.deepEqual(data.portalDomains.nodes.map((each: { fqdn: string }) => each.fqdn).sort(), [
    'acme.localhost',
    'globex.localhost'
  ])
  assert.equal(data.customers.totalCount, 40)
  assert.equal(data.carriers.totalCount, 8)
  assert.ok(data.all.nodes.some((each: { overrides: unknown[] }) => each.overrides.length > 0))
  const database = await openDatabase({ url: join(folder, '.portal/demo.sqlite') })
  try {
    const count = async (table: string, where: Readonly<Record<string, unknown>> = {}): Promise<number> =>
      (await database.reader(table).where(where).count({ n: '*' }))[0]!.n as number
    assert.ok((await count('cdr_call')) >= 200_000)
    assert.equal(await count('cdr_call', { charge: null }), 0, 'every call has a rate')
    assert.equal(await count('did'), 300)
  } finally {
    await database.close()
  }
})

test('the README’s commands answer what it says', async () => {
  const blocks = [...readme.matchAll(/^```bash\n([\s\S]*?)^```\n(?:\s*```json\n([\s\S]*?)^```)?/gm)]
  assert.ok(blocks.length >= 4)
  const mark = '----- next -----'
  const script = blocks.map(([, commands]) => `${commands}printf '\\n%s\\n' '${mark}'\n`).join('')
  assert.match(script, /localhost:4000/)
  const answers = (await sh(script.replaceAll('localhost:4000', `localhost:${demo.port}`))).split(mark)
  // New each time.
  const withoutIds = (answer: string): unknown =>
    JSON.parse(answer, (name, value) =>
      name === 'operations'
        ? Object.entries(value).map(([field, id]) => [field, /^[\w-]{16}$/.test(String(id))])
        : value
    )
  for (const [index, [, commands, expected]] of blocks.entries()) {
    assert.ok(expected, `an answer is shown below:\n${commands}`)
    assert.deepEqual(withoutIds(answers[index]!), withoutIds(expected), commands)
  }
})

test('a second start keeps the data and has a key of its own', async () => {
  const { companies } = await asOperator(demo, companyIds)
  assert.equal(await demo.stop(), 0)
  started.pop()
  const again = await startDemo(folder, {})
  started.push(again)
  assert.doesNotMatch(again.output, /Making/)
  const key = /API key (\S+)/.exec(again.output)?.[1] ?? ''
  assert.notEqual(key, readmeKey)
  assert.deepEqual((await asOperator(again, companyIds, key)).companies, companies)
  assert.deepEqual((await asOperator(again, companyIds)).companies, companies, 'the key given once stays good')
})

test('the demo leaves a configured database alone', async () => {
  const { code, output } = await run(folder, { PORT: '0', PORTAL_DATABASE_URL: './mine.sqlite' }).ended
  assert.equal(code, 1)
  assert.match(output, /unset PORTAL_DATABASE_URL/)
})
