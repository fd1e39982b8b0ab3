import { Alert, Button, Group, Modal, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { type FormEvent, type ReactNode, useState } from 'react'
import { useClient } from 'urql'
import { useLocation } from 'wouter'
import { BrandSelect } from '../console-kit/brand-select.tsx'
import { conflictWords } from '../console-kit/conflict-words.ts'
import { ChangePreview } from '../console-kit/preview-dialog.tsx'
import { fieldRefusal, RefusalAlert } from '../console-kit/refusal-alert.tsx'
import { type Refusal, refusalsOf } from '../kit/client.ts'
import { BrandHomes } from './brand-homes.tsx'
import { BrandMarks } from './brand-marks.tsx'
import { brandWords } from './brand-words.ts'
import {
  BrandDocument,
  type BrandFactsFragment,
  DeleteBrandDocument,
  DisableBrandDocument,
  EnableBrandDocument,
  MakeBrandDefaultDocument
} from './brands.graphql.ts'

type Act = 'enable' | 'disable' | 'makeDefault' | 'remove'

const possible = ({ enabled, isDefault }: BrandFactsFragment): readonly Act[] => [
  ...(enabled ? [] : (['enable'] as const)),
  ...(isDefault ? [] : (['makeDefault'] as const)),
  ...(enabled && !isDefault ? (['disable'] as const) : []),
  ...(isDefault ? [] : (['remove'] as const))
]

/** Takes a brand in and out of service, makes it the default, deletes it; each says what it does before it is done. */
export const BrandService = ({
  brand,
  companies,
  reload
}: {
  readonly brand: BrandFactsFragment
  readonly companies: number
  reload(): void
}): ReactNode => {
  const t = brandWords.use()
  const c = conflictWords.use()
  const client = useClient()
  const [, go] = useLocation()
  const [act, setAct] = useState<Act | null>(null)
  const [reason, setReason] = useState('')
  const [typed, setTyped] = useState('')
  const [reassignTo, setReassignTo] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const [refusals, setRefusals] = useState<readonly Refusal[]>([])
  /** What the brand is now, where somebody else changed it while this was asked. */
  const [theirs, setTheirs] = useState<BrandFactsFragment | null>(null)
  /** What it was when the question was asked; the page may have learnt more since. */
  const [asked, setAsked] = useState(brand)
  const [seen, setSeen] = useState(false)
  const stands = theirs ?? asked
  const open = (next: Act | null): void => {
    if (next === null && theirs !== null) reload()
    setAct(next)
    if (next !== null) setAsked(brand)
    setTyped('')
    setRefusals([])
    setTheirs(null)
  }

  /** Resolves to what to say of it. */
  const send = async (what: Act): Promise<{ readonly refusals: readonly Refusal[]; readonly notice: string }> => {
    const variables = { id: brand.id, version: stands.version, reason: reason.trim() === '' ? null : reason }
    const notice = t('savedNotice')
    if (what === 'remove') {
      const { data, error } = await client.mutation(DeleteBrandDocument, { ...variables, reassignTo }).toPromise()
      const count = data?.deletePortalDomain.companiesMoved ?? 0
      return { refusals: refusalsOf(error), notice: t('removedNotice', { name: brand.brandName, count }) }
    }
    const documents = {
      enable: EnableBrandDocument,
      disable: DisableBrandDocument,
      makeDefault: MakeBrandDefaultDocument
    }
    const { error } = await client.mutation(documents[what], variables).toPromise()
    return { refusals: refusalsOf(error), notice }
  }
  const run = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    if (act === null || busy) return
    setBusy(true)
    const done = await send(act)
    setBusy(false)
    setRefusals(done.refusals)
    if (done.refusals.some(({ code }) => code === 'CONFLICT')) {
      const { data } = await client.query(BrandDocument, { id: brand.id }).toPromise()
      // A conflict of another kind, such as an address that is taken on the new home, stays a refusal.
      if (data?.portalDomain != null && data.portalDomain.version !== stands.version) setTheirs(data.portalDomain)
    }
    if (done.refusals.length > 0) return
    notifications.show({ color: 'teal', message: done.notice })
    setReason('')
    open(null)
    if (act === 'remove') go('/')
    else reload()
  }
  const isReady = seen && (act !== 'remove' || typed.trim() === brand.fqdn)
  const removal = companies === 0 || reassignTo !== null ? { removeDomainId: brand.id, reassignTo } : null
  const change = act === 'remove' ? removal : act === 'makeDefault' ? { defaultDomainId: brand.id } : null
  return (
    <>
      <Group gap="xs" mt="md">
        {possible(brand).map(each => (
          <Button
            key={each}
            size="xs"
            variant={each === 'enable' ? 'filled' : 'default'}
            c={each === 'remove' ? 'var(--mantine-color-error)' : undefined}
            onClick={() => open(each)}
          >
            {t(each)}
          </Button>
        ))}
      </Group>
      <Modal
        opened={act !== null}
        onClose={() => open(null)}
        title={act === null ? '' : t(`${act}Title`, { name: brand.brandName })}
        closeButtonProps={{ 'aria-label': t('cancel') }}
        closeOnClickOutside={false}
        size="lg"
      >
        {act !== null && (
          <form onSubmit={run} noValidate>
            <Stack gap="sm">
              {theirs === null ? (
                <RefusalAlert refusals={refusals} fields={['reason']} />
              ) : (
                <Alert color="yellow" role="alert" title={c('title')}>
                  <Stack gap={6} align="start">
                    {t('changedMeanwhile')}
                    <span>
                      <bdi>{theirs.brandName}</bdi> <BrandMarks brand={theirs} />
                    </span>
                  </Stack>
                </Alert>
              )}
              <Text size="sm">{t(`${act}Does`)}</Text>
              {act === 'remove' && (
                <>
                  <Text size="sm" fw={600}>
                    {companies === 0 ? t('homeless') : t('hasCompanies', { count: companies })}
                  </Text>
                  {companies > 0 && (
                    <BrandSelect
                      label={t('reassignTo')}
                      required
                      without={[brand.id]}
                      value={reassignTo}
                      onChange={setReassignTo}
                      error={fieldRefusal(refusals, 'reassignTo')}
                    />
                  )}
                </>
              )}
              {(act === 'enable' || act === 'disable') && (
                <BrandHomes key={stands.version} id={brand.id} act={act} onSeen={setSeen} />
              )}
              {change !== null && (
                <section aria-label={t('whatChanges')}>
                  <ChangePreview key={`${stands.version} ${JSON.stringify(change)}`} change={change} onSeen={setSeen} />
                </section>
              )}
              {act === 'remove' && (
                <TextInput
                  label={t('typeHost', { host: brand.fqdn })}
                  dir="ltr"
                  autoComplete="off"
                  value={typed}
                  onChange={event => setTyped(event.currentTarget.value)}
                />
              )}
              <Textarea
                label={t('reason')}
                description={t('reasonHint')}
                data-autofocus
                autosize
                minRows={2}
                maxLength={500}
                value={reason}
                error={fieldRefusal(refusals, 'reason')}
                onChange={event => setReason(event.currentTarget.value)}
              />
              <Group justify="end">
                <Button variant="default" onClick={() => open(null)}>
                  {t('cancel')}
                </Button>
                <Button
                  type="submit"
                  loading={busy}
                  disabled={!isReady || !possible(stands).includes(act)}
                  color={act === 'remove' || act === 'disable' ? 'red' : undefined}
                >
                  {t(act)}
                </Button>
              </Group>
            </Stack>
          </form>
        )}
      </Modal>
    </>
  )
}
