import {
  type RefCallback,
  type RefObject,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState
} from 'react'
import { flushSync } from 'react-dom'

/** Pixels, until some row has been measured. */
export const rowHeight = 37
/** Rows drawn before and after those in sight. */
const around = 8

/** A row to draw, and where it stands below the head, in pixels. */
export interface DrawnRow {
  readonly index: number
  readonly start: number
  readonly end: number
}

/**
 * Which rows of a long table are drawn: those in sight, a few around them, and the one that is kept. Each is measured once
 * it is drawn; the browser holds on to what is in sight while that moves the rest.
 * @param keyOf unlike for every row
 * @param kept index of the row that stays, however far it is out of sight
 * @returns `measure`: the `ref` of each drawn row, which has its index in `data-index`
 */
export const useRowWindow = <Row>(
  rows: readonly Row[],
  keyOf: (row: Row) => string,
  scroller: RefObject<HTMLElement | null>,
  kept: number
): { readonly drawn: readonly DrawnRow[]; readonly height: number; readonly measure: RefCallback<HTMLElement> } => {
  const heights = useRef(new Map<string, number>())
  const [turn, setTurn] = useState(0)
  const [seen, setSeen] = useState({ first: 0, last: 3 * around })

  // biome-ignore lint/correctness/useExhaustiveDependencies: a turn is a new height
  const starts = useMemo(() => {
    const known = heights.current
    const usual = known.size === 0 ? rowHeight : [...known.values()].reduce((sum, each) => sum + each) / known.size
    const tops = new Float64Array(rows.length + 1)
    for (const [index, row] of rows.entries()) tops[index + 1] = tops[index]! + (known.get(keyOf(row)) ?? usual)
    return tops
  }, [rows, turn])

  const look = (): void => {
    const element = scroller.current
    if (element === null) return
    const at = (y: number): number => {
      let [low, high] = [0, Math.max(0, rows.length - 1)]
      while (low < high) {
        const middle = Math.ceil((low + high) / 2)
        if (starts[middle]! <= y) low = middle
        else high = middle - 1
      }
      return low
    }
    const { scrollTop, clientHeight } = element
    const [first, last] = [Math.max(0, at(scrollTop) - around), at(scrollTop + clientHeight) + around]
    setSeen(known => (known.first === first && known.last === last ? known : { first, last }))
  }
  const latest = useRef({ look, rows, keyOf })
  latest.current = { look, rows, keyOf }
  useLayoutEffect(look)
  useEffect(() => {
    const element = scroller.current
    if (element === null) return
    // Drawn before the frame is: no white is seen.
    const scrolled = (): void => flushSync(() => latest.current.look())
    element.addEventListener('scroll', scrolled, { passive: true })
    const observer = new ResizeObserver(() => latest.current.look())
    observer.observe(element)
    return () => {
      element.removeEventListener('scroll', scrolled)
      observer.disconnect()
    }
  }, [scroller])

  const observer = useRef<ResizeObserver | null>(null)
  const measure = useCallback<RefCallback<HTMLElement>>(element => {
    if (element === null) return
    observer.current ??= new ResizeObserver(entries => {
      let isNew = false
      for (const { target } of entries) {
        const row = latest.current.rows[Number((target as HTMLElement).dataset.index)]
        if (row === undefined || !target.isConnected) continue
        const key = latest.current.keyOf(row)
        const { height } = target.getBoundingClientRect()
        if (Math.abs(height - (heights.current.get(key) ?? 0)) < 0.5) continue
        heights.current.set(key, height)
        isNew = true
      }
      if (isNew) setTurn(known => known + 1)
    })
    const own = observer.current
    own.observe(element)
    return () => own.unobserve(element)
  }, [])

  const drawn: DrawnRow[] = []
  const draw = (index: number): void => void drawn.push({ index, start: starts[index]!, end: starts[index + 1]! })
  const last = Math.min(seen.last, rows.length - 1)
  if (kept < seen.first && kept < rows.length) draw(kept)
  for (let index = seen.first; index <= last; index++) draw(index)
  if (kept > last && kept < rows.length) draw(kept)
  return { drawn, height: starts[rows.length]!, measure }
}
