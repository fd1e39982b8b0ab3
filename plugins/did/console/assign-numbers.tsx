import { Button, SegmentedControl, Text, Textarea, TextInput } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useMutation } from 'urql'
import { ActionDialog } from '../../../web/console-kit/action-dialog.tsx'
import { fieldRefusal } from '../../../web/console-kit/refusal-alert.tsx'
import { refusalsOf } from '../../../web/kit/client.ts'
import { inventoryWords } from './inventory-words.ts'
import { RangeFields, SkipRefused } from './number-fields.tsx'
import { AssignNumbersDocument, type BatchResultFragment } from './numbers.graphql.ts'
import { BatchReport } from './numbers-action.tsx'

const blank = { isRange: false, list: '', from: '', to: '', price: '', skipRefused: false }

const numbersIn = (text: string): readonly string[] =>
  text
    .split(/[\n,;]/)
    .map(each => each.trim())
    .filter(each => each !== '')

/** The button and the form behind it: numbers of the inventory for one company. What was typed stays until it is saved. */
export const AssignNumbers = ({
  companyId,
  onAssigned
}: {
  readonly companyId: string
  onAssigned(): void
}): ReactNode => {
  const t = inventoryWords.use()
  const [opened, setOpened] = useState(false)
  const [draft, setDraft] = useState(blank)
  const [report, setReport] = useState<BatchResultFragment | null>(null)
  const [, assign] = useMutation(AssignNumbersDocument)
  const set = (change: Partial<typeof blank>): void => setDraft(before => ({ ...before, ...change }))
  const { isRange, list, from, to, price, skipRefused } = draft
  return (
    <>
      <Button variant="default" onClick={() => setOpened(true)}>
        {t('assignNumbers')}
      </Button>
      {opened && (
        <ActionDialog
          title={t('assignNumbers')}
          action={t('assign')}
          size="lg"
          fields={['numbers', 'from', 'to', 'price']}
          disabled={isRange ? from.trim() === '' || to.trim() === '' : numbersIn(list).length === 0}
          onClose={() => setOpened(false)}
          run={async () => {
            const select = isRange ? { from, to } : { numbers: [...numbersIn(list)] }
            const settings = price.trim() === '' ? null : { price: price.trim() }
            const { data, error } = await assign({ select, companyId, settings, skipRefused })
            if (data == null || error !== undefined) return refusalsOf(error)
            setReport(data.assignNumbers)
            if (data.assignNumbers.done > 0) {
              setDraft(blank)
              onAssigned()
            }
            return []
          }}
        >
          {refusals => {
            const wrong = (field: string): ReactNode => fieldRefusal(refusals, field)
            return (
              <>
                <Text size="sm">{t('assignNumbersAsk')}</Text>
                <SegmentedControl
                  aria-label={t('how')}
                  data={[
                    { value: 'list', label: t('list') },
                    { value: 'range', label: t('range') }
                  ]}
                  value={isRange ? 'range' : 'list'}
                  onChange={value => set({ isRange: value === 'range' })}
                />
                {isRange ? (
                  <RangeFields from={from} to={to} refusals={refusals} set={set} />
                ) : (
                  <Textarea
                    label={t('list')}
                    description={t('numberListHint')}
                    withAsterisk
                    dir="ltr"
                    autosize
                    minRows={3}
                    maxRows={12}
                    value={list}
                    error={wrong('numbers')}
                    onChange={event => set({ list: event.currentTarget.value })}
                  />
                )}
                <TextInput
                  label={t('newPrice')}
                  description={t('priceHint')}
                  dir="ltr"
                  inputMode="decimal"
                  value={price}
                  error={wrong('price')}
                  onChange={event => set({ price: event.currentTarget.value })}
                />
                <SkipRefused checked={skipRefused} onChange={skipRefused => set({ skipRefused })} />
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
