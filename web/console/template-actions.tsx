import { Alert, Button, Group, List, Loader, Modal, SegmentedControl, Stack, Text } from '@mantine/core'
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react'
import { type Client, type OperationResult, useClient, useQuery } from 'urql'
import { BrandSelect } from '../console-kit/brand-select.tsx'
import { CompaniesSelect } from '../console-kit/company-select.tsx'
import { useCompanyName } from '../console-kit/directory.ts'
import { overrideWords, useFeatureRegistry } from '../console-kit/feature-names.ts'
import {
  type AccessChangeInput,
  PreviewAccessChangeDocument,
  type PreviewAccessChangeQuery
} from '../console-kit/preview-dialog.graphql.ts'
import { type Preview, SaveDialog, type SaveResult } from '../console-kit/preview-dialog.tsx'
import { operationOf } from '../console-kit/undo-all.tsx'
import { type Refusal, refusalOf, refusalsOf } from '../kit/client.ts'
import { RefusalText } from '../kit/refusal-text.tsx'
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
  readonly code: string | null
  readonly message: string | null
  readonly changed: boolean
  readonly operation: string | null
}

/** Of results that are one a company: what the dialog tells. */
const savedResult = (results: readonly Result[], nameOf: (id: string) => string): SaveResult => {
  return {
    ok: true,
    done: results.filter(({ ok, changed }) => ok && changed).length,
    operation: operationOf(results),
    failed: results
      .filter(({ ok }) => !ok)
      .map(({ companyId, code, message }) => ({
        name: nameOf(companyId),
        refusal: refusalOf(code ?? 'INTERNAL', message)
      }))
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
  /** @param reload whether something was saved, or found changed by somebody else */
  onClose(reload: boolean): void
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
  const guard = useStaleGuard(template, onClose)
  const save = async (reason: string): Promise<SaveResult> => {
    const asked = { ...variables, ...guard.version, reason: reason === '' ? null : reason }
    const { data, error } = again
      ? await client.mutation(ReapplyTemplateDocument, asked).toPromise()
      : await client.mutation(ApplyTemplateDocument, asked).toPromise()
    if (data === undefined || error !== undefined) return guard.refused(refusalsOf(error))
    const results = 'reapplyAccessTemplate' in data ? data.reapplyAccessTemplate : data.applyAccessTemplate
    return savedResult(results, id => names.get(id) ?? id)
  }
  return (
    <SaveDialog
      title={t(again ? 'previewReapply' : 'previewApply', { name: template.name })}
      preview={{ ...pages, summary: pages.data?.previewAccessTemplate.access }}
      target={template.id}
      mine={t(again ? 'previewReapply' : 'previewApply', { name: template.name })}
      withReason
      extra={<Conflicts variables={variables} />}
      save={save}
      onClose={guard.close}
    />
  )
}

/** What was previewed is done, or nothing: a template that somebody changed meanwhile is read anew when the dialog closes. */
const useStaleGuard = (template: Template, onClose: (reload: boolean) => void) => {
  const [expectedVersion] = useState(template.version)
  const stale = useRef(false)
  return {
    version: { expectedVersion },
    refused(refusals: readonly Refusal[]): SaveResult {
      stale.current ||= refusals.some(({ code }) => code === 'CONFLICT')
      return { ok: false, refusals }
    },
    close: (saved: boolean) => onClose(saved || stale.current)
  }
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
        {refused.slice(0, mostNamed).map(({ companyId, code, message }) => (
          <List.Item key={companyId}>
            <bdi>{companyId}</bdi>: <RefusalText refusal={refusalOf(code ?? 'INTERNAL', message)} />
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

const inOtherHands = ['MISSING', 'MANUAL', 'OTHER_TEMPLATE']

/** Keys of a company that are in the template's hands. */
const keysInHand = (template: Template, { differences }: TemplateCompany): readonly string[] => {
  const others = new Set(differences.filter(({ kind }) => inOtherHands.includes(kind)).map(({ key }) => key))
  const extra = differences.filter(({ kind }) => kind === 'EXTRA').map(({ key }) => key)
  return [...template.overrides.map(({ key }) => key).filter(key => !others.has(key)), ...extra]
}

/** Differences that are read at a time. */
const pageSize = 50

type Differences = PreviewAccessChangeQuery['previewAccessChange']['differences']

/** A part of the list to come: read already, or to be read. */
type Part =
  | { readonly nodes: Differences['nodes'] }
  | { readonly change: AccessChangeInput; readonly after: string | null }

interface Lift extends Pick<Preview, 'state' | 'rows' | 'summary' | 'refusals'> {
  readonly parts: readonly Part[]
}

const lifting: Lift = { state: 'LOADING', rows: [], summary: undefined, refusals: [], parts: [] }

/** Companies of which the template holds the same keys are asked for together. */
const changesOf = (template: Template, companies: readonly TemplateCompany[]): readonly AccessChangeInput[] => {
  const groups = new Map<string, { readonly keys: readonly string[]; readonly companyIds: string[] }>()
  for (const company of companies) {
    const keys = keysInHand(template, company)
    const group = groups.get(keys.join(' ')) ?? { keys, companyIds: [] }
    group.companyIds.push(company.companyId)
    groups.set(keys.join(' '), group)
  }
  return [...groups.values()]
    .filter(({ keys }) => keys.length > 0)
    .map(({ keys, companyIds }) => ({ companyIds, overrides: keys.map(key => ({ key, override: 'INHERIT' })) }))
}

const readDifferences = (
  client: Client,
  change: AccessChangeInput,
  after: string | null
): Promise<OperationResult<PreviewAccessChangeQuery>> =>
  client.query(PreviewAccessChangeDocument, { change, first: pageSize, after }).toPromise()

const partsOf = (change: AccessChangeInput, { nodes, pageInfo }: Differences): readonly Part[] => [
  { nodes },
  ...(pageInfo.hasNextPage ? [{ change, after: pageInfo.endCursor }] : [])
]

/** The next page of the list: of what is read already as much as fills one, else from the server. */
const nextPage = async (client: Client, before: Lift): Promise<Lift> => {
  const rows = [...before.rows]
  let parts = before.parts
  while (parts.length > 0 && rows.length < before.rows.length + pageSize) {
    const [part, ...rest] = parts as readonly [Part, ...Part[]]
    if ('nodes' in part) {
      rows.push(...part.nodes)
      parts = rest
      continue
    }
    const { data, error } = await readDifferences(client, part.change, part.after)
    if (data === undefined || error !== undefined) return { ...before, state: 'FAILED', refusals: refusalsOf(error) }
    parts = [...partsOf(part.change, data.previewAccessChange.differences), ...rest]
  }
  return { ...before, state: 'READY', rows, parts }
}

/** What lifting would change: the counts of all, and the first page of who gains and loses. */
const firstPage = async (client: Client, template: Template, companies: readonly TemplateCompany[]): Promise<Lift> => {
  const parts: Part[] = []
  const warnings: string[] = []
  let companiesChanged = 0
  for (const change of changesOf(template, companies)) {
    const { data, error } = await readDifferences(client, change, null)
    if (data === undefined || error !== undefined) return { ...lifting, state: 'FAILED', refusals: refusalsOf(error) }
    const { differences, ...summary } = data.previewAccessChange
    companiesChanged += summary.companiesChanged
    warnings.push(...summary.warnings)
    parts.push(...partsOf(change, differences))
  }
  return nextPage(client, {
    ...lifting,
    parts,
    summary: { companiesChecked: companies.length, companiesChanged, warnings }
  })
}

const usePreviewOfLift = (template: Template, companies: readonly TemplateCompany[]): Preview => {
  const client = useClient()
  const [lift, setLift] = useState(lifting)
  const [turn, setTurn] = useState(0)
  const latest = useRef(0)
  const take = (reading: Promise<Lift>): void => {
    latest.current += 1
    const mine = latest.current
    void reading.then(next => mine === latest.current && setLift(next))
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new turn asks again
  useEffect(() => {
    setLift(lifting)
    take(firstPage(client, template, companies))
    return () => {
      latest.current += 1
    }
  }, [client, template, companies, turn])
  const { state, rows, summary, refusals, parts } = lift
  return {
    state,
    rows,
    summary,
    refusals,
    hasMore: parts.length > 0,
    loadMore() {
      if (state !== 'READY' || parts.length === 0) return
      setLift({ ...lift, state: 'MORE' })
      take(nextPage(client, lift))
    },
    reload: () => setTurn(turn + 1)
  }
}

/** Shows what lifting a template would change; then lifts it. */
export const LiftDialog = ({
  template,
  companies,
  onClose
}: {
  readonly template: Template
  readonly companies: readonly TemplateCompany[]
  onClose(reload: boolean): void
}): ReactNode => {
  const t = templateWords.use()
  const client = useClient()
  const guard = useStaleGuard(template, onClose)
  const save = async (reason: string): Promise<SaveResult> => {
    const companyIds = companies.map(({ companyId }) => companyId)
    const asked = { id: template.id, companyIds, ...guard.version, reason: reason === '' ? null : reason }
    const { data, error } = await client.mutation(LiftTemplateDocument, asked).toPromise()
    if (data === undefined || error !== undefined) return guard.refused(refusalsOf(error))
    const names = new Map(companies.map(({ companyId, name }) => [companyId, name]))
    return savedResult(data.liftAccessTemplate, id => names.get(id) ?? id)
  }
  return (
    <SaveDialog
      title={t('previewLift', { name: template.name })}
      preview={usePreviewOfLift(template, companies)}
      target={template.id}
      mine={t('previewLift', { name: template.name })}
      withReason
      save={save}
      onClose={guard.close}
    />
  )
}

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
