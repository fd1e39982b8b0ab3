import { Button, Group, Stack, Text } from '@mantine/core'
import { type ReactNode, useMemo, useState } from 'react'
import { useSearchParams } from 'wouter'
import { type DataColumn, DataTable } from '../console-kit/data-table.tsx'
import { useOperator } from '../console-kit/operator.ts'
import { SearchField } from '../console-kit/search-field.tsx'
import { When } from '../console-kit/when.tsx'
import { listOf, usePages } from '../kit/use-pages.ts'
import { CompanyContact } from './company-contact.tsx'
import { ContactState } from './contact-state.tsx'
import { contactWords } from './contact-words.ts'
import { type ContactFactsFragment, ContactsDocument } from './contacts.graphql.ts'
import { CreateContact } from './create-contact.tsx'

/** The contacts of a company: their list, or one of them, whose id the address names as `contact`. */
export const CompanyContacts = ({ companyId }: { readonly companyId: string }): ReactNode => {
  const t = contactWords.use()
  const operator = useOperator()
  const [params, setParams] = useSearchParams()
  const opened = params.get('contact')
  const [search, setSearch] = useState('')
  const pages = usePages({
    query: ContactsDocument,
    variables: { companyId, search: search === '' ? null : search },
    pick: data => data.contacts
  })
  const open = (id: string | null): void =>
    setParams(before => {
      const next = new URLSearchParams(before)
      if (id === null) next.delete('contact')
      else next.set('contact', id)
      return next
    })
  const columns = useMemo<readonly DataColumn<ContactFactsFragment>[]>(
    () => [
      { name: 'name', title: t('name'), width: 180, cell: ({ name }) => <bdi>{name}</bdi> },
      { name: 'email', title: t('email'), width: 240, cell: ({ email }) => <bdi dir="ltr">{email}</bdi> },
      { name: 'phone', title: t('phone'), width: 140, cell: ({ phone }) => <bdi dir="ltr">{phone}</bdi> },
      { name: 'department', title: t('department'), width: 130, cell: ({ department }) => <bdi>{department}</bdi> },
      { name: 'state', title: t('state'), width: 150, cell: contact => <ContactState contact={contact} /> },
      {
        name: 'lastSignIn',
        title: t('lastSignIn'),
        width: 190,
        cell: ({ lastSignInAt }) => (lastSignInAt === null ? t('never') : <When at={lastSignInAt} />)
      }
    ],
    [t]
  )
  if (opened !== null)
    return (
      <CompanyContact
        key={opened}
        id={opened}
        companyId={companyId}
        back={() => open(null)}
        onChanged={() => pages.reload()}
      />
    )
  return (
    <Stack gap="sm">
      <Group gap="xs" align="start">
        <SearchField label={t('search')} placeholder={t('searchHint')} value={search} onSearch={setSearch} />
        {operator.is('ADMIN') && (
          <CreateContact
            companyId={companyId}
            onCreated={id => {
              pages.reload()
              open(id)
            }}
          />
        )}
      </Group>
      <DataTable
        label={t('contacts')}
        columns={columns}
        {...listOf(pages)}
        rowKey={row => row.id}
        rowLabel={row => row.name}
        totalCount={pages.data?.contacts.totalCount ?? null}
        onOpen={({ id }) => open(id)}
        empty={
          search === '' ? (
            <Text>{t('none')}</Text>
          ) : (
            <Stack gap="xs" align="center">
              <Text>{t('noneFound')}</Text>
              <Button size="xs" variant="default" onClick={() => setSearch('')}>
                {t('contacts')}
              </Button>
            </Stack>
          )
        }
      />
    </Stack>
  )
}
