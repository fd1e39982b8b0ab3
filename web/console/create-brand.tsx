import { Button, Group, Modal, Stack, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { type FormEvent, type ReactNode, useId, useState } from 'react'
import { useClient } from 'urql'
import { useLocation } from 'wouter'
import { BrandSelect } from '../console-kit/brand-select.tsx'
import { fieldRefusal, RefusalAlert } from '../console-kit/refusal-alert.tsx'
import { type Refusal, refusalsOf } from '../kit/client.ts'
import { brandWords } from './brand-words.ts'
import { BrandDocument, CreateBrandDocument } from './brands.graphql.ts'
import { CurrenciesSelect } from './currency-select.tsx'

interface Draft {
  readonly fqdn: string
  readonly brandName: string
  readonly currencies: readonly string[]
  /** The brand whose features it begins with. */
  readonly sameAs: string | null
}

const blank: Draft = { fqdn: '', brandName: '', currencies: [], sameAs: null }
const shownFields = ['fqdn', 'brandName', 'currencies']

/** The button and the form behind it. What was typed stays until it is saved, also when the form is closed. */
export const CreateBrand = (): ReactNode => {
  const t = brandWords.use()
  const form = useId()
  const client = useClient()
  const [, go] = useLocation()
  const [opened, setOpened] = useState(false)
  const [draft, setDraft] = useState(blank)
  const [busy, setBusy] = useState(false)
  const [refusals, setRefusals] = useState<readonly Refusal[]>([])
  const set = (change: Partial<Draft>): void => setDraft(before => ({ ...before, ...change }))

  const create = async () => {
    const { sameAs, ...input } = draft
    if (sameAs === null) return client.mutation(CreateBrandDocument, { input }).toPromise()
    const model = await client.query(BrandDocument, { id: sameAs }).toPromise()
    if (model.data?.portalDomain == null) return { error: model.error, data: undefined }
    const { features } = model.data.portalDomain
    return client.mutation(CreateBrandDocument, { input: { ...input, features } }).toPromise()
  }
  const save = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    if (busy) return
    setBusy(true)
    const { data, error } = await create()
    setBusy(false)
    setRefusals(refusalsOf(error))
    if (data == null) return
    setDraft(blank)
    setOpened(false)
    notifications.show({ color: 'teal', message: t('createdNotice', { name: data.createPortalDomain.brandName }) })
    go(`/${data.createPortalDomain.id}`)
  }
  return (
    <>
      <Button onClick={() => setOpened(true)}>{t('create')}</Button>
      <Modal
        opened={opened}
        onClose={() => setOpened(false)}
        title={t('create')}
        closeButtonProps={{ 'aria-label': t('cancel') }}
        closeOnClickOutside={false}
        size="lg"
      >
        <form id={form} onSubmit={save} noValidate>
          <Stack gap="sm">
            <RefusalAlert refusals={refusals} fields={shownFields} />
            <TextInput
              label={t('name')}
              withAsterisk
              data-autofocus
              maxLength={80}
              value={draft.brandName}
              error={fieldRefusal(refusals, 'brandName')}
              onChange={event => set({ brandName: event.currentTarget.value })}
            />
            <TextInput
              label={t('host')}
              description={t('hostHint')}
              withAsterisk
              dir="ltr"
              maxLength={253}
              autoCapitalize="none"
              spellCheck={false}
              value={draft.fqdn}
              error={fieldRefusal(refusals, 'fqdn')}
              onChange={event => set({ fqdn: event.currentTarget.value })}
            />
            <CurrenciesSelect
              label={t('currencies')}
              description={t('currenciesHint')}
              values={draft.currencies}
              error={fieldRefusal(refusals, 'currencies')}
              onChange={currencies => set({ currencies })}
            />
            <BrandSelect
              label={t('sameAs')}
              description={t('sameAsHint')}
              placeholder={t('sameAsNone')}
              clearable
              value={draft.sameAs}
              onChange={sameAs => set({ sameAs })}
            />
          </Stack>
        </form>
        <Group justify="end" mt="md">
          <Button variant="default" onClick={() => setOpened(false)}>
            {t('cancel')}
          </Button>
          <Button type="submit" form={form} loading={busy}>
            {t('createDo')}
          </Button>
        </Group>
      </Modal>
    </>
  )
}
