import assert from 'node:assert/strict'
import { it } from 'node:test'
import { parse } from 'csv-parse/sync'
import { forEachDatabase } from '../../test/support/databases.ts'
import { type NumberWorld, numberWorld } from '../../test/support/number-world.ts'
import { consoleHost } from '../../test/support/portal.ts'
import { numberTask } from './number-task.ts'

const jobFields = `{ id kind state error lines created assigned changed unchanged refused
  problems { line number code message } result { url name } }`

const upload = async ({ portal }: NumberWorld, content: string | Buffer, apiKey = portal.apiKey): Promise<string> => {
  const answer = await portal.request(consoleHost, '/operator/files?name=numbers.csv', {
    method: 'POST',
    apiKey,
    headers: { 'content-type': 'text/csv' },
    body: content
  })
  assert.equal(answer.status, 201, answer.text)
  return answer.json.id
}

/** Starts a job, lets it run, and gives it as it ended with the text of its file. */
const finished = async (world: NumberWorld, start: string, variables: Record<string, unknown> = {}) => {
  const { data, code, message } = await world.ask(start, variables)
  assert.equal(code, undefined, message)
  assert.equal(data.job.state, 'QUEUED')
  await world.portal.installation.jobs.runDue()
  const { job } = (await world.ask(`query ($id: ID!) { job: numberJob(id: $id) ${jobFields} }`, { id: data.job.id }))
    .data
  const file = job.result && (await world.portal.request(consoleHost, job.result.url, { apiKey: world.portal.apiKey }))
  return { job, text: file?.text as string | undefined }
}

const importing = async (
  world: NumberWorld,
  content: string | Buffer,
  options: { dryRun?: boolean; skipRefused?: boolean } = {}
) =>
  finished(
    world,
    `mutation ($fileId: ID!, $dryRun: Boolean, $skipRefused: Boolean) {
      job: importNumbers(fileId: $fileId, dryRun: $dryRun, skipRefused: $skipRefused) { id state } }`,
    { fileId: await upload(world, content), ...options }
  )

const exporting = (world: NumberWorld, filter: object = {}) =>
  finished(world, 'mutation ($filter: NumberFilter) { job: exportNumbers(filter: $filter) { id state } }', { filter })

const outcomes = (report: string | undefined): readonly string[] =>
  (parse(report ?? '', { columns: true }) as Record<string, string>[]).map(
    ({ number, outcome, code }) => `${number} ${outcome}${code ? ` ${code}` : ''}`
  )

forEachDatabase('files of numbers', open => {
  it('come and go', async t => {
    const world = await numberWorld(t, open)
    const { ask, alder, birch, dollars, closed, carrier, db } = world
    const test = (name: string, work: () => Promise<void>): Promise<void> =>
      t.test(name, async () => {
        await db.run('delete from {did}')
        await world.newAudit()
        await work()
      })
    const everything = () => db.all('select * from {did} order by number')

    await test('a dry run says what the real run does; the file again changes nothing', async () => {
      await ask('mutation { createNumberRange(from: "442079460000", count: 3, settings: { country: "GB" }) { done } }')
      await world.newAudit()
      const file = [
        'Number,country,company,carrier,channels,price,notes',
        '+44 20 7946 0000,GB,alder-1,cable,10,1.50,"two lines,\nand a ""quote"""',
        `442079460001,,${birch.id},,,,`,
        '442079460002,FR,,,,,',
        `442079460003,GB,${alder.id},${carrier.id},4,2,'=1+1`,
        ''
      ].join('\r\n')
      const dry = await importing(world, file, { dryRun: true })
      assert.deepEqual(await world.newAudit(), [])
      const real = await importing(world, file)
      assert.equal(dry.text, real.text)
      assert.deepEqual(outcomes(real.text), [
        '442079460000 ASSIGNED',
        '442079460001 ASSIGNED',
        '442079460002 CHANGED',
        '442079460003 CREATED'
      ])
      const { id: _id, kind, result: _result, ...counts } = real.job
      assert.deepEqual([dry.job.kind, kind], ['DRY_RUN', 'IMPORT'])
      assert.deepEqual(counts, {
        ...{ state: 'DONE', error: null, lines: 4, created: 1, assigned: 2, changed: 1, unchanged: 0, refused: 0 },
        problems: []
      })
      assert.deepEqual(
        (await world.newAudit()).map(({ action, company_id }) => [action, company_id]),
        [alder.id, birch.id, null, alder.id].map(company => ['importNumbers', company])
      )
      const { data } = await ask('{ number(number: "442079460003") { notes channels price currency carrierName } }')
      assert.deepEqual(data.number, {
        ...{ notes: '=1+1', channels: 4, price: '2.00', currency: 'EUR', carrierName: 'Cable Carrier' }
      })
      const before = await everything()
      const again = await importing(world, file)
      assert.deepEqual([again.job.unchanged, again.job.changed], [4, 0])
      assert.deepEqual([await everything(), await world.newAudit()], [before, []])
    })

    await test('what is exported changes nothing when it is imported', async () => {
      const settings = {
        ...{
          country: 'GB',
          carrierId: carrier.id,
          channelsCeiling: 10,
          price: '0.000001',
          notes: '\'=apostrophe; "q"\r\nl'
        },
        ...{
          packageName: '=cmd()',
          cardName: '@x',
          nextChargeAt: '2026-01-31T10:00:00.123Z',
          minimumDaysUntil: '2026-02-01'
        },
        ...{
          recordingMode: 'SAMPLE_5',
          stirShakenMinAttest: 'A_B',
          spamScout: true,
          enabled: false,
          flowSpeedCeiling: 3
        },
        ...{
          providerCard: '-1',
          script: "''",
          pAssertedId: '+1',
          codecs: ['G.711', '-x'],
          blockedSourceTypes: ['a', 'b']
        },
        ...{ mediaProxy: true, transcoding: true, ipqs: true, retainDisplayName: true }
      }
      const create = `mutation ($from: String!, $companyId: ID, $settings: NumberSettings!) {
        createNumberRange(from: $from, count: 3, companyId: $companyId, settings: $settings) { done refused } }`
      const made = await ask(create, { from: '442079460000', companyId: alder.id, settings })
      assert.equal(made.data.createNumberRange.done, 3)
      await ask(create, { from: '442079461000', settings: { ...settings, currency: 'USD', price: '9223' } })
      await ask(create, { from: '442079462000', settings: { country: 'GB' } })
      await ask(create, { from: '33199000000', companyId: birch.id, settings: { country: 'FR' } })
      // A contact's own limit below the ceiling stays below it.
      await db.run('update {did} set channels = 2 where number = ?', ['442079460000'])
      await world.newAudit()
      const before = await everything()
      const { text, job } = await exporting(world)
      assert.equal(job.lines, 12)
      assert.match(text ?? '', /,'=cmd\(\),/)
      const back = await importing(world, text ?? '')
      assert.deepEqual([back.job.state, back.job.unchanged], ['DONE', 12], back.text)
      assert.deepEqual([await everything(), await world.newAudit()], [before, []])
      // The same numbers in an empty inventory come out as the same file.
      await db.run('delete from {did}')
      assert.equal((await importing(world, text ?? '')).job.created, 12)
      assert.equal((await exporting(world)).text, text)
      assert.equal((await exporting(world, { country: 'FR' })).job.lines, 3)
    })

    await test('one wrong line keeps all out, unless refused lines are skipped', async () => {
      const create = `mutation ($from: String!, $companyId: ID, $settings: NumberSettings!) {
        createNumberRange(from: $from, count: 1, companyId: $companyId, settings: $settings) { done } }`
      await ask(create, { from: '442079460000', companyId: birch.id, settings: { country: 'GB' } })
      await ask(create, { from: '442079460001', settings: { country: 'GB', price: '1', currency: 'USD' } })
      await world.newAudit()
      const file = `\ufeff${[
        'number;country;company;companyName;carrier;channels;price;currency',
        '442079460000;GB;alder-1;;;;;',
        '442079460000;GB;;;;;;',
        '442079460002;GB;;;;;;',
        '442079460001;GB;alder-1;;;;;USD',
        '0207 946 0003;GB;;;;;;',
        '442079460004;;;;;;;',
        '442079460005;GB;nobody;;;;;',
        `442079460006;GB;${closed.id};;;;;`,
        '442079460007;GB;cable;;;;;',
        '442079460008;GB;;;alder-1;;;',
        '442079460009;GB;alder-1;Birch Hotel;;;;',
        '442079460010;GB;;Alder Bakery;;;;',
        '442079460011;GB;;;;many;;',
        '442079460012;GB;alder-1;;;;1,5;',
        '442079460013;GB;alder-1;;;;1;USD',
        '442079460014;GB;alder-1',
        `442079460015;GB;${dollars.id};Dollar Diner;cable;5;1.25;USD`
      ].join('\n')}`
      const refused = await importing(world, file)
      assert.equal(refused.job.state, 'REFUSED')
      assert.deepEqual(await world.newAudit(), [])
      const expected = [
        '442079460000 REFUSED CONFLICT',
        '442079460000 REFUSED BAD_USER_INPUT',
        '442079460002 CREATED',
        '442079460001 REFUSED BAD_USER_INPUT',
        '0207 946 0003 REFUSED BAD_USER_INPUT',
        '442079460004 REFUSED BAD_USER_INPUT',
        '442079460005 REFUSED NOT_FOUND',
        '442079460006 REFUSED PRECONDITION_FAILED',
        '442079460007 REFUSED BAD_USER_INPUT',
        '442079460008 REFUSED BAD_USER_INPUT',
        '442079460009 REFUSED BAD_USER_INPUT',
        '442079460010 REFUSED BAD_USER_INPUT',
        '442079460011 REFUSED BAD_USER_INPUT',
        '442079460012 REFUSED BAD_USER_INPUT',
        '442079460013 REFUSED BAD_USER_INPUT',
        '442079460014 REFUSED BAD_USER_INPUT',
        '442079460015 CREATED'
      ]
      assert.deepEqual(outcomes(refused.text), expected)
      assert.deepEqual(refused.job.problems[0], {
        line: 2,
        number: '442079460000',
        code: 'CONFLICT',
        message: '442079460000 is assigned to Birch Hotel.'
      })
      const skipped = await importing(world, file, { skipRefused: true })
      assert.deepEqual([skipped.job.state, skipped.job.created, skipped.job.refused], ['DONE', 2, 15])
      assert.equal(skipped.text, refused.text)
      assert.equal((await world.newAudit()).length, 2)
    })

    await test('a file that cannot be read says why', async () => {
      const good = 'number,country\n442079460001,GB\n'
      for (const [content, error] of [
        ['number,land,Country\n', /land; the columns are number, country/],
        ['country\nGB\n', /no column called number/],
        ['number,NUMBER\n', /twice/],
        ['\n\n', /is empty/],
        [`${good}442079460002,"GB\n`, /at line \d+: a quote/],
        [`${good}442079460002,G"B\n`, /at line 3: a quote/],
        [Buffer.from('number,country\n44207946\xe9,GB\n', 'latin1'), /is not UTF-8/],
        [Buffer.from(good, 'utf16le'), /is not UTF-8/],
        [`${good}44207946\u00000002,GB\n`, /is not UTF-8/]
      ] as const) {
        const { job } = await importing(world, content)
        assert.equal(job.state, 'FAILED', String(content))
        assert.match(job.error, error)
      }
      assert.deepEqual(await everything(), [])
      const wide = Buffer.concat([Buffer.from('fffe', 'hex'), Buffer.from(good, 'utf16le')])
      assert.equal((await importing(world, wide)).job.created, 1)
      assert.equal((await importing(world, 'NUMBER\tCountry\r\n442079460002\tgb')).job.created, 1)
      const folded = await importing(world, 'number,country,notes\r\n442079460003,GB,"a\r\nb\r\nc"\r\nnone,GB,\r\n')
      assert.equal(folded.job.problems[0].line, 5, 'lines as an editor counts them')
    })

    await test('a run that was stopped goes on where it was, and nothing is done twice', async () => {
      const lines = Array.from({ length: 5_000 }, (_, index) => `${442079460000 + index},GB,alder-1`)
      const fileId = await upload(world, ['number,country,company', ...lines].join('\n'))
      const { data } = await ask('mutation ($fileId: ID!) { importNumbers(fileId: $fileId) { id } }', { fileId })
      const jobId = data.importNumbers.id
      const filesOf = (operator: { actor: string; role: 'ADMIN' }) => world.portal.installation.files.of(operator)
      const services = { db, filesOf } as Parameters<typeof numberTask.run>[0]
      const counts = async (): Promise<readonly number[]> => {
        const [job] = await db.all<Record<string, number>>('select lines, created from {did_job} where id = ?', [jobId])
        const [row] = await db.all<{ count: number }>('select count(*) as count from {did}')
        return [Number(job?.lines), Number(job?.created), Number(row?.count)]
      }
      // Three chunks are checked, then one of three is done.
      for (const [calls, expected] of [
        [1, [2_000, 2_000, 0]],
        [4, [2_000, 2_000, 2_000]]
      ] as const) {
        let left: number = calls
        await numberTask.run(services, { jobId }, 0, async () => left-- > 0)
        assert.deepEqual(await counts(), expected)
      }
      await world.portal.installation.jobs.runDue()
      assert.deepEqual(await counts(), [5_000, 5_000, 5_000])
      assert.equal((await world.newAudit()).length, 5_000)
      const { job } = (await ask(`{ job: numberJob(id: "${jobId}") ${jobFields} }`)).data
      assert.equal(job.state, 'DONE')
      const report = await world.portal.request(consoleHost, job.result.url, { apiKey: world.portal.apiKey })
      assert.equal(outcomes(report.text).length, 5_000)
      assert.deepEqual(await db.all('select line from {did_job_part} where job_id = ?', [jobId]), [])
    })

    await test('files are their owner’s, imports an admin’s; jobs are listed newest first', async () => {
      const support = await world.keyOf('SUPPORT')
      const mine = await upload(world, 'number,country\n')
      const start = 'mutation ($fileId: ID!) { importNumbers(fileId: $fileId) { id } }'
      assert.equal((await ask(start, { fileId: mine }, support)).code, 'FORBIDDEN')
      assert.equal((await ask(start, { fileId: 'none' })).code, 'NOT_FOUND')
      const exported = await ask('mutation { exportNumbers { id } }', {}, support)
      await world.portal.installation.jobs.runDue()
      const result = `{ numberJob(id: "${exported.data.exportNumbers.id}") { result { url } } }`
      assert.ok((await ask(result, {}, support)).data.numberJob.result)
      const auditor = await world.keyOf('AUDITOR')
      assert.equal((await ask(result, {}, auditor)).data.numberJob.result, null)
      assert.equal((await ask('mutation { exportNumbers { id } }', {}, auditor)).code, 'FORBIDDEN')
      const page =
        'query ($after: String) { numberJobs(first: 2, after: $after) { nodes { id } pageInfo { endCursor hasNextPage } } }'
      const first = (await ask(page)).data.numberJobs
      const second = (await ask(page, { after: first.pageInfo.endCursor })).data.numberJobs
      assert.equal(first.nodes[0].id, exported.data.exportNumbers.id)
      assert.equal(new Set([...first.nodes, ...second.nodes].map(({ id }) => id)).size, 4)
      assert.equal((await ask('{ numberJob(id: "none") { id } }')).code, 'NOT_FOUND')
    })
  })
})
