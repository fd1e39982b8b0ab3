import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import ts from 'typescript'
import { CombinedError } from 'urql'
import { errorTable } from '../../core/errors.ts'
import { reasonWords as consoleWords } from '../console-kit/refusal-words.ts'
import { reasonWords as portalWords } from '../portal-kit/refusal-words.ts'
import { refusalsOf } from './client.ts'
import { refusalWords } from './refusal-words.ts'

// Whatever the server refuses, the pages have a sentence for it in every language.

const root = resolve(import.meta.dirname, '../..')

const serverFiles = (folder: string): string[] =>
  readdirSync(join(root, folder), { withFileTypes: true }).flatMap(entry => {
    const path = `${folder}/${entry.name}`
    if (entry.isDirectory()) return ['pages', 'console'].includes(entry.name) ? [] : serverFiles(path)
    return entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts') ? [path] : []
  })

const isWord = (node: ts.Node | undefined): node is ts.StringLiteral =>
  node !== undefined && ts.isStringLiteral(node) && /^[A-Z]{2,}(_[A-Z]+)*$/.test(node.text)

/** Reasons named in a file: of refusals, of helpers that make one (`refuse`), of rules that forbid. */
const reasonsIn = (file: string): string[] => {
  const source = ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.ESNext, true)
  const found: string[] = []
  const named = (node: ts.Node): void => {
    if (ts.isPropertyAssignment(node) && node.name.getText() === 'reason' && isWord(node.initializer))
      found.push(node.initializer.text)
    ts.forEachChild(node, named)
  }
  const visit = (node: ts.Node): void => {
    if (ts.isNewExpression(node) && node.expression.getText() === 'PortalError') named(node)
    if (ts.isCallExpression(node) && node.expression.getText() === 'refuse')
      for (const argument of node.arguments.slice(1)) if (isWord(argument)) found.push(argument.text)
    if (ts.isObjectLiteralExpression(node) && /effect: 'cannot'/.test(node.getText())) named(node)
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

const wordsOf = async (plugin: string): Promise<readonly string[]> => {
  const found: string[] = []
  for (const part of ['pages', 'console']) {
    const path = `plugins/${plugin}/${part}/refusal-words.ts`
    if (!readdirSync(join(root, 'plugins', plugin)).includes(part)) continue
    const { reasonWords } = (await import(join(root, path))) as { reasonWords: { texts: { en: object } } }
    found.push(...Object.keys(reasonWords.texts.en))
  }
  return found
}

/** No page of ours meets these: they are of sign-in forms, which have words of their own, of links, and of other programs. */
const elsewhere = ['BAD_CREDENTIALS', 'TOTP_REQUIRED', 'LINK', 'TICKET', 'CROSS_SITE', 'CONTENT_TYPE']

test('every code has a sentence; the English one is the server’s own', () => {
  const { UNREACHABLE: _, FIELD: __, ...english } = refusalWords.texts.en
  assert.deepEqual(english, Object.fromEntries(Object.entries(errorTable).map(([code, { text }]) => [code, text])))
})

test('every reason of the server’s own has a sentence', () => {
  const reasons = ['core', 'graphql', 'http', 'db'].flatMap(serverFiles).flatMap(reasonsIn)
  assert.ok(reasons.length > 25)
  const known = new Set([...Object.keys(portalWords.texts.en), ...Object.keys(consoleWords.texts.en), ...elsewhere])
  assert.deepEqual([...new Set(reasons)].filter(each => !known.has(each)).sort(), [])
})

for (const plugin of readdirSync(join(root, 'plugins')).filter(name => !name.endsWith('.ts')))
  test(`every reason of the plugin ${plugin} has a sentence`, async () => {
    const reasons = serverFiles(`plugins/${plugin}`).flatMap(reasonsIn)
    if (reasons.length === 0) return
    const known = new Set(await wordsOf(plugin))
    assert.deepEqual([...new Set(reasons)].filter(each => !known.has(each)).sort(), [])
  })

test('every page of a plugin that has sentences brings them', async () => {
  const { plugins } = (await import('../../plugins/index.ts')) as typeof import('../../plugins/index.ts')
  const without = plugins
    .flatMap(({ pages = [], consolePages = [] }) => [...pages, ...consolePages])
    .filter(({ module }) => readdirSync(new URL('.', module)).includes('refusal-words.ts'))
    .filter(({ module }) => !readFileSync(module, 'utf8').includes("export { reasonWords } from './refusal-words.ts'"))
  assert.deepEqual(
    without.map(({ path }) => path),
    []
  )
})

test('an incident is named, so that it can be quoted', () => {
  const error = new CombinedError({
    graphQLErrors: [
      { message: errorTable.INTERNAL.text, extensions: { code: 'INTERNAL', incidentId: 'PmX3c0q1' } },
      { message: errorTable.FORBIDDEN.text, extensions: { code: 'FORBIDDEN' } }
    ]
  })
  assert.deepEqual(
    refusalsOf(error).map(({ said }) => said.english),
    [`${errorTable.INTERNAL.text} (PmX3c0q1)`, errorTable.FORBIDDEN.text]
  )
})
