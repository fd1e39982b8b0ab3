import { type ReactNode, useCallback, useEffect, useRef, useState } from 'react'
import { Drawer } from '../../../web/portal-kit/drawer.tsx'
import { words } from './words.ts'

/** A drawer that is not closed over what was typed and is not saved, unless somebody says so. */
export const GuardedDrawer = ({
  title,
  open,
  onClose,
  children
}: {
  readonly title: string
  readonly open: boolean
  onClose(): void
  /** @param onDirty to be told by each form, under its name, whether something in it is not saved */
  children(onDirty: (form: string, isDirty: boolean) => void): ReactNode
}): ReactNode => {
  const t = words.use()
  const dirty = useRef(new Set<string>())
  const [asked, setAsked] = useState(false)
  const stay = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    if (asked) stay.current?.focus()
  }, [asked])
  const onDirty = useCallback((form: string, isDirty: boolean) => {
    if (isDirty) dirty.current.add(form)
    else dirty.current.delete(form)
  }, [])
  // The browser itself asks before the page is left.
  useEffect(() => {
    const hold = (event: BeforeUnloadEvent): void => {
      if (dirty.current.size > 0) event.preventDefault()
    }
    addEventListener('beforeunload', hold)
    return () => removeEventListener('beforeunload', hold)
  }, [])
  const close = (): void => {
    setAsked(false)
    onClose()
  }
  return (
    <Drawer
      title={title}
      open={open}
      onClose={() => {
        if (dirty.current.size === 0) close()
        else setAsked(true)
      }}
    >
      {asked && (
        <div role="alert" data-part="unsaved">
          <p>{t('unsaved')}</p>
          <p data-part="actions">
            <button ref={stay} type="button" data-part="primary" onClick={() => setAsked(false)}>
              {t('stay')}
            </button>
            <button type="button" onClick={close}>
              {t('leave')}
            </button>
          </p>
        </div>
      )}
      {children(onDirty)}
    </Drawer>
  )
}
