import { Alert, Button, Group, List, Loader, SegmentedControl, Stack, Text } from '@mantine/core'
import { type ReactNode, useMemo, useRef, useState } from 'react'
import { useClient, useQuery } from 'urql'
import { useValueName } from '../console-kit/audit-name-words.ts'
import { ConflictTable } from '../console-kit/conflict-choice.tsx'
import { useFeatureRegistry } from '../console-kit/feature-names.ts'
import { useOperator } from '../console-kit/operator.ts'
import { OrderedChoice } from '../console-kit/ordered-choice.tsx'
import { PreviewDialog, type SaveResult } from '../console-kit/preview-dialog.tsx'
import { RefusalAlert } from '../console-kit/refusal-alert.tsx'
import { operationBeside } from '../console-kit/undo-all.tsx'
import { type Read, useEdits } from '../console-kit/versioned-form.ts'
import { refusalsOf } from '../kit/client.ts'
import { useLanguage } from '../kit/messages.ts'
import { BrandSaveBar } from './brand-save-bar.tsx'
import { brandWords } from './brand-words.ts'
import { BrandDocument, type BrandQuery, ReportColumnsDocument, SetBrandColumnsDocument } from './brands.graphql.ts'

type Brand = NonNullable<BrandQuery['portalDomain']>
type Report = 'CDR' | 'BREAKOUT'
const userTypes = ['CUSTOMER', 'CARRIER'] as const
type UserType = (typeof userTypes)[number]

interface Chosen {
  readonly columns: readonly string[]
}

const readOf = (brand: Brand, report: Report, userType: UserType): Read<Chosen> => ({
  version: brand.version,
  values: {
    columns: {
      CDR: { CUSTOMER: brand.cdrCustomer, CARRIER: brand.cdrCarrier },
      BREAKOUT: { CUSTOMER: brand.breakoutCustomer, CARRIER: brand.breakoutCarrier }
    }[report][userType]
  }
})

/** Which columns of a report a brand shows to each kind of user, and in which order. */
export const BrandColumns = ({
  brand,
  report,
  reload
}: {
  readonly brand: Brand
  readonly report: Report
  reload(): void
}): ReactNode => {
  const t = brandWords.use()
  const [shown, setShown] = useState<UserType>('CUSTOMER')
  return (
    <Stack gap="md">
      <Text size="sm" maw="44rem">
        {t('columnsIntro')}
      </Text>
      <Group>
        <SegmentedControl
          aria-label={t('kindOfUser')}
          data={userTypes.map(value => ({ value, label: t(value) }))}
          value={shown}
          onChange={value => setShown(value as UserType)}
        />
      </Group>
      {/* Both stay: what is chosen for the one is not lost while the other is looked at. */}
      {userTypes.map(userType => (
        <div key={userType} hidden={userType !== shown}>
          <Columns brand={brand} report={report} userType={userType} reload={reload} />
        </div>
      ))}
    </Stack>
  )
}

const Columns = ({
  brand,
  report,
  userType,
  reload
}: {
  readonly brand: Brand
  readonly report: Report
  readonly userType: UserType
  reload(): void
}): ReactNode => {
  const t = brandWords.use()
  const client = useClient()
  const operator = useOperator()
  const language = useLanguage()
  const registry = useFeatureRegistry()
  const [{ data, error }, ask] = useQuery({ query: ReportColumnsDocument, variables: { report, userType, language } })
  const read = useMemo(() => readOf(brand, report, userType), [brand, report, userType])
  const edits = useEdits<Chosen>(read)
  const [reviewed, setReviewed] = useState<readonly string[] | null>(null)
  const seen = useRef<Read<Chosen> | null>(null)
  const { columns } = edits.values
  const readOnly = !operator.is('ADMIN')
  const valueName = useValueName()
  const label = t('columnsOf', { report: valueName(report), userType: t(userType) })

  if (data == null) {
    if (error === undefined) return <Loader aria-label={t('loading')} />
    const refusals = refusalsOf(error)
    return refusals.some(({ code }) => code === 'BAD_USER_INPUT') ? (
      <Alert color="gray">{t('noReport')}</Alert>
    ) : (
      <Stack align="start">
        <RefusalAlert refusals={refusals} />
        <Button onClick={() => ask({ requestPolicy: 'network-only' })}>{t('again')}</Button>
      </Stack>
    )
  }
  const catalog = data.columnCatalog
  const defaults = catalog.filter(column => column.default)
  const titleOf = (name: string): string => catalog.find(column => column.name === name)?.title ?? name
  const inWords = (names: readonly string[]): ReactNode =>
    names.length === 0 ? t('defaultColumn') : names.map(titleOf).join(', ')

  const save = async (version: number): Promise<SaveResult> => {
    const chosen = reviewed ?? []
    const saved = await client
      .mutation(SetBrandColumnsDocument, { id: brand.id, report, userType, columns: [...chosen], version })
      .toPromise()
    if (saved.data != null && saved.error === undefined) {
      edits.rebase({ version: saved.data.setDomainColumns.version, values: { columns: chosen } })
      edits.drop()
      seen.current = null
      return { ok: true, operation: operationBeside(saved) }
    }
    const refusals = refusalsOf(saved.error)
    if (!refusals.some(({ code }) => code === 'CONFLICT')) return { ok: false, refusals }
    const answer = await client.query(BrandDocument, { id: brand.id }).toPromise()
    if (answer.data?.portalDomain == null) return { ok: false, refusals }
    const now = readOf(answer.data.portalDomain, report, userType)
    seen.current = now
    const isTouched = now.values.columns.join() !== edits.base.values.columns.join()
    return {
      ok: false,
      refusals,
      conflict: {
        ...(isTouched
          ? {
              theirs: (
                <ConflictTable
                  lines={[
                    {
                      name: 'columns',
                      title: label,
                      before: inWords(edits.base.values.columns),
                      theirs: inWords(now.values.columns),
                      mine: inWords(chosen)
                    }
                  ]}
                />
              )
            }
          : {}),
        saveMine: () => save(now.version)
      }
    }
  }

  return (
    <Stack gap="md">
      <OrderedChoice
        label={label}
        readOnly={readOnly}
        items={catalog.map(column => ({
          name: column.name,
          title: column.title,
          note:
            [
              ...(column.unit === null ? [] : [column.unit]),
              ...(column.default ? [t('defaultColumn')] : []),
              ...(column.requiresFeature === null
                ? []
                : [t('needsFeature', { feature: registry.title(column.requiresFeature) })])
            ].join(' · ') || undefined
        }))}
        chosen={columns}
        onChange={next => edits.set({ columns: next })}
        empty={
          <Stack gap="xs" align="start" data-part="default-set">
            <Text size="sm">{t('emptyMeans')}</Text>
            <List size="sm" type="ordered">
              {defaults.map(({ name, title }) => (
                <List.Item key={name}>{title}</List.Item>
              ))}
            </List>
            <Text size="xs" c="dimmed">
              {t('emptyHide')}
            </Text>
            {!readOnly && (
              <Button
                size="xs"
                variant="default"
                onClick={() => edits.set({ columns: defaults.map(({ name }) => name) })}
              >
                {t('startFromDefault')}
              </Button>
            )}
          </Stack>
        }
      />
      {!readOnly && columns.length > 0 && (
        <Group>
          <Button size="xs" variant="subtle" onClick={() => edits.set({ columns: [] })}>
            {t('backToDefault')}
          </Button>
        </Group>
      )}
      <BrandSaveBar changes={edits.dirty ? 1 : 0} onDiscard={edits.drop} onReview={() => setReviewed(columns)} />
      {reviewed !== null && (
        <PreviewDialog
          title={t('saveTitle', { what: label, name: brand.brandName })}
          change={{ domainId: brand.id, columns: [{ report, userType, columns: [...reviewed] }] }}
          save={() => save(edits.base.version)}
          onClose={() => {
            setReviewed(null)
            if (seen.current !== null) edits.rebase(seen.current)
            seen.current = null
            reload()
          }}
        />
      )}
    </Stack>
  )
}
