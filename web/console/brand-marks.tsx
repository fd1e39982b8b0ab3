import { Badge, Group } from '@mantine/core'
import type { ReactNode } from 'react'
import { brandWords } from './brand-words.ts'

/** Whether a brand is in service, and whether it is the default. */
export const BrandMarks = ({
  brand
}: {
  readonly brand: { readonly enabled: boolean; readonly isDefault: boolean }
}): ReactNode => {
  const t = brandWords.use()
  return (
    <Group gap={6} component="span" display="inline-flex">
      <Badge component="span" variant="dot" color={brand.enabled ? 'teal' : 'gray'} tt="none" fw={500}>
        {t(brand.enabled ? 'enabled' : 'disabled')}
      </Badge>
      {brand.isDefault && (
        <Badge component="span" variant="outline" tt="none" fw={500}>
          {t('isDefault')}
        </Badge>
      )}
    </Group>
  )
}
