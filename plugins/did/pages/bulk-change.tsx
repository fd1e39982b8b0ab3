import { type FormEvent, type ReactNode, useState } from 'react'
import { useMutation } from 'urql'
import { refusalsOf } from '../../../web/kit/client.ts'
import { RefusalTexts } from '../../../web/kit/refusal-text.tsx'
import { useUnsaved } from '../../../web/kit/unsaved.tsx'
import { useRefusedField } from '../../../web/portal-kit/use-refused-field.ts'
import { useViewer } from '../../../web/portal-kit/viewer.ts'
import { AttestationField } from './attestation-field.tsx'
import { type BulkResult, BulkResults } from './bulk-results.tsx'
import { DestinationEditor } from './destination-editor.tsx'
import { DestinationLock } from './destination-lock.tsx'
import { Field } from './field.tsx'
import { LimitField } from './limit-field.tsx'
import { type Faults, faultsOf, type NumberDraft, newDestination, patchOf, withoutFaults } from './number-draft.ts'
import type { NumberChange } from './number-extras.ts'
import { ChangeNumbersDocument } from './numbers.graphql.ts'
import { words } from './words.ts'

/** The same change to many numbers: what is ticked is changed, in all of them or in none. */
export const BulkChange = ({
  numbers,
  onDone
}: {
  /** Id → number. */
  readonly numbers: ReadonlyMap<string, string>
  onDone(changes: readonly NumberChange[]): void
}): ReactNode => {
  const t = words.use()
  const locked = useViewer().has('destination-lock')
  const [{ fetching }, change] = useMutation(ChangeNumbersDocument)
  const [draft, setDraft] = useState<NumberDraft>({})
  const [faults, setFaults] = useState<Faults>({})
  const [said, setSaid] = useState<ReactNode>(null)
  const [results, setResults] = useState<readonly BulkResult[] | null>(null)
  const refused = useRefusedField()
  const { destination: _, ...unlocked } = draft
  const sent = locked ? unlocked : draft
  useUnsaved(Object.keys(sent).length > 0)

  const type = (changes: NumberDraft, named = Object.keys(changes)[0] ?? ''): void => {
    setDraft(known => ({ ...known, ...changes }))
    setFaults(known => withoutFaults(known, [named]))
    setSaid(null)
  }
  const tick = (field: keyof NumberDraft, first: NumberDraft): void => {
    setFaults(known => withoutFaults(known, [field, `${field}/`]))
    setSaid(null)
    setDraft(known => {
      if (!(field in known)) return { ...known, ...first }
      const { [field]: __, ...left } = known
      return left
    })
  }
  const pointOut = (told: Faults): void => {
    setFaults(told)
    setSaid(t('check'))
    refused.pointOut()
  }
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    if (fetching) return
    setResults(null)
    const { patch, faults: own } = patchOf(sent, t('wholeNumber'))
    if (Object.keys(own).length > 0) return pointOut(own)
    if (Object.keys(patch).length === 0) return setSaid(t('bulkChoose'))
    setSaid(null)
    const { data, error } = await change({ ids: [...numbers.keys()], patch })
    if (data?.bulkUpdateDids != null) {
      setResults(data.bulkUpdateDids)
      const changes = data.bulkUpdateDids.flatMap(({ did }) => (did === null ? [] : [did]))
      if (changes.length === 0) return
      setDraft({})
      return onDone(changes)
    }
    const refusals = refusalsOf(error)
    if (refusals.some(({ code }) => code === 'UNREACHABLE' || code === 'UNAVAILABLE')) return setSaid(t('notSaved'))
    const told = faultsOf(refusals, sent)
    if (Object.keys(told).length > 0) return pointOut(told)
    setSaid(<RefusalTexts refusals={refusals} />)
  }
  const part = (field: keyof NumberDraft, title: string, first: NumberDraft, control: ReactNode): ReactNode => (
    <div data-part="bulk-field">
      <label data-part="check">
        <input type="checkbox" checked={field in draft} onChange={() => tick(field, first)} /> {title}
      </label>
      {field in draft && control}
    </div>
  )
  const choice = (field: 'enabled' | 'retainDisplayName', title: string, yes: string, no: string): ReactNode =>
    part(
      field,
      title,
      { [field]: true },
      <Field label={t('bulkChangeOf', { field: title })} fault={faults[field]}>
        {control => (
          <select
            {...control}
            value={String(draft[field])}
            onChange={event => type({ [field]: event.target.value === 'true' })}
          >
            <option value="true">{yes}</option>
            <option value="false">{no}</option>
          </select>
        )}
      </Field>
    )
  const limit = (field: 'channels' | 'flowSpeed', help: string): ReactNode =>
    part(
      field,
      t(field),
      { [field]: '' },
      <LimitField
        label={t('bulkChangeOf', { field: t(field) })}
        help={help}
        fault={faults[field]}
        value={draft[field] ?? ''}
        onChange={value => type({ [field]: value })}
      />
    )
  const titles: Readonly<Record<string, string>> = {
    enabled: t('state'),
    retainDisplayName: t('retainDisplayName'),
    channels: t('channels'),
    flowSpeed: t('flowSpeed'),
    stirShakenMinAttest: t('stirShakenMinAttest'),
    destination: t('destinations')
  }
  return (
    <>
      <form ref={refused.form} data-part="number-form" noValidate onSubmit={submit}>
        <p>
          {t('bulkChoose')} {t('bulkAll')}
        </p>
        {choice('enabled', t('state'), t('on'), t('off'))}
        {choice('retainDisplayName', t('retainDisplayName'), t('yes'), t('no'))}
        {limit('channels', `${t('channelsHelp')} ${t('bulkLimitHelp')}`)}
        {limit('flowSpeed', t('bulkLimitHelp'))}
        {part(
          'stirShakenMinAttest',
          t('stirShakenMinAttest'),
          { stirShakenMinAttest: 'NONE' },
          <AttestationField
            fault={faults.stirShakenMinAttest}
            value={draft.stirShakenMinAttest ?? 'NONE'}
            onChange={stirShakenMinAttest => type({ stirShakenMinAttest })}
          />
        )}
        {locked ? (
          <DestinationLock />
        ) : (
          part(
            'destination',
            t('destinations'),
            { destination: [newDestination()] },
            <DestinationEditor
              typed={draft.destination ?? []}
              faults={faults}
              onChange={(destination, named) => type({ destination }, named)}
            />
          )
        )}
        <footer data-part="form-end">
          <button type="submit" data-part="primary" aria-disabled={fetching || undefined}>
            {t('bulkApply', { count: numbers.size })}
          </button>
          {said !== null && (
            <p role="alert" data-part="fault">
              {said}
            </p>
          )}
        </footer>
      </form>
      {results !== null && (
        <BulkResults results={results} numbers={numbers} titleOf={field => titles[field] ?? field} />
      )}
    </>
  )
}
