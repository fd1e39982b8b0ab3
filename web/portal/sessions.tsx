import { type ReactNode, useCallback, useEffect, useRef, useState } from 'react'
import { useClient, useQuery } from 'urql'
import { refusalsOf } from '../kit/client.ts'
import { useFormats } from '../kit/formats.ts'
import { RefusalText, RefusalTexts } from '../kit/refusal-text.tsx'
import { createStore } from '../kit/store.ts'
import { EndOtherSessionsDocument, EndSessionDocument, SessionsDocument } from './profile.graphql.ts'
import { words } from './words.ts'

/** Goes up when something else has ended sessions. */
export const sessionsChanged = createStore(0)

/** Where the contact is signed in; each can be ended, all but this one at once. */
export const Sessions = ({ readOnly }: { readonly readOnly: boolean }): ReactNode => {
  const t = words.use()
  const formats = useFormats()
  const client = useClient()
  const [{ data, error, fetching }, ask] = useQuery({ query: SessionsDocument })
  const [isBusy, setBusy] = useState(false)
  const [said, setSaid] = useState<{ readonly text: ReactNode; readonly isFault: boolean } | null>(null)
  const list = useRef<HTMLUListElement>(null)
  const reload = useCallback(() => ask({ requestPolicy: 'network-only' }), [ask])
  const changes = sessionsChanged.use()
  useEffect(() => {
    if (changes > 0) reload()
  }, [changes, reload])

  /** @param id null: all but this one */
  const end = async (id: string | null, done: string): Promise<void> => {
    setBusy(true)
    setSaid(null)
    let fault: ReactNode = null
    const answer =
      id === null ? client.mutation(EndOtherSessionsDocument, {}) : client.mutation(EndSessionDocument, { id })
    const [refusal] = refusalsOf((await answer.toPromise()).error)
    // What is not there any more has ended by itself.
    if (refusal !== undefined && refusal.code !== 'NOT_FOUND') {
      const isGone = refusal.code === 'UNREACHABLE' || refusal.code === 'UNAVAILABLE'
      fault = isGone ? t('notSaved') : <RefusalText refusal={refusal} />
    }
    setBusy(false)
    setSaid({ text: fault ?? done, isFault: fault !== null })
    // The button that had the focus goes with its row.
    list.current?.focus()
    reload()
  }
  const sessions = data?.mySessions ?? null
  if (sessions === null)
    return fetching || error === undefined ? (
      <p role="status" data-part="loading">
        {t('loading')}
      </p>
    ) : (
      <div role="alert" data-part="fault">
        <p>
          <RefusalTexts refusals={refusalsOf(error).slice(0, 1)} />
        </p>
        <button type="button" onClick={reload}>
          {t('again')}
        </button>
      </div>
    )
  const others = sessions.filter(({ current }) => !current)
  return (
    <div data-part="sessions">
      {sessions.length === 0 && <p data-part="empty">{t('noSessions')}</p>}
      <ul ref={list} tabIndex={-1} aria-labelledby="profile-sessions" data-part="sessions-list">
        {[...sessions.filter(({ current }) => current), ...others].map(session => (
          <li key={session.id} data-part="session">
            <p>
              <strong>
                <bdi>{session.ip}</bdi>
              </strong>{' '}
              {session.current && <span data-part="badge">{t('thisSession')}</span>}
              <br />
              <small>
                {t('sessionTimes', {
                  created: formats.dateTime(session.createdAt),
                  seen: formats.dateTime(session.lastSeenAt)
                })}
              </small>
            </p>
            {!session.current && !readOnly && (
              <button
                type="button"
                disabled={isBusy}
                aria-label={t('endSessionOf', { ip: session.ip })}
                onClick={() => end(session.id, t('sessionOver'))}
              >
                {t('endSession')}
              </button>
            )}
          </li>
        ))}
      </ul>
      {others.length > 1 && !readOnly && (
        <p data-part="actions">
          <button type="button" data-part="danger" disabled={isBusy} onClick={() => end(null, t('sessionsOver'))}>
            {t('endOthers', { count: others.length })}
          </button>
        </p>
      )}
      <p role={said?.isFault ? 'alert' : 'status'} data-part={said?.isFault ? 'fault' : 'done'}>
        {said?.text}
      </p>
    </div>
  )
}
