import { Badge, Code, Group, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { accessWords } from './access-words.ts'
import { useFeatureRegistry } from './feature-registry.ts'

/** A feature by its title, with its key beside it where asked for; a restriction says that it is one. */
export const FeatureName = ({
  featureKey,
  withKey = false,
  unmarked = false
}: {
  readonly featureKey: string
  readonly withKey?: boolean
  /** Where something beside it says already that it is a restriction. */
  readonly unmarked?: boolean
}): ReactNode => {
  const t = accessWords.use()
  const registry = useFeatureRegistry()
  return (
    <Group component="span" gap={6} display="inline-flex" wrap="wrap">
      <Text span inherit>
        <bdi>{registry.title(featureKey)}</bdi>
      </Text>
      {!unmarked && registry.get(featureKey)?.polarity === 'RESTRICT' && (
        <Badge component="span" size="xs" variant="outline" color="orange" tt="none" fw={500}>
          {t('restriction')}
        </Badge>
      )}
      {withKey && registry.title(featureKey) !== featureKey && (
        <Code dir="ltr" c="dimmed">
          {featureKey}
        </Code>
      )}
    </Group>
  )
}

const colors: Readonly<Record<string, string>> = {
  platform: 'gray',
  'user-type': 'grape',
  registry: 'gray',
  domain: 'blue',
  company: 'indigo',
  parent: 'orange',
  status: 'red'
}

/** The layer that decided, by name and colour. */
export const LayerBadge = ({ layer }: { readonly layer: string }): ReactNode => {
  const t = accessWords.use()
  return (
    <Badge component="span" size="sm" variant="dot" color={colors[layer] ?? 'gray'} tt="none" fw={500}>
      {t(`layer_${layer}` as 'layer_domain')}
    </Badge>
  )
}
