import { type ReactNode, useEffect, useRef, useState } from 'react'
import { useMutation } from 'urql'
import { Link, Route, Switch, useLocation } from 'wouter'
import { refusalsOf } from '../kit/client.ts'
import { askFirst, forgetUnsaved } from '../kit/unsaved.tsx'
import { AccountMenu } from './account-menu.tsx'
import { Dashboard } from './dashboard.tsx'
import { FeaturePage } from './feature-page.tsx'
import { Profile } from './profile.tsx'
import { SignOutDocument, type StartQuery } from './start.graphql.ts'
import { Unsaved } from './unsaved.tsx'
import { useHeadingFocus } from './use-heading-focus.ts'
import { useTitle } from './use-title.ts'
import { words } from './words.ts'

/** Who is signed in, with what they have. */
export type Me = NonNullable<StartQuery['me']>

/** The portal around its pages, for somebody who has signed in. */
export const Portal = ({ me, brandName }: { readonly me: Me; readonly brandName: string }): ReactNode => {
  const t = words.use()
  const [, signOut] = useMutation(SignOutDocument)
  const [leaving, setLeaving] = useState<'STAYS' | 'LEAVES' | 'FAILED'>('STAYS')
  const [here] = useLocation()
  const content = useRef<HTMLElement>(null)
  const pages = me.features.flatMap(({ key, pages }) => pages.map(page => ({ ...page, feature: key })))
  const navigation = pages.filter(page => page.place === 'NAVIGATION')
  const tiles = pages.filter(page => page.place === 'DASHBOARD')

  const open = navigation.find(page => here === page.path || here.startsWith(`${page.path}/`))
  // Whoever had a page open that is theirs no more is told so; whoever never had it learns nothing.
  const had = useRef<string | null>(null)
  const gone = open === undefined && had.current !== null && `${here}/`.startsWith(`${had.current}/`)
  if (!gone) had.current = open?.path ?? null

  const own = here === '/' ? 'home' : here === '/profile' ? 'profile' : gone ? 'gone' : 'notFound'
  useTitle(brandName, open?.title ?? (own === 'home' ? undefined : t(own).replace(/\.$/, '')))
  useHeadingFocus(content, open?.path ?? own)
  const [isMenuOpen, setMenuOpen] = useState(false)
  // biome-ignore lint/correctness/useExhaustiveDependencies: whoever went somewhere is done with the menu
  useEffect(() => setMenuOpen(false), [here])

  const leave = async (): Promise<void> => {
    setLeaving('LEAVES')
    const { error } = await signOut({}, { anonymous: true })
    // Without an answer the session may still be open: nobody is told otherwise.
    if (refusalsOf(error).some(({ code }) => code !== 'UNAUTHENTICATED')) return setLeaving('FAILED')
    forgetUnsaved()
    // Nothing of the session stays in memory.
    location.assign('/')
  }
  const loading = (
    <p role="status" data-part="loading">
      {t('loading')}
    </p>
  )
  const failed = (again: () => void): ReactNode => (
    <div role="alert" data-part="broken">
      <p>{t('broken')}</p>
      <p data-part="actions">
        <button type="button" onClick={again}>
          {t('again')}
        </button>
        <button type="button" data-part="quiet" onClick={() => location.reload()}>
          {t('reload')}
        </button>
      </p>
    </div>
  )
  return (
    <>
      <a href="#content" data-part="skip">
        {t('skip')}
      </a>
      {me.viewAs !== null && (
        <p role="status" data-part="view-as">
          <span>
            {t(me.viewAs.writeThrough ? 'viewAsWrites' : 'viewAs', {
              staff: me.viewAs.staffName,
              contact: me.contactName
            })}
          </span>{' '}
          <button type="button" disabled={leaving === 'LEAVES'} onClick={() => askFirst(leave)}>
            {t('endViewAs')}
          </button>
        </p>
      )}
      <header data-part="header">
        <button
          type="button"
          data-part="menu-button"
          aria-expanded={isMenuOpen}
          aria-controls="navigation"
          onClick={() => setMenuOpen(!isMenuOpen)}
        >
          {t('menu')}
        </button>
        <Link href="/" data-part="brand">
          {brandName}
        </Link>
        <AccountMenu name={me.contactName} companyName={me.companyName} signOut={() => askFirst(leave)} />
      </header>
      <div data-part="body">
        <nav id="navigation" aria-label={t('menu')} data-part="navigation" data-open={isMenuOpen || undefined}>
          <ul>
            <li>
              <Link href="/" data-part="navigation-link" aria-current={here === '/' ? 'page' : undefined}>
                {t('home')}
              </Link>
            </li>
            {navigation.map(page => (
              <li key={page.path}>
                <Link href={page.path} data-part="navigation-link" aria-current={open === page ? 'page' : undefined}>
                  {page.title}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
        <main ref={content} id="content" data-part="content" tabIndex={-1}>
          {leaving === 'FAILED' && (
            <p role="alert" data-part="fault">
              {t('notSignedOut')}
            </p>
          )}
          {me.companyStatus !== 'ACTIVE' && (
            <p role="status" data-part="account-state">
              {t(me.companyStatus === 'PENALTY' ? 'restricted' : 'pending')}
            </p>
          )}
          <Switch>
            {navigation.map(page => (
              <Route key={page.path} path={page.path} nest>
                <FeaturePage page={page} me={me} loading={loading} failed={failed} />
              </Route>
            ))}
            <Route path="/">
              <Dashboard me={me} pages={navigation} tiles={tiles} loading={loading} failed={failed} />
            </Route>
            <Route path="/profile">
              <Profile me={me} />
            </Route>
            <Route>
              <div role={gone ? 'alert' : undefined} data-part={gone ? 'gone' : 'not-found'}>
                <h1>{t(gone ? 'gone' : 'notFound')}</h1>
                <p>
                  <Link href="/">{t('toHome')}</Link>
                </p>
              </div>
            </Route>
          </Switch>
        </main>
      </div>
      <Unsaved />
    </>
  )
}
