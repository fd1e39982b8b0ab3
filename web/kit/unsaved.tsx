import { createContext, type ReactNode, useContext, useLayoutEffect, useSyncExternalStore } from 'react'
import { Router, type RouterOptions } from 'wouter'
import { navigate } from 'wouter/use-browser-location'
import { createStore } from './store.ts'

type Forms = Set<symbol>

/** Of the whole site. */
const all: Forms = new Set()

/** Forms inside a part that can be closed by itself. */
export const FormsContext = createContext<Forms | null>(null)

/** To be told by each form whether something typed in it is not saved: the person is asked before it is left. */
export const useUnsaved = (isUnsaved: boolean): void => {
  const part = useContext(FormsContext)
  // At once: as soon as somebody reads that it is saved, they may leave.
  useLayoutEffect(() => {
    if (!isUnsaved) return
    const form = Symbol('form')
    all.add(form)
    part?.add(form)
    // The browser itself asks before the site is left.
    const hold = (event: BeforeUnloadEvent): void => {
      if (all.has(form)) event.preventDefault()
    }
    addEventListener('beforeunload', hold)
    return () => {
      all.delete(form)
      part?.delete(form)
      removeEventListener('beforeunload', hold)
    }
  }, [isUnsaved, part])
}

/** For whoever leaves the site for good: nothing is asked any more. */
export const forgetUnsaved = (): void => all.clear()

/** What the person is asked: to stay with what is not saved, or to leave it. Drawn by the site. */
export interface LeaveQuestion {
  stay(): void
  leave(): void
}
export const leaveQuestion = createStore<LeaveQuestion | null>(null)

let agreed = false

/**
 * Goes at once, or, when something is not saved, after the person has agreed.
 * @param forms those that would be lost
 * @param stay called when they do not agree
 */
export const askFirst = (go: () => void, forms: ReadonlySet<symbol> = all, stay?: () => void): void => {
  if (agreed || forms.size === 0) {
    go()
    return
  }
  leaveQuestion.set({
    stay() {
      leaveQuestion.set(null)
      stay?.()
    },
    leave() {
      leaveQuestion.set(null)
      agreed = true
      try {
        go()
      } finally {
        agreed = false
      }
    }
  })
}

const pathOf = (address: string): string => address.split('?')[0]!
const current = (): string => location.pathname + location.search

/** The address whose page is shown. After "back" it stays behind the browser's until the person has agreed. */
const shown = createStore(current())
const follow = (): void => shown.set(current())
const returned = (): void => {
  if (current() === shown.get()) leaveQuestion.set(null)
  else askFirst(follow, all, () => history.pushState(null, '', shown.get()))
}
addEventListener('popstate', returned)
addEventListener('hashchange', returned)
// The router tells of what it does itself by these.
addEventListener('pushState', follow)
addEventListener('replaceState', follow)

const usePath = (): string => useSyncExternalStore(shown.subscribe, () => pathOf(shown.get()))
const useSearch = (): string =>
  useSyncExternalStore(shown.subscribe, () => shown.get().slice(pathOf(shown.get()).length))

const options: RouterOptions = {
  hook: () => [usePath(), navigate],
  searchHook: useSearch,
  aroundNav(go, to, how) {
    // Another view of the same page loses nothing.
    if (pathOf(new URL(to, location.href).pathname) === pathOf(shown.get())) go(to, how)
    else askFirst(() => go(to, how))
  }
}

/** Addresses of a site: no page with something unsaved is left without a question. */
export const GuardedRouter = ({ children }: { readonly children: ReactNode }): ReactNode => (
  <Router {...options}>{children}</Router>
)
