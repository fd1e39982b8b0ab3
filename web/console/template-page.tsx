import { Alert, Anchor, Badge, Button, Group, Loader, Modal, SegmentedControl, Stack, Text, Title } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useClient, useQuery } from 'urql'
import { Link, useLocation } from 'wouter'
import { useReloadAfterWrites } from '../console-kit/access-writes.ts'
import { type DataColumn, DataTable } from '../console-kit/data-table.tsx'
import { useDirectory } from '../console-kit/directory.ts'
import { useFeatureRegistry } from '../console-kit/feature-names.ts'
import { useOperator } from '../console-kit/operator.ts'
import { OverrideLists } from '../console-kit/override-lists.tsx'
import { PageHead } from '../console-kit/page-head.tsx'
import { RefusalAlert } from '../console-kit/refusal-alert.tsx'
import { When } from '../console-kit/when.tsx'
import { type Refusal, refusalsOf } from '../kit/client.ts'
import { usePages } from '../kit/use-pages.ts'
import {
  ApplyTarget,
  BringDialog,
  everyCompany,
  Gathering,
  LiftDialog,
  type Target,
  type TemplateCompany
} from './template-actions.tsx'
import { entriesOf, type Template, TemplateForm } from './template-form.tsx'
import { templateWords } from './template-words.ts'
import { DeleteTemplateDocument, TemplateCompaniesDocument, TemplateDocument } from './templates.graphql.ts'

/** What is open over the page of a template. */
type Doing =
  | { readonly name: 'TARGET' | 'DELETE' | 'GATHERING' }
  | { readonly name: 'BRING'; readonly target: Target; readonly again: boolean }
  | { readonly name: 'LIFT'; readonly companies: readonly TemplateCompany[] }

/** One template: its choices, and the companies it is applied to. */
export const TemplatePage = ({ id }: { readonly id: string }): ReactNode => {
  const t = templateWords.use()
  const client = useClient()
  const operator = useOperator()
  const [{ data, error, fetching }, ask] = useQuery({ query: TemplateDocument, variables: { id } })
  const [editing, setEditing] = useState(false)
  const [saved, setSaved] = useState(false)
  const [doing, setDoing] = useState<Doing | null>(null)
  const [drifted, setDrifted] = useState<'ALL' | 'DRIFTED'>('ALL')
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const pages = usePages({
    query: TemplateCompaniesDocument,
    variables: { id, drifted: drifted === 'DRIFTED' ? true : null, first: 50 },
    pick: each => each.accessTemplate.companies
  })
  const reload = (): void => {
    ask({ requestPolicy: 'network-only' })
    pages.reload()
    setChosen(new Set())
  }
  useReloadAfterWrites(reload)
  const template = data?.accessTemplate
  if (template === undefined) {
    if (fetching) return <Loader aria-label={t('loading')} />
    const refusals = refusalsOf(error)
    const isMissing = refusals.some(({ code }) => code === 'NOT_FOUND' || code === 'BAD_USER_INPUT')
    return (
      <>
        <PageHead title={t(isMissing ? 'noSuch' : 'failed')} back={{ to: '~/templates', title: t('back') }} />
        {!isMissing && (
          <Stack align="start">
            <RefusalAlert refusals={refusals} />
            <Button onClick={reload}>{t('again')}</Button>
          </Stack>
        )}
      </>
    )
  }
  if (editing)
    return (
      <TemplateForm
        template={template}
        onDone={done => {
          setEditing(false)
          setSaved(done)
          reload()
        }}
      />
    )
  const mayApply = operator.is('ADMIN', 'SUPPORT')
  const close = (done: boolean): void => {
    setDoing(null)
    if (done) reload()
  }
  const selected = pages.rows.filter(({ companyId }) => chosen.has(companyId))
  // Read anew: the list may be older than what is done with it.
  const gather = async (
    only: boolean | null,
    then: (companies: readonly TemplateCompany[]) => Doing
  ): Promise<void> => {
    setDoing({ name: 'GATHERING' })
    const companies = await everyCompany(client, id, only)
    const wanted = companies?.filter(({ companyId }) => selected.length === 0 || chosen.has(companyId)) ?? []
    setDoing(wanted.length === 0 ? null : then(wanted))
    if (wanted.length === 0) reload()
  }
  const bring = (companies: readonly TemplateCompany[]): Doing => ({
    name: 'BRING',
    again: true,
    target: { companyIds: companies.map(({ companyId }) => companyId) }
  })
  const lift = (companies: readonly TemplateCompany[]): Doing => ({ name: 'LIFT', companies })

  return (
    <>
      <PageHead title={template.name} back={{ to: '~/templates', title: t('back') }}>
        {mayApply && <Button onClick={() => setDoing({ name: 'TARGET' })}>{t('apply')}</Button>}
        {operator.is('ADMIN') && (
          <>
            <Button variant="default" onClick={() => setEditing(true)}>
              {t('edit')}
            </Button>
            <Button variant="default" c="red" onClick={() => setDoing({ name: 'DELETE' })}>
              {t('delete')}
            </Button>
          </>
        )}
      </PageHead>
      <Stack>
        {saved && (
          <Alert
            color="green"
            role="status"
            withCloseButton
            onClose={() => setSaved(false)}
            closeButtonLabel={t('close')}
          >
            {t('saved')}
          </Alert>
        )}
        {template.description !== null && <Text maw="46rem">{template.description}</Text>}
        <section aria-labelledby="template-choices">
          <Title order={2} size="h3" mb="sm" id="template-choices">
            {t('choices')}
          </Title>
          <OverrideLists entries={entriesOf(template)} onChange={() => {}} readOnly sideBySide />
        </section>
        <section aria-labelledby="template-companies">
          <Group justify="space-between" mb="sm">
            <Title order={2} size="h3" id="template-companies">
              {t('appliedTo')}
            </Title>
            {doing?.name === 'GATHERING' && <Gathering />}
            <Group gap="xs">
              <SegmentedControl
                size="xs"
                aria-label={t('appliedTo')}
                value={drifted}
                onChange={value => {
                  setDrifted(value as typeof drifted)
                  setChosen(new Set())
                }}
                data={[
                  { value: 'ALL', label: `${t('all')} (${template.companyCount})` },
                  { value: 'DRIFTED', label: `${t('onlyDrifted')} (${template.driftedCount})` }
                ]}
              />
              {mayApply && template.companyCount > 0 && (
                <>
                  <Button
                    size="xs"
                    variant="default"
                    disabled={selected.length === 0 && template.driftedCount === 0}
                    onClick={() => (selected.length > 0 ? setDoing(bring(selected)) : gather(true, bring))}
                  >
                    {t(selected.length > 0 ? 'reapplySelected' : 'reapplyDrifted')}
                  </Button>
                  <Button size="xs" variant="default" onClick={() => gather(null, lift)}>
                    {t(selected.length > 0 ? 'liftSelected' : 'liftAll')}
                  </Button>
                </>
              )}
            </Group>
          </Group>
          <TemplateCompanies
            pages={pages}
            empty={t(drifted === 'DRIFTED' ? 'noDrifted' : 'noCompanies')}
            {...(mayApply ? { selection: { keys: chosen, change: setChosen } } : {})}
          />
        </section>
      </Stack>
      {doing?.name === 'TARGET' && (
        <ApplyTarget
          template={template}
          onChosen={target => setDoing({ name: 'BRING', target, again: false })}
          onClose={() => setDoing(null)}
        />
      )}
      {doing?.name === 'BRING' && (
        <BringDialog template={template} target={doing.target} again={doing.again} onClose={close} />
      )}
      {doing?.name === 'LIFT' && <LiftDialog template={template} companies={doing.companies} onClose={close} />}
      {doing?.name === 'DELETE' && <DeleteDialog template={template} onClose={() => setDoing(null)} />}
    </>
  )
}

const TemplateCompanies = ({
  pages,
  empty,
  selection
}: {
  readonly pages: ReturnType<typeof usePages<unknown, object, TemplateCompany>>
  readonly empty: string
  readonly selection?: { readonly keys: ReadonlySet<string>; change(keys: ReadonlySet<string>): void }
}): ReactNode => {
  const t = templateWords.use()
  const registry = useFeatureRegistry()
  const directory = useDirectory()
  const columns: readonly DataColumn<TemplateCompany>[] = [
    {
      name: 'company',
      title: t('company'),
      width: 220,
      cell: ({ companyId, name }) => (
        <Anchor component={Link} href={`~/companies/${companyId}/access`} size="sm">
          <bdi>{name}</bdi>
        </Anchor>
      )
    },
    {
      name: 'applied',
      title: t('appliedAt'),
      width: 220,
      cell: ({ appliedAt, appliedBy }) => (
        <>
          <When at={appliedAt} />
          <Text size="xs" c="dimmed">
            <bdi>{directory.actor(appliedBy)}</bdi>
          </Text>
        </>
      )
    },
    {
      name: 'differs',
      title: t('differs'),
      width: 320,
      cell: ({ differences }) =>
        differences.length === 0 ? (
          <Text size="sm" c="dimmed">
            {t('nowhere')}
          </Text>
        ) : (
          <Group gap={4}>
            {differences.map(({ key, kind }) => (
              <Badge key={key} component="span" size="sm" tt="none" fw={500} variant="light" color="orange">
                <bdi>{registry.title(key)}</bdi>: {t(`drift_${kind}`)}
              </Badge>
            ))}
          </Group>
        )
    }
  ]
  return (
    <DataTable
      {...pages}
      label={t('appliedTo')}
      columns={columns}
      rowKey={({ companyId }) => companyId}
      rowLabel={({ name }) => name}
      retry={pages.reload}
      empty={empty}
      maxHeight="28rem"
      {...(selection === undefined ? {} : { selection })}
    />
  )
}

const DeleteDialog = ({ template, onClose }: { readonly template: Template; onClose(): void }): ReactNode => {
  const t = templateWords.use()
  const client = useClient()
  const [, go] = useLocation()
  const [busy, setBusy] = useState(false)
  const [refusals, setRefusals] = useState<readonly Refusal[]>([])
  const applied = template.companyCount > 0
  const remove = async (): Promise<void> => {
    setBusy(true)
    const { error } = await client
      .mutation(DeleteTemplateDocument, { id: template.id, expectedVersion: template.version })
      .toPromise()
    const found = refusalsOf(error)
    setBusy(false)
    setRefusals(found)
    if (found.length === 0) go('/', { replace: true })
  }
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('deleteTitle', { name: template.name })}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <Stack>
        <Text>{applied ? t('deleteApplied', { count: template.companyCount }) : t('deleteBody')}</Text>
        <RefusalAlert refusals={refusals} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} data-autofocus>
            {t(applied ? 'close' : 'cancel')}
          </Button>
          {!applied && (
            <Button color="red" loading={busy} onClick={remove}>
              {t('delete')}
            </Button>
          )}
        </Group>
      </Stack>
    </Modal>
  )
}
