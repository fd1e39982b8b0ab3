import type { ReactNode } from 'react'
import { words } from './calls-words.ts'

export interface CallArchive {
  readonly month: string
  readonly url: string
}

/** Links to files with the calls of whole months. */
export const CallArchives = ({ archives }: { readonly archives: readonly CallArchive[] }): ReactNode => {
  const t = words.use()
  return (
    <ul data-part="archives">
      {archives.map(({ month, url }) => (
        <li key={month}>
          <a href={url} download aria-label={t('download', { month })}>
            <bdi>{month}</bdi>
          </a>
        </li>
      ))}
    </ul>
  )
}

/** Archived months that a stretch of time reaches into; months are those of UTC. */
export const archivesWithin = (
  archives: readonly CallArchive[],
  { from, to }: { readonly from: string; readonly to: string }
): readonly CallArchive[] => {
  const last = new Date(Date.parse(to) - 1).toISOString().slice(0, 7)
  return archives.filter(({ month }) => month >= from.slice(0, 7) && month <= last)
}
