import { Tabs } from '@mantine/core'
import type { ReactNode } from 'react'
import { useLocation } from 'wouter'
import { PageHead } from './page-head.tsx'

/** A part of a page: a tab with an address of its own. */
export interface PagePart {
  readonly name: string
  readonly title: string
  /** Below the page's own address; the first part stands at `/`. */
  readonly path: string
  readonly content: ReactNode
}

/** A page in tabs. Only the open one is drawn; the first is open at every address that is no other's. */
export const PageParts = ({
  title,
  label,
  parts
}: {
  readonly title: string
  /** What the tabs are, for whoever does not see them. */
  readonly label: string
  readonly parts: readonly PagePart[]
}): ReactNode => {
  const [here, go] = useLocation()
  const open = parts.find(({ path }) => path === here) ?? parts[0]!
  return (
    <>
      <PageHead title={title} />
      <Tabs
        value={open.name}
        onChange={next => {
          const part = parts.find(({ name }) => name === next)
          if (part !== undefined) go(part.path)
        }}
      >
        <Tabs.List aria-label={label} mb="md">
          {parts.map(part => (
            <Tabs.Tab key={part.name} value={part.name}>
              {part.title}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {parts.map(({ name, content }) => (
          <Tabs.Panel key={name} value={name}>
            {name === open.name && content}
          </Tabs.Panel>
        ))}
      </Tabs>
    </>
  )
}
