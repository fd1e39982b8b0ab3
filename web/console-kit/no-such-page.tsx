import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { workWords } from './work-words.ts'

/** Stands at addresses that no page has: the last route of the console, and of each page that has addresses below its own. */
export const NoSuchPage = (): ReactNode => {
  const t = workWords.use()
  return (
    <>
      <p>{t('noSuchPage')}</p>
      <Link href="~/companies">{t('toCompanies')}</Link>
    </>
  )
}
