import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { type Language, languages, type Messages, translator } from './messages.ts'

const root = join(import.meta.dirname, '../..')
const files = ['web', 'plugins']
  .flatMap(folder =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map(file => join(folder, file))
  )
  .filter(file => /(^|[/-])words\.ts$/.test(file) && !file.includes('/built'))

const ending = /_(zero|one|two|few|many|other)$/
const baseOf = (key: string): string => key.replace(ending, '')
const valuesOf = (text: string): readonly string[] =>
  [...new Set([...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name!))].filter(name => name !== 'count').sort()

for (const file of files) {
  test(`${file} says everything in every language`, async () => {
    const loaded = (await import(pathToFileURL(join(root, file)).href)) as Readonly<Record<string, unknown>>
    const all = Object.values(loaded).filter((each): each is Messages<string> =>
      Object.hasOwn(Object(each) as object, 'texts')
    )
    assert.ok(all.length > 0, 'it exports no words')
    for (const { texts } of all) {
      const english = Object.keys(texts.en)
      for (const language of Object.keys(languages) as Language[]) {
        const own = texts[language]
        assert.deepEqual(
          [...new Set(Object.keys(own).map(baseOf))].sort(),
          [...new Set(english.map(baseOf))].sort(),
          `${language} has other keys than English`
        )
        const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories
        for (const key of Object.keys(own)) {
          assert.notEqual(own[key]!.trim(), '', `${language} ${key} is empty`)
          if (!ending.test(key))
            assert.deepEqual(valuesOf(own[key]!), valuesOf(texts.en[key] ?? ''), `${language} ${key}`)
          else if (key.endsWith('_other'))
            for (const form of forms)
              assert.ok(own[`${baseOf(key)}_${form}`], `${language} lacks ${baseOf(key)}_${form}`)
        }
      }
    }
  })
}

test('there are words to judge', () => assert.ok(files.length >= 2, files.join()))

test('a text takes its values, the form of its number, and English where it has no other', () => {
  const texts = {
    en: { hello: 'Hello {{name}}', calls_one: '{{count}} call', calls_other: '{{count}} calls', only: 'Only English' },
    ar: { hello: 'مرحبًا {{name}}', calls_two: 'مكالمتان', calls_other: '{{count}} مكالمة' }
  }
  const [en, ar] = [translator('en', texts), translator('ar', texts)]
  assert.equal(en('hello', { name: 'Ada' }), 'Hello Ada')
  assert.equal(en('hello'), 'Hello {{name}}')
  assert.equal(en('calls', { count: 1 }), '1 call')
  assert.equal(en('calls', { count: 12_345 }), '12,345 calls')
  assert.equal(ar('hello', { name: 'Ada' }), 'مرحبًا \u2068Ada\u2069')
  assert.equal(ar('calls', { count: 2 }), 'مكالمتان')
  assert.equal(ar('calls', { count: 100 }), '100 مكالمة')
  assert.equal(ar('only'), 'Only English')
  assert.equal(en('no-such-key'), 'no-such-key')
})
