import { useLayoutEffect } from 'react'

/** The window's title: the page, then whose portal it is. */
export const useTitle = (brandName: string, title?: string): void => {
  useLayoutEffect(() => {
    if (brandName !== '') document.title = title === undefined ? brandName : `${title} – ${brandName}`
  }, [brandName, title])
}
