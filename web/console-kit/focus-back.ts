import { useEffect, useState } from 'react'

/**
 * Gives the focus back to what had it, once a dialog is gone; to the page's content where that is gone too. Whoever has gone
 * elsewhere meanwhile stays there.
 * @param from what else is to have it, where a dialog takes the place of another one
 */
export const useFocusBack = (from?: Element | null): void => {
  const [opener] = useState(() => from ?? document.activeElement)
  useEffect(
    () => () => {
      // After the dialog has let the focus go.
      setTimeout(() => {
        if (document.activeElement !== null && document.activeElement !== document.body) return
        const isHome = opener instanceof HTMLElement && opener.isConnected && opener !== document.body
        const home = isHome ? opener : document.getElementById('content')
        home?.focus()
      })
    },
    [opener]
  )
}

/**
 * `useFocusBack` of what is closed before it is gone, such as a drawer: stands inside it, and goes with it. What gives the focus
 * back by itself is told not to (`returnFocus={false}`).
 */
export const FocusBack = (): null => {
  useFocusBack()
  return null
}
