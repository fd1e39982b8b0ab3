import { Badge, Box, Group, Loader, Text } from '@mantine/core'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type ReactNode, useEffect, useRef } from 'react'
import { accessWords } from './access-words.ts'
import { useFeatureRegistry } from './feature-registry.ts'

/** What one company would see otherwise. */
export interface AccessDifference {
  readonly companyId: string
  readonly name: string
  /** Keys of features and, as `REPORT.column`, of columns. */
  readonly gains: readonly string[]
  readonly loses: readonly string[]
}

/** CSS pixels of a row before it is measured, and of the list at most. */
const rowHeight = 56
const mostHeight = 300
/** Rows before the end at which the next page is asked for. */
const ahead = 10

/** Who gains and who loses what; only the rows in sight are drawn, further pages are read as they come near. */
export const AccessDifferences = ({
  rows,
  hasMore,
  loadMore,
  loading
}: {
  readonly rows: readonly AccessDifference[]
  readonly hasMore: boolean
  loadMore(): void
  readonly loading: boolean
}): ReactNode => {
  const t = accessWords.use()
  const scroller = useRef<HTMLDivElement>(null)
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 8,
    useFlushSync: false,
    initialRect: { width: 600, height: mostHeight },
    getItemKey: index => rows[index]?.companyId ?? index
  })
  const items = virtualizer.getVirtualItems()
  const lastInSight = items.at(-1)?.index ?? 0
  useEffect(() => {
    if (hasMore && !loading && lastInSight >= rows.length - ahead) loadMore()
  }, [hasMore, loading, lastInSight, rows.length, loadMore])
  return (
    <Box
      ref={scroller}
      // A region that scrolls is reached by keyboard.
      tabIndex={0}
      role="region"
      aria-label={t('whoList')}
      data-part="differences"
      mah={mostHeight}
      style={{
        overflow: 'auto',
        border: '1px solid var(--mantine-color-default-border)',
        borderRadius: 'var(--mantine-radius-sm)'
      }}
    >
      <Box role="list" pos="relative" h={virtualizer.getTotalSize()}>
        {items.map(item => {
          const row = rows[item.index]
          if (row === undefined) return null
          return (
            <Box
              key={item.key}
              role="listitem"
              ref={virtualizer.measureElement}
              data-index={item.index}
              data-company={row.companyId}
              aria-setsize={hasMore ? -1 : rows.length}
              aria-posinset={item.index + 1}
              px="sm"
              py={8}
              style={{
                position: 'absolute',
                insetBlockStart: 0,
                insetInline: 0,
                transform: `translateY(${item.start}px)`,
                borderBlockEnd: '1px solid var(--mantine-color-default-border)'
              }}
            >
              <Text size="sm" fw={600}>
                <bdi>{row.name}</bdi>
              </Text>
              <DifferenceOf gains={row.gains} loses={row.loses} />
            </Box>
          )
        })}
      </Box>
      {loading && (
        <Group gap="xs" p="xs">
          <Loader size="xs" />
          <Text size="xs" c="dimmed">
            {t('loadingMore')}
          </Text>
        </Group>
      )}
    </Box>
  )
}

/** Gains and losses of one company; a restriction that comes into force is no gain. */
export const DifferenceOf = ({ gains, loses }: Pick<AccessDifference, 'gains' | 'loses'>): ReactNode => {
  const t = accessWords.use()
  const registry = useFeatureRegistry()
  const restricts = (key: string): boolean => registry.get(key)?.polarity === 'RESTRICT'
  const parts = [
    { name: t('loses'), color: 'red', sign: '−', keys: loses.filter(key => !restricts(key)) },
    { name: t('restricted'), color: 'orange', sign: '!', keys: gains.filter(restricts) },
    { name: t('gains'), color: 'green', sign: '+', keys: gains.filter(key => !restricts(key)) },
    { name: t('freed'), color: 'teal', sign: '+', keys: loses.filter(restricts) }
  ]
  return parts
    .filter(({ keys }) => keys.length > 0)
    .map(({ name, color, sign, keys }) => (
      <Group key={name} gap={6} mt={4} align="baseline">
        <Text span size="xs" c="dimmed">
          {name}:
        </Text>
        {keys.map(key => (
          <Badge key={key} component="span" size="sm" variant="light" color={color} tt="none" fw={500} title={key}>
            <span aria-hidden="true">{sign} </span>
            <bdi>{registry.title(key)}</bdi>
          </Badge>
        ))}
      </Group>
    ))
}
