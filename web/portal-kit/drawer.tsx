import { type ReactNode, useEffect, useId, useRef } from 'react'
import { listWords } from './list-words.ts'
import './portal-kit.css'

/** A panel at the side over the page, for one thing of a list. Escape closes it; the focus goes back to where it was. */
export const Drawer = ({
  title,
  open,
  onClose,
  children
}: {
  readonly title: string
  readonly open: boolean
  onClose(): void
  readonly children: ReactNode
}): ReactNode => {
  const t = listWords.use()
  const id = useId()
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    if (!open) return
    const shown = dialog.current
    if (shown?.open === false) shown.showModal()
    // Closing it gives the focus back; an element that is only taken away does not.
    return () => shown?.close()
  }, [open])
  return (
    <dialog
      ref={dialog}
      data-part="drawer"
      aria-labelledby={id}
      onCancel={event => {
        if (event.target !== event.currentTarget) return
        event.preventDefault()
        onClose()
      }}
      onMouseDown={event => {
        if (event.target === event.currentTarget) onClose()
      }}
    >
      {open && (
        <div data-part="drawer-panel">
          <header data-part="drawer-head">
            <h2 id={id}>{title}</h2>
            <button type="button" data-part="drawer-close" onClick={onClose}>
              {t('close')}
            </button>
          </header>
          <div data-part="drawer-body">{children}</div>
        </div>
      )}
    </dialog>
  )
}
