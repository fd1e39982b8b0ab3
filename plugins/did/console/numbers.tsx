import type { ReactNode } from 'react'
import { Route, Switch } from 'wouter'
import { PageParts } from '../../../web/console-kit/page-parts.tsx'
import { InventoryList } from './inventory-list.tsx'
import { InventoryNumberPage } from './inventory-number.tsx'
import { inventoryWords } from './inventory-words.ts'
import { NumberFiles } from './number-files.tsx'
import { NumberJobPage } from './number-job.tsx'

export { reasonWords } from './refusal-words.ts'

/** The inventory of numbers, and the files it is filled from. */
export const Page = (): ReactNode => (
  <Switch>
    <Route path="/number/:id">{({ id }) => <InventoryNumberPage key={id} id={id} />}</Route>
    <Route path="/files/:id">{({ id }) => <NumberJobPage key={id} id={id} />}</Route>
    <Route>
      <Parts />
    </Route>
  </Switch>
)

const Parts = (): ReactNode => {
  const t = inventoryWords.use()
  return (
    <PageParts
      title={t('title')}
      label={t('parts')}
      parts={[
        { name: 'inventory', title: t('inventory'), path: '/', content: <InventoryList /> },
        { name: 'files', title: t('files'), path: '/files', content: <NumberFiles /> }
      ]}
    />
  )
}
