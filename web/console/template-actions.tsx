import { Alert, Button, Group, List, Loader, Modal, SegmentedControl, Stack, Text } from '@mantine/core'
import { type ReactNode, useEffect, useMemo, useState } from 'react'
import { type Client, type OperationResult, useClient, useQuery } from 'urql'
import { BrandSelect } from '../console-kit/brand-select.tsx'
import { CompaniesSelect } from '../console-kit/company-select.tsx'
import { useCompanyName } from '../console-kit/directory.ts'
import { overrideWords, useFeatureRegistry } from '../console-kit/feature-names.ts'
import { PreviewAccessChangeDocument, type PreviewAccessChangeQuery } from '../console-kit/preview-dialog.graphql.ts'
import { type Preview, SaveDialog, type SaveResult } from '../console-kit/preview-dialog.tsx'
import { type Refusal, refusalsOf } from '../kit/client.ts'
import { usePages } from '../kit/use-pages.ts'
import type { Template } from './template-form.tsx'
import { templateWords } from './template-words.ts'
import {
  ApplyTemplateDocument,
  LiftTemplateDocument,
  PreviewTemplateDocument,
  ReapplyTemplateDocument,
  TemplateCompaniesDocument,
  type TemplateCompaniesQuery,
  TemplateConflictsDocument
} from './templates.graphql.ts'

export type TemplateCompany = TemplateCompaniesQuery['accessTemplate']['companies']['nodes'][number]

/** To whom a template goes: companies, or all of a brand. */
export type Target = { readonly companyIds: readonly string[] } | { readonly domainId: string }

interface Result {
  readonly companyId: string
  readonly ok: boolean
  readonly message: string | null
  readonly changed: boolean
}

/** Of results that are one a company: what the dialog tells. */
const savedResult = (results: readonly Result[], nameOf: (id: string) => string): SaveResult => {
  const changed = results.filter(({ ok, changed }) => ok && changed)
  return {
    ok: true,
    target: changed[0]?.companyId ?? '',
    done: changed.length,
    failed: results
      .filter(({ ok }) => !ok)
      .map(({ companyId, message }) => ({ name: nameOf(companyId), message: message ?? '' }))
  }
}

/** All companies a template is applied to, page by page. Null: could not be read. */
export const everyCompany = async (
  client: Client,
  id: string,
  drifted: boolean | null
): Promise<readonly TemplateCompany[] | null> => {
  const found: TemplateCompany[] = []
  for (let after: string | null = null; ; ) {
    const { data }: { data?: TemplateCompaniesQuery } = await client
      .query(TemplateCompaniesDocument, { id, drifted, first: 500, after })
      .toPromise()
    if (data === undefined) return null
    const { nodes, pageInfo }: TemplateCompaniesQuery['accessTemplate']['companies'] = data.accessTemplate.companies
    found.push(...nodes)
    if (!pageInfo.hasNextPage) return found
    after = pageInfo.endCursor
  }
}

/** Asks to whom a template is applied. */
export const ApplyTarget = ({
  template,
  onChosen,
  onClose
}: {
  readonly template: Template
  onChosen(target: Target): void
  onClose(): void
}): ReactNode => {
  const t = templateWords.use()
  const [kind, setKind] = useState<'COMPANIES' | 'BRAND'>('COMPANIES')
  const [companyIds, setCompanyIds] = useState<readonly string[]>([])
  const [domainId, setDomainId] = useState<string | null>(null)
  const ready = kind === 'COMPANIES' ? companyIds.length > 0 : domainId !== null
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={t('applyTitle', { name: template.name })}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <Stack>
        <SegmentedControl
          aria-label={t('applyTo')}
          value={kind}
          onChange={value => setKind(value as typeof kind)}
          data={[
            { value: 'COMPANIES', label: t('toCompanies') },
            { value: 'BRAND', label: t('toBrand') }
          ]}
        />
        {kind === 'COMPANIES' ? (
          <CompaniesSelect label={t('chooseCompanies')} values={companyIds} onChange={setCompanyIds} />
        ) : (
          <BrandSelect label={t('chooseBrand')} value={domainId} onChange={setDomainId} />
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button
            disabled={!ready}
            onClick={() => onChosen(kind === 'COMPANIES' ? { companyIds } : { domainId: domainId! })}
          >
            {t('preview')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}

/** Shows what applying, or reapplying, would change; then does it. */
export const BringDialog = ({
  template,
  target,
  again,
  onClose
}: {
  readonly template: Template
  readonly target: Target
  /** Brings it up to date where it is applied already. */
  readonly again: boolean
  onClose(saved: boolean): void
}): ReactNode => {
  const t = templateWords.use()
  const client = useClient()
  const variables = { id: template.id, ...target }
  const pages = usePages({
    query: PreviewTemplateDocument,
    variables: { ...variables, first: 50 },
    pick: data => data.previewAccessTemplate.access.differences
  })
  const names = useMemo(() => new Map(pages.rows.map(({ companyId, name }) => [companyId, name])), [pages.rows])
  const save = async (reason: string): Promise<SaveResult> => {
    const asked = { ...variables, reason: reason === '' ? null : reason }
    const { data, error } = again
      ? await client.mutation(ReapplyTemplateDocument, asked).toPromise()
      : await client.mutation(ApplyTemplateDocument, asked).toPromise()
    if (data === undefined || error !== undefined) return { ok: false, refusals: refusalsOf(error) }
    const results = 'reapplyAccessTemplate' in data ? data.reapplyAccessTemplate : data.applyAccessTemplate
    return savedResult(results, id => names.get(id) ?? id)
  }
  return (
    <SaveDialog
      title={t(again ? 'previewReapply' : 'previewApply', { name: template.name })}
      preview={{ ...pages, summary: pages.data?.previewAccessTemplate.access }}
      target={null}
      withReason
      extra={<Conflicts variables={variables} />}
      save={save}
      onClose={onClose}
    />
  )
}

/** Companies with conflicts that are named; the rest is counted. */
const mostNamed = 20

const Conflicts = ({
  variables
}: {
  readonly variables: { readonly id: string; readonly companyIds?: readonly string[]; readonly domainId?: string }
}): ReactNode => {
  const t = templateWords.use()
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked once, as the dialog is opened
  const asked = useMemo(() => variables, [])
  const [{ data }] = useQuery({ query: TemplateConflictsDocument, variables: asked })
  const results = data?.previewAccessTemplate.results ?? []
  const refused = results.filter(({ ok }) => !ok)
  const held = results.filter(({ conflicts }) => conflicts.some(({ differs }) => differs))
  if (held.length + refused.length === 0) return null
  return (
    <Alert color="orange" title={t('conflicts', { count: held.length })} data-part="conflicts">
      <Text size="sm">{t('conflictsHint')}</Text>
      <List size="sm" mt={4}>
        {held.slice(0, mostNamed).map(({ companyId, conflicts }) => (
          <ConflictItem key={companyId} companyId={companyId} conflicts={conflicts.filter(({ differs }) => differs)} />
        ))}
        {refused.slice(0, mostNamed).map(({ companyId, message }) => (
          <List.Item key={companyId}>
            <bdi>{companyId}</bdi>: <bdi>{message}</bdi>
          </List.Item>
        ))}
      </List>
      {held.length > mostNamed && <Text size="sm">{t('more', { count: held.length - mostNamed })}</Text>}
    </Alert>
  )
}

const ConflictItem = ({
  companyId,
  conflicts
}: {
  readonly companyId: string
  readonly conflicts: readonly {
    readonly key: string
    readonly override: 'SHOW' | 'HIDE' | 'INHERIT'
    readonly templateName: string | null
  }[]
}): ReactNode => {
  const t = templateWords.use()
  const registry = useFeatureRegistry()
  const name = useCompanyName(companyId)
  return (
    <List.Item data-company={companyId}>
      <bdi>{name ?? '…'}</bdi>:{' '}
      {conflicts
        .map(({ key, override, templateName }) => {
          const values = {
            feature: registry.title(key),
            override: overrideWords(registry.get(key)?.polarity)[override]
          }
          return templateName === null
            ? t('conflictBySelf', values)
            : t('conflictByOther', { ...values, template: templateName })
        })
        .join('; ')}
    </List.Item>
  )
}

/** Differences of one preview in one answer, and of all of them at most. */
const pageSize = 500
const mostShown = 2_000

const inOtherHands = ['MISSING', 'MANUAL', 'OTHER_TEMPLATE']

/** Keys of a company that are in the template's hands. */
const keysInHand = (template: Template, { differences }: TemplateCompany): readonly string[] => {
  const others = new Set(differences.filter(({ kind }) => inOtherHands.includes(kind)).map(({ key }) => key))
  const extra = differences.filter(({ kind }) => kind === 'EXTRA').map(({ key }) => key)
  return [...template.overrides.map(({ key }) => key).filter(key => !others.has(key)), ...extra]
}

/** What lifting would change. Companies of which the template holds the same keys are asked for together. */
const previewLift = async (
  client: Client,
  template: Template,
  companies: readonly TemplateCompany[]
): Promise<Pick<Preview, 'rows' | 'summary' | 'refusals'>> => {
  const groups = new Map<string, { readonly keys: readonly string[]; readonly ids: string[] }>()
  for (const company of companies) {
    const keys = keysInHand(template, company)
    const group = groups.get(keys.join(' ')) ?? { keys, ids: [] }
    group.ids.push(company.companyId)
    groups.set(keys.join(' '), group)
  }
  const rows: Preview['rows'][number][] = []
  const warnings: string[] = []
  let companiesChanged = 0
  for (const { keys, ids } of groups.values()) {
    if (keys.length === 0) continue
    const overrides = keys.map(key => ({ key, override: 'INHERIT' as const }))
    for (let after: string | null = null; ; ) {
      const { data, error }: OperationResult<PreviewAccessChangeQuery> = await client
        .query(PreviewAccessChangeDocument, { change: { companyIds: ids, overrides }, first: pageSize, after })
        .toPromise()
      if (data === undefined || error !== undefined)
        return { rows: [], summary: undefined, refusals: refusalsOf(error) }
      const { differences, ...summary }: PreviewAccessChangeQuery['previewAccessChange'] = data.previewAccessChange
      if (after === null) {
        companiesChanged += summary.companiesChanged
        warnings.push(...summary.warnings)
      }
      rows.push(...differences.nodes)
      if (!differences.pageInfo.hasNextPage || rows.length >= mostShown) break
      after = differences.pageInfo.endCursor
    }
  }
  const summary = { companiesChecked: companies.length, companiesChanged, warnings }
  return { rows: rows.slice(0, mostShown), summary, refusals: [] }
}

/** Shows what lifting a template would change; then lifts it. */
export const LiftDialog = ({
  template,
  companies,
  onClose
}: {
  readonly template: Template
  readonly companies: readonly TemplateCompany[]
  onClose(saved: boolean): void
}): ReactNode => {
  const t = templateWords.use()
  const client = useClient()
  const [found, setFound] = useState<Pick<Preview, 'rows' | 'summary' | 'refusals'> | null>(null)
  const [turn, setTurn] = useState(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new turn asks again
  useEffect(() => {
    let open = true
    setFound(null)
    void previewLift(client, template, companies).then(preview => open && setFound(preview))
    return () => {
      open = false
    }
  }, [client, template, companies, turn])
  const save = async (reason: string): Promise<SaveResult> => {
    const companyIds = companies.map(({ companyId }) => companyId)
    const { data, error } = await client
      .mutation(LiftTemplateDocument, { id: template.id, companyIds, reason: reason === '' ? null : reason })
      .toPromise()
    if (data === undefined || error !== undefined) return { ok: false, refusals: refusalsOf(error) }
    const names = new Map(companies.map(({ companyId, name }) => [companyId, name]))
    return savedResult(data.liftAccessTemplate, id => names.get(id) ?? id)
  }
  return (
    <SaveDialog
      title={t('previewLift', { name: template.name })}
      preview={{
        rows: found?.rows ?? [],
        summary: found?.summary,
        refusals: found?.refusals ?? noRefusals,
        state: found === null ? 'LOADING' : found.summary === undefined ? 'FAILED' : 'READY',
        hasMore: false,
        loadMore: () => {},
        reload: () => setTurn(turn + 1)
      }}
      target={null}
      withReason
      save={save}
      onClose={onClose}
    />
  )
}

const noRefusals: readonly Refusal[] = []

/** While the companies of a bulk action are gathered. */
export const Gathering = (): ReactNode => {
  const t = templateWords.use()
  return (
    <Group role="status" gap="xs">
      <Loader size="xs" />
      <Text size="sm">{t('gathering')}</Text>
    </Group>
  )
}
