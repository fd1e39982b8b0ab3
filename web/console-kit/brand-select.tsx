import { MultiSelect, Select, type SelectProps, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { listWords } from './list-words.ts'
import { type KnownBrand, useBrands } from './use-brands.ts'

type Look = Pick<
  SelectProps,
  | 'label'
  | 'placeholder'
  | 'description'
  | 'error'
  | 'required'
  | 'disabled'
  | 'clearable'
  | 'w'
  | 'miw'
  | 'maw'
  | 'flex'
>

const optionsOf = (brands: readonly KnownBrand[]): { value: string; label: string }[] => {
  const times = new Map<string, number>()
  for (const { brandName } of brands) times.set(brandName, (times.get(brandName) ?? 0) + 1)
  // Two brands may bear one name; their hosts tell them apart.
  return brands.map(({ id, brandName, fqdn }) => ({
    value: id,
    label: times.get(brandName) === 1 ? brandName : `${brandName} (${fqdn})`
  }))
}

const drawOption =
  (brands: readonly KnownBrand[]) =>
  ({ option }: { readonly option: { readonly value: string; readonly label: string } }): ReactNode => (
    <span>
      {option.label}{' '}
      <Text span size="xs" c="dimmed" dir="ltr">
        {brands.find(({ id }) => id === option.value)?.fqdn}
      </Text>
    </span>
  )

/** Picks one brand by its name. Without `label` it is called Brand for those who do not see the page. */
export const BrandSelect = ({
  value,
  onChange,
  without,
  ...look
}: Look & {
  readonly value: string | null
  onChange(id: string | null): void
  /** Brands that are not offered. */
  readonly without?: readonly string[]
}): ReactNode => {
  const t = listWords.use()
  const { brands } = useBrands()
  const offered = brands.filter(({ id }) => without?.includes(id) !== true)
  return (
    <Select
      {...look}
      aria-label={look.label === undefined ? t('brand') : undefined}
      data={optionsOf(offered)}
      value={value}
      onChange={onChange}
      renderOption={drawOption(offered)}
      searchable
      limit={100}
      nothingFoundMessage={t('nothingFound')}
      clearButtonProps={{ 'aria-label': t('clear') }}
    />
  )
}

/** Picks several brands by their names. */
export const BrandsSelect = ({
  values,
  onChange,
  ...look
}: Look & { readonly values: readonly string[]; onChange(ids: readonly string[]): void }): ReactNode => {
  const t = listWords.use()
  const { brands } = useBrands()
  return (
    <MultiSelect
      {...look}
      aria-label={look.label === undefined ? t('brands') : undefined}
      data={optionsOf(brands)}
      value={[...values]}
      onChange={onChange}
      renderOption={drawOption(brands)}
      searchable
      limit={100}
      nothingFoundMessage={t('nothingFound')}
      clearButtonProps={{ 'aria-label': t('clear') }}
    />
  )
}
