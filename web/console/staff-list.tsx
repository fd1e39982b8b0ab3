import { Badge, Button, Group, Radio, Stack, Text, TextInput } from '@mantine/core'
import { type ReactNode, useMemo, useState } from 'react'
import { useMutation } from 'urql'
import { useLocation } from 'wouter'
import { ActionDialog } from '../console-kit/action-dialog.tsx'
import { type DataColumn, DataTable } from '../console-kit/data-table.tsx'
import { useOperator } from '../console-kit/operator.ts'
import { fieldRefusal } from '../console-kit/refusal-alert.tsx'
import { ShownOnce } from '../console-kit/shown-once.tsx'
import { When } from '../console-kit/when.tsx'
import { refusalsOf } from '../kit/client.ts'
import { listOf, usePages } from '../kit/use-pages.ts'
import { CreateStaffDocument, StaffDocument, type StaffFactsFragment } from './staff.graphql.ts'
import { StaffState } from './staff-state.tsx'
import { staffWords } from './staff-words.ts'

export const memberRoles = ['ADMIN', 'SUPPORT', 'AUDITOR'] as const

/** Everybody who works in the console. */
export const StaffList = (): ReactNode => {
  const t = staffWords.use()
  const operator = useOperator()
  const [, go] = useLocation()
  const pages = usePages({ query: StaffDocument, variables: {}, pick: data => data.staff })
  const columns = useMemo<readonly DataColumn<StaffFactsFragment>[]>(
    () => [
      {
        name: 'name',
        title: t('name'),
        width: 190,
        cell: ({ id, name }) => (
          <>
            <bdi>{name}</bdi>{' '}
            {operator.actor === `staff:${id}` && (
              <Badge size="sm" variant="light" tt="none">
                {t('you')}
              </Badge>
            )}
          </>
        )
      },
      { name: 'email', title: t('email'), width: 230, cell: ({ email }) => <bdi dir="ltr">{email}</bdi> },
      { name: 'role', title: t('role'), width: 120, cell: ({ role }) => t(`role_${role}`) },
      { name: 'state', title: t('state'), width: 160, cell: member => <StaffState member={member} /> },
      { name: 'twoFactor', title: t('twoFactor'), width: 100, cell: row => t(row.twoFactor ? 'on' : 'off') },
      {
        name: 'lastSignIn',
        title: t('lastSignIn'),
        width: 190,
        cell: ({ lastSignInAt }) => (lastSignInAt === null ? t('never') : <When at={lastSignInAt} />)
      }
    ],
    [t, operator.actor]
  )
  return (
    <Stack gap="sm">
      {operator.is('ADMIN') && (
        <Group justify="flex-end">
          <AddMember onAdded={pages.reload} />
        </Group>
      )}
      <DataTable
        label={t('members')}
        columns={columns}
        {...listOf(pages)}
        rowKey={row => row.id}
        rowLabel={row => row.name}
        totalCount={pages.data?.staff.totalCount ?? null}
        onOpen={({ id }) => go(`/members/${id}`)}
        empty={t('none')}
      />
    </Stack>
  )
}

const blank = { name: '', email: '', role: 'SUPPORT' as (typeof memberRoles)[number] }

const AddMember = ({ onAdded }: { onAdded(): void }): ReactNode => {
  const t = staffWords.use()
  const [opened, setOpened] = useState(false)
  const [draft, setDraft] = useState(blank)
  const [link, setLink] = useState<{ name: string; url: string; expiresAt: string } | null>(null)
  const [, create] = useMutation(CreateStaffDocument)
  return (
    <>
      <Button onClick={() => setOpened(true)}>{t('create')}</Button>
      {opened && (
        <ActionDialog
          title={t('create')}
          action={t('createDo')}
          fields={['name', 'email', 'role']}
          onClose={() => setOpened(false)}
          run={async () => {
            const { data, error } = await create({ input: draft })
            if (data == null || error !== undefined) return refusalsOf(error)
            setLink({ name: data.createStaff.staff.name, ...data.createStaff.link })
            setDraft(blank)
            onAdded()
            return []
          }}
        >
          {refusals => (
            <>
              <TextInput
                label={t('name')}
                withAsterisk
                data-autofocus
                maxLength={120}
                value={draft.name}
                error={fieldRefusal(refusals, 'name')}
                onChange={event => setDraft({ ...draft, name: event.currentTarget.value })}
              />
              <TextInput
                label={t('email')}
                description={t('emailHint')}
                withAsterisk
                type="email"
                dir="ltr"
                value={draft.email}
                error={fieldRefusal(refusals, 'email')}
                onChange={event => setDraft({ ...draft, email: event.currentTarget.value })}
              />
              <RoleRadio
                value={draft.role}
                error={fieldRefusal(refusals, 'role')}
                onChange={role => setDraft({ ...draft, role })}
              />
            </>
          )}
        </ActionDialog>
      )}
      {link !== null && (
        <ShownOnce
          title={t('linkTitle', { name: link.name })}
          label={t('linkLabel')}
          value={link.url}
          until={link.expiresAt}
          onClose={() => setLink(null)}
        >
          <Text size="sm">{t('linkSend')}</Text>
        </ShownOnce>
      )}
    </>
  )
}

/** Chooses a role, each with what it may do. */
export const RoleRadio = ({
  value,
  disabled = false,
  error,
  onChange
}: {
  readonly value: (typeof memberRoles)[number]
  readonly disabled?: boolean
  readonly error?: ReactNode
  onChange(role: (typeof memberRoles)[number]): void
}): ReactNode => {
  const t = staffWords.use()
  return (
    <Radio.Group
      label={t('role')}
      value={value}
      error={error}
      onChange={next => onChange(memberRoles.find(each => each === next) ?? value)}
    >
      <Stack gap="xs" mt={6}>
        {memberRoles.map(role => (
          <Radio
            key={role}
            value={role}
            label={t(`role_${role}`)}
            description={t(`means_${role}`)}
            disabled={disabled}
          />
        ))}
      </Stack>
    </Radio.Group>
  )
}
