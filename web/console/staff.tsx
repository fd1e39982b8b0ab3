import { Tabs } from '@mantine/core'
import type { ReactNode } from 'react'
import { Route, Switch, useLocation } from 'wouter'
import { PageHead } from '../console-kit/page-head.tsx'
import { StaffKeys } from './staff-keys.tsx'
import { StaffList } from './staff-list.tsx'
import { StaffMemberPage } from './staff-member.tsx'
import { staffWords } from './staff-words.ts'

export const Page = (): ReactNode => (
  <Switch>
    <Route path="/members/:id">{({ id }) => <StaffMemberPage key={id} id={id} />}</Route>
    <Route>
      <Parts />
    </Route>
  </Switch>
)

const parts = { members: '/', keys: '/keys' } as const
type Part = keyof typeof parts
const names = Object.keys(parts) as readonly Part[]

const Parts = (): ReactNode => {
  const t = staffWords.use()
  const [here, go] = useLocation()
  const open = names.find(name => parts[name] === here) ?? 'members'
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
        <Tabs.Panel value="members">{open === 'members' && <StaffList />}</Tabs.Panel>
        <Tabs.Panel value="keys">{open === 'keys' && <StaffKeys />}</Tabs.Panel>
      </Tabs>
    </>
  )
}
