import { type RefObject, useEffect, useRef } from 'react'

/**
 * After going to another page the focus is on its heading, so that whoever does not see the page hears where they are. Waits
 * for a heading that comes late, unless the person does something in the meantime.
 * @param place what is open; the first one leaves the focus where it is
 */
export const useHeadingFocus = (content: RefObject<HTMLElement | null>, place: string): void => {
  const before = useRef(place)
  useEffect(() => {
    if (before.current === place) return
    before.current = place
    const focus = (): boolean => {
      const heading = content.current?.querySelector<HTMLElement>('h1')
      if (heading == null) return false
      heading.tabIndex = -1
      heading.focus({ preventScroll: true })
      scrollTo({ top: 0 })
      return true
    }
    if (focus()) return
    const observer = new MutationObserver(() => {
      if (focus()) stop()
    })
    const stop = (): void => {
      observer.disconnect()
      removeEventListener('keydown', stop)
      removeEventListener('pointerdown', stop)
    }
    observer.observe(content.current!, { childList: true, subtree: true })
    addEventListener('keydown', stop)
    addEventListener('pointerdown', stop)
    return stop
  }, [content, place])
}
