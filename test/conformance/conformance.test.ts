import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { PluginDefinition } from '../../core/plugin-api.ts'
import { notes } from '../fixtures/plugins/notes.ts'
import { withHiddenColumnInExport } from '../fixtures/plugins/with-hidden-column-in-export.ts'
import { withHiddenColumnInFilter } from '../fixtures/plugins/with-hidden-column-in-filter.ts'
import { withLeakingResolver } from '../fixtures/plugins/with-leaking-resolver.ts'
import { withSilentNull } from '../fixtures/plugins/with-silent-null.ts'
import { withTellingError } from '../fixtures/plugins/with-telling-error.ts'
import { withUnguardedRoot } from '../fixtures/plugins/with-unguarded-root.ts'
import { openers } from '../support/databases.ts'
import { conformance, inspectPlugin } from './conformance.ts'

// The kit passes a faultless plugin …
conformance(notes())

// … and catches each of these, by the check that is meant to.
const faults: readonly (readonly [string, PluginDefinition, string, RegExp])[] = [
  ['an unguarded root', withUnguardedRoot, 'a refused root field answers its code without SQL', /Query\.notes/],
  [
    'a resolver that leaks rows',
    withLeakingResolver,
    'another company is as good as none',
    /Query\.note showed .* foreign text/
  ],
  [
    'a hidden column in filters',
    withHiddenColumnInFilter,
    'a hidden column is absent everywhere',
    /Query\.notes at .* took the hidden Note\.margin/
  ],
  [
    'a hidden column in exports',
    withHiddenColumnInExport,
    'a hidden column is absent everywhere',
    /export NOTES offers .*\n.*writes the hidden margin/
  ],
  [
    'an error that tells foreign ids apart',
    withTellingError,
    'another company is as good as none',
    /told .* a foreign value/
  ],
  ['null instead of NOT_FOUND', withSilentNull, 'another company is as good as none', /not NOT_FOUND/]
]
for (const [name, plugin, check, words] of faults) {
  it(`catches ${name}`, async () => {
    const found = await inspectPlugin(openers.sqlite, plugin)
    assert.match((found[check] ?? []).join('\n'), words)
  })
}
