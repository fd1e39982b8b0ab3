import { Alert, Button, Group, Modal, Stack, Text, Textarea } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { type FormEvent, type ReactNode, useId, useState } from 'react'
import { useClient } from 'urql'
import { conflictWords } from '../console-kit/conflict-words.ts'
import { fieldRefusal, RefusalAlert } from '../console-kit/refusal-alert.tsx'
import { type Refusal, refusalsOf } from '../kit/client.ts'
import {
  ApproveCompanyDocument,
  CloseCompanyDocument,
  CompanyDocument,
  type CompanyFactsFragment,
  ReopenCompanyDocument,
  SuspendCompanyDocument
} from './companies.graphql.ts'
import { companyWords, type Status } from './company-words.ts'

type Move = 'approve' | 'suspend' | 'reopen' | 'close'

/** From where each move is possible, as the server has it. */
const from: Readonly<Record<Move, readonly string[]>> = {
  approve: ['PENDING_APPROVAL', 'PENDING'],
  suspend: ['ACTIVE'],
  reopen: ['PENALTY', 'INACTIVE'],
  close: ['ACTIVE', 'PENDING_APPROVAL', 'PENDING', 'PENALTY']
}
const documents = {
  approve: ApproveCompanyDocument,
  suspend: SuspendCompanyDocument,
  reopen: ReopenCompanyDocument,
  close: CloseCompanyDocument
}
const needReason: readonly Move[] = ['suspend', 'close']
const moves = Object.keys(from) as Move[]

/** The moves that are possible from where a company is; each says what it does before it is done. */
export const CompanyStatusMoves = ({
  company,
  reload
}: {
  readonly company: CompanyFactsFragment
  reload(): void
}): ReactNode => {
  const t = companyWords.use()
  const c = conflictWords.use()
  const client = useClient()
  const form = useId()
  const [move, setMove] = useState<Move | null>(null)
  const [reason, setReason] = useState('')
  const [busy, setBusy] = useState(false)
  const [refusals, setRefusals] = useState<readonly Refusal[]>([])
  /** What the company is now, where somebody else changed it while this was asked. */
  const [theirs, setTheirs] = useState<CompanyFactsFragment | null>(null)
  /** What it was when the question was asked; the page may have learnt more since. */
  const [asked, setAsked] = useState(company)
  const stands = theirs ?? asked
  const open = (next: Move | null): void => {
    setMove(next)
    if (next !== null) setAsked(company)
    setRefusals([])
    setTheirs(null)
  }
  const run = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    if (move === null || busy) return
    setBusy(true)
    const variables = { id: company.id, version: stands.version, reason }
    const { error } = await client.mutation(documents[move], variables).toPromise()
    setBusy(false)
    const found = refusalsOf(error)
    setRefusals(found)
    if (found.some(({ code }) => code === 'CONFLICT')) {
      const { data } = await client.query(CompanyDocument, { id: company.id }).toPromise()
      if (data?.company != null) setTheirs(data.company)
    }
    if (found.length > 0) return
    notifications.show({ color: 'teal', message: t('savedNotice') })
    setReason('')
    open(null)
    reload()
  }
  const isPossible = move !== null && from[move].includes(stands.status)
  const does =
    move === 'reopen'
      ? t(stands.status === 'INACTIVE' ? 'reopenDoesINACTIVE' : 'reopenDoesPENALTY')
      : move === null
        ? ''
        : t(`${move}Does`)
  return (
    <>
      <Group gap="xs" mt="md">
        {moves
          .filter(each => from[each].includes(company.status))
          .map(each => (
            <Button
              key={each}
              size="xs"
              variant={each === 'approve' || each === 'reopen' ? 'filled' : 'default'}
              c={each === 'close' ? 'var(--mantine-color-error)' : undefined}
              onClick={() => open(each)}
            >
              {t(each)}
            </Button>
          ))}
      </Group>
      <Modal
        opened={move !== null}
        onClose={() => {
          if (theirs !== null) reload()
          open(null)
        }}
        title={move === null ? '' : t(`${move}Title`, { name: company.name })}
        closeButtonProps={{ 'aria-label': t('cancel') }}
        closeOnClickOutside={false}
      >
        {move !== null && (
          <form id={form} onSubmit={run} noValidate>
            <Stack gap="sm">
              {theirs === null ? (
                <RefusalAlert refusals={refusals} fields={['reason']} />
              ) : (
                <Alert color="yellow" role="alert" title={c('title')}>
                  {theirs.status === asked.status
                    ? c('elsewhere')
                    : t('changedStatus', {
                        before: t(`status_${asked.status as Status}`),
                        after: t(`status_${theirs.status as Status}`)
                      })}
                </Alert>
              )}
              <Text size="sm">{does}</Text>
              <Textarea
                label={t('reason')}
                description={t('reasonHint')}
                withAsterisk={needReason.includes(move)}
                data-autofocus
                autosize
                minRows={2}
                maxLength={500}
                value={reason}
                error={fieldRefusal(refusals, 'reason')}
                onChange={event => setReason(event.currentTarget.value)}
              />
              <Group justify="end">
                <Button
                  variant="default"
                  onClick={() => {
                    if (theirs !== null) reload()
                    open(null)
                  }}
                >
                  {t('cancel')}
                </Button>
                <Button
                  type="submit"
                  loading={busy}
                  disabled={!isPossible}
                  color={move === 'close' || move === 'suspend' ? 'red' : undefined}
                >
                  {t(move)}
                </Button>
              </Group>
            </Stack>
          </form>
        )}
      </Modal>
    </>
  )
}
