import type { ReactNode } from 'react'
import { words } from './words.ts'

/** Says that destinations are the operator's to change. */
export const DestinationLock = (): ReactNode => {
  const t = words.use()
  return (
    <p data-part="lock">
      <svg aria-hidden="true" viewBox="0 0 16 16" width="16" height="16" fill="currentColor">
        <path d="M8 1a4 4 0 0 0-4 4v2H3v8h10V7h-1V5a4 4 0 0 0-4-4Zm2.5 6h-5V5a2.5 2.5 0 0 1 5 0v2Z" />
      </svg>
      {t('locked')}
    </p>
  )
}
