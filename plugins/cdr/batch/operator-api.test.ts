import assert from 'node:assert/strict'
import { it } from 'node:test'
import { hashToken, newToken } from '../../../http/tokens.ts'
import { callFileBytes } from '../../../test/support/call-records.ts'
import { forEachDatabase } from '../../../test/support/databases.ts'
import { consoleHost, startPortal, type TestPortal, testActor } from '../../../test/support/portal.ts'
import { plugins } from '../../index.ts'

const batchFields =
  'id state origin source fileName sha256 rows loaded replaced duplicates unrated rejected rejectsWaiting rejectsUrl undone archived rerunOf error'

const ask = async (
  portal: TestPortal,
  document: string,
  variables: Record<string, unknown> = {},
  apiKey = portal.apiKey
) => (await portal.query(consoleHost, document, { apiKey, variables })).json
const code = (answer: { errors?: { extensions: { code: string } }[] }) => answer.errors?.[0]?.extensions.code

const upload = async (
  portal: TestPortal,
  name: string,
  body: Buffer | string,
  apiKey = portal.apiKey
): Promise<string> => {
  const answer = await portal.request(consoleHost, `/operator/files?name=${name}`, {
    method: 'POST',
    apiKey,
    headers: { 'content-type': 'text/csv' },
    body
  })
  assert.equal(answer.status, 201, answer.text)
  return answer.json.id
}

const importing = `mutation ($fileId: ID!, $format: String!, $zone: String, $source: String, $account: String, $direction: String, $replace: Boolean, $dryRun: Boolean, $again: Boolean) {
  importCalls(fileId: $fileId, format: $format, zone: $zone, source: $source, account: $account, direction: $direction, replace: $replace, dryRun: $dryRun, again: $again) { ${batchFields} }
}`
const batchOf = async (portal: TestPortal, id: string) =>
  (await ask(portal, `query ($id: ID!) { callBatch(id: $id) { ${batchFields} } }`, { id })).data.callBatch

forEachDatabase("the operators' side of calls that arrive", open => {
  it('imports, lists, runs again and undoes, each with one audit entry', async t => {
    const portal = await startPortal(t, { plugins, open: () => open({ plugins }) })
    for (const name of ['Alpha', 'Beta']) await portal.company(name, { accountCodes: [name.toLowerCase()] })
    const ingest = newToken()
    await portal.installation.people.staff.createApiKey(
      { name: 'k', keyHash: hashToken(ingest), role: 'INGEST' },
      testActor
    )
    const support = newToken()
    await portal.installation.people.staff.createApiKey(
      { name: 's', keyHash: hashToken(support), role: 'SUPPORT' },
      testActor
    )
    const actions = async (): Promise<readonly string[]> =>
      (await ask(portal, '{ auditLog(first: 20) { nodes { action } } }')).data.auditLog.nodes
        .map((node: { action: string }) => node.action)
        .filter((action: string) => /Call|cdr/i.test(action))

    const fileId = await upload(portal, 'Master.csv', callFileBytes('asterisk-cdr-csv-18.csv'))
    const sound = { fileId, format: 'asterisk-csv', zone: 'Europe/London' }
    for (const wrong of [
      { ...sound, format: 'xml' },
      { ...sound, zone: null },
      { ...sound, zone: 'Europe/Atlantis' },
      { ...sound, source: 'a b' },
      { ...sound, account: 'gamma' },
      { ...sound, direction: 'UP' }
    ])
      assert.equal(code(await ask(portal, importing, wrong)), 'BAD_USER_INPUT', JSON.stringify(wrong))
    assert.equal(code(await ask(portal, importing, { ...sound, fileId: 'unknown' })), 'NOT_FOUND')
    for (const key of [ingest, support]) assert.equal(code(await ask(portal, importing, sound, key)), 'FORBIDDEN')
    assert.deepEqual(await actions(), [])

    const dry = (await ask(portal, importing, { ...sound, dryRun: true })).data.importCalls
    await portal.installation.jobs.runDue()
    const dried = await batchOf(portal, dry.id)
    assert.deepEqual([dried.state, dried.loaded, dried.rejected, dried.rejectsWaiting], ['DONE', 13, 3, 3])
    const begun = (await ask(portal, importing, sound)).data.importCalls
    assert.equal(begun.state, 'RUNNING')
    for (const again of [false, true]) {
      const twice = await ask(portal, importing, { ...sound, again })
      assert.deepEqual([code(twice), twice.errors[0].extensions.reason], ['CONFLICT', 'DELIVERY_RUNNING'])
    }
    await portal.installation.jobs.runDue()
    const batch = await batchOf(portal, begun.id)
    assert.deepEqual(
      [batch.state, batch.origin, batch.source, batch.fileName, batch.rows, batch.loaded, batch.rejected],
      ['DONE', 'API', 'asterisk-csv', 'Master.csv', 16, 13, 3]
    )
    const again = await ask(portal, importing, sound)
    assert.equal(code(again), 'CONFLICT')
    assert.equal(again.errors[0].extensions.batch, batch.id)
    assert.equal((await ask(portal, importing, { ...sound, again: true })).data.importCalls.state, 'RUNNING')
    await portal.installation.jobs.runDue()

    const rejects = await ask(
      portal,
      'query ($id: ID!) { callBatchRejects(batchId: $id, first: 2) { nodes { line reason accountCode record } pageInfo { hasNextPage endCursor } totalCount } }',
      { id: batch.id }
    )
    assert.deepEqual(
      rejects.data.callBatchRejects.nodes.map((node: Record<string, unknown>) => [node.line, node.accountCode]),
      [
        [14, null],
        [15, 'gamma']
      ]
    )
    assert.equal(rejects.data.callBatchRejects.totalCount, 3)
    const file = await portal.request(consoleHost, batch.rejectsUrl, { apiKey: support })
    assert.equal(file.status, 200)
    assert.match(file.text, /^line,reason,record\r\n14,billsec: 900 seconds/)
    assert.equal((await portal.request(consoleHost, batch.rejectsUrl, { apiKey: ingest })).status, 403)
    assert.equal((await portal.request(consoleHost, batch.rejectsUrl)).status, 401)
    assert.equal((await portal.request(consoleHost, '/cdr/batches/unknown/rejects', { apiKey: support })).status, 404)

    const rerun = 'mutation ($id: ID!) { rerunCallBatch(id: $id) { id } }'
    await portal.company('Gamma', { accountCodes: ['gamma'] })
    const ran = (await ask(portal, rerun, { id: batch.id })).data.rerunCallBatch
    await portal.installation.jobs.runDue()
    const second = await batchOf(portal, ran.id)
    assert.deepEqual([second.state, second.loaded, second.rejected, second.rerunOf], ['DONE', 1, 2, batch.id])
    assert.equal((await batchOf(portal, batch.id)).rejectsWaiting, 2)

    const undo = 'mutation ($id: ID!) { undoCallBatch(id: $id, reason: "wrong zone") { id state undone } }'
    assert.equal(code(await ask(portal, undo, { id: 'unknown' })), 'NOT_FOUND')
    assert.equal(code(await ask(portal, undo, { id: dry.id })), 'PRECONDITION_FAILED')
    assert.equal(code(await ask(portal, undo, { id: batch.id }, support)), 'FORBIDDEN')
    assert.equal((await ask(portal, undo, { id: batch.id })).data.undoCallBatch.state, 'UNDOING')
    assert.equal(code(await ask(portal, importing, sound)), 'PRECONDITION_FAILED')
    await portal.installation.jobs.runDue()
    assert.deepEqual(
      [(await batchOf(portal, batch.id)).state, (await batchOf(portal, batch.id)).undone],
      ['UNDONE', 13]
    )
    assert.deepEqual(await actions(), [
      'undoCallBatch',
      'rerunCallBatch',
      'cdr.rejects.download',
      'importCalls',
      'importCalls',
      'importCalls'
    ])
    const listed = await ask(
      portal,
      'query ($f: CallBatchFilter) { callBatches(filter: $f, first: 1) { nodes { id } totalCount pageInfo { hasNextPage } } }',
      { f: { origin: 'API', startedFrom: '2020-01-01T00:00:00Z' } }
    )
    assert.deepEqual([listed.data.callBatches.totalCount, listed.data.callBatches.pageInfo.hasNextPage], [3, true])
    for (const f of [{ startedFrom: 'yesterday' }, { source: 'a\0' }])
      assert.equal(
        code(await ask(portal, 'query ($f: CallBatchFilter) { callBatches(filter: $f) { totalCount } }', { f })),
        'BAD_USER_INPUT'
      )
    assert.equal((await ask(portal, '{ callBatch(id: "no such") { id } }')).data.callBatch, null)

    // A file that is no file of calls, and one that is gone.
    const nonsense = await upload(portal, 'x.csv', 'nonsense\n')
    const failed = (await ask(portal, importing, { ...sound, fileId: nonsense })).data.importCalls
    await portal.installation.jobs.runDue()
    const after = await batchOf(portal, failed.id)
    assert.deepEqual([after.state, after.error], ['FAILED', 'No record was fit to load.'])
    // Of another operator: an admin may, and whoever is no admin never gets so far. One whose time is over: nobody.
    const theirs = await upload(portal, 'theirs.csv', callFileBytes('asterisk-cdr-csv-21.csv'), support)
    const taken = (await ask(portal, importing, { ...sound, fileId: theirs })).data.importCalls
    assert.equal(code(await ask(portal, importing, { ...sound, fileId: theirs }, support)), 'FORBIDDEN')
    await portal.database.writer('operator_file').where('id', theirs).update({ expires_at: 1 })
    assert.equal(code(await ask(portal, importing, { ...sound, fileId: theirs, source: 'x' })), 'NOT_FOUND')
    await portal.installation.jobs.runDue()
    const lost = await batchOf(portal, taken.id)
    assert.deepEqual([lost.state, lost.loaded], ['FAILED', 0])
    assert.match(lost.error, /no longer kept; upload it again/)
  })

  it('a switch’s calls are one batch an hour, its feed is watched, its corrections replace', async t => {
    const portal = await startPortal(t, { plugins, open: () => open({ plugins }) })
    await portal.company('Alpha', { accountCodes: ['alpha'] })
    const record = (more: object = {}) =>
      JSON.stringify({
        ...{ accountCode: 'alpha', uniqueId: '1', startedAt: new Date(Date.now() - 60_000).toISOString() },
        ...{ duration: 5, destination: '33', host: 'sw1', ...more }
      })
    const post = (body: string) =>
      portal.request(consoleHost, '/ingest/cdr', {
        method: 'POST',
        apiKey: portal.apiKey,
        headers: { 'content-type': 'application/x-ndjson' },
        body
      })
    assert.equal((await post(record())).json.loaded, 1)
    assert.equal((await post(record({ uniqueId: '2' }))).json.loaded, 1)
    const corrected = await post(record({ duration: 7, replace: true }))
    assert.deepEqual([corrected.json.loaded, corrected.json.replaced], [1, 1])
    assert.equal((await post(record({ replace: 'yes' }))).status, 400)
    const page = await ask(
      portal,
      '{ callBatches(filter: { origin: INGEST, source: "call-json:sw1" }) { nodes { loaded replaced actor state } } companyCallFeeds { nodes { name lastReceivedAt lastCallStart } } }'
    )
    assert.deepEqual(
      page.data.callBatches.nodes.map(({ loaded, replaced, state }: Record<string, unknown>) => [
        loaded,
        replaced,
        state
      ]),
      [[3, 1, 'RUNNING']]
    )
    assert.equal(page.data.companyCallFeeds.nodes[0].name, 'Alpha')
    const set = await ask(
      portal,
      'mutation { setCallFeedSilence(source: "call-json:sw1", minutes: 60, expectedVersion: 1) { source silenceMinutes silent callsToday version } }'
    )
    assert.deepEqual(set.data.setCallFeedSilence, {
      ...{ source: 'call-json:sw1', silenceMinutes: 60, silent: false, callsToday: 3, version: 2 }
    })
    assert.equal(
      code(
        await ask(
          portal,
          'mutation { setCallFeedSilence(source: "call-json:sw1", minutes: 5, expectedVersion: 1) { version } }'
        )
      ),
      'CONFLICT'
    )
    const feeds = await ask(
      portal,
      '{ callFeeds { nodes { source lastReceivedAt silent } totalCount } callFeedAlarms { nodes { from } } }'
    )
    assert.equal(feeds.data.callFeeds.totalCount, 1)
    assert.deepEqual(feeds.data.callFeedAlarms.nodes, [])
  })

  it('how long calls are kept is set as a whole, and audited once', async t => {
    const portal = await startPortal(t, { plugins, open: () => open({ plugins }) })
    const fields = 'liveMonths keptMonths waitsUntil version'
    const set = (live: number, kept: number | null, version: number | null = null) =>
      ask(
        portal,
        `mutation ($l: Int!, $k: Int, $v: Int) { setCallRetention(liveMonths: $l, keptMonths: $k, expectedVersion: $v) { ${fields} } }`,
        { l: live, k: kept, v: version }
      )
    const preview = (live: number, kept: number | null) =>
      ask(
        portal,
        `query ($l: Int!, $k: Int) { callRetentionPreview(liveMonths: $l, keptMonths: $k) {
          archives { calls companies firstMonth lastMonth } removes { calls companies } waitsUntil } }`,
        { l: live, k: kept }
      )
    assert.deepEqual((await ask(portal, `{ callRetention { ${fields} } }`)).data.callRetention, {
      ...{ liveMonths: 3, keptMonths: null, waitsUntil: null, version: 1 }
    })
    for (const [live, kept] of [
      [2, null],
      [121, null],
      [6, 5],
      [3, 1201]
    ] as const)
      for (const refused of [await set(live, kept), await preview(live, kept)])
        assert.equal(code(refused), 'BAD_USER_INPUT')
    assert.deepEqual((await preview(6, null)).data.callRetentionPreview, {
      archives: { calls: 0, companies: 0, firstMonth: null, lastMonth: null },
      ...{ removes: { calls: 0, companies: 0 }, waitsUntil: null }
    })
    const { waitsUntil, ...now } = (await set(6, 24, 1)).data.setCallRetention
    assert.deepEqual(now, { liveMonths: 6, keptMonths: 24, version: 2 })
    assert.ok(Date.parse(waitsUntil) > Date.now())
    // Two operators: the second has not seen what the first did.
    assert.equal(code(await set(12, 12, 1)), 'CONFLICT')
    assert.equal((await set(6, 24, 2)).data.setCallRetention.version, 2)
    const { nodes } = (await ask(portal, '{ auditLog(target: "installation") { nodes { action before after } } }')).data
      .auditLog
    assert.deepEqual(
      nodes.map(({ action, before, after }: Record<string, string>) => [
        action,
        JSON.parse(before!),
        JSON.parse(after!)
      ]),
      [['setCallRetention', { liveMonths: 3, keptMonths: null }, { liveMonths: 6, keptMonths: 24 }]]
    )
  })
})
