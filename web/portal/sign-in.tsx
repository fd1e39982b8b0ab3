import { type FormEvent, type ReactNode, useId, useRef, useState } from 'react'
import { useMutation } from 'urql'
import { refusalsOf } from '../kit/client.ts'
import { RefusalText } from '../kit/refusal-text.tsx'
import { SignInDocument } from './start.graphql.ts'
import { words } from './words.ts'

/** The form that signs a contact in. @param email fixed, where the same contact has to come back */
export const SignIn = ({
  email = '',
  signedIn
}: {
  readonly email?: string
  readonly signedIn: () => void
}): ReactNode => {
  const t = words.use()
  const id = useId()
  const [{ fetching }, signIn] = useMutation(SignInDocument)
  const [fault, setFault] = useState<ReactNode>(null)
  const password = useRef<HTMLInputElement>(null)
  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault()
    const fields = new FormData(event.currentTarget)
    setFault(null)
    const result = await signIn(
      { email: String(fields.get('email')), password: String(fields.get('password')) },
      { anonymous: true }
    )
    if (result.data?.login) return signedIn()
    const [refusal] = refusalsOf(result.error)
    const isGone = refusal?.code === 'UNREACHABLE' || refusal?.code === 'UNAVAILABLE'
    if (isGone) setFault(t('noAnswer'))
    else if (refusal === undefined || refusal.code === 'UNAUTHENTICATED') setFault(t('signInFailed'))
    else setFault(<RefusalText refusal={refusal} />)
    password.current?.select()
  }
  return (
    <form data-part="sign-in" onSubmit={submit}>
      <p data-part="field">
        <label htmlFor={`${id}email`}>{t('email')}</label>
        <input
          id={`${id}email`}
          name="email"
          type="email"
          autoComplete="username"
          required
          defaultValue={email}
          readOnly={email !== ''}
        />
      </p>
      <p data-part="field">
        <label htmlFor={`${id}password`}>{t('password')}</label>
        <input
          ref={password}
          id={`${id}password`}
          name="password"
          type="password"
          autoComplete="current-password"
          required
        />
      </p>
      <p role="alert" data-part="fault">
        {fault}
      </p>
      <p data-part="actions">
        <button type="submit" data-part="primary" disabled={fetching}>
          {t('signIn')}
        </button>
      </p>
    </form>
  )
}
