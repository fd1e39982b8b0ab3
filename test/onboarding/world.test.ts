import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { shielded, unshielded } from '../../core/csv-cell.ts'
import { createOnboardingWork } from '../../db/onboarding-work.ts'
import { createPluginDatabase } from '../../db/plugin-database.ts'
import { newId, rowsOf } from '../../db/sql.ts'
import { readTable } from '../../http/onboarding-file.ts'
import { runOnboarding } from '../../http/onboarding-runner.ts'
import { did as didPlugin } from '../../plugins/did/plugin.ts'
import { plugins } from '../../plugins/index.ts'
import { forEachDatabase } from '../support/databases.ts'
import { length } from '../support/length.ts'
import { startPortal, type TestPortal, testActor } from '../support/portal.ts'
import { exported, onboard } from './onboard.ts'
import { code, company, contact, did, file, override } from './onboarding-lines.ts'

test('what is made safe for a spreadsheet comes back as it was, and is safe', () => {
  const text = fc.oneof(
    fc.string(),
    fc
      .array(fc.constantFrom("'", '=', '+', '-', '@', '\t', '\r', 'a', ' '), { maxLength: 6 })
      .map(signs => signs.join(''))
  )
  fc.assert(
    fc.property(text, original => {
      assert.equal(unshielded(shielded(original)), original)
      assert.doesNotMatch(shielded(original), /^[=+\-@\t\r]/)
    }),
    { numRuns: length(1_000, 100_000) }
  )
})

test('a table reads the same however its bytes come, and however many pieces they are', async () => {
  const warnings: Error[] = []
  const heard = (warning: Error): number => warnings.push(warning)
  process.on('warning', heard)
  const read = async (bytes: Buffer, size: number): Promise<unknown[]> => {
    async function* pieces() {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
    }
    const rows: unknown[] = []
    for await (const { line, cells } of readTable(pieces())) rows.push([line, ...cells])
    return rows
  }
  const text = 'a;b\r\n1;"x\r\ny"\r\n\r\n"q";"🙂\n\r"\n2;3\r4;5'
  for (const bytes of [Buffer.from(`\ufeff${text}`), Buffer.from(`\ufeff${text}`, 'utf16le')])
    for (const size of [1, 2, 3, 7, 1_000])
      assert.deepEqual(await read(bytes, size), [
        [1, 'a', 'b'],
        [2, '1', 'x\r\ny'],
        [4, ''],
        [5, 'q', '🙂\n\r'],
        [8, '2', '3'],
        [9, '4', '5']
      ])
  const long = 'x'.repeat(1_000)
  const rows = await read(Buffer.from(`name,${long}\n`.repeat(3_000)), 65_536)
  assert.deepEqual([rows.length, rows.at(-1)], [3_000, [3_000, 'name', long]])
  process.off('warning', heard)
  assert.deepEqual(warnings, [])
})

// Small pools, so that lines of one file meet: names of companies, addresses, codes, brands, numbers.
const pick = (...words: readonly string[]) => fc.constantFrom(...words)
const brands = ['acme.localhost', 'globex.localhost', 'initech.localhost']
const references = ['R1', 'R2', 'R3', 'R4', 'R5', 'R6', 'R7']
const randomLine = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(pick(...references), pick(...brands, '(none)', ''))
      .map(([reference, brand]) => company(reference, `Name of ${reference}`, brand))
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(pick(...references), pick(...brands, '(none)'))
      .map(([reference, brand]) => `COMPANY,${reference},,,,,${brand}`)
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(pick(...references), pick('R1', 'R7', 'C1', 'C2', 'C3'))
      .map(([reference, text]) => code(reference, text))
  },
  {
    weight: 4,
    arbitrary: fc
      .tuple(pick(...references), pick('a', 'b', 'c'))
      .map(([reference, who]) => contact(reference, who, `${who}@one.example`))
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(pick(...references), pick('cdr', 'did', 'no-such-key'), pick('SHOW', 'HIDE', 'INHERIT'))
      .map(([reference, key, value]) => override(reference, key, value))
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(pick(...references), pick('442079460001', '442079460002'))
      .map(([reference, number]) => did(reference, number))
  }
)

// Names as people and machines write them: signs that a spreadsheet runs, quotes, dividers, all kinds of letters.
const name = fc
  .array(
    fc.constantFrom('=', '+', '-', '@', "'", '"', ',', ';', 'a', 'Z', '9', 'ü', '漢', '🙂', ' ', '(none)', '\u00a0'),
    {
      minLength: 1,
      maxLength: 12
    }
  )
  .map(signs => signs.join('').trim())
  .filter(text => text !== '')

const companyShape = fc.record({
  name,
  userType: fc.constantFrom('CUSTOMER' as const, 'CARRIER' as const),
  status: fc.constantFrom('ACTIVE' as const, 'PENALTY' as const, 'PENDING_APPROVAL' as const),
  brand: fc.constantFrom('acme' as const, 'globex' as const, null),
  codes: fc.array(name, { maxLength: 3 }),
  contacts: fc.array(
    fc.record({
      name,
      details: fc.record({
        phone: fc.option(pick('+49 30 1234', '030/1', '(none)', "'(none)")),
        mobile: fc.option(pick('+49 151 1234')),
        department: fc.option(name),
        contactType: fc.option(name),
        publicNotes: fc.option(name.map(text => `${text}\n=${text}`)),
        privateNotes: fc.option(name.map(text => `-${text};\n"${text}"`)),
        locale: fc.option(pick('ar', 'pt-BR')),
        timeZone: fc.option(pick('Europe/Berlin', 'Asia/Kolkata'))
      }),
      allow: fc.subarray(['192.0.2.0/24', '2001:db8::1'])
    }),
    { maxLength: 3 }
  ),
  overrides: fc.uniqueArray(
    fc.record({
      key: fc.constantFrom(...plugins.flatMap(({ features = [] }) => features.map(({ key }) => key))),
      override: fc.constantFrom('SHOW' as const, 'HIDE' as const),
      reason: fc.option(name),
      validFrom: fc.option(fc.integer({ min: 0, max: 2_000_000_000_000 })),
      lasts: fc.option(fc.integer({ min: 1, max: 1_000_000_000_000 }))
    }),
    { maxLength: 5, selector: ({ key }) => key }
  ),
  dids: fc.nat({ max: 3 })
})

/** Makes the world by the stores, as operators' calls would. */
const build = async (
  portal: TestPortal,
  shapes: readonly (typeof companyShape extends fc.Arbitrary<infer Shape> ? Shape : never)[]
): Promise<void> => {
  const { stores, people } = portal.installation
  let serial = 0
  for (const [index, shape] of shapes.entries()) {
    const made = await stores.companies.create(
      {
        name: shape.name,
        userType: shape.userType,
        currency: 'EUR',
        domainId: shape.brand === null ? null : portal.world[shape.brand].id,
        status: shape.status,
        accountCodes: [...new Set(shape.codes)].map(code => `${code} ${index}`)
      },
      testActor
    )
    for (const contact of shape.contacts)
      await people.contacts.create(
        {
          companyId: made.id,
          name: contact.name,
          email: `person${++serial}@example.net`,
          ...contact.details,
          passwordHash: null,
          ipAllowList: contact.allow
        },
        testActor
      )
    if (shape.overrides.length > 0)
      await stores.companies.setOverrides(
        made.id,
        shape.overrides.map(({ lasts, ...override }) => ({
          ...override,
          validUntil: lasts === null ? null : (override.validFrom ?? 0) + lasts
        })),
        testActor
      )
    if (shape.userType === 'CUSTOMER' && shape.dids > 0)
      await createPluginDatabase(portal.database, didPlugin).insertMany(
        'did',
        Array.from({ length: shape.dids }, () => ({
          id: newId(),
          number: String(44_000_000_000 + ++serial),
          country: 'GB',
          company_id: made.id,
          enabled: serial % 3 === 0 ? 0 : 1,
          retain_display_name: serial % 2,
          channels: 2,
          channels_ceiling: 2,
          flow_speed: 0,
          flow_speed_ceiling: 0,
          recording_mode: 'OFF',
          price: serial % 2 === 0 ? 1_250_000 : null,
          currency: serial % 2 === 0 ? 'EUR' : null,
          stir_shaken_min_attest: 'NONE',
          spam_scout: 0,
          notes: shape.name,
          assigned_at: 1,
          version: 1
        }))
      )
  }
}

/** Everything an import could change, versions and the audit log with it. */
const everything = async (portal: TestPortal): Promise<string> => {
  const tables = [
    'company',
    'company_account_code',
    'contact',
    'company_override',
    'did',
    'audit_entry',
    'access_counter'
  ]
  const rows: unknown[] = []
  for (const table of tables) {
    const found: Record<string, unknown>[] = await portal.database.writer.select('*').from(table)
    rows.push(
      found
        .filter(
          row => row.action !== 'startOnboarding' && row.action !== 'exportOnboarding' && row.action !== 'downloadFile'
        )
        .map(row => JSON.stringify(row))
        .sort()
    )
  }
  return JSON.stringify(rows)
}

/** What a file must carry of people and their access, whatever columns there are: all but what each world gives itself. */
const carried = async (portal: TestPortal): Promise<unknown> => {
  const own = ['id', 'company_id', 'version', 'created_at', 'set_by', 'set_at']
  const rows: string[] = []
  for (const table of ['contact', 'company_override', 'company_account_code']) {
    const found: Record<string, unknown>[] = await portal.database.writer.select('*').from(table)
    rows.push(
      ...found.map(row => JSON.stringify([table, ...Object.entries(row).filter(([column]) => !own.includes(column))]))
    )
  }
  return rows.sort()
}

forEachDatabase('random worlds', open => {
  test('an export taken in at home changes nothing, and elsewhere makes the same world', async t => {
    const start = () => startPortal(t, { open: () => open({ plugins }), plugins })
    const worlds = fc.sample(fc.array(companyShape, { minLength: 1, maxLength: 12 }), {
      seed: 20_261_121,
      numRuns: length(2, 40)
    })
    for (const shapes of worlds) {
      const home = await start()
      await build(home, shapes)
      const text = await exported(home)
      const before = await everything(home)
      const again = await onboard(home, text)
      assert.deepEqual(
        again.lines.filter(({ outcome }) => outcome !== 'UNCHANGED'),
        []
      )
      assert.equal(await everything(home), before)

      const elsewhere = await start()
      const dry = await onboard(elsewhere, text, true)
      const real = await onboard(elsewhere, text)
      assert.deepEqual(real.lines, dry.lines)
      assert.deepEqual(
        real.lines.filter(({ outcome }) => outcome !== 'CREATE'),
        []
      )
      assert.equal(await exported(elsewhere), text)
      assert.deepEqual(await carried(elsewhere), await carried(home))
    }
  })

  test('a dry run says of every line what the run then does', async t => {
    const portal = await startPortal(t, { open: () => open({ plugins }), plugins })
    await portal.installation.stores.brands.create(
      { fqdn: 'initech.localhost', brandName: 'Initech', currencies: ['EUR'], features: [] },
      testActor
    )
    const { database, catalogue, onboarding, files } = portal.installation
    // Two companies a transaction, so that what one wrote is what the next one meets.
    const work = createOnboardingWork(database, catalogue, plugins, 2)
    const parts = { ...portal.installation, onboarding: { ...onboarding, work } }
    const report = async (text: string, dryRun: boolean) => {
      const content = (async function* () {
        yield text
      })()
      const made = await files.of(testActor.operator).create({ name: 'x.csv', contentType: 'text/csv' }, content)
      const { id } = await onboarding.runs.start(made, dryRun, testActor)
      await runOnboarding(parts, id, async () => true)
      const run = (await onboarding.runs.get(id))!
      assert.equal(run.state, 'DONE', run.error ?? '')
      return (await onboarding.runs.lines({ runId: id, first: 500 })).nodes
    }
    const entries = async (): Promise<number> =>
      (
        await rowsOf<{ n: number }>(
          database.reader,
          "SELECT COUNT(*) AS n FROM audit_entry WHERE action = 'onboardCompany'"
        )
      )[0]!.n
    const samples = fc.sample(fc.array(randomLine, { minLength: 1, maxLength: 14 }), {
      seed: 20_261_122,
      numRuns: length(24, 1_500)
    })
    const outcomes = new Set<string | null>()
    for (const lines of samples) {
      const text = file(...lines)
      const dry = await report(text, true)
      const before = await entries()
      const real = await report(text, false)
      assert.deepEqual(real, dry, text)
      for (const { outcome } of real) outcomes.add(outcome)
      const own = ['COMPANY', 'CODE', 'CONTACT', 'OVERRIDE']
      const changed = new Set(
        real
          .filter(({ outcome, record }) => (outcome === 'CREATE' || outcome === 'UPDATE') && own.includes(record))
          .map(line => line.company)
      )
      const ids = await work.meant([...changed])
      assert.equal((await entries()) - before, new Set([...ids.values()].flatMap(found => [...found])).size, text)
      // On no brand an address means two contacts.
      const twins = await rowsOf(
        database.reader,
        `SELECT a.email FROM contact a JOIN contact b ON b.email_lower = a.email_lower AND b.id > a.id
           JOIN company ca ON ca.id = a.company_id JOIN company cb ON cb.id = b.company_id
         WHERE ca.domain_id IS NULL OR cb.domain_id IS NULL OR ca.domain_id = cb.domain_id`
      )
      assert.deepEqual(twins, [], text)
    }
    assert.deepEqual([...outcomes].sort(), ['CREATE', 'ERROR', 'REFUSED', 'UNCHANGED', 'UPDATE'])
  })
})
