import assert from 'node:assert/strict'
import { it } from 'node:test'
import { Catalogue } from '../../core/catalogue.ts'
import { ConfigurationError } from '../../core/errors.ts'
import { buildPortalSchema } from '../../graphql/portal-schema.ts'
import { notes, notesSchema } from '../fixtures/plugins/notes.ts'

it('boot refuses an input type that holds itself, naming plugin, field and remedy', () => {
  const plugin = notes({
    schema: `${notesSchema.replace('search: String', 'search: String, and: Pair')} input Pair { both: [NoteFilter!] }`
  })
  assert.throws(
    () => buildPortalSchema([plugin], Catalogue.of([plugin]), {}),
    (error: unknown) =>
      error instanceof ConfigurationError &&
      /Plugin notes: \w+\.(and|both)/.test(error.message) &&
      /give each depth a type of its own/.test(error.message)
  )
})
