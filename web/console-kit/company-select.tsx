import { MultiSelect, Select, type SelectProps, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react'
import { useClient } from 'urql'
import { listWords } from './list-words.ts'
import { PickCompaniesDocument, type PickCompaniesQuery, PickedCompanyDocument } from './pickers.graphql.ts'
import { useBrands } from './use-brands.ts'

export type PickedCompany = PickCompaniesQuery['companies']['nodes'][number]

type Look = Pick<
  SelectProps,
  | 'aria-label'
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

/** Milliseconds of quiet after which a search begins. */
const quiet = 250

/** Companies found by what is typed, and those chosen already, which keep their names whatever is typed. */
const useCompanies = (typed: string, chosen: readonly string[], domainId: string | null) => {
  const client = useClient()
  const [search] = useDebouncedValue(typed.trim(), quiet)
  const [found, setFound] = useState<readonly PickedCompany[]>([])
  const [known, setKnown] = useState<ReadonlyMap<string, PickedCompany>>(new Map())
  const asked = useRef(new Set<string>())
  useEffect(() => {
    let open = true
    const variables = { search: search === '' ? null : search, domainId }
    void client
      .query(PickCompaniesDocument, variables)
      .toPromise()
      .then(({ data }) => {
        if (!open || data == null) return
        const { nodes } = data.companies
        setFound(nodes)
        setKnown(before => new Map([...before, ...nodes.map(node => [node.id, node] as const)]))
      })
    return () => {
      open = false
    }
  }, [client, search, domainId])
  useEffect(() => {
    for (const id of chosen) {
      if (asked.current.has(id)) continue
      asked.current.add(id)
      void client
        .query(PickedCompanyDocument, { id })
        .toPromise()
        .then(({ data }) => {
          const company = data?.company
          if (company != null) setKnown(before => new Map([...before, [id, company]]))
        })
    }
  }, [client, chosen])
  return { found, known }
}

const useOptions = (typed: string, chosen: readonly string[], domainId: string | null) => {
  const t = listWords.use()
  const brands = useBrands()
  const { found, known } = useCompanies(typed, chosen, domainId)
  const options = useMemo(() => {
    const all = new Map(found.map(company => [company.id, company]))
    for (const id of chosen) {
      const company = known.get(id)
      if (company !== undefined) all.set(id, company)
    }
    return [...all.values()].map(({ id, name }) => ({ value: id, label: name }))
  }, [found, known, chosen])
  const inSight = useMemo(() => new Set(found.map(({ id }) => id)), [found])
  const renderOption = ({ option }: { readonly option: { readonly value: string; readonly label: string } }) => {
    const company = known.get(option.value)
    return (
      <span>
        {option.label}{' '}
        <Text span size="xs" c="dimmed">
          {company !== undefined && (company.domainId === null ? t('noHome') : brands.nameOf(company.domainId))}
        </Text>
      </span>
    )
  }
  return { options, inSight, known, renderOption }
}

/**
 * Picks one company by anything in hand: name, account code, telephone number, e-mail address of a contact.
 * @param domainId only companies at home on this brand
 */
export const CompanySelect = ({
  value,
  onChange,
  domainId = null,
  ...look
}: Look & {
  readonly value: string | null
  onChange(id: string | null, company: PickedCompany | null): void
  readonly domainId?: string | null
}): ReactNode => {
  const t = listWords.use()
  const [typed, setTyped] = useState('')
  const chosen = useMemo(() => (value === null ? [] : [value]), [value])
  // The field holds the name of what is chosen; that is no search.
  const [searched, setSearched] = useState('')
  const { options, inSight, known, renderOption } = useOptions(searched, chosen, domainId)
  return (
    <Select
      {...look}
      aria-label={look['aria-label'] ?? (look.label === undefined ? t('company') : undefined)}
      data={options}
      value={value}
      onChange={id => onChange(id, id === null ? null : (known.get(id) ?? null))}
      searchable
      searchValue={typed}
      onSearchChange={text => {
        setTyped(text)
        setSearched(text === known.get(value ?? '')?.name ? '' : text)
      }}
      // The server has filtered; it finds by more than the name.
      filter={({ options: all }) => all.filter(each => 'value' in each && inSight.has(String(each.value)))}
      renderOption={renderOption}
      nothingFoundMessage={t('nothingFound')}
      clearButtonProps={{ 'aria-label': t('clear') }}
    />
  )
}

/** Picks several companies, as `CompanySelect` picks one. `max`: how many at most. */
export const CompaniesSelect = ({
  values,
  onChange,
  domainId = null,
  max,
  ...look
}: Look & {
  readonly values: readonly string[]
  onChange(ids: readonly string[]): void
  readonly domainId?: string | null
  readonly max?: number
}): ReactNode => {
  const t = listWords.use()
  const [typed, setTyped] = useState('')
  const { options, inSight, renderOption } = useOptions(typed, values, domainId)
  return (
    <MultiSelect
      {...look}
      aria-label={look['aria-label'] ?? (look.label === undefined ? t('companies') : undefined)}
      data={options}
      value={[...values]}
      onChange={onChange}
      searchable
      searchValue={typed}
      onSearchChange={setTyped}
      filter={({ options: all }) => all.filter(each => 'value' in each && inSight.has(String(each.value)))}
      renderOption={renderOption}
      {...(max === undefined ? {} : { maxValues: max })}
      nothingFoundMessage={t('nothingFound')}
      clearButtonProps={{ 'aria-label': t('clear') }}
    />
  )
}
