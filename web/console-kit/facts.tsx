import { Box } from '@mantine/core'
import type { ReactNode } from 'react'

/** What is known of one thing: a list of `Fact`s. */
export const Facts = ({ children }: { readonly children: ReactNode }): ReactNode => (
  <Box component="dl" data-part="facts">
    {children}
  </Box>
)

/** One line of `Facts`: what it is called, and what it is. */
export const Fact = ({ name, children }: { readonly name: string; readonly children: ReactNode }): ReactNode => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
)
