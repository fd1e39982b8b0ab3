import { Button, Loader, Stack, Text } from '@mantine/core'
import { type ReactNode, useEffect } from 'react'
import { AccessDifferences } from '../console-kit/access-differences.tsx'
import { RefusalAlert } from '../console-kit/refusal-alert.tsx'
import { usePages } from '../kit/use-pages.ts'
import { brandWords } from './brand-words.ts'
import { BrandHomesDocument } from './brands.graphql.ts'

/**
 * The companies that gain or lose the portal as a whole with their brand.
 * @param onSeen hears whether they are there; nothing is done before
 */
export const BrandHomes = ({
  id,
  act,
  onSeen
}: {
  readonly id: string
  readonly act: 'enable' | 'disable'
  onSeen(isSeen: boolean): void
}): ReactNode => {
  const t = brandWords.use()
  const pages = usePages({ query: BrandHomesDocument, variables: { id, first: 50 }, pick: data => data.companies })
  const { rows, state, data } = pages
  const isSeen = data !== undefined && state !== 'FAILED'
  useEffect(() => {
    onSeen(isSeen)
    return () => onSeen(false)
  }, [isSeen, onSeen])
  if (state === 'FAILED')
    return (
      <Stack align="start">
        <RefusalAlert refusals={pages.refusals} />
        <Button variant="default" size="xs" onClick={pages.reload}>
          {t('again')}
        </Button>
      </Stack>
    )
  if (data === undefined) return <Loader size="sm" aria-label={t('loading')} />
  const count = data.companies.totalCount
  return (
    <>
      <Text size="sm" fw={600}>
        {count === 0 ? t('homeless') : t(`${act}Hits`, { count })}
      </Text>
      {rows.length > 0 && (
        <AccessDifferences
          rows={rows.map(company => ({ companyId: company.id, name: company.name, gains: [], loses: [] }))}
          hasMore={pages.hasMore}
          loadMore={pages.loadMore}
          loading={state === 'MORE'}
        />
      )}
    </>
  )
}
