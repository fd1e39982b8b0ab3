import { Tabs } from '@mantine/core'
import type { ReactNode } from 'react'
import { Route, Switch, useLocation } from 'wouter'
import { PageHead } from '../../../web/console-kit/page-head.tsx'
import { BatchList } from './batch-list.tsx'
import { BatchPage } from './batch-page.tsx'
import { CallArchives } from './call-archives.tsx'
import { callBatchWords } from './call-batch-words.ts'
import { CallFeeds } from './call-feeds.tsx'

/** Deliveries of calls, who sends them, and what became of old ones. */
export const Page = (): ReactNode => (
  <Switch>
    <Route path="/batches/:id">{({ id }) => <BatchPage key={id} id={id} />}</Route>
    <Route>
      <Parts />
    </Route>
  </Switch>
)

const parts = { batches: '/', feeds: '/feeds', archives: '/archives' } as const
type Part = keyof typeof parts
const names = Object.keys(parts) as readonly Part[]

const Parts = (): ReactNode => {
  const t = callBatchWords.use()
  const [here, go] = useLocation()
  const open = names.find(name => parts[name] === here) ?? 'batches'
  const shown: Readonly<Record<Part, ReactNode>> = {
    batches: <BatchList />,
    feeds: <CallFeeds />,
    archives: <CallArchives />
  }
  return (
    <>
      <PageHead title={t('title')} />
      <Tabs value={open} onChange={next => next !== null && go(parts[next as Part])}>
        <Tabs.List aria-label={t('parts')} mb="md">
          {names.map(name => (
            <Tabs.Tab key={name} value={name}>
              {t(name)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {names.map(name => (
          <Tabs.Panel key={name} value={name}>
            {name === open && shown[name]}
          </Tabs.Panel>
        ))}
      </Tabs>
    </>
  )
}
