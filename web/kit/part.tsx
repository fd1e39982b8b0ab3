import { type ComponentType, lazy, type ReactNode, Suspense } from 'react'
import { partWords } from './part-words.ts'

const NotLoaded = (): ReactNode => {
  const t = partWords.use()
  return (
    <div role="alert" data-part="broken">
      <p>{t('notLoaded')}</p>
      <button type="button" onClick={() => location.reload()}>
        {t('reload')}
      </button>
    </div>
  )
}

const Loading = (): ReactNode => {
  const t = partWords.use()
  return <p data-part="loading">{t('loading')}</p>
}

/**
 * A part of a page whose script is fetched when it is drawn first; without it the rest of the page stands.
 * @param load imports it
 * @param instead drawn where that fails: browsers do not fetch a script again that once failed
 * @param loading drawn until it is there
 */
export const part = <Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  instead: () => ReactNode = NotLoaded,
  loading: ReactNode = <Loading />
): ComponentType<Props> => {
  const Part = lazy<ComponentType<Props>>(() =>
    load().then(
      found => ({ default: found }),
      () => ({ default: instead })
    )
  )
  return props => (
    <Suspense fallback={loading}>
      <Part {...props} />
    </Suspense>
  )
}
