import { Alert, Anchor, Button, Group, Modal, Stack, Text } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useMutation } from 'urql'
import { useOperator } from '../console-kit/operator.ts'
import { RefusalAlert } from '../console-kit/refusal-alert.tsx'
import { type Refusal, refusalsOf } from '../kit/client.ts'
import { ViewAsDocument } from './view-as-button.graphql.ts'
import { viewAsWords } from './view-as-words.ts'

/** In a tab of its own that knows nothing of this one. */
const openTab = (url: string): void => {
  const link = Object.assign(document.createElement('a'), { href: url, target: '_blank', rel: 'noopener noreferrer' })
  link.click()
}

/**
 * Opens a contact's portal in a new tab, to look at; administrators may also work there, after a warning. Draws nothing for
 * a role that may not.
 * @param domainId the brand whose portal is opened; left out: the home brand, else the default one
 */
export const ViewAsButton = ({
  contactId,
  domainId
}: {
  readonly contactId: string
  readonly domainId?: string | null
}): ReactNode => {
  const t = viewAsWords.use()
  const operator = useOperator()
  const [, viewAs] = useMutation(ViewAsDocument)
  const [asking, setAsking] = useState(false)
  const [busy, setBusy] = useState(false)
  const [url, setUrl] = useState<string | null>(null)
  const [refusals, setRefusals] = useState<readonly Refusal[]>([])
  if (!operator.is('ADMIN', 'SUPPORT')) return null

  const open = async (writeThrough: boolean): Promise<void> => {
    setAsking(false)
    setBusy(true)
    setUrl(null)
    setRefusals([])
    const { data, error } = await viewAs({ contactId, domainId: domainId ?? null, writeThrough })
    setBusy(false)
    if (data === undefined || error !== undefined) {
      setRefusals(refusalsOf(error))
      return
    }
    openTab(data.viewAs.url)
    setUrl(data.viewAs.url)
  }
  return (
    <Stack gap="xs" align="start" data-part="view-as">
      <Group gap="xs">
        <Button variant="default" loading={busy} onClick={() => void open(false)}>
          {t('viewAs')}
        </Button>
        {operator.is('ADMIN') && (
          <Button variant="subtle" color="red" disabled={busy} onClick={() => setAsking(true)}>
            {t('writes')}
          </Button>
        )}
      </Group>
      <div role="status">
        {url !== null && (
          <Text size="sm">
            {t('opened')} {t('blocked')}{' '}
            <Anchor href={url} target="_blank" rel="noopener noreferrer" onClick={() => setUrl(null)}>
              {t('open')}
            </Anchor>
          </Text>
        )}
      </div>
      <RefusalAlert refusals={refusals} />
      <Modal opened={asking} onClose={() => setAsking(false)} title={t('title')}>
        <Stack>
          <Alert color="red">{t('warning')}</Alert>
          <Text size="sm">{t('advice')}</Text>
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={() => setAsking(false)}>
              {t('cancel')}
            </Button>
            <Button variant="default" onClick={() => void open(false)}>
              {t('lookOnly')}
            </Button>
            <Button color="red" onClick={() => void open(true)}>
              {t('confirm')}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </Stack>
  )
}
