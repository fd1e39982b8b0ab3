import { Anchor, Badge, Button, Card, CopyButton, Group, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { Link } from 'wouter'
import { Fact, Facts } from '../console-kit/facts.tsx'
import { useOperator } from '../console-kit/operator.ts'
import { useBrands } from '../console-kit/use-brands.ts'
import { When } from '../console-kit/when.tsx'
import type { CompanyFactsFragment } from './companies.graphql.ts'
import { CompanyMove } from './company-move.tsx'
import { CompanyProfile } from './company-profile.tsx'
import { CompanyStatusMoves } from './company-status-moves.tsx'
import { companyWords, type Status } from './company-words.ts'

/** What a company is, and what can be done with it as a whole. */
export const CompanyOverview = ({
  company,
  reload
}: {
  readonly company: CompanyFactsFragment
  reload(): void
}): ReactNode => {
  const t = companyWords.use()
  const operator = useOperator()
  const { nameOf } = useBrands()
  const [editing, setEditing] = useState(false)
  const isAdmin = operator.is('ADMIN')
  const { domainId } = company
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
          <CompanyProfile company={company} reload={reload} onClose={() => setEditing(false)} />
        ) : (
          <Facts>
            <Fact name={t('name')}>
              <bdi>{company.name}</bdi>
            </Fact>
            <Fact name={t('codes')}>
              {company.accountCodes.length === 0 ? (
                <Text span size="sm" c="dimmed">
                  {t('noCodes')}
                </Text>
              ) : (
                <Group gap={4}>
                  {company.accountCodes.map(code => (
                    <Badge key={code} variant="light" color="gray" tt="none" fw={500}>
                      <bdi>{code}</bdi>
                    </Badge>
                  ))}
                </Group>
              )}
            </Fact>
            <Fact name={t('userType')}>{t(`userType_${company.userType}`)}</Fact>
            <Fact name={t('currency')}>
              <bdi>{company.currency}</bdi>
            </Fact>
            <Fact name={t('created')}>
              <When at={company.createdAt} />
            </Fact>
            <Fact name={t('id')}>
              <CopyButton value={company.id}>
                {({ copied, copy }) => (
                  <Group gap={6}>
                    <Text span size="xs" ff="monospace" dir="ltr" style={{ overflowWrap: 'anywhere' }}>
                      <bdi>{company.id}</bdi>
                    </Text>
                    <Button size="compact-xs" variant="subtle" onClick={copy} aria-live="polite">
                      {t(copied ? 'copied' : 'copy')}
                    </Button>
                  </Group>
                )}
              </CopyButton>
            </Fact>
          </Facts>
        )}
      </Card>
      <Stack gap="md">
        <Card withBorder component="section" aria-label={t('state')}>
          <Title order={2} size="h4" mb="xs">
            {t('state')}
          </Title>
          <Text size="sm" fw={600}>
            {t(`status_${company.status as Status}`)}
          </Text>
          <Text size="sm">{t(`means_${company.status as Status}`)}</Text>
          {isAdmin && <CompanyStatusMoves company={company} reload={reload} />}
        </Card>
        <Card withBorder component="section" aria-label={t('home')}>
          <Title order={2} size="h4" mb="xs">
            {t('home')}
          </Title>
          {domainId === null ? (
            <Text size="sm">{t('homeNone')}</Text>
          ) : (
            <>
              <Anchor component={Link} href={`~/brands/${domainId}`} size="sm" fw={600}>
                <bdi>{nameOf(domainId)}</bdi>
              </Anchor>
              <Text size="sm">{t('homeHint')}</Text>
            </>
          )}
          {isAdmin && <CompanyMove company={company} reload={reload} />}
        </Card>
      </Stack>
    </SimpleGrid>
  )
}
