import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { startToy, without } from './toy.ts'

// A plan is shared by all who answer the conditions of a document alike. What is told of a faulty document may depend on
// more than that: whether a type can be reached at all.
describe('what one caller is told of a faulty document, the next one is not told', () => {
  const documents = [
    '{ ping ... on Wallet { id } }',
    'fragment F on Wallet { id } { ping }',
    'query ($x: CallFilterLeaf) { ping }',
    '{ ping ... on CallPage { totalCount } }'
  ]
  for (const document of documents)
    test(document, async t => {
      const hidden = without('wallet', 'calls', 'calls.detail', 'calls.secret', 'CALLS.cost')
      const alone = await startToy(t)
      alone.caller = hidden
      const expected = await alone.ask(document)

      const shared = await startToy(t)
      const knowing = await shared.ask(document)
      shared.caller = hidden
      const afterwards = await shared.ask(document)
      assert.ok((expected.body.errors ?? []).length > 0, expected.text)
      assert.notEqual(knowing.text, expected.text, 'the document tells the two apart')
      assert.equal(afterwards.text, expected.text)
    })
})
