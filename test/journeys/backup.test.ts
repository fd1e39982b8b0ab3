import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { Dialect } from '../../core/scope.ts'
import { type Database, openDatabase } from '../../db/connect.ts'
import { rowsOf } from '../../db/sql.ts'
import { runPortalCommand } from '../../http/portal-command.ts'
import { readSettings } from '../../http/settings.ts'
import { plugins } from '../../plugins/index.ts'
import { openers } from '../support/databases.ts'
import { isLong, length } from '../support/length.ts'
import { consoleHost, startPortal } from '../support/portal.ts'
import { startPortalProcess } from '../support/portal-process.ts'

// A backup while a portal takes access writes, restored elsewhere: one point in time, and nothing else.

const root = resolve(import.meta.dirname, '../..')
const writesASecond = 200
// Several writes travel in one request, each in a transaction of its own: what is measured is the database, not HTTP.
const writers = 4
const writesARequest = length(2, 10)
const companies = 20

let folder: string
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portcullis-backup-journey-'))
})
after(() => rm(folder, { recursive: true, force: true }))

/** `npm run portal`: as a process of its own in the long form, else inside this one, which is much cheaper. */
const portalCommand = async (url: string, ...args: readonly string[]): Promise<string> => {
  if (!isLong) {
    const lines: string[] = []
    const settings = readSettings({ PORTAL_DATABASE_URL: url })
    const code = await runPortalCommand(
      args,
      async () => ({ settings, plugins }),
      line => void lines.push(line)
    )
    assert.equal(code, 0, lines.join('\n'))
    return lines.join('\n')
  }
  const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('PORTAL_')))
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', 'http/portal.ts', ...args], {
    cwd: root,
    env: { ...clean, PORTAL_DATABASE_URL: url }
  })
  return stdout
}

interface Entry {
  readonly seq: number
  readonly id: string
  readonly action: string
  readonly target: string
  readonly before: string | null
  readonly after: string | null
  readonly reason: string | null
}
const entriesOf = (db: Database): Promise<Entry[]> =>
  rowsOf<Entry>(
    db.writer,
    `SELECT seq, id, action, target, before, after, reason FROM audit_entry WHERE action <> 'restoreBackup' ORDER BY seq`
  )

/** What the overrides must be, told by the audit log alone: company → key → override. */
const replayed = (entries: readonly Entry[]): Map<string, string> => {
  const found = new Map<string, string>()
  for (const { action, target, after: text } of entries) {
    if (action !== 'setCompanyOverrides') continue
    for (const [field, value] of Object.entries(
      JSON.parse(text ?? '{}') as Record<string, { reason: string; override: string } | null>
    ))
      if (field.startsWith('override:'))
        found.set(`${target} ${field.slice(9)}`, value === null ? '' : `${value.override} ${value.reason}`)
  }
  return found
}

const journey = (from: Dialect, targets: readonly Dialect[], seconds: number): void => {
  test(`${seconds} s of ${writesASecond} writes a second on ${from}`, async t => {
    const source = await openers[from]({ plugins })
    const portal = await startPortalProcess(source.url)
    after(() => portal.kill())
    const { createPortalDomain: brand } = await portal.operator(
      'mutation { createPortalDomain(input: { fqdn: "b.localhost", brandName: "B" }) { id } }'
    )
    const ids: string[] = []
    for (let index = 0; index < companies; index++) {
      const { createCompany } = await portal.operator(
        'mutation ($name: String!, $id: ID!) { createCompany(input: { name: $name, userType: CUSTOMER, currency: "EUR", domainId: $id }) { id } }',
        { name: `C${index}`, id: brand.id }
      )
      ids.push(createCompany.id)
    }
    // Every write carries its number; when it was sent and acknowledged is kept.
    const sent = new Map<string, number>()
    const acknowledged = new Map<string, number>()
    let sequence = 0
    let working = true
    const begun = performance.now()
    const places = Array.from({ length: writesARequest }, (_, place) => place)
    const document = `mutation (${places.map(place => `$c${place}: ID!, $o${place}: OverrideState!, $r${place}: String!`).join(', ')}) {
      ${places.map(place => `w${place}: setCompanyOverrides(companyId: $c${place}, overrides: [{ key: "cdr", override: $o${place}, reason: $r${place} }, { key: "did", override: $o${place}, reason: $r${place} }]) { id }`).join('\n')}
    }`
    const write = async (): Promise<void> => {
      while (working) {
        const numbers = places.map(() => ++sequence)
        const due = begun + (numbers[0]! * 1_000) / writesASecond
        if (due > performance.now()) await sleep(due - performance.now())
        for (const number of numbers) sent.set(`w${number}`, performance.now())
        await portal.operator(
          document,
          Object.fromEntries(
            numbers.flatMap((number, place) => [
              [`c${place}`, ids[number % companies]],
              [`o${place}`, number % 2 === 0 ? 'SHOW' : 'HIDE'],
              [`r${place}`, `w${number}`]
            ])
          )
        )
        for (const number of numbers) acknowledged.set(`w${number}`, performance.now())
      }
    }
    const work = Promise.all(Array.from({ length: writers }, write))
    await sleep((seconds * 1_000) / 2)
    while (acknowledged.size < 20) await sleep(20)
    const file = join(folder, `${from}.backup`)
    const atStart = acknowledged.size
    const backupBegun = performance.now()
    await portalCommand(source.url, 'backup', file)
    const backupLasted = (performance.now() - backupBegun) / 1_000
    const atEnd = acknowledged.size
    await sleep((seconds * 1_000) / 2)
    working = false
    await work
    const lasted = (performance.now() - begun) / 1_000
    await assert.rejects(portalCommand(source.url, 'restore', file, '--replace'), /is in use by/)
    await portal.stop()
    const everything = await entriesOf(source)

    for (const to of targets) {
      const target = await openers[to]({ empty: true })
      await target.close()
      await portalCommand(target.url, 'restore', file)
      const db = await openDatabase({ url: target.url })
      try {
        const kept = await entriesOf(db)
        const keptIds = new Set(kept.map(({ id }) => id))
        // Each entry as it was.
        assert.deepEqual(
          kept,
          everything.filter(({ id }) => keptIds.has(id))
        )
        // The state is what the log says, no write more and none less.
        const overrides = await rowsOf<{ company_id: string; key: string; override: string; reason: string }>(
          db.writer,
          'SELECT company_id, key, override, reason FROM company_override'
        )
        assert.deepEqual(
          new Map(
            overrides.map(row => [`${row.company_id} ${row.key}`, `${row.override} ${row.reason}`] as const).sort()
          ),
          new Map([...replayed(kept)].sort())
        )
        const versions = await rowsOf<{ id: string; version: number }>(db.writer, 'SELECT id, version FROM company')
        for (const { id, version } of versions)
          assert.equal(
            version - 1,
            kept.filter(entry => entry.target === id && entry.action === 'setCompanyOverrides').length
          )
        // One point: what was acknowledged before something in it was sent is in it as well.
        const reasonOf = (entry: Entry): string => /"reason":"(w\d+)"/.exec(entry.after ?? '')?.[1] ?? ''
        const latest = Math.max(...kept.map(entry => sent.get(reasonOf(entry)) ?? 0))
        const missing = everything.filter(
          entry => !keptIds.has(entry.id) && (acknowledged.get(reasonOf(entry)) ?? Number.POSITIVE_INFINITY) < latest
        )
        assert.deepEqual(missing, [])
        const writes = kept.filter(({ action }) => action === 'setCompanyOverrides').length
        assert.ok(
          writes >= atStart && writes <= atEnd + writers * writesARequest,
          `${writes} of ${atStart} to ${atEnd}`
        )
        // What was restored serves, and takes writes.
        const again = await startPortal(t, { open: () => openDatabase({ url: target.url }), plugins })
        const answer = await again.query(
          consoleHost,
          'mutation ($id: ID!) { setCompanyOverrides(companyId: $id, overrides: [{ key: "cdr", override: INHERIT }]) { id } }',
          { variables: { id: ids[0] }, apiKey: again.apiKey }
        )
        assert.equal(answer.json.errors, undefined, answer.text)
        t.diagnostic(
          `${from} to ${to}: ${acknowledged.size} writes in ${lasted.toFixed(1)} s (${(acknowledged.size / lasted).toFixed(0)} a second), the backup of ${writes} of them made in ${backupLasted.toFixed(1)} s while ${atEnd - atStart} came (${((atEnd - atStart) / backupLasted).toFixed(0)} a second); 0 differences`
        )
      } finally {
        await db.close()
      }
    }
  })
}

describe('a backup under writes', () => {
  journey('sqlite', ['sqlite', 'postgresql'], length(2, 60))
  journey('postgresql', ['postgresql', 'sqlite'], length(2, 60))
})

describe('kill -9 in the middle of a restore', () => {
  for (const dialect of ['sqlite', 'postgresql'] as const)
    test(`leaves what was there or what was restored, on ${dialect}`, async t => {
      const source = await openers[dialect]({ plugins })
      await source.transaction(async trx => {
        for (let start = 0; start < 20_000; start += 1_000)
          await trx.raw(
            `INSERT INTO cdr_archived_leg (id) VALUES ${Array.from({ length: 1_000 }, (_, index) => `('leg-${String(start + index).padStart(80, '0')}')`).join(', ')}`
          )
      })
      const file = join(folder, `kill-${dialect}.backup`)
      await portalCommand(source.url, 'backup', file)
      const target = await openers[dialect]({ plugins })
      await target.transaction(trx => trx.raw(`INSERT INTO cdr_archived_leg (id) VALUES ('before')`))
      await target.close()
      const legs = async (): Promise<number> => {
        const db = await openDatabase({ url: target.url })
        const [row] = await rowsOf<{ n: number }>(db.writer, 'SELECT COUNT(*) AS n FROM cdr_archived_leg')
        await db.close()
        return row!.n
      }
      const start = () => {
        const child = spawn(process.execPath, ['--import', 'tsx', 'test/support/restore-child.ts', file, target.url], {
          cwd: root,
          stdio: ['ignore', 'pipe', 'pipe']
        })
        let said = ''
        child.stderr!.on('data', part => (said += part))
        return { child, ended: once(child, 'exit'), said: () => said }
      }
      let whole = 0
      let before = 0
      const cycles = length(1, 50)
      for (let cycle = 0; cycle < cycles; cycle++) {
        const { child, ended } = start()
        await once(child.stdout!, 'data')
        await sleep(Math.random() * 1_500)
        child.kill('SIGKILL')
        await ended
        const found = await legs()
        assert.ok(found === 1 || found === 20_000, `cycle ${cycle}: ${found} rows`)
        if (found === 1) before++
        else whole++
        if (found === 20_000) {
          const db = await openDatabase({ url: target.url })
          await db.transaction(trx => trx.raw('DELETE FROM cdr_archived_leg'))
          await db.transaction(trx => trx.raw(`INSERT INTO cdr_archived_leg (id) VALUES ('before')`))
          await db.close()
        }
      }
      // The next one succeeds whatever the last one left.
      for (let attempt = 1; ; attempt++) {
        const { ended, said } = start()
        const [code] = (await ended) as [number]
        if (code === 0) break
        // The server may not have noticed yet that the killed process is gone.
        assert.ok(attempt < 20, said())
        await sleep(500)
      }
      assert.equal(await legs(), 20_000)
      t.diagnostic(`${dialect}: ${cycles} kills, ${before} left what was there, ${whole} came too late`)
    })
})
