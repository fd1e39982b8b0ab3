import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { FeaturePage, type PageOfFeature } from './feature-page.tsx'
import type { Me } from './portal.tsx'
import { words } from './words.ts'

/** The first page: what features put there, and ways to all pages. */
export const Dashboard = ({
  me,
  pages,
  tiles,
  loading,
  failed
}: {
  readonly me: Me
  readonly pages: readonly PageOfFeature[]
  readonly tiles: readonly PageOfFeature[]
  readonly loading: ReactNode
  failed(again: () => void): ReactNode
}): ReactNode => {
  const t = words.use()
  return (
    <>
      <h1>{t('welcome', { name: me.contactName })}</h1>
      {tiles.length === 0 && pages.length === 0 && <p data-part="empty">{t('nothing')}</p>}
      {tiles.length > 0 && (
        <div data-part="dashboard">
          {tiles.map(page => (
            <section key={page.path} data-part="tile" aria-label={page.title}>
              <h2>{page.title}</h2>
              <FeaturePage page={page} me={me} loading={loading} failed={failed} />
            </section>
          ))}
        </div>
      )}
      {pages.length > 0 && (
        <ul data-part="shortcuts">
          {pages.map(page => (
            <li key={page.path}>
              <Link href={page.path} data-part="shortcut">
                {page.title}
              </Link>
            </li>
          ))}
        </ul>
      )}
    </>
  )
}
