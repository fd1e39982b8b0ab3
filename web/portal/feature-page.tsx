import { type ReactNode, useMemo } from 'react'
import { type PageOf, PluginPage } from '../kit/plugin-page.tsx'
import { type PortalViewer, ViewerContext } from '../portal-kit/viewer.ts'
import type { Me } from './portal.tsx'

/** A page with the key of the feature it belongs to. */
export interface PageOfFeature extends PageOf {
  readonly feature: string
}

/** @param feature the page's own */
const viewerOf = (me: Me, feature: string): PortalViewer => {
  const keys = new Set(me.features.map(({ key }) => key))
  return {
    ...me,
    readOnly: (me.viewAs !== null && !me.viewAs.writeThrough) || me.companyStatus !== 'ACTIVE',
    has: name => keys.has(`${feature}.${name}`)
  }
}

/** Draws a plugin's page for whoever has signed in. */
export const FeaturePage = ({
  page,
  me,
  loading,
  failed
}: {
  readonly page: PageOfFeature
  readonly me: Me
  readonly loading: ReactNode
  failed(again: () => void): ReactNode
}): ReactNode => {
  const viewer = useMemo(() => viewerOf(me, page.feature), [me, page.feature])
  return (
    <ViewerContext value={viewer}>
      <PluginPage page={page} loading={loading} failed={failed} />
    </ViewerContext>
  )
}
