import './access-grid.css'
import { ActionIcon, Alert, Button, CloseButton, Group, Indicator, Select, Stack, Text, Title } from '@mantine/core'
import {
  type KeyboardEvent,
  type ReactNode,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore
} from 'react'
import { useClient } from 'urql'
import { Link, useLocation } from 'wouter'
import { accessWrites } from '../console-kit/access-writes.ts'
import { BrandSelect } from '../console-kit/brand-select.tsx'
import { Explanation } from '../console-kit/explanation.tsx'
import { useFeatureRegistry } from '../console-kit/feature-names.ts'
import { useOperator } from '../console-kit/operator.ts'
import { RefusalAlert } from '../console-kit/refusal-alert.tsx'
import { SearchField } from '../console-kit/search-field.tsx'
import { useBrands } from '../console-kit/use-brands.ts'
import { AccessGridTable, type GridColumn, mostRows, type OpenCell } from './access-grid-table.tsx'
import { gridWords } from './access-grid-words.ts'
import { BulkEdit } from './bulk-edit.tsx'
import { type GridQuestion, GridRows, ownSorts } from './grid-rows.ts'
import { type ParamChange, useUrlParams } from './url-params.ts'

/** Companies that the API changes in one call. */
const mostSelected = 20_000

const yesOrNo = (value: string | null): boolean | null => (value === 'yes' ? true : value === 'no' ? false : null)

const questionOf = (params: URLSearchParams): GridQuestion => {
  const type = params.get('type')
  return {
    filter: {
      search: params.get('q'),
      domainId: params.get('brand'),
      userType: type === 'CUSTOMER' || type === 'CARRIER' ? type : null,
      feature: params.get('sees'),
      overridden: yesOrNo(params.get('own')),
      differsFromDomain: yesOrNo(params.get('differs'))
    },
    sort: params.get('sort') ?? 'name'
  }
}

export const Page = (): ReactNode => {
  const t = gridWords.use()
  const client = useClient()
  const operator = useOperator()
  const registry = useFeatureRegistry()
  const brands = useBrands()
  const [, navigate] = useLocation()
  const [params, change] = useUrlParams()
  const mayChange = operator.is('ADMIN', 'SUPPORT')

  const questionKey = JSON.stringify(questionOf(params))
  const question = useMemo(() => JSON.parse(questionKey) as GridQuestion, [questionKey])
  const rows = useMemo(() => new GridRows(client, question), [client, question])
  useEffect(() => {
    rows.start()
    return rows.stop
  }, [rows])
  useSyncExternalStore(rows.subscribe, rows.version)
  const writes = accessWrites.use()
  const seenWrites = useRef(writes)
  useEffect(() => {
    if (seenWrites.current === writes) return
    seenWrites.current = writes
    rows.reload()
  }, [writes, rows])

  // Columns stay while another question is on its way.
  const lastKeys = useRef<readonly string[]>([])
  if (rows.keys.length > 0) lastKeys.current = rows.keys
  const keys = lastKeys.current
  // biome-ignore lint/correctness/useExhaustiveDependencies: titles come with the features, once a language
  const columns = useMemo<readonly GridColumn[]>(
    () => keys.map(key => ({ key, title: registry.title(key), restricts: registry.get(key)?.polarity === 'RESTRICT' })),
    [keys, registry.features]
  )

  const [selected, setSelected] = useState<ReadonlyMap<string, string>>(new Map())
  const [progress, setProgress] = useState<{ readonly count: number; readonly total: number } | null>(null)
  const [tooMany, setTooMany] = useState(false)
  const collecting = useRef<AbortController | null>(null)
  useEffect(() => () => collecting.current?.abort(), [])
  const select = useCallback(
    async (from: number, to: number, on: boolean): Promise<void> => {
      setTooMany(to - from >= mostSelected)
      if (to - from >= mostSelected) return
      collecting.current?.abort()
      const controller = new AbortController()
      collecting.current = controller
      const total = to - from + 1
      const tell = (count: number): void => {
        if (total > 500) setProgress({ count, total })
      }
      const found = await rows.idsOf(from, to + 1, controller.signal, tell)
      if (collecting.current === controller) setProgress(null)
      if (found === null) return
      setSelected(before => {
        const next = new Map(before)
        for (const [id, name] of found) {
          if (on) next.set(id, name)
          else next.delete(id)
        }
        return next
      })
    },
    [rows]
  )

  const [opened, setOpened] = useState<OpenCell | null>(null)
  const [editing, setEditing] = useState<{ companies: ReadonlyMap<string, string>; key?: string } | null>(null)
  const panel = useRef<HTMLElement>(null)
  const open = useCallback((cell: OpenCell) => setOpened(cell), [])
  useEffect(() => {
    if (opened !== null) panel.current?.focus()
  }, [opened])
  const close = (): void => {
    setOpened(null)
    document.querySelector<HTMLElement>('[data-part="access-grid"] [tabindex="0"]')?.focus({ preventScroll: true })
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || opened === null || editing !== null || event.defaultPrevented) return
    event.preventDefault()
    close()
  }
  const { nameOf, ready } = brands
  const brandName = useCallback((id: string) => (ready ? nameOf(id) : ''), [ready, nameOf])
  const total = rows.totalCount
  const overLimit = selected.size > mostSelected

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape closes the explanation from anywhere on the page
    <div className="grid-page" onKeyDown={onKeyDown}>
      <Filters params={params} change={change}>
        <Title order={1} size="h3">
          {t('title')}
        </Title>
        <Text size="sm" c="dimmed" role="status" data-part="count">
          {total === null
            ? t('loading')
            : `${t('count', { count: total })} · ${t('features', { count: columns.length })}`}
          {total !== null && total > mostRows && ` · ${t('tooMany', { count: mostRows })}`}
        </Text>
      </Filters>
      {mayChange && (
        <Group gap="xs" data-part="selection">
          <Text size="sm" role="status">
            {progress === null ? t('selected', { count: selected.size }) : t('collecting', progress)}
          </Text>
          {progress !== null && (
            <Button
              size="compact-sm"
              variant="default"
              onClick={() => {
                collecting.current?.abort()
                setProgress(null)
              }}
            >
              {t('stop')}
            </Button>
          )}
          {total !== null && total > 0 && progress === null && (
            <Button size="compact-sm" variant="default" onClick={() => void select(0, total - 1, true)}>
              {t('selectAll', { count: total })}
            </Button>
          )}
          {selected.size > 0 && (
            <>
              <Button size="compact-sm" variant="default" onClick={() => setSelected(new Map())}>
                {t('clear')}
              </Button>
              <Button size="compact-sm" disabled={overLimit} onClick={() => setEditing({ companies: selected })}>
                {t('change')}
              </Button>
            </>
          )}
          {(tooMany || overLimit) && (
            <Text size="sm" c="red" role="alert">
              {t('limit', { count: mostSelected })}
            </Text>
          )}
        </Group>
      )}
      {rows.refusals.length > 0 && (
        <Alert color="red" role="alert" title={t('failed')}>
          <Stack gap="xs" align="start">
            <RefusalAlert refusals={rows.refusals} />
            <Button size="xs" variant="default" onClick={rows.reload}>
              {t('again')}
            </Button>
          </Stack>
        </Alert>
      )}
      <div className="grid-body">
        <div className="grid-frame">
          <AccessGridTable
            rows={rows}
            columns={columns}
            selectable={mayChange}
            selected={selected}
            onSelect={select}
            sort={question.sort}
            onSort={sort => change({ sort: sort === 'name' ? null : sort })}
            opened={opened}
            onOpen={open}
            onCompany={id => navigate(`~/companies/${id}`)}
            brandName={brandName}
          />
          {total === 0 && (
            <Text className="grid-empty" c="dimmed">
              {t('empty')}
            </Text>
          )}
        </div>
        {opened !== null && (
          <aside
            ref={panel}
            className="grid-panel"
            aria-label={`${t('explanation')}: ${opened.name}, ${registry.title(opened.key)}`}
            tabIndex={-1}
            data-part="why"
          >
            <Group justify="space-between" wrap="nowrap" align="start" mb="sm">
              <Title order={2} size="h5" style={{ overflowWrap: 'anywhere' }}>
                <bdi>{opened.name}</bdi>
              </Title>
              <CloseButton aria-label={t('close')} onClick={close} />
            </Group>
            <Explanation companyId={opened.companyId} featureKey={opened.key} key={`${writes} ${rows.version()}`} />
            <Group gap="xs" mt="md">
              {mayChange && (
                <Button
                  size="xs"
                  onClick={() => setEditing({ companies: new Map([[opened.companyId, opened.name]]), key: opened.key })}
                >
                  {t('changeOne')}
                </Button>
              )}
              <Button size="xs" variant="default" component={Link} href={`~/companies/${opened.companyId}`}>
                {t('toCompany')}
              </Button>
              <Button size="xs" variant="default" component={Link} href={`~/features/${opened.key}`}>
                {t('toFeature')}
              </Button>
            </Group>
          </aside>
        )}
      </div>
      <Group justify="space-between" gap="xs">
        <Legend />
        <Button size="compact-xs" variant="subtle" onClick={rows.reload}>
          {t('reload')}
        </Button>
      </Group>
      {editing !== null && (
        <BulkEdit
          companies={editing.companies}
          {...(editing.key === undefined ? {} : { firstKey: editing.key })}
          onClose={saved => {
            setEditing(null)
            if (saved) rows.reload()
          }}
        />
      )}
    </div>
  )
}

const Legend = (): ReactNode => {
  const t = gridWords.use()
  const signs = [
    ['grid-v', t('legendVisible')],
    ['grid-n', t('legendHidden')],
    ['grid-s', t('legendShow')],
    ['grid-h', t('legendHide')],
    ['grid-restricts grid-v', t('legendRestriction')]
  ] as const
  return (
    <ul className="grid-legend" aria-label={t('legend')}>
      {signs.map(([look, text]) => (
        <li key={look}>
          <span className={`grid-cell ${look}`} aria-hidden="true" />
          {text}
        </li>
      ))}
    </ul>
  )
}

/** Two arrows, up and down. */
const TurnIcon = (): ReactNode => (
  <svg
    width="16"
    height="16"
    viewBox="0 0 16 16"
    fill="none"
    stroke="currentColor"
    strokeWidth="1.6"
    aria-hidden="true"
  >
    <path d="M5 13V3M2.5 5.5 5 3l2.5 2.5M11 3v10M8.5 10.5 11 13l2.5-2.5" />
  </svg>
)

const filterNames = ['brand', 'type', 'sees', 'own', 'differs'] as const

const Filters = ({
  params,
  change,
  children
}: {
  readonly params: URLSearchParams
  change(wanted: ParamChange): void
  readonly children: ReactNode
}): ReactNode => {
  const t = gridWords.use()
  const registry = useFeatureRegistry()
  const [shown, setShown] = useState(false)
  const used = filterNames.filter(name => params.has(name)).length
  const features = registry.groups.map(({ group, features: inside }) => ({
    group,
    items: inside.map(({ key, title }) => ({ value: key, label: title }))
  }))
  const sort = params.get('sort') ?? 'name'
  const backwards = sort.startsWith('-')
  const sortBase = backwards ? sort.slice(1) : sort
  const setSort = (base: string, turned: boolean): void =>
    change({ sort: base === 'name' && !turned ? null : `${turned ? '-' : ''}${base}` })
  return (
    <>
      <Group gap="xs">
        {children}
        <Group gap="xs" wrap="nowrap" flex="1 1 16rem" justify="flex-end">
          <SearchField label={t('search')} value={params.get('q') ?? ''} onSearch={text => change({ q: text })} />
          <Indicator label={used} disabled={used === 0} size={16} hiddenFrom="sm">
            <Button
              variant="default"
              aria-expanded={shown}
              aria-controls="grid-filters"
              onClick={() => setShown(!shown)}
            >
              {t('filters')}
            </Button>
          </Indicator>
          {used > 0 && (
            <Button variant="subtle" onClick={() => change(Object.fromEntries(filterNames.map(name => [name, null])))}>
              {t('reset')}
            </Button>
          )}
        </Group>
      </Group>
      <div className="grid-filters" id="grid-filters" data-closed={shown ? undefined : ''}>
        <BrandSelect
          label={t('brand')}
          placeholder={t('anyBrand')}
          clearable
          value={params.get('brand')}
          onChange={brand => change({ brand })}
        />
        <Select
          label={t('userType')}
          placeholder={t('any')}
          clearable
          data={[
            { value: 'CUSTOMER', label: t('customers') },
            { value: 'CARRIER', label: t('carriers') }
          ]}
          value={params.get('type')}
          onChange={type => change({ type })}
        />
        <Select
          label={t('feature')}
          placeholder={t('anyFeature')}
          clearable
          searchable
          data={features}
          value={params.get('sees')}
          onChange={sees => change({ sees })}
        />
        <Select
          label={t('own')}
          placeholder={t('any')}
          clearable
          data={[
            { value: 'yes', label: t('ownWith') },
            { value: 'no', label: t('ownWithout') }
          ]}
          value={params.get('own')}
          onChange={own => change({ own })}
        />
        <Select
          label={t('difference')}
          placeholder={t('any')}
          clearable
          data={[
            { value: 'yes', label: t('differs') },
            { value: 'no', label: t('same') }
          ]}
          value={params.get('differs')}
          onChange={differs => change({ differs })}
        />
        <Group gap={4} wrap="nowrap" align="end">
          <Select
            flex={1}
            label={t('sort')}
            allowDeselect={false}
            searchable
            data={[
              { value: 'name', label: t('sortName') },
              { value: 'status', label: t('sortStatus') },
              { value: 'userType', label: t('sortUserType') },
              { value: 'domain', label: t('sortBrand') },
              ...registry.features
                .filter(({ key }) => !(ownSorts as readonly string[]).includes(key))
                .map(({ key, title }) => ({ value: key, label: t('sortFeature', { title }) }))
            ]}
            value={sortBase}
            onChange={base => setSort(base ?? 'name', backwards)}
          />
          <ActionIcon
            variant={backwards ? 'filled' : 'default'}
            size={36}
            aria-label={t('backwards')}
            aria-pressed={backwards}
            onClick={() => setSort(sortBase, !backwards)}
          >
            <TurnIcon />
          </ActionIcon>
        </Group>
      </div>
    </>
  )
}
