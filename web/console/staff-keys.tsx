import { Badge, Button, Group, NumberInput, Select, Stack, Text, TextInput } from '@mantine/core'
import { type ReactNode, useMemo, useState } from 'react'
import { useMutation, useQuery } from 'urql'
import { ActionDialog } from '../console-kit/action-dialog.tsx'
import { type DataColumn, DataTable } from '../console-kit/data-table.tsx'
import { useOperator } from '../console-kit/operator.ts'
import { fieldRefusal } from '../console-kit/refusal-alert.tsx'
import { ShownOnce } from '../console-kit/shown-once.tsx'
import { When } from '../console-kit/when.tsx'
import { type Refusal, refusalsOf } from '../kit/client.ts'
import { useFormats } from '../kit/formats.ts'
import {
  ApiKeysDocument,
  CreateApiKeyDocument,
  type KeyFactsFragment,
  RevokeApiKeyDocument,
  RotateApiKeyDocument
} from './staff.graphql.ts'
import { staffWords } from './staff-words.ts'

const keyRoles = ['INGEST', 'AUDITOR', 'SUPPORT', 'ADMIN'] as const
const usualOverlap = 24

interface Secret {
  readonly name: string
  readonly secret: string
  readonly until: string | null
}

/** Keys of programs: made, rotated, revoked. */
export const StaffKeys = (): ReactNode => {
  const t = staffWords.use()
  const operator = useOperator()
  const [{ data, error, fetching }, ask] = useQuery({ query: ApiKeysDocument })
  const [, rotateKey] = useMutation(RotateApiKeyDocument)
  const [, revokeKey] = useMutation(RevokeApiKeyDocument)
  const [asked, setAsked] = useState<{ readonly what: 'rotate' | 'revoke'; readonly id: string } | null>(null)
  // As it was last read: whoever was told of a change may go on from there.
  const key = data?.apiKeys.find(({ id }) => id === asked?.id)
  const [hours, setHours] = useState<number | string>(usualOverlap)
  const [secret, setSecret] = useState<Secret | null>(null)
  const reload = (): void => ask({ requestPolicy: 'network-only' })
  const afterwards = (found: readonly Refusal[]): readonly Refusal[] => {
    if (found.length === 0 || found.some(({ code }) => code === 'CONFLICT')) reload()
    return found
  }
  const mayChange = operator.is('ADMIN')
  const columns = useMemo<readonly DataColumn<KeyFactsFragment>[]>(
    () => [
      { name: 'name', title: t('keyName'), width: 140, cell: ({ name }) => <bdi>{name}</bdi> },
      { name: 'role', title: t('role'), width: 110, cell: ({ role }) => t(`role_${role}`) },
      { name: 'state', title: t('state'), width: 190, cell: key => <KeyState of={key} /> },
      {
        name: 'expires',
        title: t('expires'),
        width: 140,
        cell: ({ expiresAt }) => (expiresAt === null ? t('noEnd') : <When at={expiresAt} />)
      },
      {
        name: 'lastUsed',
        title: t('lastUsed'),
        width: 140,
        cell: ({ lastUsedAt }) => (lastUsedAt === null ? t('never') : <When at={lastUsedAt} />)
      },
      { name: 'created', title: t('created'), width: 110, cell: ({ createdAt }) => <When at={createdAt} day /> },
      ...(mayChange
        ? [
            {
              name: 'actions',
              title: t('actions'),
              width: 170,
              cell: ({ id, name, revokedAt }: KeyFactsFragment) =>
                revokedAt === null && (
                  <Group gap={4} wrap="nowrap">
                    <Button
                      size="compact-xs"
                      variant="default"
                      aria-label={t('rotateOf', { name })}
                      onClick={() => setAsked({ what: 'rotate', id })}
                    >
                      {t('rotate')}
                    </Button>
                    <Button
                      size="compact-xs"
                      variant="default"
                      c="red"
                      aria-label={t('revokeOf', { name })}
                      onClick={() => setAsked({ what: 'revoke', id })}
                    >
                      {t('revoke')}
                    </Button>
                  </Group>
                )
            }
          ]
        : [])
    ],
    [t, mayChange]
  )
  return (
    <Stack gap="sm">
      {mayChange && (
        <Group justify="flex-end">
          <CreateKey
            onCreated={made => {
              setSecret(made)
              reload()
            }}
          />
        </Group>
      )}
      <DataTable
        label={t('keys')}
        columns={columns}
        rows={data?.apiKeys ?? []}
        rowKey={row => row.id}
        state={error !== undefined && data == null ? 'FAILED' : fetching ? 'LOADING' : 'READY'}
        refusals={refusalsOf(error)}
        hasMore={false}
        loadMore={() => {}}
        retry={reload}
        totalCount={data?.apiKeys.length ?? null}
        empty={t('noKeys')}
      />
      {key !== undefined && asked?.what === 'rotate' && (
        <ActionDialog
          title={t('rotateTitle', { name: key.name })}
          action={t('rotate')}
          fields={['overlapHours']}
          onClose={() => setAsked(null)}
          run={async () => {
            const overlapHours = typeof hours === 'number' ? hours : usualOverlap
            const { id, version } = key
            const { data: made, error: refused } = await rotateKey({ id, version, overlapHours })
            if (made == null || refused !== undefined) return afterwards(refusalsOf(refused))
            setSecret({ ...made.rotateApiKey, until: key.expiresAt })
            reload()
            return []
          }}
        >
          {refusals => (
            <>
              <Text size="sm">{t('rotateAsk')}</Text>
              <NumberInput
                label={t('overlap')}
                description={t('overlapHint')}
                data-autofocus
                allowDecimal={false}
                allowNegative={false}
                value={hours}
                onChange={setHours}
                error={fieldRefusal(refusals, 'overlapHours')}
              />
            </>
          )}
        </ActionDialog>
      )}
      {key !== undefined && asked?.what === 'revoke' && (
        <ActionDialog
          title={t('revokeTitle', { name: key.name })}
          action={t('revoke')}
          danger
          onClose={() => setAsked(null)}
          run={async () => {
            const { id, version } = key
            return afterwards(refusalsOf((await revokeKey({ id, version })).error))
          }}
        >
          <Text size="sm">{t('revokeAsk')}</Text>
        </ActionDialog>
      )}
      {secret !== null && (
        <ShownOnce
          title={t('secretTitle', { name: secret.name })}
          label={t('secretLabel')}
          value={secret.secret}
          until={secret.until}
          onClose={() => setSecret(null)}
        >
          <Text size="sm">{t('secretHint')}</Text>
        </ShownOnce>
      )}
    </Stack>
  )
}

const KeyState = ({ of: key }: { readonly of: KeyFactsFragment }): ReactNode => {
  const t = staffWords.use()
  const { dateTime } = useFormats()
  const isOver = key.expiresAt !== null && Date.parse(key.expiresAt) <= Date.now()
  return (
    <Stack gap={2} align="start">
      <Badge
        variant="dot"
        color={key.revokedAt !== null ? 'gray' : isOver ? 'orange' : 'green'}
        tt="none"
        fw={500}
        h="auto"
        styles={{ label: { whiteSpace: 'normal' } }}
      >
        {key.revokedAt !== null
          ? t('revoked', { at: dateTime(key.revokedAt) })
          : isOver && key.expiresAt !== null
            ? t('ended', { at: dateTime(key.expiresAt) })
            : t('good')}
      </Badge>
      {key.formerUntil !== null && key.revokedAt === null && (
        <Text size="xs" c="dimmed">
          {t('former', { at: dateTime(key.formerUntil) })} ·{' '}
          {key.formerUsedAt === null ? t('formerUnused') : t('formerUsed', { at: dateTime(key.formerUsedAt) })}
        </Text>
      )}
    </Stack>
  )
}

const blank = { name: '', role: 'INGEST' as (typeof keyRoles)[number], expiresAt: '' }

const CreateKey = ({ onCreated }: { onCreated(secret: Secret): void }): ReactNode => {
  const t = staffWords.use()
  const [opened, setOpened] = useState(false)
  const [draft, setDraft] = useState(blank)
  const [, create] = useMutation(CreateApiKeyDocument)
  return (
    <>
      <Button onClick={() => setOpened(true)}>{t('createKey')}</Button>
      {opened && (
        <ActionDialog
          title={t('createKey')}
          action={t('createKeyDo')}
          fields={['name', 'role', 'expiresAt']}
          onClose={() => setOpened(false)}
          run={async () => {
            const expiresAt = draft.expiresAt === '' ? null : new Date(draft.expiresAt).toISOString()
            const { data, error } = await create({ name: draft.name, role: draft.role, expiresAt })
            if (data == null || error !== undefined) return refusalsOf(error)
            setDraft(blank)
            onCreated({ ...data.createApiKey, until: expiresAt })
            return []
          }}
        >
          {refusals => (
            <>
              <TextInput
                label={t('keyName')}
                description={t('keyNameHint')}
                withAsterisk
                data-autofocus
                maxLength={80}
                value={draft.name}
                error={fieldRefusal(refusals, 'name')}
                onChange={event => setDraft({ ...draft, name: event.currentTarget.value })}
              />
              <Select
                label={t('role')}
                description={t(`means_${draft.role}`)}
                data={keyRoles.map(value => ({ value, label: t(`role_${value}`) }))}
                value={draft.role}
                allowDeselect={false}
                error={fieldRefusal(refusals, 'role')}
                onChange={value => setDraft({ ...draft, role: keyRoles.find(each => each === value) ?? draft.role })}
              />
              <TextInput
                type="datetime-local"
                label={t('expires')}
                description={t('expiresHint')}
                value={draft.expiresAt}
                error={fieldRefusal(refusals, 'expiresAt')}
                onChange={event => setDraft({ ...draft, expiresAt: event.currentTarget.value })}
              />
            </>
          )}
        </ActionDialog>
      )}
    </>
  )
}
