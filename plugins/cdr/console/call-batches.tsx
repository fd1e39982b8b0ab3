import type { ReactNode } from 'react'
import { Route, Switch } from 'wouter'
import { PageParts } from '../../../web/console-kit/page-parts.tsx'
import { BatchList } from './batch-list.tsx'
import { BatchPage } from './batch-page.tsx'
import { CallArchives } from './call-archives.tsx'
import { callBatchWords } from './call-batch-words.ts'
import { CallFeeds } from './call-feeds.tsx'

export { reasonWords } from './refusal-words.ts'

/** Deliveries of calls, who sends them, and what became of old ones. */
export const Page = (): ReactNode => (
  <Switch>
    <Route path="/batches/:id">{({ id }) => <BatchPage key={id} id={id} />}</Route>
    <Route>
      <Parts />
    </Route>
  </Switch>
)

const Parts = (): ReactNode => {
  const t = callBatchWords.use()
  return (
    <PageParts
      title={t('title')}
      label={t('parts')}
      parts={[
        { name: 'batches', title: t('batches'), path: '/', content: <BatchList /> },
        { name: 'feeds', title: t('feeds'), path: '/feeds', content: <CallFeeds /> },
        { name: 'archives', title: t('archives'), path: '/archives', content: <CallArchives /> }
      ]}
    />
  )
}
