import { useCallback, useMemo } from 'react'
import { useLocation, useSearch } from 'wouter'

/** Names → values to set; null takes one away. */
export type ParamChange = Readonly<Record<string, string | null>>

/** What the address says behind `?`, and how to change it: in place, as a filter makes no step to go back to. */
export const useUrlParams = (): readonly [URLSearchParams, (change: ParamChange) => void] => {
  const search = useSearch()
  const [here, navigate] = useLocation()
  const params = useMemo(() => new URLSearchParams(search), [search])
  const change = useCallback(
    (wanted: ParamChange) => {
      const next = new URLSearchParams(window.location.search)
      for (const [name, value] of Object.entries(wanted)) {
        if (value === null || value === '') next.delete(name)
        else next.set(name, value)
      }
      const text = next.toString()
      const path = here === '/' ? '' : here
      // An empty path means the page itself, so its own address must not vanish with the last value.
      navigate(text === '' ? path || '/' : `${path}?${text}`, { replace: true })
    },
    [here, navigate]
  )
  return [params, change]
}
