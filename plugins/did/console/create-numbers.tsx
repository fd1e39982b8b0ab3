import { Button, Checkbox, Group, SegmentedControl, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { type ReactNode, useState } from 'react'
import { useMutation } from 'urql'
import { ActionDialog } from '../../../web/console-kit/action-dialog.tsx'
import { CompanySelect } from '../../../web/console-kit/company-select.tsx'
import { fieldRefusal } from '../../../web/console-kit/refusal-alert.tsx'
import { refusalsOf } from '../../../web/kit/client.ts'
import { inventoryWords } from './inventory-words.ts'
import { RangeFields } from './number-fields.tsx'
import { type BatchResultFragment, CreateNumberDocument, CreateNumberRangeDocument } from './numbers.graphql.ts'
import { BatchReport } from './numbers-action.tsx'

const fields = ['number', 'from', 'to', 'country', 'carrierId', 'companyId', 'price', 'currency']
const blank = {
  many: false,
  number: '',
  from: '',
  to: '',
  country: '',
  carrierId: null as string | null,
  companyId: null as string | null,
  price: '',
  currency: '',
  skipExisting: false
}

/**
 * The button and the form behind it: one number or a range. What was typed stays until it is saved.
 * @param companyId whom they are for; null: whom the form says
 */
export const CreateNumbers = ({
  companyId: forCompany = null,
  onCreated
}: {
  readonly companyId?: string | null
  onCreated(): void
}): ReactNode => {
  const t = inventoryWords.use()
  const [opened, setOpened] = useState(false)
  const [draft, setDraft] = useState(blank)
  const [report, setReport] = useState<BatchResultFragment | null>(null)
  const [, createOne] = useMutation(CreateNumberDocument)
  const [, createRange] = useMutation(CreateNumberRangeDocument)
  const set = (change: Partial<typeof blank>): void => setDraft(before => ({ ...before, ...change }))
  return (
    <>
      <Button onClick={() => setOpened(true)}>{t('create')}</Button>
      {opened && (
        <ActionDialog
          title={t('create')}
          action={t('createDo')}
          size="lg"
          fields={fields}
          onClose={() => setOpened(false)}
          run={async () => {
            const companyId = forCompany ?? draft.companyId
            const { carrierId } = draft
            const settings = {
              country: draft.country,
              ...(carrierId === null ? {} : { carrierId }),
              ...(draft.price.trim() === '' ? {} : { price: draft.price.trim() }),
              ...(draft.currency === '' || companyId !== null ? {} : { currency: draft.currency })
            }
            if (!draft.many) {
              const { data, error } = await createOne({ number: draft.number, companyId, settings })
              if (data == null || error !== undefined) return refusalsOf(error)
              notifications.show({ color: 'teal', message: t('created', { number: `+${data.createNumber.number}` }) })
            } else {
              const { from, to, skipExisting } = draft
              const { data, error } = await createRange({ from, to, companyId, settings, skipExisting })
              if (data == null || error !== undefined) return refusalsOf(error)
              setReport(data.createNumberRange)
              // Refused: what was typed is wanted again.
              if (data.createNumberRange.done === 0) return []
            }
            setDraft(blank)
            onCreated()
            return []
          }}
        >
          {refusals => {
            const wrong = (field: string): ReactNode => fieldRefusal(refusals, field)
            return (
              <>
                <SegmentedControl
                  aria-label={t('how')}
                  data={[
                    { value: 'one', label: t('one') },
                    { value: 'range', label: t('range') }
                  ]}
                  value={draft.many ? 'range' : 'one'}
                  onChange={value => set({ many: value === 'range' })}
                />
                {draft.many ? (
                  <>
                    <RangeFields from={draft.from} to={draft.to} hint={t('rangeHint')} refusals={refusals} set={set} />
                    <Checkbox
                      label={t('skipExisting')}
                      description={t('allOrNone')}
                      checked={draft.skipExisting}
                      onChange={event => set({ skipExisting: event.currentTarget.checked })}
                    />
                  </>
                ) : (
                  <TextInput
                    label={t('number')}
                    withAsterisk
                    type="tel"
                    dir="ltr"
                    value={draft.number}
                    error={wrong('number')}
                    onChange={event => set({ number: event.currentTarget.value })}
                  />
                )}
                <Group grow align="start">
                  <TextInput
                    label={t('country')}
                    description={t('countryHint')}
                    withAsterisk
                    dir="ltr"
                    maxLength={2}
                    value={draft.country}
                    error={wrong('country')}
                    onChange={event => set({ country: event.currentTarget.value.toUpperCase() })}
                  />
                  <CompanySelect
                    label={t('carrier')}
                    description={'\u00a0'}
                    value={draft.carrierId}
                    error={wrong('carrierId')}
                    onChange={carrierId => set({ carrierId })}
                    clearable
                  />
                </Group>
                {forCompany === null && (
                  <CompanySelect
                    label={t('forCompany')}
                    placeholder={t('unassigned')}
                    value={draft.companyId}
                    error={wrong('companyId')}
                    onChange={companyId => set({ companyId })}
                    clearable
                  />
                )}
                <Group grow align="start">
                  <TextInput
                    label={t('price')}
                    description={t('priceHint')}
                    dir="ltr"
                    inputMode="decimal"
                    value={draft.price}
                    error={wrong('price')}
                    onChange={event => set({ price: event.currentTarget.value })}
                  />
                  {forCompany === null && draft.companyId === null && (
                    <TextInput
                      label={t('currency')}
                      description={t('currencyHint')}
                      dir="ltr"
                      maxLength={3}
                      value={draft.currency}
                      error={wrong('currency')}
                      onChange={event => set({ currency: event.currentTarget.value.toUpperCase() })}
                    />
                  )}
                </Group>
              </>
            )
          }}
        </ActionDialog>
      )}
      {report !== null && (
        <BatchReport
          batch={report}
          onClose={() => {
            setReport(null)
            if (report.done === 0) setOpened(true)
          }}
        />
      )}
    </>
  )
}
