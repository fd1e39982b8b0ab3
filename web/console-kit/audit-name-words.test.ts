import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { Kind, parse } from 'graphql'
import { accessWords } from './access-words.ts'
import { auditNameWords } from './audit-name-words.ts'

const root = join(import.meta.dirname, '../..')
const folders = ['graphql', ...readdirSync(join(root, 'plugins')).filter(name => !name.includes('.'))]
const documents = folders.flatMap(folder => {
  const path = join(root, folder === 'graphql' ? folder : `plugins/${folder}`)
  return readdirSync(path)
    .filter(file => file.endsWith('.graphql'))
    .map(file => parse(readFileSync(join(path, file), 'utf8')))
})

/** What is written by these leaves no entry of its own name. */
const silent = ['login', 'logout']

test('whatever may be done has a name in the audit log', () => {
  const mutations = documents
    .flatMap(({ definitions }) => definitions)
    .flatMap(each =>
      (each.kind === Kind.OBJECT_TYPE_DEFINITION || each.kind === Kind.OBJECT_TYPE_EXTENSION) &&
      each.name.value === 'Mutation'
        ? (each.fields ?? []).map(({ name }) => name.value)
        : []
    )
  assert.ok(mutations.length > 60)
  const known = { ...accessWords.texts.en, ...auditNameWords.texts.en }
  const unnamed = mutations.filter(name => !silent.includes(name) && !Object.hasOwn(known, `action_${name}`))
  assert.deepEqual([...new Set(unnamed)], [])
})
