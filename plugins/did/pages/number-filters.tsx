import { type ReactNode, useMemo } from 'react'
import { useLanguage } from '../../../web/kit/messages.ts'
import type { Fault } from '../../../web/kit/refusal-text.tsx'
import { countryCodes } from './country-codes.ts'
import { Field } from './field.tsx'
import { destinationTypes } from './number.ts'
import type { NumberExtras } from './number-extras.ts'
import { useCountryName } from './number-facts.tsx'
import { type ListState, noValue } from './number-list-state.ts'
import { SearchField } from './search-field.tsx'
import { words } from './words.ts'

/** Search and filter of the list. */
export const NumberFilters = ({
  state,
  searchFault,
  extras,
  onChange
}: {
  readonly state: ListState
  readonly searchFault: Fault | undefined
  readonly extras: NumberExtras | null
  onChange(change: Partial<ListState>): void
}): ReactNode => {
  const t = words.use()
  const language = useLanguage()
  const countryName = useCountryName()
  const countries = useMemo(() => {
    const { compare } = new Intl.Collator(language)
    return countryCodes.map(code => ({ code, name: countryName(code) })).sort((a, b) => compare(a.name, b.name))
  }, [countryName, language])
  const set = (column: string, value: string): void => {
    const { [column]: _, ...others } = state.filters
    onChange({ filters: value === '' ? others : { ...others, [column]: value } })
  }
  const choice = (column: string, label: string, all: string, options: readonly (readonly [string, string])[]) => (
    <Field label={label}>
      {control => (
        <select {...control} value={state.filters[column] ?? ''} onChange={event => set(column, event.target.value)}>
          <option value="">{all}</option>
          {options.map(([value, name]) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
        </select>
      )}
    </Field>
  )
  const isFiltered = state.search !== '' || Object.keys(state.filters).length > 0
  return (
    <search data-part="filters" aria-label={t('filters')}>
      <SearchField
        label={t('search')}
        hint={t('searchHint')}
        fault={searchFault}
        value={state.search}
        onChange={search => onChange({ search })}
      />
      {choice('enabled', t('state'), t('any'), [
        ['true', t('on')],
        ['false', t('off')]
      ])}
      {choice('type', t('destination'), t('any'), [
        ...destinationTypes.map(type => [type, t(type)] as const),
        [noValue, t('noDestination')]
      ])}
      {choice(
        'country',
        t('country'),
        t('allCountries'),
        countries.map(({ code, name }) => [code, name] as const)
      )}
      {extras !== null && (
        <extras.Filter
          value={state.filters[extras.filterColumn] ?? ''}
          onChange={value => set(extras.filterColumn, value)}
        />
      )}
      {isFiltered && (
        <button type="button" data-part="quiet" onClick={() => onChange({ search: '', filters: {} })}>
          {t('clearFilter')}
        </button>
      )}
    </search>
  )
}
