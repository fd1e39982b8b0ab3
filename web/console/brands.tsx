import type { ReactNode } from 'react'
import { Route, Switch } from 'wouter'
import { NoSuchPage } from '../console-kit/no-such-page.tsx'
import { BrandList } from './brand-list.tsx'
import { BrandPage } from './brand-page.tsx'

export const Page = (): ReactNode => (
  <Switch>
    <Route path="/">
      <BrandList />
    </Route>
    <Route path="/:id/:tab?">{({ id, tab }) => <BrandPage key={id} id={id} tab={tab ?? ''} />}</Route>
    <Route>
      <NoSuchPage />
    </Route>
  </Switch>
)
