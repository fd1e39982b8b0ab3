import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forEachDatabase, openers } from '../support/databases.ts'
import { isLong } from '../support/length.ts'
import type { Answer } from '../support/portal.ts'
import { type IsolationWorld, openIsolationWorld, range, type Visitor } from './isolation-world.ts'
import { columnNames, comparable, roots, send } from './probes.ts'

const unknown = 'noSuchColumn'
const reports = { CDR: 'cdrs', BREAKOUT: 'breakout' } as const
type Report = keyof typeof reports

const ask = (
  world: IsolationWorld,
  visitor: Visitor,
  document: string,
  variables: Record<string, unknown>
): Promise<Answer> => send(world, visitor, { method: 'POST', document, variables })

const operators = isLong
  ? (['eq', 'ne', 'in', 'lt', 'lte', 'gt', 'gte', 'between', 'contains', 'startsWith', 'isNull'] as const)
  : (['eq'] as const)

/** A tree with one rule, `depth` groups down. */
const tree = (column: string, op: string, depth: number): object => {
  const rule = {
    column,
    op,
    ...(op === 'in' || op === 'between' ? { values: ['1', '2'] } : { value: op === 'isNull' ? 'true' : '1' })
  }
  return depth === 0 ? { rules: [rule] } : { groups: [tree(column, op, depth - 1)] }
}

const cdrs =
  'query ($filter: CdrFilter!, $sort: [SortInput!]) { cdrs(filter: $filter, sort: $sort, first: 1) { nodes { __typename } pageInfo { endCursor } } }'
const breakout =
  'query ($range: CdrRange!, $groupBy: [String!]!, $metrics: [String!], $filter: GridFilter, $having: GridFilter, $sort: [SortInput!]) { breakout(range: $range, groupBy: $groupBy, metrics: $metrics, filter: $filter, having: $having, sort: $sort) { rows { __typename } totals { __typename } } }'
const exported =
  'mutation ($grid: String!, $filter: JSON, $columns: [String!]) { requestExport(grid: $grid, filter: $filter, columns: $columns) { id } }'

/** Ways to name a column other than to select it. */
const waysToName = (
  report: Report,
  name: string
): readonly (readonly [string, string, (column: string) => Record<string, unknown>])[] => {
  // Never grouped by the column itself, which would be refused for that.
  const groupBy = [name === 'card' ? 'direction' : 'card']
  const trees = operators.flatMap(op => (isLong ? [0, 1, 2] : [0]).map(depth => [op, depth] as const))
  const sort = (column: string): object[] => [{ column, dir: 'ASC' }]
  return report === 'CDR'
    ? [
        ...trees.map(
          ([op, depth]) =>
            [
              `filter ${op} ${depth}`,
              cdrs,
              (column: string) => ({ filter: { range, where: tree(column, op, depth) } })
            ] as const
        ),
        ['sort', cdrs, column => ({ filter: { range }, sort: sort(column) })],
        ['second sort', cdrs, column => ({ filter: { range }, sort: [...sort('callId'), ...sort(column)] })],
        ['export column', exported, column => ({ grid: 'CDR', filter: { range }, columns: [column] })],
        ['export filter', exported, column => ({ grid: 'CDR', filter: { range, where: tree(column, 'isNull', 0) } })]
      ]
    : [
        ...trees.flatMap(([op, depth]) => [
          [
            `filter ${op} ${depth}`,
            breakout,
            (column: string) => ({ range, groupBy, filter: tree(column, op, depth) })
          ] as const,
          [
            `having ${op} ${depth}`,
            breakout,
            (column: string) => ({ range, groupBy, having: tree(column, op, depth) })
          ] as const
        ]),
        ['sort', breakout, column => ({ range, groupBy, sort: sort(column) })],
        ['group', breakout, column => ({ range, groupBy: [column] })],
        ['metrics', breakout, column => ({ range, groupBy, metrics: [column] })],
        ['export column', exported, column => ({ grid: 'BREAKOUT', filter: { range, groupBy }, columns: [column] })],
        ['export group', exported, column => ({ grid: 'BREAKOUT', filter: { range, groupBy: [column] } })],
        [
          'export having',
          exported,
          column => ({ grid: 'BREAKOUT', filter: { range, groupBy, having: tree(column, 'isNull', 0) } })
        ],
        ['export sort', exported, column => ({ grid: 'BREAKOUT', filter: { range, groupBy, sort: sort(column) } })]
      ]
}

/** What hidden and unknown columns answer, with the name taken out. */
const withoutName = (answer: Answer, name: string): string =>
  comparable(answer).replaceAll(new RegExp(`\\b${name}\\b`, 'g'), '§')

/** All that can still be had of a hidden column, a sentence each. */
const remains = async (
  world: IsolationWorld,
  visitor: Visitor,
  report: Report,
  name: string,
  answers: Map<string, string>
): Promise<string[]> => {
  const found: string[] = []
  const say = (what: string): void => {
    found.push(`${report}.${name} hidden, ${visitor.name}: ${what}`)
  }
  for (const [way, document, variables] of waysToName(report, name)) {
    const hidden = await ask(world, visitor, document, variables(name))
    const made = hidden.json?.data?.requestExport?.id
    if (made !== undefined) await world.dropExport(made)
    const key = `${visitor.name} ${report} ${way} ${name === 'card' || name === 'callId' ? name : ''}`
    let expected = answers.get(key)
    if (expected === undefined) {
      expected = withoutName(await ask(world, visitor, document, variables(unknown)), unknown)
      answers.set(key, expected)
    }
    // Its own name may also be the second column of the way.
    if (name === 'callId' && way === 'second sort') continue
    if (hidden.json?.errors?.[0]?.extensions?.code !== 'BAD_USER_INPUT')
      say(`${way} took it: ${hidden.text.slice(0, 200)}`)
    else if (withoutName(hidden, name) !== expected)
      say(`${way} told it from an unknown column: ${hidden.text.slice(0, 300)}`)
  }
  const field = report === 'CDR' ? 'cdrs' : 'breakout'
  const rows = report === 'CDR' ? `nodes { shown: ${name} }` : `rows { shown: ${name} } totals { shown: ${name} }`
  const args =
    report === 'CDR'
      ? '(filter: { range: $range })'
      : `(range: $range, groupBy: ["${name === 'card' ? 'direction' : 'card'}"])`
  const list = await ask(world, visitor, `query ($range: CdrRange!) { ${field}${args} { ${rows} } }`, { range })
  const seen = [...list.text.matchAll(/"shown":(?!null)[^,}]*/g)]
  if (list.json?.data?.[field] == null) say(`the list does not answer: ${list.text.slice(0, 200)}`)
  if (seen.length > 0) say(`the list shows ${seen[0]![0]}`)
  if (report === 'CDR') {
    const callId = `zq-${visitor.party!.tag}-call-0`
    const one = await ask(world, visitor, `query ($callId: String!) { cdr(callId: $callId) { shown: ${name} } }`, {
      callId
    })
    if (one.json?.data?.cdr?.shown != null) say(`the detail shows ${one.text}`)
  }
  const lists = await ask(
    world,
    visitor,
    `query ($type: String!) { columns(report: "${report}") { name } ${report === 'CDR' ? 'cdrColumns' : 'breakoutColumns'} { name } __type(name: $type) { fields { name } } }`,
    {
      type: report === 'CDR' ? 'Cdr' : 'BreakoutRow'
    }
  )
  if (lists.text.includes(`"name":"${name}"`)) say(`lists of columns tell of it: ${lists.text.slice(0, 300)}`)
  const { audience, title } = world.portal.installation.catalogue.column(`${report}.${name}`)!
  if (!isLong && !audience.includes(visitor.party!.userType)) return found
  // A file of all columns.
  const filter = report === 'CDR' ? { range } : { range, groupBy: [name === 'direction' ? 'card' : 'direction'] }
  const open = await world.export(visitor.party!, report, filter)
  const file = await world.portal.request(visitor.host, open.url, { session: visitor.session! })
  await world.dropExport(open.id)
  const [header = '', ...lines] = file.text.trimEnd().split('\r\n')
  if (file.status !== 200 || lines.length === 0) say(`no file: ${file.status} ${file.text.slice(0, 200)}`)
  if (header.split(',').includes(title)) say(`the file has a column "${title}"`)
  if (lines.some(line => line.split(',').length !== header.split(',').length)) say('the file has cells without a title')
  return found
}

forEachDatabase('hidden columns', (open, dialect) => {
  test('each column of each report, hidden in turn, is as good as unknown on every surface', async t => {
    const world = await openIsolationWorld(t, open)
    const found: string[] = []
    const answers = new Map<string, string>()
    let hidden = 0
    for (const visitor of world.visitors.filter(({ name }) => name === 'a1' || name === 'ak'))
      for (const report of Object.keys(reports) as Report[]) {
        const { columns } = world.portal.installation.catalogue.columnSet(report)!
        for (const [index, column] of columns.entries()) {
          // The short form shares the columns between the databases; the long one hides each on both.
          if (!isLong && (index % 2 === 0) !== (dialect === 'sqlite')) continue
          // What the other user type has is hidden from this one without a doing.
          const isOwn = column.audience.includes(visitor.party!.userType)
          await world.showColumns(
            visitor.party!.brand,
            isOwn ? [`${report}.${column.name}`] : [],
            [report],
            [visitor.party!.userType]
          )
          found.push(...(await remains(world, visitor, report, column.name, answers)))
          hidden++
        }
        await world.showColumns(visitor.party!.brand)
      }
    assert.deepEqual(found.slice(0, 10), [])
    t.diagnostic(`${hidden} columns hidden, ${world.requests} requests`)
  })
})

test('what only operators see is in no type of the portal', () => {
  const all = roots.flatMap(({ field }) => columnNames(field.type))
  assert.ok(all.includes('charge') && all.includes('providerCharge'))
  assert.deepEqual(
    all.filter(name => /profit|^switch$/i.test(name)),
    []
  )
})

test('code that is handed columns the viewer does not have is caught', async t => {
  const world = await openIsolationWorld(t, openers.sqlite)
  const a1 = world.visitors[0]!
  const { access, mirror } = world.portal.installation
  // Another brand still shows the column; its access is what the plugin is handed.
  await world.showColumns(a1.party!.brand, ['CDR.charge', 'BREAKOUT.customerCharge'])
  await mirror.refresh()
  const other = access.accessOf(world.party('g1').company.id, Date.now(), world.party('g1').brand.id)
  for (const [report, name] of [
    ['CDR', 'charge'],
    ['BREAKOUT', 'customerCharge']
  ] as const) {
    world.sabotage.context = null
    assert.deepEqual(await remains(world, a1, report, name, new Map()), [])
    world.sabotage.context = context => ({ ...context, access: other })
    const found = (await remains(world, a1, report, name, new Map())).join('\n')
    for (const way of report === 'CDR'
      ? ['filter eq 0', 'sort', 'export filter']
      : ['having eq 0', 'sort', 'metrics', 'export having'])
      assert.match(found, new RegExp(`${way} took it`))
    assert.match(found, /lists of columns tell of it/)
  }
})
