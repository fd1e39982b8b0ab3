import type { ReactNode } from 'react'
import { Route, Switch } from 'wouter'
import { NoSuchPage } from '../console-kit/no-such-page.tsx'
import { CompanyList } from './company-list.tsx'
import { CompanyPage } from './company-page.tsx'

export const Page = (): ReactNode => (
  <Switch>
    <Route path="/">
      <CompanyList />
    </Route>
    <Route path="/:id/:tab?">{({ id, tab }) => <CompanyPage key={id} id={id} tab={tab ?? ''} />}</Route>
    <Route>
      <NoSuchPage />
    </Route>
  </Switch>
)
