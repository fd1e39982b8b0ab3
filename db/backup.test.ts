import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { Access } from '../core/access.ts'
import { AccessMirror } from '../core/access-mirror.ts'
import { Catalogue } from '../core/catalogue.ts'
import { ConfigurationError } from '../core/errors.ts'
import type { PluginDefinition } from '../core/plugin-api.ts'
import type { Dialect } from '../core/scope.ts'
import { plugins } from '../plugins/index.ts'
import { openers, type TestDatabase } from '../test/support/databases.ts'
import { oddPlugin, oddValues } from '../test/support/odd-plugin.ts'
import { testActor } from '../test/support/portal.ts'
import { smallDisk } from '../test/support/small-disk.ts'
import { upgradePlugin } from '../test/support/upgrade-plugin.ts'
import { createAccessStores } from './access-stores.ts'
import { readForBackup, type TableHead } from './backup.ts'
import { checkBackupFile, readBackupLines, writeBackupFile } from './backup-file.ts'
import { leftOut, tablesToBackUp } from './backup-tables.ts'
import { openDatabase } from './connect.ts'
import { migrate, schemaState } from './migrate.ts'
import { type RestoreRequest, restoreBackup } from './restore.ts'
import { dialectOf, rowOf, rowsOf, wordsOf } from './sql.ts'

const all: readonly PluginDefinition[] = [...plugins, oddPlugin]
const dialects: readonly Dialect[] = ['sqlite', 'postgresql']
const fixture = join(import.meta.dirname, '../test/fixtures/backup/version-001.backup')
const actor = testActor

let folder: string
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portcullis-backup-'))
})
after(() => rm(folder, { recursive: true, force: true }))
let files = 0
const newFile = (): string => join(folder, `${++files}.backup`)

const backUp = async (db: TestDatabase): Promise<string> => {
  const file = newFile()
  await readForBackup(db, lines => writeBackupFile(file, lines))
  return file
}

const restore = (file: string, url: string, more: Partial<RestoreRequest> = {}) =>
  restoreBackup({ file, url, plugins: all, replace: false, without: [], actor: 'console:test', ...more })

/** A database that is there and holds nothing. */
const emptyTarget = async (dialect: Dialect): Promise<TestDatabase> => {
  const db = await openers[dialect]({ empty: true })
  await db.close()
  return db
}

/** Every row of every table as texts, in an order of their own. */
const contents = async (url: string): Promise<Record<string, string[]>> => {
  const db = await openDatabase({ url })
  try {
    const found: Record<string, string[]> = {}
    for (const table of await tablesToBackUp(db.writer)) {
      const columns = table.columns.map(({ name, isBytes }) =>
        isBytes
          ? db.dialect === 'sqlite'
            ? `CASE WHEN "${name}" IS NOT NULL THEN lower(hex("${name}")) END AS "${name}"`
            : `encode("${name}", 'hex') AS "${name}"`
          : `CAST("${name}" AS TEXT) AS "${name}"`
      )
      const rows = await rowsOf(db.writer, `SELECT ${columns.join(', ')} FROM "${table.name}"`)
      found[table.name] = rows.map(row => JSON.stringify(row)).sort()
    }
    return found
  } finally {
    await db.close()
  }
}

/** Companies, overrides, people, sessions, jobs, and rows of every kind. */
const fill = async (db: TestDatabase, companies: number): Promise<void> => {
  const stores = createAccessStores(db, Catalogue.of(all))
  const brand = await stores.brands.create(
    { fqdn: 'acme.example', brandName: 'Acme', currencies: ['EUR'], features: ['cdr'] },
    actor
  )
  for (let index = 0; index < companies; index++) {
    const company = await stores.companies.create(
      {
        name: `Company ${index}`,
        userType: 'CUSTOMER',
        currency: 'EUR',
        domainId: brand.id,
        status: 'ACTIVE',
        accountCodes: []
      },
      actor
    )
    await stores.companies.setOverrides(company.id, [{ key: 'cdr', override: 'HIDE', reason: 'why?' }], actor)
  }
  const insert = (sql: string, bindings: readonly (string | Buffer | null)[]) =>
    db.transaction(trx => trx.raw(sql, bindings as string[]))
  await insert(`INSERT INTO contact_email (email_lower) VALUES ('a@b.example')`, [])
  await insert(
    `INSERT INTO contact (id, company_id, name, email, email_lower, created_at) SELECT 'contact', id, 'A', 'a@b.example', 'a@b.example', 1 FROM company ORDER BY seq LIMIT 1`,
    []
  )
  await insert(
    `INSERT INTO contact_session (id, token_hash, contact_id, domain_id, ip, created_at, last_seen_at, expires_at)
     SELECT 's', 'secret-of-a-session', 'contact', id, 'ip', 1, 1, 9000000000000000 FROM portal_domain LIMIT 1`,
    []
  )
  await insert(
    `INSERT INTO job (id, name, payload, run_at, lease_token, lease_until) VALUES ('j', 'later', '1', 1, 'held', 9000000000000000)`,
    []
  )
}

/** Values at their limits, a long row between short ones, and more rows than one page has. */
const fillOdd = async (db: TestDatabase): Promise<void> => {
  const insert = (sql: string, bindings: readonly (string | Buffer | null)[]) =>
    db.transaction(trx => trx.raw(sql, bindings as string[]))
  for (const [key, number, body, bytes] of oddValues)
    await insert('INSERT INTO odd_value ("the key", number, body, bytes) VALUES (?, CAST(? AS BIGINT), ?, ?)', [
      key,
      number,
      body,
      bytes
    ])
  await insert('INSERT INTO odd_value ("the key", body) VALUES (?, ?)', ['long', 'y'.repeat(6_000_000)])
  const pairs = Array.from({ length: 9_001 }, (_, index) => [`k${index % 7}`, 10_000 - index, `body ${index}`])
  for (let start = 0; start < pairs.length; start += 500) {
    const part = pairs.slice(start, start + 500)
    await insert(
      `INSERT INTO odd_clustered (a, b, body) VALUES ${part.map(() => '(?, ?, ?)').join(', ')}`,
      part.flat() as string[]
    )
  }
}

/** A database with one company and its backup, made once for all tests that only read them. */
const madeOnce = new Map<Dialect, Promise<string>>()
const oneCompany = (dialect: Dialect): Promise<string> => {
  const made =
    madeOnce.get(dialect) ??
    (async () => {
      const source = await openers[dialect]({ plugins: all })
      await fill(source, 1)
      return backUp(source)
    })()
  madeOnce.set(dialect, made)
  return made
}

/** Without what a restore itself adds. */
const comparable = (tables: Record<string, string[]>): Record<string, string[]> => ({
  ...tables,
  audit_entry: (tables.audit_entry ?? []).filter(row => !row.includes('"restoreBackup"')),
  access_counter: (tables.access_counter ?? []).map(row => row.replace(/"revision":"\d+"/, '')),
  job: (tables.job ?? []).map(row => row.replace(/"lease_token":[^,]+,"lease_until":[^,]+/, ''))
})

const refused = (pattern: RegExp) => (error: unknown) =>
  error instanceof ConfigurationError && pattern.test(error.message)

for (const from of dialects)
  for (const to of dialects)
    describe(`backup on ${from}, restore on ${to}`, () => {
      it('brings every row back as it was, and can be backed up again', async () => {
        const source = await openers[from]({ plugins: all })
        await fill(source, 3)
        await fillOdd(source)
        const file = await backUp(source)
        const target = await emptyTarget(to)
        const restored = await restore(file, target.url)
        assert.deepEqual(restored.migrated, [])
        assert.deepEqual(restored.leftOut, [])
        const was = await contents(source.url)
        const is = await contents(target.url)
        assert.deepEqual(comparable(is), comparable(was))
        assert.equal(is.odd_clustered?.length, 9_001)
        assert.equal(is.odd_value?.length, oddValues.length + 1)

        const db = await openDatabase({ url: target.url })
        try {
          assert.equal((await schemaState(db, all)).missing.length, 0)
          // Numbers go on after the highest.
          const top = (await rowOf<{ top: number }>(db.reader, 'SELECT MAX(seq) AS top FROM audit_entry'))!.top
          const stores = createAccessStores(db, Catalogue.of(all))
          const brands = (await rowsOf<{ id: string }>(db.reader, 'SELECT id FROM portal_domain')).length
          await stores.brands.create(
            { fqdn: 'new.example', brandName: 'New', currencies: ['EUR'], features: [] },
            actor
          )
          const entry = await rowOf<{ seq: number }>(db.reader, 'SELECT MAX(seq) AS seq FROM audit_entry')
          assert.equal(entry!.seq, top + 1)
          const seqs = await rowsOf<{ seq: number }>(db.reader, 'SELECT DISTINCT seq FROM portal_domain')
          assert.equal(seqs.length, brands + 1)
          // Rules of the tables are back: a second default brand, a company of no brand.
          const breaks = (sql: string) => assert.rejects(db.transaction(trx => trx.raw(sql)))
          await breaks('UPDATE portal_domain SET is_default = 1')
          await breaks(`UPDATE company SET domain_id = 'nobody'`)
          const audit = await rowOf<{ actor: string; after: string }>(
            db.reader,
            `SELECT actor, after FROM audit_entry WHERE action = 'restoreBackup'`
          )
          assert.equal(audit?.actor, 'console:test')
        } finally {
          await db.close()
        }
      })
    })

for (const dialect of dialects)
  describe(`restore · ${dialect}`, () => {
    it('lets nobody in who was signed in, and gives jobs free', async () => {
      const file = await oneCompany(dialect)
      assert.ok(!gunzipSync(await readFile(file)).includes('secret-of-a-session'))
      const target = await emptyTarget(dialect)
      await restore(file, target.url)
      const db = await openDatabase({ url: target.url })
      try {
        assert.deepEqual(await rowsOf(db.reader, 'SELECT id FROM contact_session'), [])
        assert.deepEqual(await rowsOf(db.reader, 'SELECT lease_token, lease_until FROM job'), [
          { lease_token: null, lease_until: null }
        ])
      } finally {
        await db.close()
      }
    })

    it('never lets counters run backwards, however often the same backup is restored', async () => {
      const file = await oneCompany(dialect)
      const target = await emptyTarget(dialect)
      let seen = 0
      for (let round = 0; round < 3; round++) {
        await restore(file, target.url, { replace: round > 0 })
        const db = await openDatabase({ url: target.url })
        const low = (await rowOf<{ low: number }>(db.reader, 'SELECT MIN(revision) AS low FROM access_counter'))!.low
        assert.ok(low > seen && Number.isSafeInteger(low), `round ${round}: ${low} after ${seen}`)
        const stores = createAccessStores(db, Catalogue.of(all))
        const access = new Access(Catalogue.of(all))
        const mirror = new AccessMirror(access, stores.source)
        await mirror.start()
        const [company] = await rowsOf<{ id: string }>(db.reader, 'SELECT id FROM company')
        for (const override of ['SHOW', 'HIDE', 'SHOW'] as const)
          await stores.companies.setOverrides(company!.id, [{ key: 'cdr', override }], actor)
        await mirror.refresh()
        assert.equal(access.can(company!.id, 'cdr', 0), true)
        seen = (await rowOf<{ top: number }>(db.reader, 'SELECT MAX(revision) AS top FROM access_counter'))!.top
        await db.close()
      }
    })

    it('tells a process that lived through it', async () => {
      const file = await oneCompany(dialect)
      const target = await emptyTarget(dialect)
      await restore(file, target.url)
      const first = await openDatabase({ url: target.url })
      const access = new Access(Catalogue.of(all))
      // One process, whose connections were idle while the database was replaced.
      let reached = createAccessStores(first, Catalogue.of(all)).source
      const mirror = new AccessMirror(access, {
        load: () => reached.load(),
        changesSince: known => reached.changesSince(known),
        clock: () => reached.clock()
      })
      await mirror.start()
      const [company] = await rowsOf<{ id: string }>(first.reader, 'SELECT id FROM company')
      await createAccessStores(first, Catalogue.of(all)).companies.setOverrides(
        company!.id,
        [{ key: 'cdr', override: 'SHOW' }],
        actor
      )
      await mirror.refresh()
      assert.equal(access.can(company!.id, 'cdr', 0), true)
      await first.close()

      await restore(file, target.url, { replace: true })
      const second = await openDatabase({ url: target.url })
      try {
        reached = createAccessStores(second, Catalogue.of(all)).source
        await mirror.refresh()
        assert.equal(access.can(company!.id, 'cdr', 0), false)
      } finally {
        await second.close()
      }
    })

    it('brings a backup of an older version up to date', async () => {
      const target = await emptyTarget(dialect)
      const restored = await restore(fixture, target.url)
      assert.ok(restored.migrated.includes('core/002-companies'), restored.migrated.join())
      const db = await openDatabase({ url: target.url })
      try {
        assert.deepEqual((await schemaState(db, all)).missing, [])
        const companies = await rowsOf<{ name: string; closed_from: string | null }>(
          db.reader,
          'SELECT name, closed_from FROM company ORDER BY seq'
        )
        assert.deepEqual(
          companies,
          [1, 2, 3].map(index => ({ name: `Customer ${index}`, closed_from: null }))
        )
      } finally {
        await db.close()
      }
    })

    it('refuses a backup of a newer version, and one with a plugin that is gone, by name', async () => {
      const source = await openers[dialect]({ plugins: all })
      const newer = { owner: 'core', name: '999-later' }
      await source.transaction(trx =>
        trx.raw('INSERT INTO migration (owner, name, applied_at) VALUES (?, ?, 0)', [newer.owner, newer.name])
      )
      const file = await backUp(source)
      const target = await emptyTarget(dialect)
      await assert.rejects(restore(file, target.url), refused(/newer version.* core\/999-later/))
      await source.transaction(trx => trx.raw('DELETE FROM migration WHERE name = ?', [newer.name]))
      const plain = await backUp(source)
      await assert.rejects(
        restore(plain, target.url, { plugins }),
        refused(/tables of the plugin odd, .*--without odd/)
      )
      const restored = await restore(plain, target.url, { plugins, without: ['odd'] })
      assert.deepEqual(restored.leftOut, ['odd_clustered', 'odd_value'])
    })

    it('brings back a database in the middle of an upgrade as it was, for the version that knows what was added', async () => {
      const source = await openers[dialect]({ plugins: [upgradePlugin(1)] })
      await source.transaction(async trx => {
        await trx.raw(`INSERT INTO thing (id, company_id, name, colour) VALUES ('t', 'c', 'n', 'red')`)
      })
      assert.deepEqual(await migrate(source, [upgradePlugin(2)]), ['plugin:upgrade/002-size'])
      const file = await backUp(source)
      const target = await emptyTarget(dialect)
      // What was only added would be lost, silently.
      await assert.rejects(
        restore(file, target.url, { plugins: [upgradePlugin(1)] }),
        refused(/plugin:upgrade\/002-size, which this one .* does not know/)
      )
      await restore(file, target.url, { plugins: [upgradePlugin(2)] })
      const db = await openDatabase({ url: target.url })
      try {
        assert.deepEqual(await rowsOf(db.reader, 'SELECT id, colour, size FROM thing'), [
          { id: 't', colour: 'red', size: 0 }
        ])
        const state = await schemaState(db, [upgradePlugin(2)])
        assert.deepEqual([state.missing, state.toContract, state.unknown], [[], ['plugin:upgrade/003-no-colour'], []])
        // The version before serves here as well, until it is contracted.
        assert.deepEqual((await schemaState(db, [upgradePlugin(1)])).tooNew, [])
      } finally {
        await db.close()
      }
    })

    it('refuses a database that is not empty or in use, and changes nothing', async () => {
      const file = await oneCompany(dialect)
      const target = await openers[dialect]({ plugins: all })
      await fill(target, 2)
      const was = await contents(target.url)
      const portal = await openDatabase({ url: target.url })
      await rowsOf(portal.writer, 'SELECT 1 AS one FROM company')
      await target.close()
      await assert.rejects(restore(file, target.url, { replace: true }), refused(/in use by .*Stop every process/))
      await portal.close()
      await assert.rejects(restore(file, target.url), refused(/not empty.*--replace/))
      assert.deepEqual(await contents(target.url), was)

      const restored = await restore(file, target.url, { replace: true })
      assert.equal((await contents(target.url)).company?.length, 1)
      if (dialect === 'sqlite') assert.deepEqual(await contents(restored.before!), was)
      else {
        // A process that has lost its connections comes back; one that was not seen for 45 seconds is dead.
        const seen = async (agoMs: number): Promise<void> => {
          const db = await openDatabase({ url: target.url })
          await db.transaction(trx =>
            trx.raw(
              `INSERT INTO process (id, host, pid, version, migrations, started_at, seen_at)
               SELECT 'p', 'elsewhere', 77, '0', '[]', 0, ${wordsOf(trx).now} - (${agoMs})
               ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at`
            )
          )
          await db.close()
        }
        await seen(40_000 - 1)
        await assert.rejects(
          restore(file, target.url, { replace: true }),
          refused(/in use by the process 77 on elsewhere \(if it was killed/)
        )
        // Nor is one that was seen when the clock was wrong.
        await seen(-46_000)
        await restore(file, target.url, { replace: true })
        await seen(45_001)
        await restore(file, target.url, { replace: true })
      }
    })

    it('refuses a file that was cut off or altered anywhere, before it touches the database', async () => {
      const file = await oneCompany(dialect)
      const whole = await readFile(file)
      const target = await emptyTarget(dialect)
      const broken = newFile()
      const size = whole.length
      for (const keep of [0, 1, 100, 279, Math.floor(size / 2), size - 280, size - 279, size - 1]) {
        await writeFile(broken, whole)
        await truncate(broken, keep)
        await assert.rejects(restore(broken, target.url), refused(/no backup, or its end is missing/), `${keep} bytes`)
      }
      for (const at of [0, 9, 1_000, Math.floor(size / 2), size - 280, size - 200, size - 3]) {
        const altered = Buffer.from(whole)
        altered[at] = altered[at]! ^ 1
        await writeFile(broken, altered)
        await assert.rejects(restore(broken, target.url), refused(/altered|no backup, or its end/), `byte ${at}`)
      }
      await writeFile(broken, Buffer.concat([whole, Buffer.from('x')]))
      await assert.rejects(restore(broken, target.url), refused(/no backup, or its end/))
      await assert.rejects(restore(join(folder, 'nowhere'), target.url), refused(/nowhere: there is no such file/))
      const db = await openDatabase({ url: target.url })
      assert.deepEqual(await tablesToBackUp(db.writer), [])
      await db.close()
    })

    it('leaves what was there when loading fails half-way', async () => {
      const lines: string[] = []
      for await (const line of readBackupLines(await oneCompany(dialect))) lines.push(line)
      // Whole by its checksum, and false: a row twice, in the last table but one.
      const twice = lines.findIndex(line => line.startsWith('[["acme.example"') || line.includes('"acme.example"'))
      assert.ok(twice > 0)
      const wrong = newFile()
      await writeBackupFile(
        wrong,
        (async function* () {
          for (const [index, line] of lines.entries()) {
            yield `${line}\n`
            if (index === twice) yield `${line}\n`
          }
        })()
      )
      const target = await openers[dialect]({ plugins: all })
      await fill(target, 2)
      await target.close()
      const was = await contents(target.url)
      await assert.rejects(restore(wrong, target.url, { replace: true }), ConfigurationError)
      assert.deepEqual(await contents(target.url), was)
      if (dialect === 'sqlite')
        assert.deepEqual(
          (await readdir(dirname(target.url))).filter(name => name.endsWith('.restoring')),
          []
        )
    })
  })

/**
 * Columns whose names speak of secrets, and why a backup holds their tables. Whoever adds one decides: what lets somebody
 * in by itself, and once, does not belong into a backup (see `leftOut`).
 */
const keptSecrets: Readonly<Record<string, string>> = {
  'api_key.key_hash': 'keys live on',
  'api_key_former_secret.key_hash': 'a secret that was rotated out must never become a key again',
  'contact.password_hash': 'contacts sign in with the passwords they had',
  'staff.password_hash': 'so do staff',
  'staff_two_factor.secret': 'sealed by PORTAL_SECRET, which is not in the database',
  'staff_recovery_code.code_hash': 'opens nothing without the password; without it a lost telephone locks somebody out',
  'job.lease_token': 'taken away by a restore'
}
const secretColumn = /token|secret|password|session|ticket|_hash$|^hash|signature|recovery|nonce|otp/

for (const dialect of dialects)
  describe(`tables · ${dialect}`, () => {
    it('are all in a backup, but those that are named; no secret is in it by chance', async () => {
      const source = await openers[dialect]({ plugins: all })
      const there = await rowsOf<{ name: string }>(
        source.reader,
        dialect === 'sqlite'
          ? `SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite%'`
          : `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = current_schema()`
      )
      const names = there.map(({ name }) => name)
      for (const name of leftOut) assert.ok(names.includes(name), `${name} is left out and no table`)
      const inFile: string[] = []
      const secrets: string[] = []
      for await (const line of readBackupLines(await oneCompany(dialect))) {
        if (!line.startsWith('{"table":')) continue
        const { table, columns } = JSON.parse(line) as TableHead
        inFile.push(table)
        secrets.push(...columns.filter(column => secretColumn.test(column)).map(column => `${table}.${column}`))
      }
      assert.deepEqual(inFile.sort(), names.filter(name => !leftOut.has(name)).sort())
      assert.deepEqual(secrets.sort(), Object.keys(keptSecrets).sort())
    })
  })

describe('restore beside what a database left', () => {
  it('refuses a write-ahead log whose database is gone: SQLite would put it into the restored one', async () => {
    const file = await oneCompany('sqlite')
    const url = join(folder, 'moved.sqlite')
    await restore(file, url)
    await rm(url)
    for (const ending of ['-wal', '-journal']) {
      await writeFile(`${url}${ending}`, 'rows of the old database')
      await assert.rejects(restore(file, url), refused(new RegExp(`moved.sqlite${ending} belongs to a database that`)))
      assert.deepEqual(
        (await readdir(folder)).filter(name => name.startsWith('moved')),
        [`moved.sqlite${ending}`]
      )
      await rm(`${url}${ending}`)
    }
    await restore(file, url)
  })

  it('says what is wrong with the place', async () => {
    const file = await oneCompany('sqlite')
    await assert.rejects(restore(file, folder), refused(/cannot be opened.* it is a folder/))
    await assert.rejects(restore(file, join(folder, 'no/such.sqlite')), refused(/its folder is missing/))
  })
})

describe('the file', () => {
  it('is replaced only when that was asked for, and only by a whole one', async () => {
    const file = newFile()
    const lines = async function* (fails = false) {
      yield '{}\n'
      if (fails) throw new Error('half-way')
    }
    await writeBackupFile(file, lines())
    const was = await readFile(file)
    assert.equal((await stat(file)).mode & 0o777, 0o600)
    await assert.rejects(writeBackupFile(file, lines()), refused(/exists already.*--force/))
    await assert.rejects(writeBackupFile(file, lines(true), true), /half-way/)
    assert.deepEqual(await readFile(file), was)
    await writeBackupFile(file, lines(), true)
    await checkBackupFile(file)
    assert.deepEqual(
      (await readdir(folder)).filter(name => name.endsWith('.partial')),
      []
    )
    await assert.rejects(writeBackupFile(join(folder, 'no/such/x'), lines()), refused(/no such file or folder/))
  })

  it('says that the disk is full, and leaves nothing', async t => {
    const disk = await smallDisk(t, 1)
    if (disk === null) return
    const endless = async function* () {
      for (;;) yield `${randomBytes(60_000).toString('base64')}\n`
    }
    await assert.rejects(
      writeBackupFile(join(disk.folder, 'x.backup'), endless()),
      refused(/x\.backup: the disk is full/)
    )
    assert.deepEqual(await readdir(disk.folder), [])
  })

  it('is refused when it is a database, or of another program', async () => {
    const db = await openers.sqlite({ plugins: [] })
    assert.equal(dialectOf(db.writer), 'sqlite')
    await assert.rejects(checkBackupFile(db.url), refused(/no backup/))
  })
})
