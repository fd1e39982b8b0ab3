import { MultiSelect, Text } from '@mantine/core'
import { type ReactNode, useRef, useState } from 'react'
import { useMutation } from 'urql'
import { ActionDialog } from '../../../web/console-kit/action-dialog.tsx'
import { refusalsOf } from '../../../web/kit/client.ts'
import { inventoryWords } from './inventory-words.ts'
import { SkipRefused } from './number-fields.tsx'
import { blankDraft, type SettingsDraft, settingNames, settingsOf, titleOf } from './number-settings.ts'
import { type BatchResultFragment, type NumberFactsFragment, UpdateNumbersDocument } from './numbers.graphql.ts'
import { BatchReport } from './numbers-action.tsx'
import { SettingField } from './settings-fields.tsx'

/** The same settings for many numbers: first which of them, then to what; whatever is not chosen stays as each number has it. */
export const UpdateNumbers = ({
  numbers,
  onClose
}: {
  readonly numbers: readonly NumberFactsFragment[]
  /** @param done whether something was changed */
  onClose(done: boolean): void
}): ReactNode => {
  const t = inventoryWords.use()
  const [names, setNames] = useState<readonly (keyof SettingsDraft)[]>([])
  const [draft, setDraft] = useState<SettingsDraft>(blankDraft)
  const [skipRefused, setSkipRefused] = useState(false)
  const [report, setReport] = useState<BatchResultFragment | null>(null)
  const finished = useRef(false)
  const [, update] = useMutation(UpdateNumbersDocument)
  // Of a number that a company has, the currency is the company's.
  const offered = settingNames.filter(
    name => name !== 'currency' || numbers.some(({ companyId }) => companyId === null)
  )
  const closeReport = (): void => {
    if (report !== null && report.done > 0) onClose(true)
    else {
      // What was typed is wanted again.
      finished.current = false
      setReport(null)
    }
  }
  if (report !== null) return <BatchReport batch={report} onClose={closeReport} />
  return (
    <ActionDialog
      title={`${t('setManyTitle')} · ${t('chosen', { count: numbers.length })}`}
      action={t('setManyDo')}
      disabled={names.length === 0}
      size="lg"
      fields={names}
      onClose={() => {
        // A report follows.
        if (!finished.current) onClose(false)
      }}
      run={async () => {
        const settings = settingsOf(Object.fromEntries(names.map(name => [name, draft[name]])))
        const select = { ids: numbers.map(({ id }) => id) }
        const { data, error } = await update({ select, settings, skipRefused })
        if (data == null || error !== undefined) return refusalsOf(error)
        finished.current = true
        setReport(data.updateNumbers)
        return []
      }}
    >
      {refusals => (
        <>
          <MultiSelect
            label={t('whichSettings')}
            description={t('whichSettingsHint')}
            data={offered.map(name => ({ value: name, label: titleOf(t, name) }))}
            value={[...names]}
            onChange={chosen => setNames(offered.filter(name => chosen.includes(name)))}
            searchable
            clearable
            data-autofocus
          />
          {names.map(name => (
            <SettingField
              key={name}
              name={name}
              values={draft}
              refusals={refusals}
              set={change => setDraft(before => ({ ...before, ...change }))}
            />
          ))}
          {names.length > 0 && (
            <Text size="sm" fw={600} role="status">
              {t('setManyAsk', { count: numbers.length, settings: names.map(name => titleOf(t, name)).join(', ') })}
            </Text>
          )}
          <SkipRefused checked={skipRefused} onChange={setSkipRefused} />
        </>
      )}
    </ActionDialog>
  )
}
