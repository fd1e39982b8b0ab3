import assert from 'node:assert/strict'
import { type ErrorCode, PortalError } from '../../core/errors.ts'

/** Asserts that work is refused with this code, and gives the refusal. */
export const rejectsWith = async (code: ErrorCode, work: Promise<unknown>): Promise<PortalError> => {
  let refusal: unknown
  await assert.rejects(work, (error: unknown) => {
    refusal = error
    assert.ok(error instanceof PortalError, `expected ${code}, got ${String(error)}`)
    assert.equal(error.code, code)
    return true
  })
  return refusal as PortalError
}
