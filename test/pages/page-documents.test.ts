import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { buildSchema, type GraphQLField, Kind, parse, TypeInfo, visit, visitWithTypeInfo } from 'graphql'
import { plugins } from '../../plugins/index.ts'

// A page of the portal asks for nothing that its viewer may lack: what another key guards stands behind @include.

const root = join(import.meta.dirname, '../..')
const schema = buildSchema(readFileSync(join(root, 'graphql/portal-schema.graphql'), 'utf8'))

/** What must be effective for a field to be seen. */
const guardsOf = (field: GraphQLField<unknown, unknown>): readonly string[] =>
  (field.astNode?.directives ?? []).flatMap(({ name, arguments: given = [] }) => {
    const text = (argument: string): string | undefined => {
      const value = given.find(each => each.name.value === argument)?.value
      return value?.kind === Kind.STRING ? value.value : undefined
    }
    if (name.value === 'feature') return [text('key')!]
    return name.value === 'column' ? [`${text('report')}.${text('name') ?? field.name}`] : []
  })

const unguarded = (source: string, granted: ReadonlySet<string>): readonly string[] => {
  const found: string[] = []
  const info = new TypeInfo(schema)
  let included = 0
  const isIncluded = (node: { readonly directives?: readonly { readonly name: { readonly value: string } }[] }) =>
    node.directives?.some(each => each.name.value === 'include') === true
  const selection = {
    enter: (node: Parameters<typeof isIncluded>[0]) => {
      if (isIncluded(node)) included += 1
    },
    leave: (node: Parameters<typeof isIncluded>[0]) => {
      if (isIncluded(node)) included -= 1
    }
  }
  visit(
    parse(source),
    visitWithTypeInfo(info, {
      InlineFragment: selection,
      FragmentSpread: selection,
      Field: {
        enter: node => {
          selection.enter(node)
          const field = info.getFieldDef()
          // Somebody presses a button for a mutation, who has that button.
          if (!field || info.getParentType() === schema.getMutationType() || included > 0) return
          for (const key of guardsOf(field)) if (!granted.has(key)) found.push(`${node.name.value} needs ${key}`)
        },
        leave: selection.leave
      }
    })
  )
  return found
}

test('the check sees what it judges', () => {
  const cdr = new Set(['cdr'])
  const ask = (fields: string): readonly string[] =>
    unguarded(`query ($with: Boolean!) { cdrs(filter: {}) { nodes { ${fields} } } }`, cdr)
  assert.deepEqual(ask('callId'), ['callId needs CDR.callId'])
  assert.deepEqual(ask('callId @include(if: $with) ... @include(if: $with) { cli }'), [])
  assert.deepEqual(ask('callId @include(if: $with) cli'), ['cli needs CDR.cli'])
  assert.deepEqual(unguarded('{ didTags }', new Set(['did'])), ['didTags needs did.tags'])
})

for (const plugin of plugins.filter(({ pages = [] }) => pages.length > 0)) {
  test(`the pages of ${plugin.name} ask only for what their viewers have`, () => {
    const folder = join(root, 'plugins', plugin.name, 'pages')
    assert.ok(existsSync(folder), `${plugin.name} declares pages and has no folder pages`)
    const granted = new Set(plugin.pages!.map(page => page.feature))
    const files = readdirSync(folder).filter(file => file.endsWith('.graphql'))
    for (const file of files) {
      const source = readFileSync(join(folder, file), 'utf8')
      // What a page loads only for viewers of a further key says so in its first line.
      const further = /^# Asked only for viewers of: (.+)$/m.exec(source)?.[1]?.split(', ') ?? []
      assert.deepEqual(unguarded(source, new Set([...granted, ...further])), [], `${plugin.name}/pages/${file}`)
    }
  })
}

test('every declared page is a file that exports Page', () => {
  const declared = plugins.flatMap(({ pages = [], consolePages = [] }) => [...pages, ...consolePages])
  for (const { module } of declared)
    assert.match(readFileSync(module, 'utf8'), /^export const Page\b/m, module.pathname)
})
