import { type FormEvent, type ReactNode, useMemo, useState } from 'react'
import { useClient, useMutation } from 'urql'
import { type Refusal, refusalsOf } from '../../../web/kit/client.ts'
import { RefusalTexts } from '../../../web/kit/refusal-text.tsx'
import { useUnsaved } from '../../../web/kit/unsaved.tsx'
import { useRefusedField } from '../../../web/portal-kit/use-refused-field.ts'
import { useViewer } from '../../../web/portal-kit/viewer.ts'
import { AttestationField } from './attestation-field.tsx'
import { ConflictPanel } from './conflict-panel.tsx'
import { DestinationEditor } from './destination-editor.tsx'
import { DestinationLock } from './destination-lock.tsx'
import { DestinationList } from './destination-text.tsx'
import { LimitField } from './limit-field.tsx'
import type { CompanyNumber } from './number.ts'
import { draftOf, type Faults, faultsOf, type NumberDraft, patchOf, withoutFaults } from './number-draft.ts'
import { ChangeNumberDocument, OneNumberDocument } from './numbers.graphql.ts'
import { words } from './words.ts'

/** What came of the last attempt to save. */
type Said =
  | { readonly is: 'NOTHING' | 'SAVED' | 'NOTHING_CHANGED' | 'NOT_SAVED' | 'SEE_FIELDS' }
  | { readonly is: 'REFUSED'; readonly refusals: readonly Refusal[] }

/** What a contact may change of a number. Only fields that were changed are sent, destinations never while they are locked. */
export const NumberForm = ({
  did,
  onChange
}: {
  /** As it was read last. */
  readonly did: CompanyNumber
  /** The number is another now: saved, or as somebody else left it. */
  onChange(did: CompanyNumber): void
}): ReactNode => {
  const t = words.use()
  const client = useClient()
  const viewer = useViewer()
  const locked = viewer.has('destination-lock')
  const [{ fetching }, change] = useMutation(ChangeNumberDocument)
  const [draft, setDraft] = useState<NumberDraft>({})
  const [faults, setFaults] = useState<Faults>({})
  const [said, setSaid] = useState<Said>({ is: 'NOTHING' })
  const [theirs, setTheirs] = useState<CompanyNumber | null>(null)
  const refused = useRefusedField()
  const stored = useMemo(() => draftOf(did.destinations), [did.destinations])

  // What was typed of destinations before they were locked is kept, and not sent.
  const { destination: _, ...unlocked } = draft
  const sent = locked ? unlocked : draft
  const { patch, faults: own } = patchOf(sent, t('wholeNumber'), did)
  const isDirty = Object.keys(patch).length > 0 || Object.keys(own).length > 0
  useUnsaved(isDirty)

  const type = (changes: NumberDraft, named = Object.keys(changes)[0] ?? ''): void => {
    setDraft(known => ({ ...known, ...changes }))
    setFaults(known => withoutFaults(known, [named]))
    setSaid({ is: 'NOTHING' })
  }
  /** To the first field something is said of. */
  const pointOut = (told: Faults): void => {
    setFaults(told)
    setSaid({ is: 'SEE_FIELDS' })
    refused.pointOut()
  }
  const refuse = (refusals: readonly Refusal[]): void => {
    const told = faultsOf(refusals, sent)
    if (refusals.some(({ code }) => code === 'UNREACHABLE' || code === 'UNAVAILABLE')) setSaid({ is: 'NOT_SAVED' })
    else if (Object.keys(told).length > 0) pointOut(told)
    else setSaid({ is: 'REFUSED', refusals })
  }
  const send = async (base: CompanyNumber): Promise<void> => {
    const { patch: wanted, faults: wrong } = patchOf(sent, t('wholeNumber'), base)
    setFaults(wrong)
    if (Object.keys(wrong).length > 0) return pointOut(wrong)
    if (Object.keys(wanted).length === 0) {
      setDraft({})
      return setSaid({ is: base === did ? 'NOTHING_CHANGED' : 'SAVED' })
    }
    const { data, error } = await change({ id: base.id, version: base.version ?? 0, input: wanted })
    if (data?.updateDid != null) {
      setDraft({})
      setTheirs(null)
      setSaid({ is: 'SAVED' })
      return onChange({ ...base, ...data.updateDid })
    }
    const refusals = refusalsOf(error)
    if (!refusals.some(({ code }) => code === 'CONFLICT')) return refuse(refusals)
    const anew = await client.query(OneNumberDocument, { id: base.id }).toPromise()
    if (anew.data?.did == null) return refuse(refusalsOf(anew.error))
    setSaid({ is: 'NOTHING' })
    setTheirs(anew.data.did)
  }
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (!fetching) void send(did)
  }
  const limitHelp = (ceiling: number | null): string =>
    ceiling === null || ceiling === 0 ? t('noLimitHelp') : t('limit', { count: ceiling })
  const text = (field: 'channels' | 'flowSpeed'): string => draft[field] ?? String(did[field] ?? '')

  return (
    <form ref={refused.form} data-part="number-form" noValidate onSubmit={submit}>
      <h3>{t('settings')}</h3>
      <div data-part="checks">
        <label data-part="check">
          <input
            type="checkbox"
            checked={draft.enabled ?? did.enabled === true}
            onChange={event => type({ enabled: event.target.checked })}
          />{' '}
          {t('enabled')}
        </label>
        <label data-part="check">
          <input
            type="checkbox"
            checked={draft.retainDisplayName ?? did.retainDisplayName === true}
            onChange={event => type({ retainDisplayName: event.target.checked })}
          />{' '}
          {t('retainDisplayName')}
        </label>
      </div>
      <div data-part="fields">
        <LimitField
          label={t('channels')}
          help={`${t('channelsHelp')} ${limitHelp(did.channelsCeiling)}`}
          fault={faults.channels}
          value={text('channels')}
          onChange={channels => type({ channels })}
        />
        <LimitField
          label={t('flowSpeed')}
          help={limitHelp(did.flowSpeedCeiling)}
          fault={faults.flowSpeed}
          value={text('flowSpeed')}
          onChange={flowSpeed => type({ flowSpeed })}
        />
        <AttestationField
          fault={faults.stirShakenMinAttest}
          value={draft.stirShakenMinAttest ?? did.stirShakenMinAttest ?? 'NONE'}
          onChange={stirShakenMinAttest => type({ stirShakenMinAttest })}
        />
      </div>
      <h3>{t('destinations')}</h3>
      {locked ? (
        <>
          <DestinationLock />
          <DestinationList destinations={did.destinations} />
        </>
      ) : (
        <DestinationEditor
          typed={draft.destination ?? stored}
          faults={faults}
          onChange={(destination, named) => type({ destination }, named)}
        />
      )}
      {theirs !== null && (
        <ConflictPanel
          opened={did}
          theirs={theirs}
          draft={sent}
          busy={fetching}
          onKeep={() => {
            onChange({ ...did, ...theirs })
            setTheirs(null)
            void send(theirs)
          }}
          onTake={() => {
            setDraft({})
            setFaults({})
            setTheirs(null)
            onChange({ ...did, ...theirs })
          }}
          onLater={() => setTheirs(null)}
        />
      )}
      <footer data-part="form-end" hidden={theirs !== null}>
        <button type="submit" data-part="primary" aria-disabled={fetching || undefined}>
          {t('save')}
        </button>
        <button
          type="button"
          hidden={!isDirty}
          onClick={() => {
            setDraft({})
            setFaults({})
            setSaid({ is: 'NOTHING' })
          }}
        >
          {t('discard')}
        </button>
        <p role="status" data-part="done">
          {said.is === 'SAVED' && t('saved')}
          {said.is === 'NOTHING_CHANGED' && t('nothingChanged')}
        </p>
        {(said.is === 'NOT_SAVED' || said.is === 'SEE_FIELDS' || said.is === 'REFUSED') && (
          <p role="alert" data-part="fault">
            {said.is === 'NOT_SAVED' && t('notSaved')}
            {said.is === 'SEE_FIELDS' && t('check')}
            {said.is === 'REFUSED' && <RefusalTexts refusals={said.refusals} />}
          </p>
        )}
      </footer>
    </form>
  )
}
