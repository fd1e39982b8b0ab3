import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useMutation, useQuery } from 'urql'
import { Link, Route, Switch, useLocation } from 'wouter'
import { type Language, languages, setLanguage, useLanguage } from '../kit/messages.ts'
import { PluginPage } from '../kit/plugin-page.tsx'
import { site } from '../portal-kit/site.ts'
import { type PortalViewer, ViewerContext } from '../portal-kit/viewer.ts'
import { SignIn } from './sign-in.tsx'
import { SignOutDocument, StartDocument, type StartQuery } from './start.graphql.ts'
import { words } from './words.ts'

type Me = NonNullable<StartQuery['me']>

/** Milliseconds between looks whether the viewer still has the same access. */
const lookEvery = 20_000

const viewerOf = (me: Me): PortalViewer => {
  const keys = new Set(me.features.map(feature => feature.key))
  return {
    ...me,
    readOnly: me.viewAs !== null && !me.viewAs.writeThrough,
    has: key => keys.has(key)
  }
}

/** The portal around its pages: who looks, where to go, and what to say when the server, the session or a page is gone. */
export const Shell = (): ReactNode => {
  const t = words.use()
  const language = useLanguage()
  const [{ data, fetching }, ask] = useQuery({
    query: StartDocument,
    variables: { language },
    context: useMemo(() => ({ anonymous: true }), [])
  })
  const connected = site.connected.use()
  const signedOut = site.signedOut.use()
  const refusals = site.refusals.use()
  const look = useCallback(() => ask({ requestPolicy: 'network-only' }), [ask])
  useEffect(() => {
    if (refusals > 0) look()
  }, [refusals, look])
  useEffect(() => {
    const timer = setInterval(look, lookEvery)
    addEventListener('focus', look)
    return () => {
      clearInterval(timer)
      removeEventListener('focus', look)
    }
  }, [look])

  // What was last known of the viewer stands while a session has ended under its pages.
  const [me, setMe] = useState<Me | null>(null)
  const found = data?.me ?? null
  useEffect(() => {
    if (found !== null) setMe(found)
    else if (data !== undefined && me !== null && !fetching) site.signedOut.set(true)
  }, [found, data, fetching, me])

  const brandName = data?.portal?.brandName ?? ''
  return (
    <>
      <p role="status" data-part="connection" hidden={connected}>
        {connected ? '' : t('unreachable')}
      </p>
      {me !== null ? (
        <Portal me={me} brandName={brandName} />
      ) : data === undefined ? (
        <p data-part="loading">{t('loading')}</p>
      ) : (
        <main data-part="entrance">
          <h1>{brandName}</h1>
          <SignIn signedIn={look} />
          <Choices />
        </main>
      )}
      {me !== null && signedOut && (
        <SignInAgain
          email={me.email}
          signedIn={() => {
            site.resume()
            look()
          }}
        />
      )}
    </>
  )
}

const SignInAgain = ({ email, signedIn }: { readonly email: string; readonly signedIn: () => void }): ReactNode => {
  const t = words.use()
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  return (
    <dialog ref={dialog} data-part="sign-in-again" aria-label={t('signIn')} onCancel={event => event.preventDefault()}>
      <p>{t('sessionEnded')}</p>
      <SignIn email={email} signedIn={signedIn} />
    </dialog>
  )
}

const Choices = (): ReactNode => {
  const t = words.use()
  const language = useLanguage()
  return (
    <p data-part="choices">
      <label>
        {t('language')}{' '}
        <select value={language} onChange={event => setLanguage(event.target.value as Language)}>
          {Object.entries(languages).map(([code, name]) => (
            <option key={code} value={code} lang={code}>
              {name}
            </option>
          ))}
        </select>
      </label>
    </p>
  )
}

const Portal = ({ me, brandName }: { readonly me: Me; readonly brandName: string }): ReactNode => {
  const t = words.use()
  const viewer = useMemo(() => viewerOf(me), [me])
  const [, signOut] = useMutation(SignOutDocument)
  const [here] = useLocation()
  const pages = me.features.flatMap(feature => feature.pages)
  const navigation = pages.filter(page => page.place === 'NAVIGATION')
  const tiles = pages.filter(page => page.place === 'DASHBOARD')

  const open = navigation.find(page => here === page.path || here.startsWith(`${page.path}/`))
  // Whoever had a page open that is theirs no more is told so; whoever never had it learns nothing.
  const had = useRef<string | null>(null)
  const gone = open === undefined && had.current !== null && here.startsWith(had.current)
  if (!gone) had.current = open?.path ?? null

  const leave = async (): Promise<void> => {
    await signOut({})
    // Nothing of the session stays in memory.
    location.assign('/')
  }
  const loading = <p data-part="loading">{t('loading')}</p>
  const failed = (again: () => void): ReactNode => (
    <div role="alert" data-part="broken">
      <p>{t('broken')}</p>
      <button type="button" onClick={again}>
        {t('again')}
      </button>
    </div>
  )
  return (
    <ViewerContext value={viewer}>
      <a href="#content" data-part="skip">
        {t('skip')}
      </a>
      {me.viewAs !== null && (
        <p role="status" data-part="view-as">
          {t(me.viewAs.writeThrough ? 'viewAsWrites' : 'viewAs', {
            staff: me.viewAs.staffName,
            contact: me.contactName
          })}{' '}
          <button type="button" onClick={leave}>
            {t('endViewAs')}
          </button>
        </p>
      )}
      <header data-part="header">
        <Link href="/" data-part="brand">
          {brandName}
        </Link>
        <nav aria-label={t('menu')} data-part="navigation">
          <ul>
            {navigation.map(page => (
              <li key={page.path}>
                <Link href={page.path} aria-current={open === page ? 'page' : undefined}>
                  {page.title}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
        <Choices />
        <button type="button" data-part="sign-out" onClick={leave}>
          {t('signOut')}
        </button>
      </header>
      <main id="content" data-part="content" tabIndex={-1}>
        <Switch>
          {navigation.map(page => (
            <Route key={page.path} path={page.path} nest>
              <PluginPage page={page} loading={loading} failed={failed} />
            </Route>
          ))}
          <Route path="/">
            <h1>{t('welcome', { name: me.contactName })}</h1>
            {tiles.length === 0 && navigation.length === 0 && <p data-part="empty">{t('nothing')}</p>}
            <div data-part="dashboard">
              {tiles.map(page => (
                <section key={page.path} data-part="tile">
                  <PluginPage page={page} loading={loading} failed={failed} />
                </section>
              ))}
            </div>
          </Route>
          <Route>
            <p role={gone ? 'alert' : undefined} data-part={gone ? 'gone' : 'not-found'}>
              {t(gone ? 'gone' : 'notFound')}
            </p>
            <Link href="/">{t('toHome')}</Link>
          </Route>
        </Switch>
      </main>
    </ViewerContext>
  )
}
