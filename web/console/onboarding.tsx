import type { ReactNode } from 'react'
import { Route, Switch } from 'wouter'
import { NoSuchPage } from '../console-kit/no-such-page.tsx'
import { OnboardingRunPage } from './onboarding-run.tsx'
import { OnboardingRuns } from './onboarding-runs.tsx'

export const Page = (): ReactNode => (
  <Switch>
    <Route path="/">
      <OnboardingRuns />
    </Route>
    <Route path="/:id">{({ id }) => <OnboardingRunPage key={id} id={id} />}</Route>
    <Route>
      <NoSuchPage />
    </Route>
  </Switch>
)
