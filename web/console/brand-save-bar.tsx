import { Button, Group, Paper, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { brandWords } from './brand-words.ts'

/** Stands below a form that is longer than the window: how much is not saved, and the way on. */
export const BrandSaveBar = ({
  changes,
  onReview,
  onDiscard
}: {
  readonly changes: number
  onReview(): void
  onDiscard(): void
}): ReactNode => {
  const t = brandWords.use()
  if (changes === 0) return null
  return (
    <Paper withBorder shadow="md" p="sm" pos="sticky" bottom={8} style={{ zIndex: 2 }} data-part="save-bar">
      <Group justify="space-between" gap="xs">
        <Text size="sm" fw={600} role="status">
          {t('changes', { count: changes })}
        </Text>
        <Group gap="xs">
          <Button variant="default" onClick={onDiscard}>
            {t('discard')}
          </Button>
          <Button onClick={onReview}>{t('review')}</Button>
        </Group>
      </Group>
    </Paper>
  )
}
