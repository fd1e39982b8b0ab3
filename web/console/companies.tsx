import type { ReactNode } from 'react'
import { Route, Switch } from 'wouter'
import { CompanyList } from './company-list.tsx'
import { CompanyPage } from './company-page.tsx'

export const Page = (): ReactNode => (
  <Switch>
    <Route path="/">
      <CompanyList />
    </Route>
    <Route path="/:id/:tab?">{({ id, tab }) => <CompanyPage key={id} id={id} tab={tab ?? ''} />}</Route>
  </Switch>
)
