import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useQuery } from 'urql'
import { refusalsOf } from '../kit/client.ts'
import { preferTimeZone } from '../kit/formats.ts'
import { preferLanguage, useLanguage } from '../kit/messages.ts'
import { site } from '../portal-kit/site.ts'
import { Choices } from './choices.tsx'
import { type Me, Portal } from './portal.tsx'
import { SignIn } from './sign-in.tsx'
import { StartDocument } from './start.graphql.ts'
import { useTitle } from './use-title.ts'
import { words } from './words.ts'

/** Milliseconds between looks whether the viewer still has the same access. */
const lookEvery = 20_000

/** Equal texts: the same person, seen by the same eyes. What was begun for one is not shown to another. */
const personOf = ({ contactId, viewAs }: Me): string => `${contactId} ${viewAs?.staffName ?? ''}`

/** What was read anew, unless nothing has changed: pages are drawn again only when there is something to draw. */
const newer = (before: Me | null, found: Me): Me =>
  before !== null && JSON.stringify(before) === JSON.stringify(found) ? before : found

/** The portal, or the way into it, and what to say when the server or the session is gone. */
export const Shell = (): ReactNode => {
  const t = words.use()
  const language = useLanguage()
  const [{ data, error, fetching }, ask] = useQuery({
    query: StartDocument,
    variables: { language },
    context: useMemo(() => ({ anonymous: true }), [])
  })
  const connected = site.connected.use()
  const signedOut = site.signedOut.use()
  const refusals = site.refusals.use()
  const look = useCallback(() => ask({ requestPolicy: 'network-only' }), [ask])
  // Asked once more when a request did not arrive: that is how it is found out that the server is back.
  useEffect(() => {
    if (refusals > 0 || !connected) look()
  }, [refusals, connected, look])
  useEffect(() => {
    const lookIfSeen = (): void => {
      if (document.visibilityState === 'visible') look()
    }
    const timer = setInterval(lookIfSeen, lookEvery)
    addEventListener('focus', look)
    addEventListener('online', look)
    return () => {
      clearInterval(timer)
      removeEventListener('focus', look)
      removeEventListener('online', look)
    }
  }, [look])

  // What was last known of the viewer stands while a session has ended under its pages.
  const [me, setMe] = useState<Me | null>(null)
  const known = useRef<Me | null>(null)
  const found = data?.me ?? null
  const isNobody = refusalsOf(error).some(({ code }) => code === 'UNAUTHENTICATED')
  useEffect(() => {
    if (fetching) return
    const before = known.current
    if (found === null) {
      if (isNobody && before !== null) site.signedOut.set(true)
      return
    }
    // What waited for a sign-in is sent only for who began it.
    if (before !== null && personOf(before) !== personOf(found)) site.drop()
    else site.resume()
    known.current = newer(before, found)
    const { locale, timeZone } = found.profile
    if (locale !== null) preferLanguage(locale)
    preferTimeZone(timeZone)
    setMe(known.current)
  }, [found, isNobody, fetching])

  const brandName = data?.portal?.brandName ?? ''
  return (
    <>
      <p role="status" data-part="connection">
        {connected ? '' : t('unreachable')}
      </p>
      {me !== null ? (
        <Portal key={personOf(me)} me={me} brandName={brandName} />
      ) : data?.portal == null ? (
        <p role="status" data-part="loading">
          {error === undefined ? (
            t('loading')
          ) : (
            <>
              {t('notLoaded')}{' '}
              <button type="button" onClick={look}>
                {t('again')}
              </button>
            </>
          )}
        </p>
      ) : (
        <Entrance brandName={brandName} signedIn={look} />
      )}
      {me !== null && signedOut && <SignInAgain email={me.email} signedIn={look} />}
    </>
  )
}

const Entrance = ({ brandName, signedIn }: { readonly brandName: string; signedIn(): void }): ReactNode => {
  const t = words.use()
  useTitle(brandName)
  return (
    <main data-part="entrance">
      <div data-part="entrance-card">
        <p data-part="brand">{brandName}</p>
        <h1>{t('signIn')}</h1>
        <SignIn signedIn={signedIn} />
      </div>
      <Choices />
    </main>
  )
}

const SignInAgain = ({ email, signedIn }: { readonly email: string; signedIn(): void }): ReactNode => {
  const t = words.use()
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const shown = dialog.current
    if (shown?.open === false) shown.showModal()
    // Closing gives the focus back to where it was.
    return () => shown?.close()
  }, [])
  return (
    <dialog
      ref={dialog}
      data-part="sign-in-again"
      aria-labelledby="sign-in-again"
      onCancel={event => event.preventDefault()}
    >
      <h2 id="sign-in-again">{t('signIn')}</h2>
      <p>{t('sessionEnded')}</p>
      <SignIn email={email} signedIn={signedIn} />
      <p data-part="somebody-else">
        {t('notYou')} {/* Nothing of whoever was here stays in memory. */}
        <button type="button" data-part="quiet" onClick={() => location.reload()}>
          {t('somebodyElse')}
        </button>
      </p>
    </dialog>
  )
}
