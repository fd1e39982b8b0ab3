import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { pluginName } from '../core/define-plugin.ts'
import { engineVersion } from '../core/plugin-order.ts'

// npm run plugin:new NAME: a plugin with one list, one change, its guard, table, page, demo rows and test.

const usage = 'Usage: npm run plugin:new NAME   (NAME like "phone-book")'

/** What the parts of a plugin called `phone-book` are called. */
function namesOf(name: string) {
  const camel = name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
  const pascal = camel.charAt(0).toUpperCase() + camel.slice(1)
  const title = name.replaceAll('-', ' ').replace(/^\w/, letter => letter.toUpperCase())
  return { name, camel, pascal, title, table: name.replaceAll('-', '_') }
}
type Names = ReturnType<typeof namesOf>

/** The files of a new plugin, by path in its folder. */
const files: Readonly<Record<string, (names: Names) => string>> = {
  'plugin.ts': ({ name, camel, pascal, title, table }) => `import { readFileSync } from 'node:fs'
import { definePlugin } from '../../core/plugin-api.ts'
import { demo } from './demo.ts'
import { guards } from './guards.ts'
import { ${camel}Table } from './migrations/001-${name}.ts'
import { resolvers } from './resolvers.ts'

/** ${title}: say in one sentence what it shows. */
export const ${camel} = definePlugin({
  name: '${name}',
  version: '0.1.0',
  engine: '^${engineVersion}',
  owner: 'nobody yet',
  // The Arabic titles are English until somebody writes them.
  features: [
    {
      key: '${name}',
      title: '${title}',
      titles: { ar: '${title}' },
      group: 'Common/New',
      groups: { ar: 'عام/جديد' },
      kind: 'PAGE',
      userTypes: ['CUSTOMER']
    },
    {
      key: '${name}.edit',
      title: '${title} (Editable)',
      titles: { ar: '${title} (قابلة للتعديل)' },
      group: 'Common/New',
      kind: 'ABILITY',
      userTypes: ['CUSTOMER'],
      parents: ['${name}'],
      parentMode: 'HARD'
    }
  ],
  schema: readFileSync(new URL('./schema.graphql', import.meta.url), 'utf8'),
  resolvers,
  guards,
  // ${pascal} rows belong to the customer in company_id; carriers have none.
  tables: { ${table}: { CUSTOMER: 'company_id' } },
  migrations: [${camel}Table],
  pages: [
    {
      path: '${name}',
      feature: '${name}',
      title: { en: '${title}', ar: '${title}' },
      place: 'NAVIGATION',
      module: new URL('./pages/${name}.tsx', import.meta.url)
    }
  ],
  demo
})
`,
  'schema.graphql': ({ camel, pascal, name }) => `extend type Query {
  "The company's rows, by title."
  ${camel}List(sort: [SortInput!], first: Int, after: String): ${pascal}Connection @feature(key: "${name}")
  "One of the company's rows."
  ${camel}(id: ID!): ${pascal} @feature(key: "${name}")
}

extend type Mutation {
  "Gives a row another title."
  rename${pascal}(id: ID!, version: Int!, title: String!): ${pascal} @feature(key: "${name}") @feature(key: "${name}.edit")
}

type ${pascal} {
  id: ID!
  title: String
  "Goes up by one with each change."
  version: Int
}

type ${pascal}Connection {
  nodes: [${pascal}!]
  pageInfo: PageInfo
}
`,
  'resolvers.ts': ({
    camel,
    pascal
  }) => `import type { GridInput, PortalContext, Resolvers } from '../../core/plugin-api.ts'
import { find${pascal}, list${pascal}, rename${pascal} } from './store.ts'

export const resolvers: Resolvers = {
  Query: {
    ${camel}List: (_: unknown, args: GridInput, { scope }: PortalContext) => list${pascal}(scope, args),
    ${camel}: (_: unknown, { id }: { id: string }, { scope }: PortalContext) => find${pascal}(scope, id)
  },
  Mutation: {
    rename${pascal}: (_: unknown, args: { id: string; version: number; title: string }, context: PortalContext) =>
      rename${pascal}(context, args.id, args.version, args.title)
  }
}
`,
  'guards.ts': ({ name, pascal }) => `import type { GuardRule } from '../../core/plugin-api.ts'

/** Who may do what to a row. */
export const guards: readonly GuardRule[] = [
  {
    effect: 'can',
    action: 'update',
    subject: '${pascal}',
    when: ['${name}.edit'],
    userTypes: ['CUSTOMER'],
    where: { companyId: 'viewer.companyId' }
  }
]
`,
  'store.ts': ({ name, pascal, table }) => `import {
  applyGrid,
  badInput,
  type CompanyScope,
  type GridColumn,
  type GridInput,
  gridPage,
  gridPlan,
  type PageInfo,
  type PortalContext,
  PortalError
} from '../../core/plugin-api.ts'

export interface ${pascal} {
  readonly id: string
  readonly title: string
  readonly version: number
}

const columns: readonly GridColumn[] = [{ name: 'title', type: 'string', column: 'title' }]

/** One page of the company's rows. */
export async function list${pascal}(
  scope: CompanyScope,
  input: GridInput
): Promise<{ readonly nodes: readonly ${pascal}[]; readonly pageInfo: PageInfo }> {
  const plan = gridPlan(input, columns, { name: '${name}', defaultSort: [{ column: columns[0]!, dir: 'ASC' }] })
  const rows = await applyGrid(scope.from('${table}').select('id', 'title', 'version'), plan, scope)
  return gridPage<${pascal}>(rows, plan)
}

/** @throws PortalError NOT_FOUND for ids of other companies too: the scope does not reach them */
export async function find${pascal}(scope: CompanyScope, id: string): Promise<${pascal}> {
  const row = (await scope.from('${table}').where('id', id).first('id', 'title', 'version')) as ${pascal} | undefined
  if (row === undefined) throw new PortalError('NOT_FOUND')
  return row
}

/** @throws PortalError BAD_USER_INPUT, NOT_FOUND, CONFLICT when the row is no longer at \`version\` */
export function rename${pascal}(context: PortalContext, id: string, version: number, title: string): Promise<${pascal}> {
  context.authorize('update', '${pascal}', { companyId: context.scope.companyId })
  const text = title.trim()
  if (text.length < 1 || text.length > 64) throw badInput('title', 'must have 1 to 64 characters')
  return context.scope.transaction(async scope => {
    const before = await find${pascal}(scope, id)
    const changed = await scope.update('${table}', query => query.where({ id, version }), {
      title: text,
      version: version + 1
    })
    if (changed === 0) throw new PortalError('CONFLICT')
    const after = await find${pascal}(scope, id)
    await scope.audit({ action: 'rename${pascal}', target: \`${name}:\${id}\`, before, after })
    return after
  })
}
`,
  'migrations/001-NAME.ts': ({ name, camel, table }) => `import type { Migration } from '../../../core/plugin-api.ts'

export const ${camel}Table: Migration = {
  name: '001-${name}',
  statements: dialect => {
    // Ordered alike on both databases.
    const text = dialect === 'postgresql' ? 'TEXT COLLATE "C"' : 'TEXT'
    return [
      \`CREATE TABLE ${table} (
        id \${text} PRIMARY KEY,
        company_id TEXT NOT NULL,
        title \${text} NOT NULL,
        version INTEGER NOT NULL
      )\`,
      'CREATE INDEX ${table}_company ON ${table} (company_id, title)'
    ]
  }
}
`,
  'pages/NAME.graphql': ({ camel, pascal }) => `query ${pascal}Page($sort: [SortInput!], $after: String) {
  ${camel}List(sort: $sort, first: 100, after: $after) {
    nodes {
      id
      title
      version
    }
    pageInfo {
      endCursor
      hasNextPage
    }
  }
}

mutation Rename${pascal}($id: ID!, $version: Int!, $title: String!) {
  rename${pascal}(id: $id, version: $version, title: $title) {
    id
  }
}
`,
  'pages/words.ts': ({ title }) => `import { defineMessages } from '../../../web/kit/messages.ts'

export const words = defineMessages({
  en: {
    heading: '${title}',
    title: 'Title',
    rename: 'Rename',
    save: 'Save',
    empty: 'There is nothing here yet.',
    conflict: 'Somebody else changed this meanwhile. Open it anew and decide.'
  },
  ar: {
    heading: '${title}',
    title: 'العنوان',
    rename: 'إعادة التسمية',
    save: 'حفظ',
    empty: 'لا يوجد شيء هنا بعد.',
    conflict: 'غيّر شخص آخر هذا في الأثناء. افتحه من جديد ثم قرّر.'
  }
})
`,
  'pages/NAME.tsx': ({
    name,
    camel,
    pascal
  }) => `import { type FormEvent, type ReactNode, useId, useState } from 'react'
import { useMutation } from 'urql'
import { type Refusal, refusalsOf } from '../../../web/kit/client.ts'
import { FaultText, RefusalText } from '../../../web/kit/refusal-text.tsx'
import { useUnsaved } from '../../../web/kit/unsaved.tsx'
import { listOf, usePages } from '../../../web/kit/use-pages.ts'
import { Drawer } from '../../../web/portal-kit/drawer.tsx'
import { Grid, type Sort } from '../../../web/portal-kit/grid.tsx'
import { useViewer } from '../../../web/portal-kit/viewer.ts'
import { Rename${pascal}Document, ${pascal}PageDocument, type ${pascal}PageQuery } from './${name}.graphql.ts'
import { words } from './words.ts'

type Row = NonNullable<NonNullable<${pascal}PageQuery['${camel}List']>['nodes']>[number]

/** The company's rows, each with its title to change. */
export const Page = (): ReactNode => {
  const t = words.use()
  const viewer = useViewer()
  const [sort, setSort] = useState<Sort>({ column: 'title', dir: 'ASC' })
  const [open, setOpen] = useState<Row | null>(null)
  const pages = usePages({
    query: ${pascal}PageDocument,
    variables: { sort: [sort] },
    pick: data => data.${camel}List
  })
  const mayEdit = viewer.has('edit') && !viewer.readOnly
  return (
    <>
      <h1>{t('heading')}</h1>
      <Grid<Row>
        label={t('heading')}
        columns={[{ name: 'title', title: t('title'), cell: row => row.title, sortable: true }]}
        {...listOf(pages)}
        rowKey={row => row.id}
        sort={sort}
        onSort={setSort}
        empty={t('empty')}
        {...(mayEdit ? { onOpen: setOpen } : {})}
      />
      <Drawer title={t('rename')} open={open !== null} onClose={() => setOpen(null)}>
        {open !== null && (
          <Rename
            row={open}
            saved={() => {
              setOpen(null)
              pages.reload()
            }}
          />
        )}
      </Drawer>
    </>
  )
}

const Rename = ({ row, saved }: { readonly row: Row; readonly saved: () => void }): ReactNode => {
  const t = words.use()
  const id = useId()
  const [{ fetching }, rename] = useMutation(Rename${pascal}Document)
  const [title, setTitle] = useState(row.title ?? '')
  const [refusals, setRefusals] = useState<readonly Refusal[]>([])
  useUnsaved(title !== (row.title ?? ''))
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    const { error } = await rename({ id: row.id, version: row.version ?? 0, title })
    if (error === undefined) return saved()
    setRefusals(refusalsOf(error))
  }
  return (
    <form onSubmit={submit}>
      <p>
        <label htmlFor={id}>{t('title')}</label>
        <input id={id} value={title} onChange={event => setTitle(event.target.value)} required maxLength={64} />
      </p>
      <div role="alert">
        {refusals.map(refusal => (
          <p key={refusal.code} data-part="fault">
            {refusal.code === 'CONFLICT' ? (
              t('conflict')
            ) : refusal.fields.title === undefined ? (
              <RefusalText refusal={refusal} />
            ) : (
              <FaultText fault={refusal.fields.title} />
            )}
          </p>
        ))}
      </div>
      <button type="submit" disabled={fetching}>
        {t('save')}
      </button>
    </form>
  )
}
`,
  'demo.ts': ({ name, table, title }) => `import type { DemoWorld, PluginDatabase } from '../../core/plugin-api.ts'

/** Three rows for each customer; the same on every run. */
export async function demo(db: PluginDatabase, { companies }: DemoWorld): Promise<void> {
  const customers = companies.filter(({ userType }) => userType === 'CUSTOMER')
  await db.insertMany(
    '${table}',
    customers.flatMap(({ id, name }) =>
      [1, 2, 3].map(number => ({
        id: \`${name}-\${number}-of-\${id}\`,
        company_id: id,
        title: \`${title} \${number} of \${name}\`,
        version: 1
      }))
    )
  )
}
`,
  'NAME.test.ts': ({ camel }) => `import { conformance } from '../../test/conformance/conformance.ts'
import { ${camel} } from './plugin.ts'

conformance(${camel})
`,
  'README.md': ({ name, title }) => `# ${name}

${title}: say in two sentences what it shows, to whom, and what it leaves to others.

<!-- keys -->
<!-- /keys -->

Owner: nobody yet.
`
}

/** Adds the plugin to the explicit list, at its end. @throws Error when the list is not where it was */
function register(index: string, { name, camel }: Names): void {
  const text = readFileSync(index, 'utf8')
  const line = `import { ${camel} } from './${name}/plugin.ts'`
  const imports = text.split('\n').filter(each => each.startsWith('import { '))
  const sorted = [...imports, line].sort((a, b) => (pathOf(a) < pathOf(b) ? -1 : 1))
  const listed = text.replace(/\n\](\s*)$/, `,\n  ${camel}\n]$1`)
  if (imports.length === 0 || listed === text) throw new Error(`${index} has no list of plugins at its end`)
  const rest = listed.split('\n').filter(each => !each.startsWith('import { '))
  const place = rest.findIndex(each => each.startsWith('import type')) + 1
  writeFileSync(index, [...rest.slice(0, place), ...sorted, ...rest.slice(place)].join('\n'))
}
const pathOf = (line: string): string => line.split("'")[1] ?? ''

/**
 * Writes a new plugin and registers it.
 * @param root folder that holds `plugins/`
 * @returns why not; undefined when done
 */
export function newPlugin(name: string | undefined, root: string): string | undefined {
  if (name === undefined || !pluginName.test(name)) return `"${name ?? ''}" is no name for a plugin. ${usage}`
  const names = namesOf(name)
  const folder = join(root, 'plugins', name)
  const index = join(root, 'plugins/index.ts')
  if (existsSync(folder)) return `plugins/${name} exists already; choose another name.`
  if (new RegExp(`\\b${names.camel}\\b`).test(readFileSync(index, 'utf8')) || reserved.has(names.camel)) {
    return `"${names.camel}" is taken in plugins/index.ts or a word of the language; choose another name.`
  }
  for (const [path, write] of Object.entries(files)) {
    const target = join(folder, path.replace('NAME', name))
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(target, write(names))
  }
  register(index, names)
  return undefined
}

const reserved = new Set(
  'await break case catch class const continue debugger default delete do else enum export extends false finally for function if import in instanceof interface let new null package plugins private protected public return static super switch this throw true try type typeof undefined var void while with yield demo guards resolvers query mutation node viewer'.split(
    ' '
  )
)

if (process.argv[1] !== undefined && resolve(process.argv[1]) === import.meta.filename) {
  const { positionals } = parseArgs({ allowPositionals: true })
  const root = resolve(import.meta.dirname, '..')
  const refusal = positionals.length > 1 ? usage : newPlugin(positionals[0], root)
  if (refusal !== undefined) {
    console.error(refusal)
    process.exitCode = 1
  } else {
    const name = positionals[0] as string
    // The key table of its README, the portal's schema, the types of its page's documents.
    const made = spawnSync(process.execPath, ['--import', 'tsx', 'scripts/generate.ts'], {
      cwd: root,
      stdio: 'inherit'
    })
    if (made.status !== 0) process.exit(1)
    console.log(`plugins/${name} is there and listed in plugins/index.ts.`)
    console.log(`Next: node --import tsx --test plugins/${name}/${name}.test.ts, then docs/plugin-guide.md.`)
  }
}
