import { Button, Group, Stack, TagsInput, TextInput } from '@mantine/core'
import { type FormEvent, type ReactNode, useMemo } from 'react'
import { useClient } from 'urql'
import { ConflictChoice } from '../console-kit/conflict-choice.tsx'
import { fieldRefusal, RefusalAlert } from '../console-kit/refusal-alert.tsx'
import { type Read, useVersionedForm } from '../console-kit/versioned-form.ts'
import { CompanyDocument, type CompanyFactsFragment, UpdateCompanyDocument } from './companies.graphql.ts'
import { companyWords } from './company-words.ts'

interface Profile {
  readonly name: string
  readonly accountCodes: readonly string[]
}

const readOf = ({ version, name, accountCodes }: CompanyFactsFragment): Read<Profile> => ({
  version,
  values: { name, accountCodes }
})
const fields = ['name', 'accountCodes'] as const

/** The form of what can be changed of a company's facts. */
export const CompanyProfile = ({
  company,
  reload,
  onClose
}: {
  readonly company: CompanyFactsFragment
  reload(): void
  onClose(): void
}): ReactNode => {
  const t = companyWords.use()
  const client = useClient()
  const { id } = company
  const read = useMemo(() => readOf(company), [company])
  const form = useVersionedForm<Profile>({
    read,
    reread: async () => {
      const { data } = await client.query(CompanyDocument, { id }).toPromise()
      return data?.company == null ? null : readOf(data.company)
    },
    save: async (version, input) => {
      const { data, error } = await client.mutation(UpdateCompanyDocument, { id, version, input }).toPromise()
      return { error, read: data == null ? null : readOf(data.updateCompany) }
    }
  })
  const end = (isSaved: boolean): void => {
    if (!isSaved) return
    reload()
    onClose()
  }
  const shown: Readonly<Record<(typeof fields)[number], (values: Profile) => ReactNode>> = {
    name: ({ name }) => <bdi>{name}</bdi>,
    accountCodes: ({ accountCodes }) =>
      accountCodes.length === 0 ? t('noCodes') : <bdi>{accountCodes.join(', ')}</bdi>
  }
  const titles = { name: t('name'), accountCodes: t('codes') }
  const { conflict } = form
  return (
    <form
      noValidate
      onSubmit={async (event: FormEvent) => {
        event.preventDefault()
        if (conflict === null && !form.busy) end(await form.submit())
      }}
    >
      <Stack gap="sm">
        <RefusalAlert refusals={form.refusals} fields={fields} />
        <TextInput
          label={t('name')}
          withAsterisk
          data-autofocus
          maxLength={120}
          value={form.values.name}
          error={fieldRefusal(form.refusals, 'name')}
          onChange={event => form.set({ name: event.currentTarget.value })}
        />
        <TagsInput
          label={t('codes')}
          description={t('codesHint')}
          value={[...form.values.accountCodes]}
          error={fieldRefusal(form.refusals, 'accountCodes')}
          onChange={accountCodes => form.set({ accountCodes })}
          acceptValueOnBlur
        />
        {conflict !== null && (
          <ConflictChoice
            lines={fields
              .filter(
                field => field in form.changed || String(conflict.theirs[field]) !== String(conflict.before[field])
              )
              .map(field => ({
                name: field,
                title: titles[field],
                before: shown[field](conflict.before),
                theirs: shown[field](conflict.theirs),
                mine: field in form.changed ? shown[field](form.values) : '–'
              }))}
            busy={form.busy}
            onMine={async () => end(await form.keepMine())}
            onTheirs={() => {
              form.takeTheirs()
              reload()
            }}
          />
        )}
        <Group gap="xs">
          <Button type="submit" loading={form.busy} disabled={conflict !== null}>
            {t('save')}
          </Button>
          <Button variant="default" onClick={onClose}>
            {t('cancel')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
