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
import { type OverrideRow, overrideFrom } from '../../db/override-write.ts'
import { rowsOf } from '../../db/sql.ts'
import { runPortalCommand } from '../../http/portal-command.ts'
import { readSettings } from '../../http/settings.ts'
import { plugins } from '../../plugins/index.ts'
import { openers } from '../support/databases.ts'
import { entryArguments } from '../support/entries.ts'
import { isLong, length } from '../support/length.ts'
import { consoleHost, startPortal } from '../support/portal.ts'
import { startPortalProcess } from '../support/portal-process.ts'

// A backup while a portal takes access writes, restored elsewhere: one point in time, and nothing else.

const root = resolve(import.meta.dirname, '../..')
// A little above the 200 that are promised: the requests come in bursts, and what is measured begins and ends anywhere.
const writesASecond = 220
const writers = length(2, 8)
/** Nobody else changes the companies of a writer, who therefore knows their versions. */
const companiesAWriter = 20
/** The requests of a writer in turn: how many companies each of its mutations changes. One of several comes in bulk. */
const day = [[1], [1, 1, 1, 1], [12], [1], [8, 8], [1, 1]]
/** They are read after the audit log and before the companies: as long as that takes, the two may drift apart. */
const rowsBetween = length(20_000, 1_000_000)

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
  const { stdout } = await promisify(execFile)(process.execPath, [...entryArguments('http/portal.ts'), ...args], {
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

const overrideWrites: ReadonlySet<string> = new Set(['setCompanyOverrides', 'bulkSetCompanyOverrides'])
const prefix = 'override:'

/** What the overrides must be, told by the audit log alone: company and key → override. Each entry builds on those before it. */
const replayed = (entries: readonly Entry[]): Map<string, unknown> => {
  const found = new Map<string, unknown>()
  for (const { action, target, before: was, after: is } of entries) {
    if (!overrideWrites.has(action)) continue
    const [old, next] = [was, is].map(text => JSON.parse(text ?? '{}') as Record<string, unknown>)
    for (const [field, value] of Object.entries(next!)) {
      assert.ok(field.startsWith(prefix), field)
      const place = `${target} ${field.slice(prefix.length)}`
      assert.deepEqual(old![field], found.get(place) ?? null, `${place} before ${is}`)
      if (value === null) found.delete(place)
      else found.set(place, value)
    }
  }
  return found
}

/** The write that an entry is of; empty for what was made before the first one. */
const writeOf = ({ after: is }: Entry): string => /"reason":"(w\d+)"/.exec(is ?? '')?.[1] ?? ''

const companiesByWrite = (entries: readonly Entry[]): Map<string, number> => {
  const found = new Map<string, number>()
  for (const entry of entries) if (writeOf(entry)) found.set(writeOf(entry), (found.get(writeOf(entry)) ?? 0) + 1)
  return found
}

/** One request of as many mutations as there are sizes; its variables are numbered alike. */
const documentOf = (sizes: readonly number[]): string => {
  const parameters = sizes.map((size, place) =>
    [
      size === 1 ? `$c${place}: ID!, $v${place}: Int!` : `$c${place}: [ID!]!`,
      `$cdr${place}: OverrideState!, $did${place}: OverrideState!, $r${place}: String!`
    ].join(', ')
  )
  const mutations = sizes.map((size, place) => {
    const overrides = `overrides: [${['cdr', 'did'].map(key => `{ key: "${key}", override: $${key}${place}, reason: $r${place} }`).join(', ')}]`
    return size === 1
      ? `w${place}: setCompanyOverrides(companyId: $c${place}, ${overrides}, expectedVersion: $v${place}) { id }`
      : `w${place}: bulkSetCompanyOverrides(companyIds: $c${place}, ${overrides}) { ok }`
  })
  return `mutation (${parameters.join(', ')}) { ${mutations.join(' ')} }`
}

const addLegs = (db: Database, rows: number): Promise<void> =>
  db.transaction(async trx => {
    for (let start = 0; start < rows; start += 1_000)
      await trx.raw(
        `INSERT INTO cdr_archived_leg (id) VALUES ${Array.from({ length: 1_000 }, (_, index) => `('leg-${String(start + index).padStart(80, '0')}')`).join(', ')}`
      )
  })

const legsIn = async (db: Database): Promise<number> => {
  const [row] = await rowsOf<{ n: number }>(db.writer, 'SELECT COUNT(*) AS n FROM cdr_archived_leg')
  return row!.n
}

const journey = (from: Dialect, targets: readonly Dialect[], seconds: number): void => {
  test(`${seconds} s of ${writesASecond} writes a second on ${from}`, async t => {
    const source = await openers[from]({ plugins })
    await addLegs(source, rowsBetween)
    const portal = await startPortalProcess(source.url)
    after(() => portal.kill())
    const { createPortalDomain: brand } = await portal.operator(
      'mutation { createPortalDomain(input: { fqdn: "b.localhost", brandName: "B" }) { id } }'
    )
    const ids: string[] = []
    for (let index = 0; index < writers * companiesAWriter; index++) {
      const { createCompany } = await portal.operator(
        'mutation ($name: String!, $id: ID!) { createCompany(input: { name: $name, userType: CUSTOMER, currency: "EUR", domainId: $id }) { id } }',
        { name: `C${index}`, id: brand.id }
      )
      ids.push(createCompany.id)
    }
    // A write is one mutation and carries its number; when it was sent and acknowledged is kept.
    const sent = new Map<string, number>()
    const acknowledged = new Map<string, number>()
    const sizeOf = new Map<string, number>()
    const documents = day.map(documentOf)
    let sequence = 0
    let changes = 0
    let working = true
    const begun = performance.now()
    const write = async (writer: number): Promise<void> => {
      const own = ids.slice(writer * companiesAWriter, (writer + 1) * companiesAWriter)
      const versions = new Map(own.map(id => [id, 1]))
      // The writers are at different hours of the same day.
      for (let turn = writer, next = 0; working; turn++) {
        const sizes = day[turn % day.length]!
        const due = begun + (changes * 1_000) / writesASecond
        changes += sizes.reduce((sum, size) => sum + size, 0)
        if (due > performance.now()) await sleep(due - performance.now())
        const variables: Record<string, unknown> = {}
        const asked = sizes.map((size, place) => {
          const number = ++sequence
          const changed = Array.from({ length: size }, () => own[next++ % own.length]!)
          variables[`c${place}`] = size === 1 ? changed[0] : changed
          if (size === 1) variables[`v${place}`] = versions.get(changed[0]!)
          variables[`cdr${place}`] = number % 2 === 0 ? 'SHOW' : 'HIDE'
          variables[`did${place}`] = ['SHOW', 'INHERIT', 'HIDE'][number % 3]
          variables[`r${place}`] = `w${number}`
          sizeOf.set(`w${number}`, size)
          return { name: `w${number}`, changed }
        })
        for (const { name } of asked) sent.set(name, performance.now())
        const answer = await portal.operator(documents[turn % day.length]!, variables)
        for (const { name } of asked) acknowledged.set(name, performance.now())
        for (const { changed } of asked) for (const id of changed) versions.set(id, versions.get(id)! + 1)
        assert.doesNotMatch(JSON.stringify(answer), /"ok":false/)
      }
    }
    /** Companies changed by the writes that were acknowledged between two moments. */
    const changedBetween = (start: number, end: number): number =>
      [...acknowledged].reduce((sum, [name, at]) => (at >= start && at < end ? sum + sizeOf.get(name)! : sum), 0)
    const work = Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)))
    await sleep((seconds * 1_000) / 2)
    while (acknowledged.size < 20) await sleep(20)
    const file = join(folder, `${from}.backup`)
    const backupBegun = performance.now()
    await portalCommand(source.url, 'backup', file)
    const backupEnded = performance.now()
    await sleep((seconds * 1_000) / 2)
    working = false
    await work
    const rate = (start: number, end: number): string => {
      const [changed, lasted] = [changedBetween(start, end), (end - start) / 1_000]
      return `${changed} writes in ${lasted.toFixed(1)} s, ${(changed / lasted).toFixed(0)} a second`
    }
    const bySecond = Array.from({ length: Math.floor((backupEnded - backupBegun) / 1_000) }, (_, second) =>
      changedBetween(backupBegun + second * 1_000, backupBegun + (second + 1) * 1_000)
    )
    t.diagnostic(
      `${from}: ${rate(begun, performance.now())}; of them during the backup ${rate(backupBegun, backupEnded)}: ${bySecond.join(', ')}`
    )
    await assert.rejects(portalCommand(source.url, 'restore', file, '--replace'), /is in use by/)
    await portal.stop()
    const everything = await entriesOf(source)
    // Every company of every write has an entry of its own.
    assert.deepEqual(companiesByWrite(everything), sizeOf)

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
        const overrides = await rowsOf<OverrideRow>(db.writer, 'SELECT * FROM company_override')
        assert.deepEqual(
          new Map(overrides.map(row => [`${row.company_id} ${row.key}`, overrideFrom(row)])),
          replayed(kept)
        )
        const versions = await rowsOf<{ id: string; version: number }>(db.writer, 'SELECT id, version FROM company')
        assert.equal(versions.length, ids.length)
        for (const { id, version } of versions)
          assert.equal(
            version - 1,
            kept.filter(entry => entry.target === id && overrideWrites.has(entry.action)).length
          )
        assert.equal(await legsIn(db), rowsBetween)
        // One point: no part of a write without the rest of it, and with anything in it what was acknowledged before that was sent.
        const writes = companiesByWrite(kept)
        for (const [name, size] of writes) assert.equal(size, sizeOf.get(name), name)
        const latest = Math.max(...[...writes.keys()].map(name => sent.get(name)!))
        assert.ok(latest <= backupEnded)
        const missing = everything.filter(
          entry => !keptIds.has(entry.id) && (acknowledged.get(writeOf(entry)) ?? 0) < Math.max(latest, backupBegun)
        )
        assert.deepEqual(missing, [])
        // What was restored serves, and takes writes.
        const again = await startPortal(t, { open: () => openDatabase({ url: target.url }), plugins })
        const answer = await again.query(
          consoleHost,
          'mutation ($id: ID!) { setCompanyOverrides(companyId: $id, overrides: [{ key: "cdr", override: INHERIT }]) { id } }',
          { variables: { id: ids[0] }, apiKey: again.apiKey }
        )
        assert.equal(answer.json.errors, undefined, answer.text)
        const held = [...writes.values()].reduce((sum, size) => sum + size, 0)
        t.diagnostic(
          `${from} to ${to}: ${held} writes in ${writes.size} mutations, and ${rowsBetween} rows more: 0 differences`
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
      await addLegs(source, 20_000)
      const file = join(folder, `kill-${dialect}.backup`)
      await portalCommand(source.url, 'backup', file)
      const target = await openers[dialect]({ plugins })
      await target.transaction(trx => trx.raw(`INSERT INTO cdr_archived_leg (id) VALUES ('before')`))
      await target.close()
      const legs = async (): Promise<number> => {
        const db = await openDatabase({ url: target.url })
        const found = await legsIn(db)
        await db.close()
        return found
      }
      const start = () => {
        const child = spawn(process.execPath, [...entryArguments('test/support/restore-child.ts'), file, target.url], {
          cwd: root,
          stdio: ['ignore', 'pipe', 'pipe']
        })
        let said = ''
        child.stderr!.on('data', part => (said += part))
        return { child, ended: once(child, 'exit'), said: () => said }
      }
      let whole = 0
      let before = 0
      // Milliseconds a restore takes at most, as far as the kills that came too late tell.
      let window = 1_500
      const cycles = length(1, 50)
      for (let cycle = 0; cycle < cycles; cycle++) {
        const { child, ended } = start()
        await once(child.stdout!, 'data')
        const pause = Math.random() * window
        await sleep(pause)
        child.kill('SIGKILL')
        await ended
        const found = await legs()
        assert.ok(found === 1 || found === 20_000, `cycle ${cycle}: ${found} rows`)
        if (found === 1) before++
        else whole++
        if (found === 20_000) {
          window = Math.max(pause, 50)
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
