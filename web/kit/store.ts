import { useSyncExternalStore } from 'react'

/** A value that components read and anything may set. */
export interface Store<Value> {
  get(): Value
  set(value: Value): void
  /** Calls back after each change; returns how to stop. */
  subscribe(changed: () => void): () => void
  /** Reads it in a component, which is drawn again after each change. */
  use(): Value
}

export const createStore = <Value>(first: Value): Store<Value> => {
  let value = first
  const listeners = new Set<() => void>()
  const store: Store<Value> = {
    get: () => value,
    set(next) {
      if (Object.is(next, value)) return
      value = next
      for (const listener of listeners) listener()
    },
    subscribe(changed) {
      listeners.add(changed)
      return () => listeners.delete(changed)
    },
    use: () => useSyncExternalStore(store.subscribe, store.get)
  }
  return store
}
