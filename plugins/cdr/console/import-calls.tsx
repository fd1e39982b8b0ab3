import { Button, Checkbox, Group, Select, Stack, TextInput } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useMutation } from 'urql'
import { ActionDialog } from '../../../web/console-kit/action-dialog.tsx'
import { fieldRefusal } from '../../../web/console-kit/refusal-alert.tsx'
import { UploadField, useUpload } from '../../../web/console-kit/upload-field.tsx'
import { refusalsOf } from '../../../web/kit/client.ts'
import { callBatchWords } from './call-batch-words.ts'
import { ImportCallsDocument } from './call-batches.graphql.ts'

/** Formats by name; those of switches write local times. */
const formats = ['asterisk-csv', 'freeswitch-csv', 'freeswitch-json', 'call-json', 'kazoo-json', 'cdr-stats-csv']
const localTimes = ['asterisk-csv', 'freeswitch-csv']
const directions = ['TERMINATION', 'ORIGINATION'] as const
const fields = ['format', 'zone', 'source', 'account', 'direction']

const blank = {
  format: null as string | null,
  zone: '',
  source: '',
  account: '',
  direction: 'TERMINATION' as (typeof directions)[number],
  replace: false,
  dryRun: false,
  again: false
}

/** The button and the form behind it. What was chosen stays until the load has begun. */
export const ImportCalls = ({ onStarted }: { onStarted(id: string): void }): ReactNode => {
  const t = callBatchWords.use()
  const [opened, setOpened] = useState(false)
  const [draft, setDraft] = useState(blank)
  const [file, setFile] = useState<File | null>(null)
  /** An upload that is there already is not sent again when only an argument was refused. */
  const [sent, setSent] = useState<{ readonly file: File; readonly id: string } | null>(null)
  const upload = useUpload()
  const [, start] = useMutation(ImportCallsDocument)
  const set = (change: Partial<typeof blank>): void => setDraft(before => ({ ...before, ...change }))
  return (
    <>
      <Button onClick={() => setOpened(true)}>{t('upload')}</Button>
      {opened && (
        <ActionDialog
          title={t('upload')}
          action={t(draft.dryRun ? 'uploadTry' : 'uploadDo')}
          size="lg"
          fields={fields}
          disabled={file === null || draft.format === null}
          onClose={() => setOpened(false)}
          run={async () => {
            if (file === null) return []
            let fileId = sent?.file === file ? sent.id : null
            if (fileId === null) {
              const result = await upload.start(file)
              if (!result.ok) return result.refusals
              fileId = result.file.id
              setSent({ file, id: fileId })
            }
            const { data, error } = await start({
              fileId,
              ...draft,
              format: draft.format ?? '',
              zone: draft.zone.trim() || null,
              source: draft.source.trim() || null,
              account: draft.account.trim() || null
            })
            if (data == null || error !== undefined) return refusalsOf(error)
            setDraft(blank)
            setFile(null)
            onStarted(data.importCalls.id)
            return []
          }}
        >
          {refusals => (
            <>
              <UploadField label={t('uploadFile')} file={file} onFile={setFile} upload={upload} />
              <Group grow align="start">
                <Select
                  label={t('format')}
                  placeholder={t('pickFormat')}
                  withAsterisk
                  dir="ltr"
                  data={formats}
                  value={draft.format}
                  error={fieldRefusal(refusals, 'format')}
                  onChange={format => set({ format })}
                />
                <TextInput
                  label={t('zone')}
                  description={t('zoneHint')}
                  inputWrapperOrder={['label', 'input', 'description', 'error']}
                  withAsterisk={draft.format !== null && localTimes.includes(draft.format)}
                  dir="ltr"
                  value={draft.zone}
                  error={fieldRefusal(refusals, 'zone')}
                  onChange={event => set({ zone: event.currentTarget.value })}
                />
              </Group>
              <Stack gap="sm" component="fieldset" m={0} p="sm" aria-label={t('more')} style={{ borderRadius: 8 }}>
                <Group grow align="start">
                  <TextInput
                    label={t('source')}
                    description={t('sourceHint')}
                    dir="ltr"
                    value={draft.source}
                    error={fieldRefusal(refusals, 'source')}
                    onChange={event => set({ source: event.currentTarget.value })}
                  />
                  <TextInput
                    label={t('account')}
                    description={t('accountHint')}
                    dir="ltr"
                    value={draft.account}
                    error={fieldRefusal(refusals, 'account')}
                    onChange={event => set({ account: event.currentTarget.value })}
                  />
                </Group>
                <Select
                  label={t('direction')}
                  description={t('directionHint')}
                  data={directions.map(value => ({ value, label: t(`direction_${value}`) }))}
                  value={draft.direction}
                  allowDeselect={false}
                  error={fieldRefusal(refusals, 'direction')}
                  onChange={value => set({ direction: directions.find(each => each === value) ?? 'TERMINATION' })}
                />
                <Checkbox
                  label={t('replace')}
                  description={t('replaceHint')}
                  checked={draft.replace}
                  onChange={event => set({ replace: event.currentTarget.checked })}
                />
                <Checkbox
                  label={t('again')}
                  checked={draft.again}
                  onChange={event => set({ again: event.currentTarget.checked })}
                />
                <Checkbox
                  label={t('dryRunBox')}
                  checked={draft.dryRun}
                  onChange={event => set({ dryRun: event.currentTarget.checked })}
                />
              </Stack>
            </>
          )}
        </ActionDialog>
      )}
    </>
  )
}
