import { Alert, Badge, Box, Button, Group, Loader, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useQuery } from 'urql'
import { refusalsOf } from '../kit/client.ts'
import { ServerWords } from '../kit/refusal-text.tsx'
import { accessWords } from './access-words.ts'
import { ExplainAccessDocument } from './explanation.graphql.ts'
import { FeatureName, LayerBadge } from './feature-name.tsx'
import { overrideWords, useFeatureRegistry } from './feature-registry.ts'
import { RefusalAlert } from './refusal-alert.tsx'

const plainValues = ['on', 'off', 'admitted', 'barred', 'notApplicable', 'inherit', 'hidden'] as const

/**
 * Why a company sees a feature or does not: the layers one after the other, the deciding one marked.
 * @param domainId the brand it is asked on; left out: the home brand, else the default one
 */
export const Explanation = ({
  companyId,
  domainId,
  featureKey
}: {
  readonly companyId: string
  readonly domainId?: string | null
  readonly featureKey: string
}): ReactNode => {
  const t = accessWords.use()
  const registry = useFeatureRegistry()
  const [{ data, error, fetching }, ask] = useQuery({
    query: ExplainAccessDocument,
    variables: { companyId, domainId: domainId ?? null, key: featureKey }
  })
  if (error !== undefined)
    return (
      <Alert color="red" role="alert" title={t('failed')}>
        <RefusalAlert refusals={refusalsOf(error)} />
        <Button size="xs" mt="xs" variant="default" onClick={() => ask({ requestPolicy: 'network-only' })}>
          {t('again')}
        </Button>
      </Alert>
    )
  if (data === undefined || (fetching && data.explainAccess.key !== featureKey))
    return <Loader size="sm" aria-label={t('explanationLoading')} />
  const { explainAccess: explained } = data
  const words = overrideWords(registry.get(featureKey)?.polarity)
  const last = explained.steps.at(-1)
  const valueText = (layer: string, value: string): string => {
    if (layer === 'company' && (value === 'SHOW' || value === 'HIDE')) return words[value]
    return (plainValues as readonly string[]).includes(value)
      ? t(`value_${value as (typeof plainValues)[number]}`)
      : value
  }
  return (
    <Stack gap="sm" data-part="explanation">
      <Box>
        <Text fw={600}>
          <FeatureName featureKey={featureKey} withKey />
        </Text>
        <Text size="sm" data-part="verdict" role="status">
          {t('decidedBy', {
            state: explained.effective ? words.on : words.off,
            layer: last === undefined ? '' : t(`layer_${last.layer}` as 'layer_domain')
          })}
        </Text>
      </Box>
      <Box component="ol" aria-label={t('path')} m={0} p={0} style={{ listStyle: 'none' }}>
        {explained.steps.map(step => (
          <Box
            component="li"
            key={step.layer}
            data-layer={step.layer}
            data-decided={step.decided}
            aria-current={step.decided ? 'step' : undefined}
            px="sm"
            py={8}
            style={{
              borderInlineStart: `3px solid var(--mantine-color-${step.decided ? (explained.effective ? 'green' : 'red') : 'default-border'}${step.decided ? '-filled' : ''})`,
              background: step.decided ? 'var(--mantine-color-default-hover)' : undefined
            }}
          >
            <Group justify="space-between" gap="xs" wrap="nowrap" align="start">
              <Box>
                <LayerBadge layer={step.layer} />
                <Text size="xs" c="dimmed" mt={2}>
                  {t(`ask_${step.layer}` as 'ask_domain')}
                </Text>
              </Box>
              <Stack gap={2} align="end">
                <Text size="sm" fw={step.decided ? 700 : 500} ta="end">
                  {valueText(step.layer, step.value)}
                </Text>
                {step.decided && (
                  <Badge
                    component="span"
                    size="sm"
                    variant="light"
                    color={explained.effective ? 'green' : 'red'}
                    tt="none"
                  >
                    {t('decides')}
                  </Badge>
                )}
              </Stack>
            </Group>
          </Box>
        ))}
      </Box>
      <Text size="sm" data-part="explanation-text">
        <ServerWords text={explained.text} />
      </Text>
    </Stack>
  )
}
