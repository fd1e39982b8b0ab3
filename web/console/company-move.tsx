import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { type ReactNode, useRef, useState } from 'react'
import { useClient } from 'urql'
import { BrandSelect } from '../console-kit/brand-select.tsx'
import { PreviewDialog, type SaveResult } from '../console-kit/preview-dialog.tsx'
import { operationBeside } from '../console-kit/undo-all.tsx'
import { useBrands } from '../console-kit/use-brands.ts'
import { refusalsOf } from '../kit/client.ts'
import { CompanyDocument, type CompanyFactsFragment, MoveCompanyDocument } from './companies.graphql.ts'
import { companyWords } from './company-words.ts'

/** Moves a company to another brand: first where to, then what changes of its access, then it is saved. */
export const CompanyMove = ({
  company,
  reload
}: {
  readonly company: CompanyFactsFragment
  reload(): void
}): ReactNode => {
  const t = companyWords.use()
  const client = useClient()
  const { nameOf } = useBrands()
  const [step, setStep] = useState<'NONE' | 'CHOOSE' | 'PREVIEW'>('NONE')
  const [target, setTarget] = useState<string | null>(null)
  /** As it was when the question was asked, or as it was shown since; the page may have learnt more than whoever answers. */
  const [asked, setAsked] = useState(company)
  const seen = useRef<CompanyFactsFragment | null>(null)
  const { id, domainId } = asked
  const called = (brand: string | null): string => (brand === null ? t('noHome') : nameOf(brand))

  const save = async (version: number): Promise<SaveResult> => {
    const moved = await client.mutation(MoveCompanyDocument, { id, domainId: target, version }).toPromise()
    const refusals = refusalsOf(moved.error)
    if (refusals.length === 0) return { ok: true, operation: operationBeside(moved) }
    if (!refusals.some(({ code }) => code === 'CONFLICT')) return { ok: false, refusals }
    const { data } = await client.query(CompanyDocument, { id }).toPromise()
    const now = data?.company
    // An address that is taken on the other brand is a conflict too, and not one that another try would end.
    if (now == null || now.version === version)
      return { ok: false, refusals: refusals.map(each => ({ ...each, code: 'REFUSED' })) }
    seen.current = now
    return {
      ok: false,
      refusals,
      conflict: {
        ...(now.domainId === domainId
          ? {}
          : { theirs: <Text size="sm">{`${called(domainId)} → ${called(now.domainId)}`}</Text> }),
        mine: <Text size="sm">{`${called(now.domainId)} → ${called(target)}`}</Text>,
        saveMine: () => save(now.version)
      }
    }
  }

  return (
    <>
      <Group mt="md">
        <Button
          size="xs"
          variant="default"
          onClick={() => {
            setTarget(null)
            setAsked(company)
            setStep('CHOOSE')
          }}
        >
          {t('move')}
        </Button>
      </Group>
      <Modal
        opened={step === 'CHOOSE'}
        onClose={() => setStep('NONE')}
        title={t('moveTitle', { name: company.name })}
        closeButtonProps={{ 'aria-label': t('cancel') }}
      >
        <Stack gap="sm">
          <Text size="sm">{t('moveDoes')}</Text>
          <BrandSelect
            label={t('moveTo')}
            placeholder={t('moveNowhere')}
            clearable
            value={target}
            onChange={setTarget}
            error={target === domainId ? t('moveSame') : undefined}
          />
          <Group justify="end">
            <Button variant="default" onClick={() => setStep('NONE')}>
              {t('cancel')}
            </Button>
            <Button disabled={target === domainId} onClick={() => setStep('PREVIEW')}>
              {t('moveNext')}
            </Button>
          </Group>
        </Stack>
      </Modal>
      {step === 'PREVIEW' && (
        <PreviewDialog
          title={t('moveTitle', { name: company.name })}
          change={{ companyIds: [id], assignDomainId: target }}
          save={() => save(asked.version)}
          onClose={isSaved => {
            setStep(isSaved ? 'NONE' : 'CHOOSE')
            if (seen.current !== null) setAsked(seen.current)
            seen.current = null
            // Somebody else may have changed it, too.
            reload()
          }}
        />
      )}
    </>
  )
}
