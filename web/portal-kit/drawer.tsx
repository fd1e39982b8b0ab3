import { type ReactNode, useEffect, useId, useRef, useState } from 'react'
import { askFirst, FormsContext } from '../kit/unsaved.tsx'
import { listWords } from './list-words.ts'
import './portal-kit.css'

/**
 * A panel at the side over the page, for one thing of a list. Escape closes it; the focus goes back to where it was. Over
 * what a form inside has not saved (`useUnsaved`) it is closed only after a question.
 */
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
  const [forms] = useState(() => new Set<symbol>())
  useEffect(() => {
    if (!open) return
    const shown = dialog.current
    if (shown?.open === false) shown.showModal()
    // Closing it gives the focus back; an element that is only taken away does not.
    return () => shown?.close()
  }, [open])
  const close = (): void => askFirst(onClose, forms)
  return (
    <dialog
      ref={dialog}
      data-part="drawer"
      aria-labelledby={id}
      onCancel={event => {
        if (event.target !== event.currentTarget) return
        event.preventDefault()
        close()
      }}
      onMouseDown={event => {
        if (event.target === event.currentTarget) close()
      }}
    >
      {open && (
        <FormsContext value={forms}>
          <div data-part="drawer-panel">
            <header data-part="drawer-head">
              <h2 id={id}>{title}</h2>
              <button type="button" data-part="drawer-close" onClick={close}>
                {t('close')}
              </button>
            </header>
            <div data-part="drawer-body">{children}</div>
          </div>
        </FormsContext>
      )}
    </dialog>
  )
}
