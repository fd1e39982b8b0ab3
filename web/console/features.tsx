import {
  Anchor,
  Badge,
  Box,
  Button,
  Code,
  Group,
  Loader,
  SegmentedControl,
  Stack,
  Table,
  Text,
  Title
} from '@mantine/core'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { useClient } from 'urql'
import { Link, Route, Switch } from 'wouter'
import { BrandSelect } from '../console-kit/brand-select.tsx'
import { DataTable } from '../console-kit/data-table.tsx'
import { type FeatureEntry, FeatureName, LayerBadge, useFeatureRegistry } from '../console-kit/feature-names.ts'
import { NoSuchPage } from '../console-kit/no-such-page.tsx'
import { PageHead } from '../console-kit/page-head.tsx'
import { SearchField } from '../console-kit/search-field.tsx'
import { useBrands } from '../console-kit/use-brands.ts'
import { listOf, usePages } from '../kit/use-pages.ts'
import { CompaniesOfFeatureDocument, FeatureCountDocument } from './features.graphql.ts'
import { featuresWords } from './features-words.ts'
import { useUrlParams } from './url-params.ts'
import { WhyDrawer } from './why-drawer.tsx'

export const Page = (): ReactNode => (
  <Switch>
    <Route path="/">
      <FeatureList />
    </Route>
    <Route path="/:key">{({ key }) => <WhoSees featureKey={decodeURIComponent(key)} key={key} />}</Route>
    <Route>
      <NoSuchPage />
    </Route>
  </Switch>
)

/** Asks only once it is on the screen: most of the list never is. */
const FeatureCount = ({ feature }: { readonly feature: FeatureEntry }): ReactNode => {
  const t = featuresWords.use()
  const client = useClient()
  const place = useRef<HTMLSpanElement>(null)
  const [count, setCount] = useState<number | null | 'FAILED'>(null)
  useEffect(() => {
    let open = true
    const watcher = new IntersectionObserver(entries => {
      if (!entries.some(entry => entry.isIntersecting)) return
      watcher.disconnect()
      void client
        .query(FeatureCountDocument, { key: feature.key, domainId: null })
        .toPromise()
        .then(({ data }) => {
          if (open) setCount(data?.companiesWithFeature.totalCount ?? 'FAILED')
        })
    })
    watcher.observe(place.current!)
    return () => {
      open = false
      watcher.disconnect()
    }
  }, [client, feature.key])
  const text =
    count === null
      ? t('counting')
      : count === 'FAILED'
        ? t('notCounted')
        : t(feature.polarity === 'RESTRICT' ? 'inForceFor' : 'count', { count })
  return (
    <span ref={place} data-part="count">
      {text}
    </span>
  )
}

const FeatureList = (): ReactNode => {
  const t = featuresWords.use()
  const registry = useFeatureRegistry()
  const [params, change] = useUrlParams()
  const search = (params.get('q') ?? '').toLowerCase()
  const groups = registry.groups
    .map(({ group, features }) => ({
      group,
      features: features.filter(({ key, title }) => `${key} ${title}`.toLowerCase().includes(search))
    }))
    .filter(({ features }) => features.length > 0)
  return (
    <>
      <PageHead title={t('title')}>
        <SearchField label={t('search')} value={params.get('q') ?? ''} onSearch={text => change({ q: text })} />
      </PageHead>
      {!registry.ready && <Loader aria-label={t('counting')} />}
      {registry.ready && groups.length === 0 && <Text c="dimmed">{t('nothingFound')}</Text>}
      <Stack gap="lg">
        {groups.map(({ group, features }) => (
          <Box component="section" key={group} aria-label={group}>
            <Title order={2} size="h5" mb={4}>
              {group.replace('/', ' › ')}
            </Title>
            <Table.ScrollContainer minWidth={620}>
              <Table layout="fixed" highlightOnHover verticalSpacing={6} aria-label={group}>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th w="38%">{t('feature')}</Table.Th>
                    <Table.Th w="14%">{t('kind')}</Table.Th>
                    <Table.Th w="24%">{t('forWhom')}</Table.Th>
                    <Table.Th w="24%">{t('seenBy')}</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {features.map(feature => (
                    <Table.Tr key={feature.key}>
                      <Table.Td>
                        <Anchor component={Link} href={`/${encodeURIComponent(feature.key)}`} size="sm" fw={500}>
                          {feature.title}
                        </Anchor>{' '}
                        <Code dir="ltr">{feature.key}</Code>
                      </Table.Td>
                      <Table.Td>
                        <Badge variant="default" size="sm" tt="none" fw={500}>
                          {t(`kind_${feature.kind}`)}
                        </Badge>
                      </Table.Td>
                      <Table.Td>
                        {feature.userTypes.length === 0
                          ? t('everybody')
                          : feature.userTypes.map(type => t(type)).join(', ')}
                      </Table.Td>
                      <Table.Td>{feature.userTypes.length === 0 ? '–' : <FeatureCount feature={feature} />}</Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </Table.ScrollContainer>
          </Box>
        ))}
      </Stack>
    </>
  )
}

/** The companies that see a feature, and those that do not, with the layer that said so. */
const WhoSees = ({ featureKey }: { readonly featureKey: string }): ReactNode => {
  const t = featuresWords.use()
  const registry = useFeatureRegistry()
  const brands = useBrands()
  const [params, change] = useUrlParams()
  const feature = registry.get(featureKey)
  const effective = params.get('sees') !== 'no'
  const domainId = params.get('brand')
  const companyId = params.get('why')
  const pages = usePages({
    query: CompaniesOfFeatureDocument,
    variables: { key: featureKey, effective, domainId, first: 50 },
    pick: data => data.companiesWithFeature
  })
  const [name, setName] = useState('')
  if (registry.ready && feature === undefined) return <Text>{t('unknown')}</Text>
  const restricts = feature?.polarity === 'RESTRICT'
  const parents = feature?.parents ?? []
  return (
    <>
      <PageHead
        title={registry.title(featureKey)}
        mark={<Code dir="ltr">{featureKey}</Code>}
        back={{ to: '~/features', title: t('back') }}
      >
        <Button
          component={Link}
          href={`~/grid?sees=${encodeURIComponent(featureKey)}`}
          variant="default"
          hidden={feature?.userTypes.length === 0}
        >
          {t('toGrid')}
        </Button>
      </PageHead>
      {feature !== undefined && (
        <Group gap="lg" mb="md">
          <Badge variant="default" tt="none" fw={500}>
            {t(`kind_${feature.kind}`)}
          </Badge>
          <Text size="sm">
            {t('forWhom')}:{' '}
            {feature.userTypes.length === 0 ? t('everybody') : feature.userTypes.map(type => t(type)).join(', ')}
          </Text>
          {parents.length > 0 && (
            <Group gap={6}>
              <Text size="sm">{t(feature.parentMode === 'ANY' ? 'needsOne' : 'needs')}:</Text>
              {parents.map(parent => (
                <Anchor key={parent} component={Link} href={`~/features/${encodeURIComponent(parent)}`} size="sm">
                  <FeatureName featureKey={parent} />
                </Anchor>
              ))}
            </Group>
          )}
        </Group>
      )}
      {feature?.kind === 'PUBLIC' && <Text mb="md">{t('publicHint')}</Text>}
      <Group mb="sm" gap="sm" align="end">
        <SegmentedControl
          aria-label={t('seenBy')}
          data={[
            { value: 'yes', label: t(restricts ? 'inForce' : 'see') },
            { value: 'no', label: t(restricts ? 'notInForce' : 'seeNot') }
          ]}
          value={effective ? 'yes' : 'no'}
          onChange={sees => change({ sees: sees === 'no' ? 'no' : null, why: null })}
        />
        <BrandSelect
          placeholder={t('allBrands')}
          clearable
          value={domainId}
          onChange={brand => change({ brand, why: null })}
        />
      </Group>
      <DataTable
        label={`${registry.title(featureKey)}: ${t(effective ? (restricts ? 'inForce' : 'see') : restricts ? 'notInForce' : 'seeNot')}`}
        columns={[
          {
            name: 'company',
            title: t('company'),
            width: 260,
            cell: row => (
              <Anchor component={Link} href={`~/companies/${row.companyId}`} size="sm">
                <bdi>{row.name}</bdi>
              </Anchor>
            )
          },
          {
            name: 'brand',
            title: t('brand'),
            cell: row => (row.domainId === null ? t('noHome') : <bdi>{brands.nameOf(row.domainId)}</bdi>)
          },
          { name: 'decidedBy', title: t('decidedBy'), cell: row => <LayerBadge layer={row.decidedBy} /> },
          {
            name: 'why',
            title: t('why'),
            width: 90,
            cell: row => (
              <Button
                size="compact-xs"
                variant="default"
                aria-label={t('whyOf', { name: row.name })}
                onClick={() => {
                  setName(row.name)
                  change({ why: row.companyId })
                }}
              >
                {t('why')}
              </Button>
            )
          }
        ]}
        {...listOf(pages)}
        rowKey={row => row.companyId}
        rowLabel={row => row.name}
        totalCount={pages.data?.companiesWithFeature.totalCount ?? null}
        empty={t('empty')}
      />
      <WhyDrawer
        why={companyId === null ? null : { companyId, featureKey }}
        title={name === '' ? (pages.rows.find(row => row.companyId === companyId)?.name ?? t('why')) : name}
        closeLabel={t('close')}
        onClose={() => change({ why: null })}
      />
    </>
  )
}
