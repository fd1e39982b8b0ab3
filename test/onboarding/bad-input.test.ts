import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hashToken, newToken } from '../../http/tokens.ts'
import { plugins } from '../../plugins/index.ts'
import { forEachDatabase } from '../support/databases.ts'
import { consoleHost, startPortal, type TestPortal, testActor } from '../support/portal.ts'
import { ask, exported, linesOf, onboard, type SeenLine, upload } from './onboard.ts'
import { code, company, contact, did, file, override } from './onboarding-lines.ts'

type Brief = readonly (string | number | null)[]
/** Line, outcome and, of a wrong one, code and column. */
const brief = (lines: readonly SeenLine[]): Brief[] =>
  lines.map(({ line, outcome, code: fault, field }) => [line, outcome, ...(fault === null ? [] : [fault, field])])

const companyCount = async (portal: TestPortal): Promise<number> =>
  (await ask(portal, '{ companies(first: 1) { totalCount } }')).companies.totalCount
const companyId = async (portal: TestPortal, name: string): Promise<string> =>
  (await ask(portal, 'query ($name: String) { companies(search: $name) { nodes { id } } }', { name })).companies
    .nodes[0].id

/** A file, what each line becomes, and words that the messages must hold. */
type Case = readonly [name: string, text: string, becomes: readonly Brief[], ...says: RegExp[]]

forEachDatabase('bad onboarding files', open => {
  test('name the line, the column and the reason, and refuse no company but their own', async t => {
    const portal = await startPortal(t, { open: () => open({ plugins }), plugins })
    await portal.installation.stores.brands.create(
      { fqdn: 'initech.localhost', brandName: 'Initech', currencies: ['EUR'], features: [] },
      testActor
    )
    const base = await onboard(
      portal,
      file(
        company('OLD', 'Old Company'),
        code('OLD', 'OLD-1'),
        contact('OLD', 'Olga', 'olga@old.example'),
        did('OLD', '442079460001'),
        company('CLOSED', 'Closed Company'),
        company('NOHOME', 'Homeless', '(none)'),
        contact('NOHOME', 'Nora', 'nora@nohome.example'),
        company('T1', 'Twin One'),
        contact('T1', 'Tess', 'tess@twin.example'),
        company('T2', 'Twin Two', 'globex.localhost'),
        contact('T2', 'Tess', 'tess@twin.example')
      )
    )
    assert.equal(base.run.created, 11, JSON.stringify(base.lines))
    const old = await companyId(portal, 'Old Company')
    await ask(portal, 'mutation ($id: ID!) { closeCompany(id: $id, expectedVersion: 1, reason: "gone") { status } }', {
      id: await companyId(portal, 'Closed Company')
    })
    const fine = company('FINE', 'Fine')
    const ok: Brief = [2, 'CREATE']

    const cases: readonly Case[] = [
      [
        'a wrong cell refuses its company whole, the others not',
        file(fine, company('A', 'A'), contact('A', 'Ann', 'ann-at-a'), override('A', 'cdr', 'SHOW'), company('B', 'B')),
        [ok, [3, 'REFUSED'], [4, 'ERROR', 'BAD_USER_INPUT', 'email'], [5, 'REFUSED'], [6, 'CREATE']],
        /line 4 of this company is wrong/
      ],
      [
        'two COMPANY lines of one reference',
        file(company('A', 'A'), company('A', 'Other A')),
        [
          [2, 'ERROR', 'BAD_USER_INPUT', null],
          [3, 'ERROR', 'BAD_USER_INPUT', null]
        ],
        /the same stands on line 3/,
        /the same stands on line 2/
      ],
      [
        'one company by two of its names',
        file(company('OLD', 'Old'), company('OLD-1', 'Older'), `COMPANY,${old},Oldest`),
        [
          [2, 'ERROR', 'BAD_USER_INPUT', null],
          [3, 'ERROR', 'BAD_USER_INPUT', null],
          [4, 'ERROR', 'BAD_USER_INPUT', null]
        ]
      ],
      [
        'one account code for two companies, on both lines',
        file(company('A', 'A'), code('A', 'C-9'), company('B', 'B'), code('B', 'C-9'), fine),
        [
          [2, 'REFUSED'],
          [3, 'ERROR', 'CONFLICT', null],
          [4, 'REFUSED'],
          [5, 'ERROR', 'CONFLICT', null],
          [6, 'CREATE']
        ],
        /C-9 stands for B too, on line 5/
      ],
      [
        'the name of a new company as the code of another',
        file(company('A', 'A'), company('B', 'B'), code('B', 'A')),
        [
          [2, 'ERROR', 'CONFLICT', null],
          [3, 'REFUSED'],
          [4, 'ERROR', 'CONFLICT', null]
        ]
      ],
      [
        'a code that is what files call another company; a code and a company that a spreadsheet shortened',
        file(
          company('A', 'A'),
          code('A', 'NOHOME'),
          code('NOHOME', 'NOHOME'),
          code('OLD', '1.23457E+11'),
          company('4.5E+12', 'B')
        ),
        [
          [2, 'REFUSED'],
          [3, 'ERROR', 'CONFLICT', 'code'],
          [4, 'CREATE'],
          [5, 'ERROR', 'BAD_USER_INPUT', 'code'],
          [6, 'ERROR', 'BAD_USER_INPUT', 'company']
        ],
        /NOHOME is what files call Homeless/,
        /shortened by a spreadsheet/
      ],
      [
        'an account code of a company that is there',
        file(company('A', 'A'), code('A', 'OLD-1')),
        [
          [2, 'REFUSED'],
          [3, 'ERROR', 'CONFLICT', 'code']
        ],
        /belongs to Old Company/
      ],
      [
        'an address of another contact on the brand, also in other letters and from a company of all brands',
        file(company('A', 'A'), contact('A', 'X', 'OLGA@Old.example'), contact('A', 'Y', 'nora@nohome.example')),
        [
          [2, 'REFUSED'],
          [3, 'ERROR', 'CONFLICT', 'email'],
          [4, 'ERROR', 'CONFLICT', 'email']
        ],
        /Old Company/,
        /Homeless/
      ],
      [
        'one address for two companies of one brand; on two brands it is fine',
        file(
          company('A', 'A'),
          contact('A', 'X', 'x@twin.example'),
          company('B', 'B'),
          contact('B', 'X', 'x@twin.example'),
          company('C', 'C', 'globex.localhost'),
          contact('C', 'X', 'x@twin.example')
        ),
        [
          [2, 'REFUSED'],
          [3, 'ERROR', 'CONFLICT', null],
          [4, 'REFUSED'],
          [5, 'ERROR', 'CONFLICT', null],
          [6, 'CREATE'],
          [7, 'CREATE']
        ]
      ],
      [
        'a move to a brand where another line brings the address of one of its contacts',
        file(
          company('A', 'A', 'globex.localhost'),
          contact('A', 'O', 'olga@old.example'),
          'COMPANY,OLD,,,,,globex.localhost',
          override('OLD', 'cdr', 'SHOW')
        ),
        [
          [2, 'REFUSED'],
          [3, 'ERROR', 'CONFLICT', null],
          [4, 'ERROR', 'CONFLICT', 'brand'],
          [5, 'REFUSED']
        ],
        /stands for OLD too, on line 4, on the same brand/,
        /there the address olga@old.example of a contact would stand for A too, on line 3/
      ],
      [
        'a move to a brand where an address is taken already',
        file('COMPANY,T2,,,,,acme.localhost', 'COMPANY,NOHOME,,,,,acme.localhost'),
        [
          [2, 'ERROR', 'CONFLICT', 'brand'],
          [3, 'UPDATE']
        ],
        /there the address tess@twin.example belongs to a contact of Twin One/
      ],
      [
        'two moves that bring one address to one brand',
        file(
          'COMPANY,T1,,,,,initech.localhost',
          'COMPANY,NOHOME,,,,,initech.localhost',
          'COMPANY,T2,,,,,initech.localhost'
        ),
        [
          [2, 'ERROR', 'CONFLICT', 'brand'],
          [3, 'UPDATE'],
          [4, 'ERROR', 'CONFLICT', 'brand']
        ],
        /would stand for T2 too, on line 4/
      ],
      [
        'more allowed addresses, and more codes, than there may be',
        file(
          `CONTACT,OLD,,,,,,,olga@old.example,,,,,,,,"${Array.from({ length: 101 }, (_, index) => `192.0.2.${index}`).join(' ')}"`,
          ...Array.from({ length: 101 }, (_, index) => code('NOHOME', `N-${index}`))
        ),
        [
          [2, 'ERROR', 'BAD_USER_INPUT', 'ipAllowList'],
          ...Array.from({ length: 100 }, (_, index): Brief => [index + 3, 'REFUSED']),
          [103, 'ERROR', 'BAD_USER_INPUT', 'code']
        ],
        /at most 100 addresses/,
        /at most 100 account codes/
      ],
      [
        'unknown key, brand, record and company',
        file(
          company('A', 'A', 'acme.localhots'),
          company('B', 'B'),
          override('B', 'cdrr', 'SHOW'),
          'WHATEVER,B',
          code('NOBODY', 'N-1'),
          'CODE,,,,,,,N-2'
        ),
        [
          [2, 'ERROR', 'NOT_FOUND', 'brand'],
          [3, 'REFUSED'],
          [4, 'ERROR', 'BAD_USER_INPUT', 'key'],
          [5, 'ERROR', 'BAD_USER_INPUT', 'record'],
          [6, 'ERROR', 'NOT_FOUND', 'company'],
          [7, 'ERROR', 'BAD_USER_INPUT', 'company']
        ],
        /there is no brand acme.localhots/,
        /did you mean cdr\?/,
        /no company has the reference NOBODY/
      ],
      [
        'a company that is there keeps currency, user type and status',
        file('COMPANY,OLD,,,,USD', 'COMPANY,NOHOME,,CARRIER', 'COMPANY,CLOSED,,,ACTIVE'),
        [
          [2, 'ERROR', 'PRECONDITION_FAILED', 'currency'],
          [3, 'ERROR', 'PRECONDITION_FAILED', 'userType'],
          [4, 'ERROR', 'PRECONDITION_FAILED', 'status']
        ],
        /is EUR and is fixed at creation/
      ],
      [
        'a closed company',
        file(override('CLOSED', 'cdr', 'SHOW'), company('CLOSED', 'Closed Company')),
        [
          [2, 'ERROR', 'PRECONDITION_FAILED', null],
          [3, 'REFUSED']
        ],
        /reopen it first/
      ],
      [
        'bounds the wrong way round, and one key twice',
        file(
          company('A', 'A'),
          override('A', 'cdr', 'SHOW', ',2030-01-01T00:00:00Z,2029-01-01T00:00:00Z'),
          override('A', 'did', 'SHOW'),
          override('A', 'did', 'HIDE')
        ),
        [
          [2, 'REFUSED'],
          [3, 'ERROR', 'BAD_USER_INPUT', 'validUntil'],
          [4, 'ERROR', 'BAD_USER_INPUT', null],
          [5, 'ERROR', 'BAD_USER_INPUT', null]
        ]
      ],
      [
        'numbers: of another company, for a carrier, no number',
        file(
          company('A', 'A'),
          did('A', '442079460001'),
          company('C', 'C', 'acme.localhost', 'CARRIER'),
          did('C', '442079460010'),
          did('C', '12ab'),
          did('C', '4.42079E+11')
        ),
        [
          [2, 'REFUSED'],
          [3, 'ERROR', 'CONFLICT', null],
          [4, 'REFUSED'],
          [5, 'ERROR', 'BAD_USER_INPUT', null],
          [6, 'ERROR', 'BAD_USER_INPUT', 'number'],
          [7, 'ERROR', 'BAD_USER_INPUT', 'number']
        ],
        /shortened by a spreadsheet/,
        /assigned to Old Company/,
        /carrier/
      ],
      [
        'one number for two companies',
        file(company('A', 'A'), did('A', '+44 20 7946 0009'), company('B', 'B'), did('B', '442079460009')),
        [
          [2, 'REFUSED'],
          [3, 'ERROR', 'CONFLICT', null],
          [4, 'REFUSED'],
          [5, 'ERROR', 'CONFLICT', null]
        ]
      ],
      [
        'cells under no column, and under another record\u2019s',
        file(`${company('A', 'A')},,,,,,,,,,,surplus`, 'CODE,OLD,No name here,,,,,OLD-2'),
        [
          [2, 'ERROR', 'BAD_USER_INPUT', 'record'],
          [3, 'ERROR', 'BAD_USER_INPUT', 'name']
        ]
      ],
      [
        'a control character, a name of blanks, a currency that is none',
        file(
          'COMPANY,A,Bad\u0007Bell,CUSTOMER,,EUR',
          'COMPANY,B,"   ",CUSTOMER,,EUR',
          'COMPANY,C,C,CUSTOMER,,EURO',
          `COMPANY,D\u0001${'🙂'.repeat(130)},D,CUSTOMER,,EUR`,
          `${'🙂'.repeat(41)}\u0001,E`
        ),
        [
          [2, 'ERROR', 'BAD_USER_INPUT', 'name'],
          [3, 'ERROR', 'BAD_USER_INPUT', 'name'],
          [4, 'ERROR', 'BAD_USER_INPUT', 'currency'],
          [5, 'ERROR', 'BAD_USER_INPUT', 'company'],
          [6, 'ERROR', 'BAD_USER_INPUT', 'record']
        ]
      ]
    ]
    for (const [name, text, becomes, ...says] of cases) {
      const before = await companyCount(portal)
      const { run, lines } = await onboard(portal, text, true)
      assert.deepEqual(brief(lines), becomes, `${name}: ${JSON.stringify(lines)}`)
      const messages = lines.map(({ message }) => message).join('\n')
      for (const says1 of says) assert.match(messages, says1, name)
      assert.deepEqual([run.state, run.errors], ['DONE', lines.filter(line => line.outcome === 'ERROR').length])
      assert.equal(await companyCount(portal), before, name)
    }

    // The first case for real says the same and does what it said.
    const [, text, becomes] = cases[0]!
    const before = await companyCount(portal)
    const { run, lines } = await onboard(portal, text)
    assert.deepEqual(brief(lines), becomes)
    assert.deepEqual(brief(await linesOf(portal, run.id, 'ERROR')), [[4, 'ERROR', 'BAD_USER_INPUT', 'email']])
    assert.equal(await companyCount(portal), before + 2)
    const report = async (outcome: string | null): Promise<string> => {
      const { exportOnboardingReport: made } = await ask(
        portal,
        `mutation ($runId: ID!, $outcome: OnboardingOutcome) {
          exportOnboardingReport(runId: $runId, outcome: $outcome) { url }
        }`,
        { runId: run.id, outcome }
      )
      return (await portal.request(consoleHost, made.url, { apiKey: portal.apiKey })).text
    }
    const columns = 'line,outcome,record,company,subject,code,column,message,changes,warnings'
    assert.equal(
      await report('ERROR'),
      `${columns}\r\n4,ERROR,CONTACT,A,,BAD_USER_INPUT,email,is not an e-mail address,,\r\n`
    )
    const whole = (await report(null)).split('\r\n')
    assert.equal(whole.length, lines.length + 2)
    assert.match(whole[1]!, /^2,CREATE,COMPANY,FINE,,,,,name: - → Fine; userType: - → CUSTOMER;/)
    assert.equal((await ask(portal, '{ companies(search: "ann") { totalCount } }')).companies.totalCount, 0)

    // A key that is not for the user type is done, with a warning.
    const carrier = await onboard(portal, file(company('K', 'K', '', 'CARRIER'), override('K', 'did.edit', 'SHOW')))
    assert.equal(carrier.run.warnings, 1)
    assert.match(carrier.lines[1]!.warnings[0]!, /not for a CARRIER/)

    // What a spreadsheet would run stays text, and is not run by the next one.
    const formula = await onboard(portal, file(company('F', '=cmd()'), company('G', "'=cmd()"), company('H', "''+1")))
    assert.equal(formula.run.created, 3)
    const out = await exported(portal)
    assert.match(out, /,'=cmd\(\),/)
    assert.doesNotMatch(out, /(^|,)"?[=+@]/m)
    const round = await onboard(portal, out)
    assert.equal(
      round.run.unchanged,
      round.run.lines,
      JSON.stringify(round.lines.filter(l => l.outcome !== 'UNCHANGED'))
    )
  })

  test('come in every form a spreadsheet writes, or are refused whole with what to do', async t => {
    const portal = await startPortal(t, { open: () => open({ plugins }), plugins })
    const rows = (end: string, sign: string): string =>
      [
        ['Currency', 'RECORD', 'company', 'User Type', 'name', 'reason', 'KEY', 'override', ''],
        ['EUR', 'company', 'A', 'customer', '"Müller & Söhne"', '', '', '', ''],
        ['', '', '', '', '', '', '', '', ''],
        ['', 'Override', 'A', '', '', `"two${end}lines, ""quoted"""`, 'cdr', 'hide', '']
      ]
        .map(cells => cells.join(sign))
        .join(end)
    const forms: readonly [string, Buffer][] = [
      ['BOM, semicolons, CRLF', Buffer.from(`\ufeff${rows('\r\n', ';')}`)],
      ['tabs, LF', Buffer.from(rows('\n', '\t'))],
      ['commas, CR', Buffer.from(rows('\r', ','))],
      ['UTF-16 little-endian', Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(rows('\r\n', '\t'), 'utf16le')])],
      [
        'UTF-16 big-endian',
        Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(rows('\n', ','), 'utf16le').swap16()])
      ]
    ]
    for (const [name, bytes] of forms) {
      const { run, lines } = await onboard(portal, bytes, true)
      assert.deepEqual(
        brief(lines),
        [
          [2, 'CREATE'],
          [4, 'CREATE']
        ],
        `${name}: ${run.error}`
      )
      assert.equal(lines[0]?.changes.find(({ field }) => field === 'name')?.after, 'Müller & Söhne', name)
      assert.match(
        lines[1]?.changes.find(({ field }) => field === 'reason')?.after ?? '',
        /^two[\r\n]+lines, "quoted"$/
      )
    }

    const refused: readonly [string | Buffer, RegExp][] = [
      ['\r\n', /is empty/],
      ['record,company\n', /no lines/],
      [
        'record,company,curency,colour\nCOMPANY,A,EUR,red',
        /no column "curency"; did you mean currency\?.*no column "colour"/
      ],
      ['name,company\nA,B', /column record is missing/],
      ['record,company,name,Name\nCOMPANY,A,A,A', /column name is there twice/],
      ['record,company\nCOMPANY,A\nCOMPANY,"B\nCOMPANY,C', /begins on line 3 is not closed/],
      [Buffer.from('record,company,name\nCOMPANY,A,M\xfcller', 'latin1'), /save it as "CSV UTF-8"/],
      [Buffer.from('record,company\nCOMPANY,A', 'utf16le'), /save it as "CSV UTF-8"/],
      ['record,company,name\nCOMPANY,A,nul\u0000byte', /is not UTF-8 text/],
      [Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), /is not UTF-8 text/],
      [Buffer.from('504b0304140006000800', 'hex'), /is a spreadsheet or an archive, not CSV/],
      [
        `record,company,${Array.from({ length: 1_000 }, (_, index) => `c${index}`).join(',')}\nCOMPANY,A`,
        /no column "c0".*The columns are record, company/
      ],
      [`record,company,name\nCOMPANY,A,${'x'.repeat(70_000)}`, /begins on line 2 is far too long/]
    ]
    for (const [content, says] of refused) {
      const { run, lines } = await onboard(portal, content)
      assert.equal(run.state, 'FAILED', String(says))
      assert.equal(run.errorCode, 'BAD_USER_INPUT')
      assert.match(run.error ?? '', says)
      assert.deepEqual(lines, [])
    }
    assert.equal(await companyCount(portal), 0)

    // Nobody below an admin starts anything; an auditor reads what was done.
    const fileId = await upload(portal, file(company('A', 'A')))
    for (const role of ['SUPPORT', 'AUDITOR', 'INGEST'] as const) {
      const apiKey = newToken()
      await portal.installation.people.staff.createApiKey({ name: role, keyHash: hashToken(apiKey), role }, testActor)
      for (const field of [`startOnboarding(fileId: "${fileId}", dryRun: true) { id }`, 'exportOnboarding { id }']) {
        const answer = await portal.query(consoleHost, `mutation { ${field} }`, { apiKey })
        assert.equal(answer.json.errors[0].extensions.code, 'FORBIDDEN')
      }
      const read = await portal.query(consoleHost, '{ onboardingRuns { totalCount } }', { apiKey })
      if (role !== 'INGEST') assert.ok(read.json.data.onboardingRuns.totalCount > 5)
    }
    for (const field of [
      'onboardingRun(id: "nobody") { id }',
      'onboardingLines(runId: "nobody") { nodes { line } }',
      'exportOnboardingReport(runId: "nobody") { id }'
    ]) {
      const kind = field.startsWith('export') ? 'mutation' : 'query'
      const answer = await portal.query(consoleHost, `${kind} { ${field} }`, { apiKey: portal.apiKey })
      assert.equal(answer.json.errors[0].extensions.code, 'NOT_FOUND')
    }
  })
})
