import { Tabs } from '@mantine/core'
import type { ReactNode } from 'react'
import { Route, Switch, useLocation } from 'wouter'
import { PageHead } from '../../../web/console-kit/page-head.tsx'
import { InventoryList } from './inventory-list.tsx'
import { InventoryNumberPage } from './inventory-number.tsx'
import { inventoryWords } from './inventory-words.ts'
import { NumberFiles } from './number-files.tsx'
import { NumberJobPage } from './number-job.tsx'

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

const parts = { inventory: '/', files: '/files' } as const
type Part = keyof typeof parts
const names = Object.keys(parts) as readonly Part[]

const Parts = (): ReactNode => {
  const t = inventoryWords.use()
  const [here, go] = useLocation()
  const open = names.find(name => parts[name] === here) ?? 'inventory'
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
        <Tabs.Panel value="inventory">{open === 'inventory' && <InventoryList />}</Tabs.Panel>
        <Tabs.Panel value="files">{open === 'files' && <NumberFiles />}</Tabs.Panel>
      </Tabs>
    </>
  )
}
