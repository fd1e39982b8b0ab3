import { PortalError } from '../core/errors.ts'
import type { BulkResult } from '../core/ports.ts'
import type { OperatorRequestContext } from './operator-context.ts'
import { canBeId } from './operator-input.ts'

/** One line of a bulk call: a refusal meant for the caller becomes the line's result, anything else ends the call. */
export const bulkLine = async (companyId: string, work: () => Promise<unknown>): Promise<BulkResult> => {
  try {
    await work()
    return { companyId, ok: true }
  } catch (error) {
    if (!(error instanceof PortalError) || error.code === 'UNAVAILABLE') throw error
    return { companyId, ok: false, code: error.code, message: error.message }
  }
}

/** One result for every id, in the order asked; ids that cannot exist never reach the store. */
export const bulkResults = async (
  ids: readonly string[],
  work: (ids: readonly string[]) => Promise<readonly BulkResult[]>
): Promise<readonly BulkResult[]> => {
  const done = new Map((await work(ids.filter(canBeId))).map(result => [result.companyId, result]))
  return ids.map(
    companyId =>
      done.get(companyId) ?? { companyId, ok: false, code: 'NOT_FOUND', message: 'There is no such company.' }
  )
}

/** Names the operation on each line of which it wrote something. */
export const withOperation = async <Result extends { readonly companyId: string }>(
  { stores, operation }: OperatorRequestContext,
  results: readonly Result[]
): Promise<readonly (Result & { readonly operation: string | null })[]> => {
  const entries = operation === undefined ? [] : await stores.audit.entriesOf(operation)
  const written = new Set(entries.map(({ target }) => target))
  return results.map(result => ({ ...result, operation: written.has(result.companyId) ? operation! : null }))
}
