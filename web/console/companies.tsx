import type { ReactNode } from 'react'

export const Page = (): ReactNode => null
