import type { ReactNode } from 'react'
import { Route, Switch } from 'wouter'
import { PageParts } from '../console-kit/page-parts.tsx'
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

const Parts = (): ReactNode => {
  const t = staffWords.use()
  return (
    <PageParts
      title={t('title')}
      label={t('parts')}
      parts={[
        { name: 'members', title: t('members'), path: '/', content: <StaffList /> },
        { name: 'keys', title: t('keys'), path: '/keys', content: <StaffKeys /> }
      ]}
    />
  )
}
