import type { PortalContext } from '../core/plugin-api.ts'
import type { Viewer } from '../core/viewer.ts'
import type { Installation } from './installation.ts'

/** What a plugin's code is given on behalf of a viewer. */
export const portalContext = (
  installation: Installation,
  viewer: Viewer,
  at: number,
  requestId: string
): PortalContext => {
  const access = installation.access.accessOf(viewer.companyId, at, viewer.domainId)
  return {
    viewer,
    access,
    scope: installation.openScope(viewer, at),
    at,
    requestId,
    authorize: (action, subject, row, field) =>
      installation.abilities.authorize(access, viewer, action, subject, row, field)
  }
}
