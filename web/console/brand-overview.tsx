import { Anchor, Button, Card, Group, SimpleGrid, Text, Title } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { Link } from 'wouter'
import { Fact, Facts } from '../console-kit/facts.tsx'
import { useOperator } from '../console-kit/operator.ts'
import { When } from '../console-kit/when.tsx'
import { useFormats } from '../kit/formats.ts'
import { BrandProfile } from './brand-profile.tsx'
import { BrandService } from './brand-service.tsx'
import { brandWords } from './brand-words.ts'
import type { BrandFactsFragment } from './brands.graphql.ts'

/** What a brand is, and what can be done with it as a whole. */
export const BrandOverview = ({
  brand,
  companies,
  reload
}: {
  readonly brand: BrandFactsFragment
  /** How many are at home on it. */
  readonly companies: number
  reload(): void
}): ReactNode => {
  const t = brandWords.use()
  const { number } = useFormats()
  const operator = useOperator()
  const [editing, setEditing] = useState(false)
  const isAdmin = operator.is('ADMIN')
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
      <Card withBorder component="section" aria-label={t('facts')}>
        <Group justify="space-between" mb="xs">
          <Title order={2} size="h4">
            {t('facts')}
          </Title>
          {isAdmin && !editing && (
            <Button size="xs" variant="default" onClick={() => setEditing(true)}>
              {t('edit')}
            </Button>
          )}
        </Group>
        {editing ? (
          <BrandProfile brand={brand} reload={reload} onClose={() => setEditing(false)} />
        ) : (
          <Facts>
            <Fact name={t('name')}>
              <bdi>{brand.brandName}</bdi>
            </Fact>
            <Fact name={t('host')}>
              <bdi>{brand.fqdn}</bdi>
            </Fact>
            <Fact name={t('currencies')}>
              {brand.currencies.length === 0 ? (
                <Text span size="sm" c="dimmed">
                  {t('noCurrencies')}
                </Text>
              ) : (
                <bdi>{brand.currencies.join(', ')}</bdi>
              )}
            </Fact>
            <Fact name={t('companies')}>
              {companies === 0 ? (
                number(0)
              ) : (
                <Anchor component={Link} href={`~/companies?brand=${brand.id}`} size="sm">
                  {number(companies)}
                </Anchor>
              )}
            </Fact>
            <Fact name={t('created')}>
              <When at={brand.createdAt} />
            </Fact>
          </Facts>
        )}
      </Card>
      <Card withBorder component="section" aria-label={t('service')}>
        <Title order={2} size="h4" mb="xs">
          {t('service')}
        </Title>
        <Text size="sm">{t(brand.enabled ? 'enabledMeans' : 'disabledMeans')}</Text>
        {brand.isDefault && (
          <Text size="sm" mt="xs">
            {t('defaultMeans')}
          </Text>
        )}
        {isAdmin && <BrandService brand={brand} companies={companies} reload={reload} />}
      </Card>
    </SimpleGrid>
  )
}
