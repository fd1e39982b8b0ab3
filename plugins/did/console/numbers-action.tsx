import { Badge, Button, Group, Modal, Stack, Table, Text, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { type ReactNode, useRef, useState } from 'react'
import { type CombinedError, useMutation } from 'urql'
import { ActionDialog } from '../../../web/console-kit/action-dialog.tsx'
import { CompanySelect } from '../../../web/console-kit/company-select.tsx'
import { fieldRefusal, RefusalAlert } from '../../../web/console-kit/refusal-alert.tsx'
import { type Refusal, refusalOf, refusalsOf } from '../../../web/kit/client.ts'
import { RefusalText } from '../../../web/kit/refusal-text.tsx'
import { inventoryWords } from './inventory-words.ts'
import { SkipRefused } from './number-fields.tsx'
import {
  AssignNumberDocument,
  AssignNumbersDocument,
  type BatchResultFragment,
  DeleteNumberDocument,
  DeleteNumbersDocument,
  MoveNumberDocument,
  MoveNumbersDocument,
  type NumberFactsFragment,
  ReleaseNumberDocument,
  ReleaseNumbersDocument,
  RevertNumbersDocument
} from './numbers.graphql.ts'

export type NumberAction = 'assign' | 'move' | 'release' | 'remove'

const fields = ['companyId', 'reason', 'price']

/**
 * Asks before numbers change hands or go, and does it: one number by its version, many of them together, each with what became
 * of it.
 */
export const NumbersAction = ({
  what,
  numbers,
  waits = false,
  onClose,
  onConflict
}: {
  readonly what: NumberAction
  /** All of one company, or of none; not empty. */
  readonly numbers: readonly NumberFactsFragment[]
  /** They are being read anew. */
  readonly waits?: boolean
  /** @param done whether something was changed */
  onClose(done: boolean): void
  /** Somebody else has changed it: time to read it anew. */
  onConflict?(): void
}): ReactNode => {
  const t = inventoryWords.use()
  const [companyId, setCompanyId] = useState<string | null>(null)
  const [price, setPrice] = useState('')
  const [reason, setReason] = useState('')
  const [skipRefused, setSkipRefused] = useState(false)
  const [result, setResult] = useState<BatchResultFragment | null>(null)
  const finished = useRef(false)
  const [, assignOne] = useMutation(AssignNumberDocument)
  const [, moveOne] = useMutation(MoveNumberDocument)
  const [, releaseOne] = useMutation(ReleaseNumberDocument)
  const [, deleteOne] = useMutation(DeleteNumberDocument)
  const [, assignMany] = useMutation(AssignNumbersDocument)
  const [, moveMany] = useMutation(MoveNumbersDocument)
  const [, releaseMany] = useMutation(ReleaseNumbersDocument)
  const [, deleteMany] = useMutation(DeleteNumbersDocument)
  const [first] = numbers
  const isOne = numbers.length === 1
  const needsCompany = what === 'assign' || what === 'move'
  const company = first?.companyName ?? ''

  const doOne = async (id: string, version: number): Promise<CombinedError | undefined> => {
    const why = { reason: reason.trim() || null }
    const to = {
      companyId: companyId ?? '',
      settings: price.trim() === '' ? null : { price: price.trim() }
    }
    if (what === 'assign') return (await assignOne({ id, version, ...to })).error
    if (what === 'move') return (await moveOne({ id, version, ...to, ...why })).error
    if (what === 'release') return (await releaseOne({ id, version, ...why })).error
    return (await deleteOne({ id, version, ...why })).error
  }
  const doMany = async (): Promise<{ error: CombinedError | undefined; batch: BatchResultFragment | undefined }> => {
    const all = { select: { ids: numbers.map(({ id }) => id) }, skipRefused }
    const why = { reason: reason.trim() || null }
    const [to, fromCompanyId] = [companyId ?? '', first?.companyId ?? '']
    if (what === 'assign') {
      const { data, error } = await assignMany({ ...all, companyId: to })
      return { error, batch: data?.assignNumbers }
    }
    if (what === 'move') {
      const { data, error } = await moveMany({ ...all, ...why, companyId: to, fromCompanyId })
      return { error, batch: data?.moveNumbers }
    }
    if (what === 'release') {
      const { data, error } = await releaseMany({ ...all, ...why, fromCompanyId })
      return { error, batch: data?.releaseNumbers }
    }
    const { data, error } = await deleteMany({ ...all, ...why })
    return { error, batch: data?.deleteNumbers }
  }
  const run = async (): Promise<readonly Refusal[]> => {
    if (isOne) {
      const refusals = refusalsOf(await doOne(first!.id, first!.version))
      if (refusals.some(({ code, reason: named }) => code === 'CONFLICT' && named === null)) onConflict?.()
      finished.current = refusals.length === 0
      if (finished.current) notifications.show({ color: 'teal', message: t('done') })
      return refusals
    }
    const { error, batch } = await doMany()
    if (batch == null || error !== undefined) return refusalsOf(error)
    finished.current = true
    setResult(batch)
    return []
  }
  if (result !== null) return <BatchReport batch={result} onClose={() => onClose(result.done > 0)} />
  return (
    <ActionDialog
      title={`${t(`${what}Title`)} · ${isOne ? `+${first!.number}` : t('chosen', { count: numbers.length })}`}
      action={t(what)}
      danger={what === 'release' || what === 'remove'}
      disabled={waits || (needsCompany && companyId === null)}
      size="lg"
      fields={fields}
      onClose={() => {
        // Of many a report follows.
        if (isOne || !finished.current) onClose(finished.current)
      }}
      run={run}
    >
      {refusals => (
        <>
          <Text size="sm">{t(`${what}Ask`, { company })}</Text>
          {needsCompany && (
            <CompanySelect
              label={t('toCompany')}
              required
              value={companyId}
              error={fieldRefusal(refusals, 'companyId')}
              onChange={setCompanyId}
            />
          )}
          {needsCompany && isOne && (
            <TextInput
              label={t('newPrice')}
              description={t('priceHint')}
              dir="ltr"
              inputMode="decimal"
              value={price}
              error={fieldRefusal(refusals, 'price')}
              onChange={event => setPrice(event.currentTarget.value)}
            />
          )}
          {what !== 'assign' && (
            <TextInput
              label={t('reason')}
              description={t('reasonHint')}
              maxLength={500}
              value={reason}
              error={fieldRefusal(refusals, 'reason')}
              onChange={event => setReason(event.currentTarget.value)}
            />
          )}
          {!isOne && <SkipRefused checked={skipRefused} onChange={setSkipRefused} />}
        </>
      )}
    </ActionDialog>
  )
}

/** Rows that are drawn; those that were refused come first. */
const mostRows = 500

/** What became of each of many numbers; the refused ones first, with the reason. What can be taken back is, from here. */
export const BatchReport = ({
  batch: given,
  onClose
}: {
  readonly batch: BatchResultFragment
  onClose(): void
}): ReactNode => {
  const t = inventoryWords.use()
  const [undone, setUndone] = useState<BatchResultFragment | null>(null)
  const [refusals, setRefusals] = useState<readonly Refusal[]>([])
  const [{ fetching }, revert] = useMutation(RevertNumbersDocument)
  const batch = undone ?? given
  // What was created is deleted, and the other way round.
  const canUndo = given.operation !== null && !given.results.some(({ outcome }) => /^(CREA|DELE)TED$/.test(outcome))
  const undo = async (): Promise<void> => {
    const { data, error } = await revert({ operation: given.operation!, skipRefused: undone !== null })
    setRefusals(refusalsOf(error))
    if (data != null) setUndone(data.revertNumbers)
  }
  const isRefused = (outcome: string): number => (outcome === 'REFUSED' ? 0 : 1)
  const rows = [...batch.results]
    .sort((one, other) => isRefused(one.outcome) - isRefused(other.outcome))
    .slice(0, mostRows)
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('result')}
      size="lg"
      closeOnClickOutside={false}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <Stack gap="sm">
        <Text role="status" fw={600}>
          {undone !== null && `${t('takeBack')}: `}
          {t('resultDone', { count: batch.done })} · {t('resultRefused', { count: batch.refused })}
        </Text>
        <Table.ScrollContainer minWidth={420} mah="60vh">
          <Table aria-label={t('result')} verticalSpacing={6}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">{t('number')}</Table.Th>
                <Table.Th scope="col">{t('outcome')}</Table.Th>
                <Table.Th scope="col">{t('why')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {rows.map(({ number, outcome, code, reason, message }) => (
                <Table.Tr key={number}>
                  <Table.Td>
                    <bdi dir="ltr">+{number}</bdi>
                  </Table.Td>
                  <Table.Td>
                    <Badge variant="light" color={outcome === 'REFUSED' ? 'red' : 'green'} tt="none">
                      {t(`outcome_${outcome}` as 'outcome_REFUSED')}
                    </Badge>
                  </Table.Td>
                  <Table.Td>
                    {code === 'NOT_APPLIED'
                      ? t('notApplied')
                      : code !== null && <RefusalText refusal={refusalOf(code, message, { reason })} />}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
        <RefusalAlert refusals={refusals} />
        <Group justify="flex-end">
          {canUndo && (undone === null || (undone.done === 0 && undone.refused > 0)) && (
            <Button variant="default" loading={fetching} onClick={undo}>
              {undone === null ? t('takeBack') : t('takeBackOthers')}
            </Button>
          )}
          <Button onClick={onClose}>{t('close')}</Button>
        </Group>
      </Stack>
    </Modal>
  )
}
