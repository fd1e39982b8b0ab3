import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { test } from 'node:test'

const root = resolve(import.meta.dirname, '..')
const documentsIn = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.md') && !name.includes('node_modules'))
    .map(name => join(folder, name))
const documents = ['README.md', 'CONTRIBUTING.md', ...documentsIn('docs'), ...documentsIn('plugins')]
const textOf = (document: string): string => readFileSync(join(root, document), 'utf8')
const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> }

/** GitHub's name for a heading. */
const anchorOf = (heading: string): string =>
  heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(/\s/g, '-')

test('every relative link of the documents leads somewhere', () => {
  let links = 0
  for (const document of documents) {
    const text = textOf(document).replaceAll(/^```[\s\S]*?^```/gm, '')
    for (const [, target] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target!)) continue
      const [path = '', anchor] = target!.split('#')
      const file = path === '' ? document : join(dirname(document), path)
      assert.ok(existsSync(join(root, file)), `${document} links to ${target}, which is not there`)
      links += 1
      if (anchor === undefined) continue
      const anchors = [...textOf(file).matchAll(/^#+ (.*)$/gm)].map(([, heading]) => anchorOf(heading!))
      assert.ok(anchors.includes(anchor), `${document} links to ${target}; ${file} has no such heading`)
    }
  }
  assert.ok(links > 10)
})

test('every npm command of the documents exists', () => {
  let commands = 0
  for (const document of documents) {
    const text = textOf(document)
    for (const [, name] of text.matchAll(/npm run (?:-s )?([\w:-]+)/g)) {
      assert.ok(scripts[name!] !== undefined, `${document} names \`npm run ${name}\`, which package.json does not have`)
      commands += 1
    }
    for (const [, name] of text.matchAll(/npm (test|start)\b/g)) assert.ok(scripts[name!], `${document}: npm ${name}`)
  }
  assert.ok(commands > 10)
})

test('every part of the tests that the README names has tests', () => {
  const files = ['core', 'plugins', 'graphql', 'db', 'http', 'test', 'scripts'].flatMap(folder =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter(name => name.endsWith('.test.ts') && !name.includes('node_modules'))
      .map(name => join(folder, name))
  )
  const named = [...textOf('README.md').matchAll(/npm test -- ([^`\n]+)/g)].flatMap(([, parts]) => parts!.split(' '))
  for (const part of named)
    assert.ok(
      files.some(file => file.includes(part)),
      `no test file matches ${part}`
    )
})
