import { MultiSelect, Select, type SelectProps } from '@mantine/core'
import { type ReactNode, useMemo } from 'react'
import { useLanguage } from '../kit/messages.ts'

type Look = Pick<SelectProps, 'label' | 'description' | 'error' | 'placeholder' | 'disabled'>

const codes = Intl.supportedValuesOf('currency')

/** Currencies by code and by name in the language of the page; `also` are offered although nobody here knows them. */
const useCurrencies = (also: readonly string[]): { value: string; label: string }[] => {
  const language = useLanguage()
  const extra = also.join()
  return useMemo(() => {
    const names = new Intl.DisplayNames(language, { type: 'currency' })
    const all = new Set([...codes, ...extra.split(',').filter(Boolean)])
    return [...all].map(code => ({ value: code, label: `${code} · ${names.of(code) ?? code}` }))
  }, [language, extra])
}

/** Picks one currency of ISO 4217. */
export const CurrencySelect = ({
  value,
  onChange,
  ...look
}: Look & { readonly value: string | null; onChange(code: string | null): void }): ReactNode => (
  <Select {...look} withAsterisk searchable limit={60} data={useCurrencies([])} value={value} onChange={onChange} />
)

/** Picks currencies of ISO 4217, in the order in which they are picked. */
export const CurrenciesSelect = ({
  values,
  onChange,
  ...look
}: Look & { readonly values: readonly string[]; onChange(codes: readonly string[]): void }): ReactNode => (
  <MultiSelect {...look} searchable limit={60} data={useCurrencies(values)} value={[...values]} onChange={onChange} />
)
