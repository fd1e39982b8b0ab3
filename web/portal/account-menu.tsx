import { type ReactNode, useEffect, useId, useRef, useState } from 'react'
import { Link } from 'wouter'
import { Choices } from './choices.tsx'
import { words } from './words.ts'

/** Who is signed in, and what belongs to them: profile, language, appearance, the way out. */
export const AccountMenu = ({
  name,
  companyName,
  signOut
}: {
  readonly name: string
  readonly companyName: string
  signOut(): void
}): ReactNode => {
  const t = words.use()
  const id = useId()
  const [isOpen, setOpen] = useState(false)
  const box = useRef<HTMLDivElement>(null)
  const button = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    if (!isOpen) return
    const outside = (event: Event): void => {
      if (!box.current?.contains(event.target as Node)) setOpen(false)
    }
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape') return
      setOpen(false)
      button.current?.focus()
    }
    document.addEventListener('pointerdown', outside)
    document.addEventListener('focusin', outside)
    document.addEventListener('keydown', onKey)
    return () => {
      document.removeEventListener('pointerdown', outside)
      document.removeEventListener('focusin', outside)
      document.removeEventListener('keydown', onKey)
    }
  }, [isOpen])
  return (
    <div ref={box} data-part="account" data-popup="">
      <button
        ref={button}
        type="button"
        data-part="account-button"
        aria-expanded={isOpen}
        aria-controls={isOpen ? `${id}panel` : undefined}
        aria-label={t('account', { name })}
        onClick={() => setOpen(!isOpen)}
      >
        <bdi>{name}</bdi>
      </button>
      {isOpen && (
        <div id={`${id}panel`} data-part="popup-panel">
          <p data-part="account-company">
            <bdi>{companyName}</bdi>
          </p>
          <Link href="/profile" data-part="account-profile" onClick={() => setOpen(false)}>
            {t('profile')}
          </Link>
          <Choices />
          <button type="button" data-part="sign-out" onClick={signOut}>
            {t('signOut')}
          </button>
        </div>
      )}
    </div>
  )
}
