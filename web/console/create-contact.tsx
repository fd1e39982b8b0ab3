import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { type ReactNode, useState } from 'react'
import { useMutation } from 'urql'
import { ActionDialog } from '../console-kit/action-dialog.tsx'
import { refusalsOf } from '../kit/client.ts'
import { blankContact, ContactFields, contactFields, inputOf } from './contact-fields.tsx'
import { contactWords } from './contact-words.ts'
import { CreateContactDocument } from './contacts.graphql.ts'

/** The button and the form behind it. What was typed stays until it is saved, also when the form is closed. */
export const CreateContact = ({
  companyId,
  onCreated
}: {
  readonly companyId: string
  onCreated(id: string): void
}): ReactNode => {
  const t = contactWords.use()
  const [opened, setOpened] = useState(false)
  const [draft, setDraft] = useState(blankContact)
  const [, create] = useMutation(CreateContactDocument)
  return (
    <>
      <Button onClick={() => setOpened(true)}>{t('create')}</Button>
      {opened && (
        <ActionDialog
          title={t('create')}
          action={t('createDo')}
          size="lg"
          fields={contactFields}
          onClose={() => setOpened(false)}
          run={async () => {
            const { data, error } = await create({ input: { companyId, ...inputOf(draft) } })
            if (data == null || error !== undefined) return refusalsOf(error)
            setDraft(blankContact)
            notifications.show({ color: 'teal', message: t('created', { name: data.createContact.name }) })
            onCreated(data.createContact.id)
            return []
          }}
        >
          {refusals => (
            <ContactFields
              values={draft}
              refusals={refusals}
              set={change => setDraft(before => ({ ...before, ...change }))}
            />
          )}
        </ActionDialog>
      )}
    </>
  )
}
