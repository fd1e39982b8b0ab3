import { type FormEvent, type ReactNode, useId, useRef, useState } from 'react'
import { useMutation } from 'urql'
import { refusalsOf } from '../kit/client.ts'
import { type Fault, FaultText, RefusalText } from '../kit/refusal-text.tsx'
import { useUnsaved } from '../kit/unsaved.tsx'
import { ChangePasswordDocument } from './profile.graphql.ts'
import { sessionsChanged } from './sessions.tsx'
import { words } from './words.ts'

const leastLength = 10
const fewest = 4

type Fields = 'oldPassword' | 'newPassword' | 'repeated'
type Faults = Readonly<Partial<Record<Fields, Fault>>>

/** Changes the contact's password. Its rules stand there before anything is typed. */
export const PasswordForm = ({ email }: { readonly email: string }): ReactNode => {
  const t = words.use()
  const id = useId()
  const [{ fetching }, change] = useMutation(ChangePasswordDocument)
  const [faults, setFaults] = useState<Faults>({})
  const [said, setSaid] = useState<{ readonly text: ReactNode; readonly isFault: boolean } | null>(null)
  const form = useRef<HTMLFormElement>(null)
  const [isTyped, setTyped] = useState(false)
  useUnsaved(isTyped)

  const fault = (found: Faults): void => {
    setFaults(found)
    const first = (['oldPassword', 'newPassword', 'repeated'] as const).find(each => found[each] !== undefined)
    if (first !== undefined) form.current?.querySelector<HTMLInputElement>(`[name="${first}"]`)?.focus()
  }
  const wrongOf = (newPassword: string, repeated: string): Faults => {
    if ([...newPassword].length < leastLength) return { newPassword: t('tooShort') }
    if (newPassword.toLowerCase() === email.toLowerCase()) return { newPassword: t('isEmail') }
    if (new Set(newPassword).size < fewest) return { newPassword: t('tooSimple') }
    return repeated === newPassword ? {} : { repeated: t('notTheSame') }
  }
  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault()
    const data = new FormData(event.currentTarget)
    const [oldPassword, newPassword, repeated] = ['oldPassword', 'newPassword', 'repeated'].map(each =>
      String(data.get(each))
    ) as [string, string, string]
    setSaid(null)
    const wrong = wrongOf(newPassword, repeated)
    fault(wrong)
    if (Object.keys(wrong).length > 0) return
    const { error } = await change({ oldPassword, newPassword })
    const [refusal] = refusalsOf(error)
    if (refusal === undefined) {
      form.current?.reset()
      setTyped(false)
      setSaid({ text: t('passwordChanged'), isFault: false })
      sessionsChanged.set(sessionsChanged.get() + 1)
      return
    }
    const { oldPassword: old, newPassword: fresh } = refusal.fields
    if (old !== undefined) fault({ oldPassword: t('oldWrong') })
    else if (fresh !== undefined) fault({ newPassword: fresh })
    else {
      const isGone = refusal.code === 'UNREACHABLE' || refusal.code === 'UNAVAILABLE'
      setSaid({ text: isGone ? t('notSaved') : <RefusalText refusal={refusal} />, isFault: true })
    }
  }
  const field = (name: Fields, label: string, autoComplete: string, hint?: string): ReactNode => (
    <div data-part="field">
      <label htmlFor={`${id}${name}`}>{label}</label>
      {hint !== undefined && (
        <p id={`${id}${name}-hint`} data-part="hint">
          {hint}
        </p>
      )}
      <input
        id={`${id}${name}`}
        name={name}
        type="password"
        autoComplete={autoComplete}
        maxLength={256}
        required
        aria-invalid={faults[name] !== undefined || undefined}
        aria-describedby={`${hint === undefined ? '' : `${id}${name}-hint `}${id}${name}-fault`}
      />
      <p id={`${id}${name}-fault`} data-part="fault">
        {faults[name] !== undefined && <FaultText fault={faults[name]} />}
      </p>
    </div>
  )
  return (
    <form
      ref={form}
      data-part="password-form"
      onSubmit={submit}
      onInput={event => {
        const data = new FormData(event.currentTarget)
        // The present one is often filled in by the browser.
        setTyped(['newPassword', 'repeated'].some(name => data.get(name) !== ''))
      }}
    >
      {/* Tells the browser's keeper of passwords whose it is. */}
      <input type="email" name="username" autoComplete="username" value={email} readOnly hidden />
      {field('oldPassword', t('oldPassword'), 'current-password')}
      {field('newPassword', t('newPassword'), 'new-password', t('passwordRules'))}
      {field('repeated', t('repeated'), 'new-password')}
      <p data-part="actions">
        <button type="submit" data-part="primary" disabled={fetching}>
          {t('changePassword')}
        </button>
      </p>
      <p role={said?.isFault ? 'alert' : 'status'} data-part={said?.isFault ? 'fault' : 'done'}>
        {said?.text}
      </p>
    </form>
  )
}
