import { Anchor, Group, Stack, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import { Link } from 'wouter'

/** The top of a console page: the way back, what it is, and what can be done with it. */
export const PageHead = ({
  title,
  mark,
  back,
  children
}: {
  readonly title: ReactNode
  /** Beside the title, such as a badge. */
  readonly mark?: ReactNode
  /** An address of the console, such as `~/companies`. */
  readonly back?: { readonly to: string; readonly title: string }
  /** Buttons. */
  readonly children?: ReactNode
}): ReactNode => (
  <Stack gap={2} mb="md">
    {back !== undefined && (
      <Group>
        <Anchor component={Link} href={back.to} size="sm">
          {back.title}
        </Anchor>
      </Group>
    )}
    <Group justify="space-between" align="center" gap="sm">
      <Group gap="sm" miw={0}>
        <Title order={1} size="h2" style={{ overflowWrap: 'anywhere' }}>
          <bdi>{title}</bdi>
        </Title>
        {mark}
      </Group>
      {children !== undefined && <Group gap="xs">{children}</Group>}
    </Group>
  </Stack>
)
