import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { ConfigurationError } from '../core/errors.ts'
import { demoPassword, demoSignIns, demoStaffEmail, demoVersion, makeDemoData } from './demo-data.ts'
import { ensureFirstOperator } from './first-operator.ts'
import { createLog } from './log.ts'
import { listen, onShutdown, openProcess, runProcess } from './process.ts'
import { createServer } from './server.ts'
import { newToken } from './tokens.ts'

// `npm run demo`: the portal with two brands full of data on a database of its own. `-- --fresh` makes it anew.

interface DemoState {
  readonly version: number
  readonly apiKey: string
  readonly secret: string
}

const folder = '.portal'
const databaseFile = `${folder}/demo.sqlite`
const stateFile = `${folder}/demo.json`

const readState = async (): Promise<DemoState | null> => {
  try {
    const state = JSON.parse(await readFile(stateFile, 'utf8')) as DemoState
    return state.version === demoVersion ? state : null
  } catch {
    return null
  }
}

/** Written last: a demo that was stopped half-way is made anew. */
const writeState = async (state: DemoState): Promise<void> => {
  await writeFile(stateFile, `${JSON.stringify(state)}\n`)
  await chmod(stateFile, 0o600)
}

/** The pages, unless they are built already: in a process of its own, as its tools are large. */
const buildPages = (): Promise<void> =>
  new Promise((resolve, reject) => {
    const script = fileURLToPath(new URL('../scripts/build.ts', import.meta.url))
    const build = spawn(process.execPath, [...process.execArgv, script], { stdio: ['ignore', 'ignore', 'inherit'] })
    build.once('error', reject)
    build.once('exit', code =>
      code === 0 ? resolve() : reject(new ConfigurationError('The pages cannot be built: see what npm run build says.'))
    )
  })

const guide = (port: number, apiKey: string, seconds: number): string => {
  const signIns = demoSignIns.map(
    ({ fqdn, email, what }) => `    http://${`${fqdn}:${port}`.padEnd(24)} ${email.padEnd(30)} ${what}`
  )
  const [first] = demoSignIns
  const post = (url: string, document: string, header = ''): string =>
    `  curl -s ${url} -H 'content-type: application/json' ${header}\\\n    -d '${JSON.stringify({ query: document })}'`
  return [
    `Ready after ${seconds.toFixed(1)} s.`,
    '',
    `  Portals, all with the password ${demoPassword}`,
    ...signIns,
    '',
    `  Console  http://console.localhost:${port}`,
    `    sign-in ${demoStaffEmail}, password ${demoPassword}`,
    `    API key ${apiKey}`,
    `    GraphQL http://console.localhost:${port}/operator/graphql`,
    '',
    'Without a browser: sign in as a customer; the token in the answer goes into "Authorization: Bearer …":',
    post(
      `http://${first!.fqdn}:${port}/graphql`,
      `mutation { login(email: "${first!.email}", password: "${demoPassword}") { token } }`
    ),
    '',
    'Ask as an operator who sees what:',
    post(
      `http://console.localhost:${port}/operator/graphql`,
      '{ companies(first: 3) { nodes { id name overrides { key override reason } } } }',
      `-H 'authorization: Bearer ${apiKey}' `
    ),
    ''
  ].join('\n')
}

runProcess(async () => {
  const started = performance.now()
  const { PORTAL_DATABASE_URL: elsewhere, ...environment } = process.env
  if (elsewhere) {
    throw new ConfigurationError(
      `The demo has a database of its own, ${databaseFile}; unset PORTAL_DATABASE_URL, or use \`npm start\`.`
    )
  }
  await mkdir(folder, { recursive: true })
  const kept = process.argv.includes('--fresh') ? null : await readState()
  if (kept === null) {
    for (const file of [stateFile, databaseFile, `${databaseFile}-wal`, `${databaseFile}-shm`]) {
      await rm(file, { force: true })
    }
  }
  const pages = buildPages()
  // Awaited further down; until then a failure must not end the process without its words.
  pages.catch(() => {})
  const state = kept ?? { version: demoVersion, apiKey: newToken(), secret: randomBytes(32).toString('hex') }

  const { settings, plugins, database } = await openProcess({
    PORTAL_OPERATOR_API_KEY: state.apiKey,
    PORTAL_SECRET: state.secret,
    ...environment,
    PORTAL_DATABASE_URL: databaseFile
  })
  // Only what went wrong: the rest is for people.
  const logger = createLog(settings)
  logger.level = 'warn'
  if (kept === null) {
    console.log('Making two brands, 48 companies, their calls and numbers, and building the pages …')
    const maker = await createServer({ settings, database, plugins, jobs: false, logger })
    await makeDemoData(maker.installation, line => console.log(line))
    await maker.close()
    await writeState(state)
  }
  await pages
  const server = await createServer({ settings, database, plugins, graphiql: true, logger })
  await ensureFirstOperator(server.installation)
  // This machine only: everybody may read the passwords.
  await listen(server, settings.port, true)
  onShutdown(server.log, async () => {
    await server.close()
    await database.close()
  })
  const { port } = server.server.address() as AddressInfo
  console.log(guide(port, settings.operatorApiKey!, (performance.now() - started) / 1000))
})
