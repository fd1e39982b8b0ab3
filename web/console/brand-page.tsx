import { Alert, Button, Loader, Stack, Tabs } from '@mantine/core'
import { type ReactNode, useEffect, useState } from 'react'
import { useLocation } from 'wouter'
import { accessWrites } from '../console-kit/access-writes.ts'
import { PageHead } from '../console-kit/page-head.tsx'
import { RefusalAlert } from '../console-kit/refusal-alert.tsx'
import { useFresh } from '../console-kit/use-fresh.ts'
import { refusalsOf } from '../kit/client.ts'
import { BrandAccess } from './brand-access.tsx'
import { BrandColumns } from './brand-columns.tsx'
import { BrandMarks } from './brand-marks.tsx'
import { BrandOverview } from './brand-overview.tsx'
import { brandWords } from './brand-words.ts'
import { BrandDocument } from './brands.graphql.ts'

const tabs = ['overview', 'access', 'cdr', 'breakout'] as const
type Tab = (typeof tabs)[number]

/** One brand; each of its parts has an address. */
export const BrandPage = ({ id, tab }: { readonly id: string; readonly tab: string }): ReactNode => {
  const t = brandWords.use()
  const [, go] = useLocation()
  const { data, error, fetching, reload } = useFresh(BrandDocument, { id })
  const open: Tab = tabs.find(each => each === tab) ?? 'overview'
  // A part stays as it is once it was opened: nothing chosen there is lost on the way to another one.
  const [visited, setVisited] = useState<ReadonlySet<Tab>>(new Set([open]))
  useEffect(() => setVisited(before => (before.has(open) ? before : new Set([...before, open]))), [open])
  const writes = accessWrites.use()
  // biome-ignore lint/correctness/useExhaustiveDependencies: every write counts
  useEffect(reload, [reload, writes])

  const brand = data?.portalDomain
  const back = { to: '~/brands', title: t('toList') }
  if (brand == null) {
    if (fetching) return <Loader aria-label={t('loading')} />
    const refusals = refusalsOf(error)
    const isMissing = refusals.length === 0 || refusals.some(({ code }) => code === 'NOT_FOUND')
    return (
      <>
        <PageHead title={t(isMissing ? 'noSuch' : 'failed')} back={back} />
        {!isMissing && (
          <Stack align="start">
            <RefusalAlert refusals={refusals} />
            <Button onClick={reload}>{t('again')}</Button>
          </Stack>
        )}
      </>
    )
  }
  const parts: Readonly<Record<Tab, ReactNode>> = {
    overview: <BrandOverview brand={brand} companies={data?.companies.totalCount ?? 0} reload={reload} />,
    access: <BrandAccess brand={brand} reload={reload} />,
    cdr: <BrandColumns brand={brand} report="CDR" reload={reload} />,
    breakout: <BrandColumns brand={brand} report="BREAKOUT" reload={reload} />
  }
  return (
    <>
      <PageHead title={brand.brandName} mark={<BrandMarks brand={brand} />} back={back} />
      {error !== undefined && (
        <Alert color="red" role="alert" mb="sm" title={t('failed')}>
          <Button size="xs" variant="default" onClick={reload}>
            {t('again')}
          </Button>
        </Alert>
      )}
      <Tabs value={open} onChange={next => next !== null && go(next === 'overview' ? `/${id}` : `/${id}/${next}`)}>
        <Tabs.List aria-label={t('tabs')} mb="md">
          {tabs.map(each => (
            <Tabs.Tab key={each} value={each}>
              {t(each)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {tabs.map(each => (
          <Tabs.Panel key={each} value={each}>
            {(visited.has(each) || each === open) && parts[each]}
          </Tabs.Panel>
        ))}
      </Tabs>
    </>
  )
}
