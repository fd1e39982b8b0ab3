import { createContext, useContext } from 'react'

/** Who looks at the portal, and what is there for them. */
export interface PortalViewer {
  readonly contactId: string
  readonly contactName: string
  readonly email: string
  readonly companyName: string
  readonly currency: string
  readonly userType: 'CUSTOMER' | 'CARRIER'
  /** Another one means that features or columns may have come or gone. */
  readonly accessRevision: string
  /** Staff looking over the contact's shoulder. */
  readonly viewAs: { readonly staffName: string; readonly writeThrough: boolean } | null
  /** True when nothing may be changed: staff who only look, or a company that is not in order. */
  readonly readOnly: boolean
  /**
   * Whether the viewer has a feature below the page's own: `has('edit')` on a page of `phones` asks for `phones.edit`. No key
   * stands in a script that reaches those who do not have it.
   */
  has(name: string): boolean
}

export const ViewerContext = createContext<PortalViewer | null>(null)

/** Who looks; only below the shell, which draws pages for somebody who has signed in. */
export const useViewer = (): PortalViewer => {
  const viewer = useContext(ViewerContext)
  if (viewer === null) throw new Error('a page was drawn without a viewer')
  return viewer
}
