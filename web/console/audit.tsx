import {
  Anchor,
  Autocomplete,
  Box,
  Button,
  Code,
  Drawer,
  Select,
  SimpleGrid,
  Stack,
  Text,
  TextInput,
  Title
} from '@mantine/core'
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react'
import { useQuery } from 'urql'
import { Link } from 'wouter'
import { accessWords } from '../console-kit/access-words.ts'
import { accessWritten, useReloadAfterWrites } from '../console-kit/access-writes.ts'
import { AuditChanges } from '../console-kit/audit-changes.tsx'
import { useActionName } from '../console-kit/audit-entry-card.tsx'
import { auditNameWords } from '../console-kit/audit-name-words.ts'
import { BrandSelect } from '../console-kit/brand-select.tsx'
import { CompanySelect } from '../console-kit/company-select.tsx'
import { type DataColumn, DataTable } from '../console-kit/data-table.tsx'
import { useCompanyName, useDirectory } from '../console-kit/directory.ts'
import { FocusBack } from '../console-kit/focus-back.ts'
import { PageHead } from '../console-kit/page-head.tsx'
import { UndoButton } from '../console-kit/undo.tsx'
import { When } from '../console-kit/when.tsx'
import { usePages } from '../kit/use-pages.ts'
import { AuditActorsDocument, AuditLogDocument, type AuditLogQuery, ExportAuditLogDocument } from './audit.graphql.ts'
import { OperationNote, togetherOf, UndoAllDialog } from './audit-operation.tsx'
import { auditWords } from './audit-words.ts'
import { ExportButton } from './export-button.tsx'
import { useUrlParams } from './url-params.ts'

type Entry = AuditLogQuery['auditLog']['nodes'][number]

/** An entry that is looked at, and what had the focus before. */
interface Shown {
  readonly entry: Entry
  readonly from: Element | null
}

const knownActions = Object.keys({ ...accessWords.texts.en, ...auditNameWords.texts.en })
  .filter(key => key.startsWith('action_'))
  .map(key => key.slice('action_'.length))

/** Midnight of a day of the viewer's, `days` later; null for no day. */
const dayStart = (day: string | null, days = 0): string | null => {
  const [year, month, date] = (day ?? '').split('-').map(Number)
  if (year === undefined || month === undefined || date === undefined) return null
  const at = new Date(year, month - 1, date + days)
  return Number.isNaN(at.getTime()) ? null : at.toISOString()
}

/** Every write on the platform, with who did it. */
export const Page = (): ReactNode => {
  const t = auditWords.use()
  const actionName = useActionName()
  const directory = useDirectory()
  const [params, setParams] = useUrlParams()
  const [opened, setOpened] = useState<Shown | null>(null)
  const [undoing, setUndoing] = useState<Shown | null>(null)
  const text = (name: string): string | null => params.get(name)?.trim() || null
  const [fromDay, toDay] = [text('from'), text('to')]
  const isBackwards = fromDay !== null && toDay !== null && toDay < fromDay
  const filter = {
    target: text('target'),
    actor: text('actor'),
    action: text('action'),
    companyId: text('company'),
    domainId: text('brand'),
    operation: text('operation'),
    from: dayStart(fromDay),
    to: isBackwards ? null : dayStart(toDay, 1)
  }
  const pages = usePages({
    query: AuditLogDocument,
    variables: { ...filter, first: 50 },
    pick: data => data.auditLog
  })
  useReloadAfterWrites(pages.reload)
  const close = (): void => setOpened(null)
  const columns: readonly DataColumn<Entry>[] = [
    {
      name: 'at',
      title: t('at'),
      width: 170,
      cell: ({ at, actor }) => (
        <>
          <When at={at} />
          <Text size="xs" c="dimmed">
            <bdi>{directory.actor(actor)}</bdi>
          </Text>
        </>
      )
    },
    {
      name: 'action',
      title: t('action'),
      width: 200,
      cell: entry => (
        <>
          <Text size="sm" fw={500}>
            {actionName(entry.action)}
          </Text>
          <TargetName entry={entry} />
          {filter.operation === null && togetherOf(entry) !== null && (
            <Text size="xs" c="dimmed">
              {t('together', { count: togetherOf(entry)! })}
            </Text>
          )}
        </>
      )
    },
    {
      name: 'changes',
      title: t('changes'),
      width: 380,
      cell: entry => (
        <>
          <AuditChanges entry={entry} most={3} />
          {entry.reason !== null && (
            <Text size="xs" c="dimmed">
              <bdi>{entry.reason}</bdi>
            </Text>
          )}
        </>
      )
    }
  ]
  return (
    <>
      <PageHead title={t('title')}>
        <ExportButton
          make={client => client.mutation(ExportAuditLogDocument, { filter }).toPromise()}
          fileOf={data => data.exportAuditLog}
        />
      </PageHead>
      <Filters
        params={params}
        setParams={setParams}
        isBackwards={isBackwards}
        isFiltered={[...params.keys()].length > 0}
      />
      {filter.operation !== null && pages.rows[0] !== undefined && (
        <Box mb="md">
          <OperationNote
            entry={pages.rows[0]}
            isListed
            onUndo={() => setUndoing({ entry: pages.rows[0]!, from: null })}
          />
        </Box>
      )}
      <DataTable
        {...pages}
        label={t('table')}
        columns={columns}
        rowKey={({ id }) => id}
        retry={pages.reload}
        empty={t('none')}
        onOpen={entry => setOpened({ entry, from: document.activeElement })}
      />
      <Drawer
        opened={opened !== null}
        onClose={close}
        position="right"
        size="lg"
        title={t('detail')}
        closeButtonProps={{ 'aria-label': t('close') }}
        returnFocus={false}
      >
        <FocusBack />
        {opened !== null && (
          <EntryDetail key={opened.entry.id} entry={opened.entry}>
            <OperationNote
              entry={opened.entry}
              isListed={opened.entry.operation === filter.operation}
              onShow={close}
              onUndo={() => {
                setUndoing(opened)
                setOpened(null)
              }}
            />
          </EntryDetail>
        )}
      </Drawer>
      {undoing !== null && <UndoAllDialog {...undoing} onClose={() => setUndoing(null)} />}
    </>
  )
}

/** What an entry is about: the company or the brand by name where it is one. */
const TargetName = ({ entry }: { readonly entry: Entry }): ReactNode => {
  const directory = useDirectory()
  const { companyId, domainId, target } = entry
  const company = useCompanyName(companyId)
  if (companyId !== null && company !== '')
    return (
      <Anchor component={Link} href={`~/companies/${companyId}`} size="xs">
        <bdi>{company ?? '…'}</bdi>
      </Anchor>
    )
  const brand = domainId === null ? null : directory.brand(domainId)
  if (brand !== null && domainId !== null)
    return (
      <Anchor component={Link} href={`~/brands/${domainId}`} size="xs">
        <bdi>{brand}</bdi>
      </Anchor>
    )
  return (
    <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
      <bdi>
        {directory.template(target) ??
          directory.brand(target) ??
          directory.actor(`staff:${target}`).replace(/^staff:/, '')}
      </bdi>
    </Text>
  )
}

const Filters = ({
  params,
  setParams,
  isBackwards,
  isFiltered
}: {
  readonly params: URLSearchParams
  setParams(change: Readonly<Record<string, string | null>>): void
  readonly isBackwards: boolean
  readonly isFiltered: boolean
}): ReactNode => {
  const t = auditWords.use()
  const actionName = useActionName()
  const [{ data }] = useQuery({ query: AuditActorsDocument })
  const actors = useMemo(
    () => [
      ...(data?.staff.nodes ?? []).map(({ id, name, email }) => ({
        value: `staff:${id}`,
        label: `${name} (${email})`
      })),
      ...(data?.apiKeys ?? []).map(({ id, name }) => ({ value: `key:${id}`, label: `API: ${name}` }))
    ],
    [data]
  )
  const actor = params.get('actor')
  // An actor that an address names and nobody knows stays visible.
  const offered =
    actor === null || actors.some(({ value }) => value === actor) ? actors : [...actors, { value: actor, label: actor }]
  return (
    <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }} spacing="sm" mb="md" role="search" aria-label={t('filters')}>
      <CompanySelect
        label={t('company')}
        placeholder={t('any')}
        clearable
        value={params.get('company')}
        onChange={id => setParams({ company: id })}
      />
      <BrandSelect
        label={t('brand')}
        placeholder={t('any')}
        clearable
        value={params.get('brand')}
        onChange={id => setParams({ brand: id })}
      />
      <Select
        label={t('actor')}
        placeholder={t('any')}
        data={offered}
        value={actor}
        searchable
        clearable
        limit={100}
        onChange={value => setParams({ actor: value })}
      />
      <LateText name="action" params={params} setParams={setParams}>
        {(value, onChange) => (
          <Autocomplete
            label={t('action')}
            placeholder={t('any')}
            data={knownActions}
            value={value}
            onChange={onChange}
            renderOption={({ option }) => (
              <div>
                <Text size="sm">{actionName(option.value)}</Text>
                <Text size="xs" c="dimmed" dir="ltr" ta="start">
                  {option.value}
                </Text>
              </div>
            )}
            filter={({ options, search }) =>
              options.filter(
                option =>
                  'value' in option &&
                  `${option.value} ${actionName(String(option.value))}`
                    .toLowerCase()
                    .includes(search.trim().toLowerCase())
              )
            }
          />
        )}
      </LateText>
      <LateText name="target" params={params} setParams={setParams}>
        {(value, onChange) => (
          <TextInput
            label={t('target')}
            placeholder={t('any')}
            value={value}
            onChange={event => onChange(event.currentTarget.value)}
          />
        )}
      </LateText>
      <TextInput
        type="date"
        label={t('from')}
        value={params.get('from') ?? ''}
        onChange={event => setParams({ from: event.currentTarget.value })}
      />
      <TextInput
        type="date"
        label={t('to')}
        value={params.get('to') ?? ''}
        error={isBackwards ? t('badRange') : undefined}
        onChange={event => setParams({ to: event.currentTarget.value })}
      />
      {isFiltered && (
        <Button
          variant="default"
          style={{ alignSelf: 'end' }}
          onClick={() =>
            setParams({
              company: null,
              brand: null,
              actor: null,
              action: null,
              target: null,
              operation: null,
              from: null,
              to: null
            })
          }
        >
          {t('clear')}
        </Button>
      )}
    </SimpleGrid>
  )
}

/** Milliseconds of quiet after which what is typed counts. */
const quiet = 300

/** A filter that is typed: it counts once the typing rests. */
const LateText = ({
  name,
  params,
  setParams,
  children
}: {
  readonly name: string
  readonly params: URLSearchParams
  setParams(change: Readonly<Record<string, string | null>>): void
  children(value: string, onChange: (value: string) => void): ReactNode
}): ReactNode => {
  const counted = params.get(name) ?? ''
  const [typed, setTyped] = useState(counted)
  const sent = useRef(counted)
  const send = useRef(setParams)
  send.current = setParams
  useEffect(() => {
    // Somebody else changed the address, such as the button that clears it.
    if (counted === sent.current) return
    sent.current = counted
    setTyped(counted)
  }, [counted])
  useEffect(() => {
    const next = typed.trim()
    if (next === sent.current) return
    const timer = setTimeout(() => {
      sent.current = next
      send.current({ [name]: next })
    }, quiet)
    return () => clearTimeout(timer)
  }, [typed, name])
  return children(typed, setTyped)
}

const readable = (json: string | null): string => {
  try {
    return json === null ? '–' : JSON.stringify(JSON.parse(json), null, 2)
  } catch {
    return json ?? ''
  }
}

const EntryDetail = ({
  entry,
  children
}: {
  readonly entry: Entry
  /** What is said of it beside what it says itself. */
  readonly children: ReactNode
}): ReactNode => {
  const t = auditWords.use()
  const directory = useDirectory()
  const actionName = useActionName()
  const facts = [
    [t('actor'), <bdi key="actor">{directory.actor(entry.actor)}</bdi>],
    [t('at'), <When key="at" at={entry.at} />],
    [t('what'), <TargetName key="target" entry={entry} />],
    ...(entry.reason === null ? [] : [[t('reason'), <bdi key="reason">{entry.reason}</bdi>] as const]),
    [t('address'), <bdi key="ip">{entry.ip ?? t('noAddress')}</bdi>],
    [t('id'), <bdi key="id">{entry.target}</bdi>]
  ] as const
  return (
    <Stack data-part="entry-detail">
      <Title order={3} size="h4">
        {actionName(entry.action)}
      </Title>
      <dl style={{ display: 'grid', gridTemplateColumns: 'max-content 1fr', gap: '4px 16px', margin: 0 }}>
        {facts.map(([name, value]) => (
          <div key={name} style={{ display: 'contents' }}>
            <Text component="dt" size="sm" c="dimmed">
              {name}
            </Text>
            <Text component="dd" size="sm" m={0} style={{ overflowWrap: 'anywhere' }}>
              {value}
            </Text>
          </div>
        ))}
      </dl>
      {children}
      <section aria-label={t('changes')}>
        <Title order={4} size="h5">
          {t('changes')}
        </Title>
        <AuditChanges entry={entry} />
      </section>
      {entry.undoable && (
        <UndoButton
          auditId={entry.id}
          onUndone={accessWritten}
          {...(togetherOf(entry) === null ? {} : { text: t('undoThisOnly') })}
        />
      )}
      <details>
        <summary>{t('raw')}</summary>
        <Text size="xs" mt="xs">
          {t('before')}
        </Text>
        <Code block dir="ltr">
          {readable(entry.before)}
        </Code>
        <Text size="xs" mt="xs">
          {t('after')}
        </Text>
        <Code block dir="ltr">
          {readable(entry.after)}
        </Code>
      </details>
    </Stack>
  )
}
