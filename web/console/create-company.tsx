import { Button, Group, Modal, Radio, Select, Stack, TagsInput, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { type FormEvent, type ReactNode, useId, useState } from 'react'
import { useMutation } from 'urql'
import { useLocation } from 'wouter'
import { BrandSelect } from '../console-kit/brand-select.tsx'
import { fieldRefusal, RefusalAlert } from '../console-kit/refusal-alert.tsx'
import { type Refusal, refusalsOf } from '../kit/client.ts'
import { CreateCompanyDocument } from './companies.graphql.ts'
import { companyWords, type Status, statuses } from './company-words.ts'
import { CurrencySelect } from './currency-select.tsx'

interface Draft {
  readonly name: string
  readonly userType: 'CUSTOMER' | 'CARRIER'
  readonly currency: string | null
  readonly domainId: string | null
  readonly status: Status
  readonly accountCodes: readonly string[]
}

const blank: Draft = {
  name: '',
  userType: 'CUSTOMER',
  currency: null,
  domainId: null,
  status: 'ACTIVE',
  accountCodes: []
}
const shownFields = ['name', 'currency', 'domainId', 'status', 'accountCodes']

/** The button and the form behind it. What was typed stays until it is saved, also when the form is closed. */
export const CreateCompany = (): ReactNode => {
  const t = companyWords.use()
  const form = useId()
  const [, go] = useLocation()
  const [opened, setOpened] = useState(false)
  const [draft, setDraft] = useState(blank)
  const [refusals, setRefusals] = useState<readonly Refusal[]>([])
  const [{ fetching }, create] = useMutation(CreateCompanyDocument)
  const set = (change: Partial<Draft>): void => setDraft(before => ({ ...before, ...change }))
  const wrong = (field: string): ReactNode => fieldRefusal(refusals, field)

  const save = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    if (fetching) return
    const { data, error } = await create({ input: { ...draft, currency: draft.currency ?? '' } })
    setRefusals(refusalsOf(error))
    if (error !== undefined || data == null) return
    setDraft(blank)
    setOpened(false)
    notifications.show({ color: 'teal', message: t('createdNotice', { name: data.createCompany.name }) })
    go(`/${data.createCompany.id}`)
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
              maxLength={120}
              value={draft.name}
              error={wrong('name')}
              onChange={event => set({ name: event.currentTarget.value })}
            />
            <Radio.Group
              label={t('userType')}
              description={t('kindHint')}
              value={draft.userType}
              onChange={value => set({ userType: value as Draft['userType'] })}
            >
              <Group mt={6}>
                <Radio value="CUSTOMER" label={t('userType_CUSTOMER')} />
                <Radio value="CARRIER" label={t('userType_CARRIER')} />
              </Group>
            </Radio.Group>
            <Group grow align="start">
              <CurrencySelect
                label={t('currency')}
                description={t('currencyHint')}
                value={draft.currency}
                error={wrong('currency')}
                onChange={currency => set({ currency })}
              />
              <Select
                label={t('status')}
                description={t('statusHint')}
                data={statuses.map(value => ({ value, label: t(`status_${value}`) }))}
                value={draft.status}
                error={wrong('status')}
                allowDeselect={false}
                onChange={status => status !== null && set({ status: status as Status })}
              />
            </Group>
            <BrandSelect
              label={t('home')}
              placeholder={t('moveNowhere')}
              clearable
              value={draft.domainId}
              error={wrong('domainId')}
              onChange={domainId => set({ domainId })}
            />
            <TagsInput
              label={t('codes')}
              description={t('codesHint')}
              value={[...draft.accountCodes]}
              error={wrong('accountCodes')}
              onChange={accountCodes => set({ accountCodes })}
              acceptValueOnBlur
            />
          </Stack>
        </form>
        <Group justify="end" mt="md">
          <Button variant="default" onClick={() => setOpened(false)}>
            {t('cancel')}
          </Button>
          <Button type="submit" form={form} loading={fetching}>
            {t('createDo')}
          </Button>
        </Group>
      </Modal>
    </>
  )
}
