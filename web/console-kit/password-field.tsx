import { PasswordInput, type PasswordInputProps } from '@mantine/core'
import type { ReactNode } from 'react'
import { workWords } from './work-words.ts'

/** An input for a password, whose button to look at it speaks the language of the page. */
export const PasswordField = (props: PasswordInputProps): ReactNode => {
  const t = workWords.use()
  return <PasswordInput {...props} visibilityToggleButtonProps={{ 'aria-label': t('showPassword') }} />
}
