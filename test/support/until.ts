import assert from 'node:assert/strict'
import { isDeepStrictEqual } from 'node:util'
import type { Locator } from 'playwright-core'

/** Milliseconds that something may take to come about, and between two looks. */
const longest = 120_000
const between = 50

const look = async (holds: () => Promise<boolean>): Promise<boolean> => {
  for (const end = Date.now() + longest; Date.now() < end; ) {
    if (await holds()) return true
    await new Promise(resolve => setTimeout(resolve, between))
  }
  return false
}

/** Waits until something holds that no locator waits for. */
export const until = async (holds: () => boolean | Promise<boolean>): Promise<void> =>
  assert.ok(await look(async () => holds()), 'it never came about')

/** Waits until what is read is what is wanted, as it is a moment after what led to it; tells what it is when it never is. */
export const becomes = async <Value>(
  read: () => Value | Promise<Value>,
  wanted: Value,
  message?: string
): Promise<void> => {
  let found: Value | undefined
  const is = await look(async () => {
    found = await read()
    return isDeepStrictEqual(found, wanted)
  })
  if (!is) assert.deepEqual(found, wanted, message)
}

/** Waits until the focus is inside, where a dialog takes it a moment after it is there. */
export const hasFocus = (part: Locator): Promise<void> =>
  until(() => part.evaluate(element => element.matches(':focus-within')))
