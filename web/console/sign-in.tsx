import { Alert, Button, Stack, TextInput } from '@mantine/core'
import { type FormEvent, type ReactNode, useState } from 'react'
import { PasswordField } from '../console-kit/password-field.tsx'
import { refusalOf } from '../kit/client.ts'
import { RefusalText } from '../kit/refusal-text.tsx'
import { words } from './words.ts'

/** Signs a member of staff in. @param email fixed, where the same person has to come back */
export const SignIn = ({ email, signedIn }: { readonly email?: string; readonly signedIn: () => void }): ReactNode => {
  const t = words.use()
  const [fault, setFault] = useState<ReactNode>(null)
  const [wantsCode, setWantsCode] = useState(false)
  const [busy, setBusy] = useState(false)

  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault()
    const fields = Object.fromEntries(new FormData(event.currentTarget))
    setBusy(true)
    setFault(null)
    try {
      const response = await fetch('/operator/session', {
        method: 'POST',
        credentials: 'same-origin',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(fields)
      })
      if (response.ok) return signedIn()
      const { errors } = (await response.json()) as {
        errors: readonly { message: string; extensions: { code: string; reason?: string } }[]
      }
      const [error] = errors
      const needsCode = error?.extensions.reason === 'TOTP_REQUIRED'
      setWantsCode(wantsCode || needsCode)
      if (error === undefined || error.extensions.code === 'UNAUTHENTICATED') setFault(t('signInFailed'))
      else {
        const { code, ...details } = error.extensions
        setFault(<RefusalText refusal={refusalOf(code, error.message, details)} />)
      }
    } catch {
      setFault(t('unreachable'))
    } finally {
      setBusy(false)
    }
  }
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          name="email"
          type="email"
          label={t('email')}
          autoComplete="username"
          required
          defaultValue={email}
          readOnly={email !== undefined}
        />
        <PasswordField name="password" label={t('password')} autoComplete="current-password" required />
        {wantsCode && <TextInput name="code" label={t('code')} autoComplete="one-time-code" autoFocus />}
        {fault !== null && (
          <Alert color="red" role="alert">
            {fault}
          </Alert>
        )}
        <Button type="submit" loading={busy}>
          {t('signIn')}
        </Button>
      </Stack>
    </form>
  )
}
