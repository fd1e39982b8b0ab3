import { useEffect, useRef } from 'react'
import { createStore } from '../kit/store.ts'

/**
 * Goes up with every write of access that did not come from the page that is open, such as an undo out of a notification:
 * time for the page to read anew. `const writes = accessWrites.use()`.
 */
export const accessWrites = createStore(0)

export const accessWritten = (): void => accessWrites.set(accessWrites.get() + 1)

/** Reads anew whenever access was written elsewhere, such as by an undo out of a notification. */
export const useReloadAfterWrites = (reload: () => void): void => {
  const writes = accessWrites.use()
  const seen = useRef(writes)
  useEffect(() => {
    if (seen.current === writes) return
    seen.current = writes
    reload()
  }, [writes, reload])
}
