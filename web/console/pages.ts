import { type ComponentType, lazy } from 'react'

/** A page of the console's own: where it stands, what it is called, and its script, fetched when it is opened. */
export interface OwnPage {
  readonly path: string
  readonly title:
    | 'companies'
    | 'brands'
    | 'grid'
    | 'features'
    | 'compare'
    | 'templates'
    | 'hygiene'
    | 'onboarding'
    | 'audit'
    | 'staff'
    | 'account'
  readonly Page: ComponentType
}

const page = (
  path: string,
  title: OwnPage['title'],
  load: () => Promise<{ readonly Page: ComponentType }>
): OwnPage => ({ path, title, Page: lazy(() => load().then(({ Page }) => ({ default: Page }))) })

/** In the order of the menu. A page owns every address below its own. */
export const ownPages: readonly OwnPage[] = [
  page('/companies', 'companies', () => import('./companies.tsx')),
  page('/brands', 'brands', () => import('./brands.tsx')),
  page('/grid', 'grid', () => import('./access-grid.tsx')),
  page('/features', 'features', () => import('./features.tsx')),
  page('/compare', 'compare', () => import('./compare.tsx')),
  page('/templates', 'templates', () => import('./templates.tsx')),
  page('/hygiene', 'hygiene', () => import('./hygiene.tsx')),
  page('/onboarding', 'onboarding', () => import('./onboarding.tsx')),
  page('/audit', 'audit', () => import('./audit.tsx')),
  page('/staff', 'staff', () => import('./staff.tsx')),
  page('/account', 'account', () => import('./account.tsx'))
]
