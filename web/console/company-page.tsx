import { Alert, Button, Loader, Stack, Tabs } from '@mantine/core'
import { type ReactNode, use, useEffect, useState } from 'react'
import { useLocation } from 'wouter'
import { accessWrites } from '../console-kit/access-writes.ts'
import { PageHead } from '../console-kit/page-head.tsx'
import { RefusalAlert } from '../console-kit/refusal-alert.tsx'
import { useFresh } from '../console-kit/use-fresh.ts'
import { refusalsOf } from '../kit/client.ts'
import { CompanyDocument } from './companies.graphql.ts'
import { CompanyContacts } from './company-contacts.tsx'
import { CompanyHistory } from './company-history.tsx'
import { CompanyOverview } from './company-overview.tsx'
import { CompanyStatusBadge } from './company-status-badge.tsx'
import { companyWords } from './company-words.ts'
import { ConsolePages, ConsolePluginPage } from './console-plugin-page.tsx'
import { PortalAccess } from './portal-access.tsx'

const tabs = ['overview', 'access', 'contacts', 'history'] as const

/** One company; each of its parts has an address. */
export const CompanyPage = ({ id, tab }: { readonly id: string; readonly tab: string }): ReactNode => {
  const t = companyWords.use()
  const [, go] = useLocation()
  const { data, error, fetching, reload } = useFresh(CompanyDocument, { id })
  const pluginTabs = use(ConsolePages).flatMap(page =>
    page.place === 'COMPANY' ? [{ page, name: page.path.slice(1) }] : []
  )
  const open = [...tabs, ...pluginTabs.map(({ name }) => name)].find(each => each === tab) ?? 'overview'
  // A part stays as it is once it was opened: nothing typed there is lost on the way to another one.
  const [visited, setVisited] = useState<ReadonlySet<string>>(new Set([open]))
  useEffect(() => setVisited(before => (before.has(open) ? before : new Set([...before, open]))), [open])
  const writes = accessWrites.use()
  // Its access may have been changed in another part or undone, which makes it another version.
  // biome-ignore lint/correctness/useExhaustiveDependencies: every write counts
  useEffect(() => {
    if (open === 'overview') reload()
  }, [open, reload, writes])

  const company = data?.company
  const back = { to: '~/companies', title: t('toList') }
  if (company == null) {
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
  const parts: Readonly<Record<(typeof tabs)[number], ReactNode>> = {
    overview: <CompanyOverview company={company} reload={reload} />,
    access: <PortalAccess companyId={id} />,
    contacts: <CompanyContacts companyId={id} />,
    history: <CompanyHistory companyId={id} />
  }
  return (
    <>
      <PageHead title={company.name} mark={<CompanyStatusBadge status={company.status} />} back={back} />
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
          {pluginTabs.map(({ page, name }) => (
            <Tabs.Tab key={name} value={name}>
              {page.title}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {tabs.map(each => (
          <Tabs.Panel key={each} value={each}>
            {(visited.has(each) || each === open) && parts[each]}
          </Tabs.Panel>
        ))}
        {pluginTabs.map(({ page, name }) => (
          <Tabs.Panel key={name} value={name}>
            {/* What a plugin keeps in the address is its own only while its tab is open. */}
            {name === open && <ConsolePluginPage page={page} props={{ companyId: id }} />}
          </Tabs.Panel>
        ))}
      </Tabs>
    </>
  )
}
