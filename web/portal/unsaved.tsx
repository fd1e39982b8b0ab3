import { type ReactNode, useEffect, useRef } from 'react'
import { leaveQuestion } from '../kit/unsaved.tsx'
import { unsavedWords } from '../kit/unsaved-words.ts'

/** Asks before something typed is lost; staying is what Escape and Enter choose. */
export const Unsaved = (): ReactNode => {
  const t = unsavedWords.use()
  const question = leaveQuestion.use()
  const dialog = useRef<HTMLDialogElement>(null)
  const isAsked = question !== null
  useEffect(() => {
    if (!isAsked) return
    const shown = dialog.current
    if (shown?.open === false) shown.showModal()
    // Closing gives the focus back to where it was.
    return () => shown?.close()
  }, [isAsked])
  return (
    <dialog
      ref={dialog}
      role="alertdialog"
      data-part="unsaved"
      aria-labelledby="unsaved"
      onCancel={event => {
        event.preventDefault()
        question?.stay()
      }}
    >
      <p id="unsaved">{t('unsaved')}</p>
      <p data-part="actions">
        <button type="button" data-part="primary" onClick={() => question?.stay()}>
          {t('stay')}
        </button>
        <button type="button" data-part="danger" onClick={() => question?.leave()}>
          {t('leave')}
        </button>
      </p>
    </dialog>
  )
}
