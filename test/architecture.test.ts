import assert from 'node:assert/strict'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { test } from 'node:test'
import ts from 'typescript'

// Who may import whom. Each rule says what to do instead.

const root = resolve(import.meta.dirname, '..')
const areas = ['core', 'plugins', 'graphql', 'db', 'http', 'web', 'scripts']

interface Import {
  readonly from: string
  /** Repository path of a file, or the name of a package. */
  readonly to: string
  readonly typeOnly: boolean
}

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap(entry => {
    const path = `${folder}/${entry.name}`
    if (entry.isDirectory()) return /^(node_modules|fixtures|built.*)$/.test(entry.name) ? [] : sources(path)
    return /\.tsx?$/.test(entry.name) ? [path] : []
  })
}

const isTest = (file: string): boolean => file.endsWith('.test.ts')
/** A file that runs in a browser: of the portal or of the console; of both for what they share. */
const siteOf = (file: string): 'portal' | 'console' | 'both' | undefined =>
  /^web\/kit\//.test(file)
    ? 'both'
    : /^(web\/portal(-kit)?|plugins\/[^/]+\/pages)\//.test(file)
      ? 'portal'
      : /^(web\/console(-kit)?|plugins\/[^/]+\/console)\//.test(file)
        ? 'console'
        : undefined

function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), 'utf8')
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ESNext, true)
  const found: Import[] = []
  const add = (specifier: string, typeOnly: boolean): void => {
    const to = specifier.startsWith('.') ? relative(root, resolve(root, dirname(file), specifier)) : specifier
    found.push({ from: file, to, typeOnly })
  }
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
      const clause = node.importClause
      const names = clause?.namedBindings
      const allTypes =
        clause?.isTypeOnly === true ||
        (names !== undefined &&
          ts.isNamedImports(names) &&
          names.elements.length > 0 &&
          !clause?.name &&
          names.elements.every(element => element.isTypeOnly))
      add(node.moduleSpecifier.text, allTypes)
    } else if (ts.isExportDeclaration(node) && node.moduleSpecifier && ts.isStringLiteral(node.moduleSpecifier)) {
      add(node.moduleSpecifier.text, node.isTypeOnly)
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [argument] = node.arguments
      if (argument && ts.isStringLiteral(argument)) add(argument.text, false)
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

/** Every string in the code of a file; comments may give examples. */
function textsOf(file: string): string[] {
  const source = ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.ESNext, true)
  const found: string[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node)) found.push(node.text)
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

const files = areas.filter(area => statSync(join(root, area), { throwIfNoEntry: false })).flatMap(sources)
const imports = files.filter(file => !isTest(file)).flatMap(importsOf)
const isPackage = (to: string): boolean => !areas.some(area => to.startsWith(`${area}/`)) && !to.startsWith('test/')
const packageName = (to: string): string =>
  to.startsWith('@') ? to.split('/').slice(0, 2).join('/') : (to.split('/')[0] as string)

function none(breaches: Import[], instead: string): void {
  assert.deepEqual(
    breaches.map(({ from, to }) => `${from} → ${to}`),
    [],
    instead
  )
}

test('the test sees the sources it judges', () => {
  assert.ok(files.includes('core/resolve-access.ts'))
  assert.ok(imports.length > 100)
})

test('core imports only itself; @casl/ability in ability.ts; types of knex, fastify and graphql at its doors', () => {
  none(
    imports.filter(({ from, to, typeOnly }) => {
      if (!from.startsWith('core/') || to.startsWith('core/')) return false
      if (to === '@casl/ability') return from !== 'core/ability.ts'
      if (typeOnly && to === 'knex') return !['core/scope.ts', 'core/grid.ts'].includes(from)
      if (typeOnly && (to === 'graphql' || to === 'fastify')) return from !== 'core/plugin-api.ts'
      return true
    }),
    'core is pure: describe what it needs in core/ports.ts and let an adapter bring it'
  )
})

test('a plugin imports the plugin door, its own folder and libraries; another plugin only by its api.ts', () => {
  none(
    imports.filter(({ from, to }) => {
      const [, plugin] = /^plugins\/([^/]+)\//.exec(from) ?? []
      if (plugin === undefined || siteOf(from) !== undefined) return false
      if (to === 'core/plugin-api.ts' || to.startsWith(`plugins/${plugin}/`)) return false
      if (/^plugins\/[^/]+\/api\.ts$/.test(to)) return false
      return !isPackage(to)
    }),
    'ask for what is missing in core/plugin-api.ts; use another plugin through its api.ts and name it in dependsOn'
  )
})

test('what runs in a browser imports its site’s kit, the kit of both, its own folder and libraries', () => {
  none(
    imports.filter(({ from, to }) => {
      const site = siteOf(from)
      if (site === undefined || isPackage(to) || to.startsWith('web/kit/')) return false
      if (dirname(to) === dirname(from)) return false
      if (site === 'both') return true
      return !to.startsWith(`web/${site}-kit/`)
    }),
    'put what several pages need into web/portal-kit or web/console-kit; ask the server for what it knows'
  )
})

test('of web only the build is for servers, and servers load none of it', () => {
  none(
    imports.filter(
      ({ from, to, typeOnly }) =>
        (siteOf(from) === undefined &&
          from.startsWith('web/') &&
          !isPackage(to) &&
          !typeOnly &&
          to !== 'core/plugin-page.ts' &&
          !/^web\/[^/]+$/.test(to)) ||
        (siteOf(from) === undefined &&
          !from.startsWith('web/') &&
          !from.startsWith('scripts/') &&
          to.startsWith('web/'))
    ),
    'the server reads what the build wrote, under names that core/plugin-page.ts gives; the build takes plugins as an argument'
  )
})

test('only db loads knex and the database drivers', () => {
  none(
    imports.filter(
      ({ from, to, typeOnly }) =>
        ['knex', 'pg', 'sqlite3', 'better-sqlite3'].includes(packageName(to)) && !from.startsWith('db/') && !typeOnly
    ),
    'use a store of db/ or the scope handle; only types may come from knex elsewhere'
  )
})

test('graphql imports core and graphql libraries, never a plugin', () => {
  none(
    imports.filter(({ from, to }) => from.startsWith('graphql/') && /^(plugins|db|http|web)\//.test(to)),
    'graphql takes plugins and stores as arguments; name none of them'
  )
})

test('db imports core’s ports and its own folder', () => {
  none(
    imports.filter(({ from, to }) => from.startsWith('db/') && /^(plugins|graphql|http|web)\//.test(to)),
    'the database knows no plugin, schema or route; take what it needs as an argument'
  )
})

test('only the process entries name real stores and plugins', () => {
  const entries = ['http/main.ts', 'http/demo.ts', 'http/portal.ts', 'http/process.ts']
  none(
    imports.filter(
      ({ from, to, typeOnly }) =>
        from.startsWith('http/') && !entries.includes(from) && !typeOnly && /^plugins\//.test(to)
    ),
    'take plugins as an argument; the process entry hands them in'
  )
})

test('inside an area nobody goes through its own door', () => {
  none(
    imports.filter(({ from, to }) => from.startsWith('core/') && to === 'core/index.ts'),
    'import the file that has it'
  )
})

test('no page draws what the server said by itself', () => {
  const breaches = files
    .filter(file => siteOf(file) !== undefined && !isTest(file) && !['web/kit/refusal-text.tsx'].includes(file))
    .flatMap(file => {
      const source = ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.ESNext, true)
      const found: string[] = []
      const drawn = (node: ts.Node): void => {
        // What is handed on to a function or to another component is drawn there.
        if (ts.isCallExpression(node) || ts.isJsxAttribute(node)) return
        if (ts.isBinaryExpression(node) && /^[!=]==$/.test(node.operatorToken.getText())) return
        if (ts.isIdentifier(node) && node.text === 'message') found.push(`${file}: ${node.parent.getText()}`)
        ts.forEachChild(node, drawn)
      }
      const visit = (node: ts.Node): void => {
        if (ts.isPropertyAccessExpression(node) && node.name.text === 'english')
          found.push(`${file}: ${node.getText()}`)
        if (ts.isJsxExpression(node) && !ts.isJsxAttribute(node.parent)) drawn(node)
        ts.forEachChild(node, visit)
      }
      visit(source)
      return found
    })
  assert.deepEqual(breaches, [], 'draw it with RefusalText, FaultText or ServerWords of web/kit/refusal-text.tsx')
})

test('shared code names no feature', async () => {
  const { plugins } = (await import('../plugins/index.ts')) as typeof import('../plugins/index.ts')
  const keys = plugins.flatMap(plugin => plugin.features ?? []).map(feature => feature.key)
  assert.ok(keys.length >= 49)
  const telling = new Set(keys.filter(key => /[.-]/.test(key)))
  const breaches = files
    .filter(file => /^(core|graphql|db|http|web)\//.test(file) && !isTest(file))
    .filter(file => !['http/demo.ts', 'http/demo-data.ts'].includes(file))
    .flatMap(file => textsOf(file).flatMap(text => (telling.has(text) ? [`${file}: ${text}`] : [])))
  assert.deepEqual(breaches, [], 'put a property on the feature and branch on that')
})
