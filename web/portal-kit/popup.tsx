import { type ReactNode, type RefObject, useEffect, useId, useLayoutEffect, useRef, useState } from 'react'
import './portal-kit.css'

/** Pixels between a panel and the edge of the window. */
const margin = 8

/** A panel that would leave the window sideways is moved back into it. */
export const usePlaced = (panel: RefObject<HTMLElement | null>, open: boolean): void =>
  useLayoutEffect(() => {
    const shown = panel.current
    if (!open || shown === null) return
    const place = (): void => {
      shown.style.translate = ''
      const { left, right } = shown.getBoundingClientRect()
      const over = Math.max(0, right + margin - document.documentElement.clientWidth)
      const under = Math.max(0, margin - left)
      if (over > 0 || under > 0) shown.style.translate = `${under > 0 ? under : -over}px`
    }
    place()
    const observer = new ResizeObserver(place)
    observer.observe(shown)
    return () => observer.disconnect()
  }, [panel, open])

/** A button and the panel it opens below itself. Escape closes it, as does a click or the focus elsewhere. */
export const Popup = ({
  label,
  part,
  children
}: {
  readonly label: string
  /** The hook of the whole: `data-part`. */
  readonly part: string
  readonly children: ReactNode
}): ReactNode => {
  const id = useId()
  const [open, setOpen] = useState(false)
  const whole = useRef<HTMLDivElement>(null)
  const button = useRef<HTMLButtonElement>(null)
  const panel = useRef<HTMLDivElement>(null)
  usePlaced(panel, open)
  useEffect(() => {
    if (!open) return
    const elsewhere = (event: Event): void => {
      if (!whole.current?.contains(event.target as Node)) setOpen(false)
    }
    document.addEventListener('pointerdown', elsewhere)
    document.addEventListener('focusin', elsewhere)
    return () => {
      document.removeEventListener('pointerdown', elsewhere)
      document.removeEventListener('focusin', elsewhere)
    }
  }, [open])
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape is heard from the controls inside
    <div
      ref={whole}
      data-part={part}
      data-popup=""
      onKeyDown={event => {
        if (event.key !== 'Escape' || !open) return
        event.stopPropagation()
        setOpen(false)
        button.current?.focus()
      }}
    >
      <button ref={button} type="button" aria-expanded={open} aria-controls={id} onClick={() => setOpen(!open)}>
        {label}
      </button>
      {/* biome-ignore lint/a11y/useSemanticElements: a group of controls of several kinds, not one field */}
      <div ref={panel} id={id} role="group" aria-label={label} data-part="popup-panel" hidden={!open}>
        {open && children}
      </div>
    </div>
  )
}
