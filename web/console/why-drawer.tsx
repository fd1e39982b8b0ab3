import { Drawer } from '@mantine/core'
import type { ReactNode } from 'react'
import { Explanation } from '../console-kit/explanation.tsx'
import { FocusBack } from '../console-kit/focus-back.ts'

/** What is explained: a company and a feature. */
export interface Why {
  readonly companyId: string
  readonly featureKey: string
}

/** The explanation of one answer at the side of a page; Escape gives the focus back to where it was. */
export const WhyDrawer = ({
  why,
  title,
  closeLabel,
  onClose
}: {
  readonly why: Why | null
  readonly title: string
  readonly closeLabel: string
  onClose(): void
}): ReactNode => (
  <Drawer
    opened={why !== null}
    onClose={onClose}
    title={title}
    position="right"
    closeButtonProps={{ 'aria-label': closeLabel }}
    returnFocus={false}
  >
    <FocusBack />
    {why !== null && <Explanation companyId={why.companyId} featureKey={why.featureKey} />}
  </Drawer>
)
