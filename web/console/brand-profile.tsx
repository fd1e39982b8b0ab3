import { Button, Group, Stack, TextInput } from '@mantine/core'
import { type FormEvent, type ReactNode, useMemo } from 'react'
import { useClient } from 'urql'
import { ConflictChoice } from '../console-kit/conflict-choice.tsx'
import { fieldRefusal, RefusalAlert } from '../console-kit/refusal-alert.tsx'
import { type Read, useVersionedForm } from '../console-kit/versioned-form.ts'
import { brandWords } from './brand-words.ts'
import { BrandDocument, type BrandFactsFragment, UpdateBrandDocument } from './brands.graphql.ts'
import { CurrenciesSelect } from './currency-select.tsx'

interface Profile {
  readonly brandName: string
  readonly currencies: readonly string[]
}

const readOf = ({ version, brandName, currencies }: BrandFactsFragment): Read<Profile> => ({
  version,
  values: { brandName, currencies }
})
const fields = ['brandName', 'currencies'] as const

/** The form of what can be changed of a brand's facts. */
export const BrandProfile = ({
  brand,
  reload,
  onClose
}: {
  readonly brand: BrandFactsFragment
  reload(): void
  onClose(): void
}): ReactNode => {
  const t = brandWords.use()
  const client = useClient()
  const { id } = brand
  const read = useMemo(() => readOf(brand), [brand])
  const form = useVersionedForm<Profile>({
    read,
    reread: async () => {
      const { data } = await client.query(BrandDocument, { id }).toPromise()
      return data?.portalDomain == null ? null : readOf(data.portalDomain)
    },
    save: async (version, input) => {
      const { data, error } = await client.mutation(UpdateBrandDocument, { id, version, input }).toPromise()
      return { error, read: data == null ? null : readOf(data.updatePortalDomain) }
    }
  })
  const end = (isSaved: boolean): void => {
    if (!isSaved) return
    reload()
    onClose()
  }
  const shown: Readonly<Record<(typeof fields)[number], (values: Profile) => ReactNode>> = {
    brandName: ({ brandName }) => <bdi>{brandName}</bdi>,
    currencies: ({ currencies }) => (currencies.length === 0 ? t('noCurrencies') : <bdi>{currencies.join(', ')}</bdi>)
  }
  const titles = { brandName: t('name'), currencies: t('currencies') }
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
          maxLength={80}
          value={form.values.brandName}
          error={fieldRefusal(form.refusals, 'brandName')}
          onChange={event => form.set({ brandName: event.currentTarget.value })}
        />
        <CurrenciesSelect
          label={t('currencies')}
          description={t('currenciesHint')}
          values={form.values.currencies}
          error={fieldRefusal(form.refusals, 'currencies')}
          onChange={currencies => form.set({ currencies })}
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
