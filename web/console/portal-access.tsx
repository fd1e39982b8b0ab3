import {
  Alert,
  Badge,
  Box,
  Button,
  Checkbox,
  Drawer,
  Grid,
  Group,
  Loader,
  Paper,
  Stack,
  Table,
  Text,
  TextInput,
  Title
} from '@mantine/core'
import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useClient } from 'urql'
import { accessWrites, accessWritten } from '../console-kit/access-writes.ts'
import { DataTable } from '../console-kit/data-table.tsx'
import { Explanation } from '../console-kit/explanation.tsx'
import { FeatureName, LayerBadge, overrideWords, useFeatureRegistry } from '../console-kit/feature-names.ts'
import { FocusBack } from '../console-kit/focus-back.ts'
import { useOperator } from '../console-kit/operator.ts'
import {
  byKey,
  changesBetween,
  endsTooSoon,
  type OverrideEntry,
  rebased,
  saysTheSame
} from '../console-kit/override-entry.ts'
import { OverrideLists } from '../console-kit/override-lists.tsx'
import { PreviewDialog, type SaveResult } from '../console-kit/preview-dialog.tsx'
import { RefusalAlert } from '../console-kit/refusal-alert.tsx'
import { operationBeside } from '../console-kit/undo-all.tsx'
import { type Refusal, refusalsOf } from '../kit/client.ts'
import { useFormats } from '../kit/formats.ts'
import { effectOf, type NoEffect } from './override-effect.ts'
import {
  AccessBrandDocument,
  type AccessBrandQuery,
  CompanyAccessDocument,
  type CompanyAccessQuery,
  SetCompanyOverridesDocument
} from './portal-access.graphql.ts'
import { portalAccessWords } from './portal-access-words.ts'

type Company = NonNullable<CompanyAccessQuery['company']>
type EffectiveAccess = CompanyAccessQuery['effectiveAccess']

interface Read {
  readonly company: Company
  readonly access: EffectiveAccess
  readonly brand: NonNullable<AccessBrandQuery['portalDomain']> | null
  readonly entries: readonly OverrideEntry[]
}

/** What was typed and not saved, by company: it outlives the tab it was typed in. */
interface Draft {
  readonly base: readonly OverrideEntry[]
  readonly mine: readonly OverrideEntry[]
}
const drafts = new Map<string, Draft>()

/** What a preview shows and its dialog saves, whatever is read anew behind it. */
interface Reviewed {
  readonly read: Read
  readonly mine: readonly OverrideEntry[]
  readonly changes: ReturnType<typeof changesBetween>
}

/** A choice that somebody else changed under one's hands. */
interface Overtaken {
  readonly key: string
  readonly before: OverrideEntry | undefined
  readonly theirs: OverrideEntry | undefined
  /** False: not touched here. */
  readonly isMine: boolean
}

const entriesOf = (company: Company): readonly OverrideEntry[] =>
  company.overrides.flatMap(entry => (entry.override === 'INHERIT' ? [] : [{ ...entry, override: entry.override }]))

const overtakenBetween = (
  base: readonly OverrideEntry[],
  mine: readonly OverrideEntry[],
  now: readonly OverrideEntry[]
): readonly Overtaken[] => {
  const [before, own, current] = [byKey(base), byKey(mine), byKey(now)]
  return [...new Set([...before.keys(), ...current.keys()])].flatMap(key => {
    const [was, is, here] = [before.get(key), current.get(key), own.get(key)]
    if (saysTheSame(was, is)) return []
    return [{ key, before: was, theirs: is, isMine: !saysTheSame(was, here) && !saysTheSame(is, here) }]
  })
}

/** A company's own choices beside what they lead to; saved after a preview. */
export const PortalAccess = ({ companyId }: { readonly companyId: string }): ReactNode => {
  const t = portalAccessWords.use()
  const client = useClient()
  const operator = useOperator()
  const registry = useFeatureRegistry()
  const writes = accessWrites.use()
  const [read, setRead] = useState<Read | null>(null)
  const [refusals, setRefusals] = useState<readonly Refusal[]>([])
  const [mine, setMine] = useState<readonly OverrideEntry[]>([])
  const [overtaken, setOvertaken] = useState<readonly Overtaken[]>([])
  const [reviewed, setReviewed] = useState<Reviewed | null>(null)
  /** What the company was brought to by the last save. */
  const savedVersion = useRef(0)
  const mayChange = operator.is('ADMIN', 'SUPPORT')

  /** The company as it stands; null when it cannot be read. */
  const fetchNow = useCallback(async (): Promise<Read | null> => {
    const { data, error } = await client.query(CompanyAccessDocument, { id: companyId }).toPromise()
    if (data?.company == null) {
      setRefusals(refusalsOf(error))
      return null
    }
    const { company, effectiveAccess: access } = data
    const brand = await client.query(AccessBrandDocument, { id: access.domainId }).toPromise()
    setRefusals([])
    return { company, access, brand: brand.data?.portalDomain ?? null, entries: entriesOf(company) }
  }, [client, companyId])

  /** Takes over what stands now, with what is typed here on top; tells what somebody else changed meanwhile. */
  const take = useCallback((now: Read, draft: Draft | undefined): void => {
    setRead(now)
    const next = draft === undefined ? now.entries : rebased(draft.base, draft.mine, now.entries)
    setMine(next)
    if (draft === undefined) return
    const found = overtakenBetween(draft.base, draft.mine, now.entries)
    if (found.length > 0 && changesBetween(now.entries, next).length > 0) setOvertaken(found)
  }, [])
  // biome-ignore lint/correctness/useExhaustiveDependencies: an undo elsewhere reads anew
  useEffect(() => {
    let open = true
    void fetchNow().then(now => {
      if (open && now !== null) take(now, drafts.get(companyId))
    })
    return () => {
      open = false
    }
  }, [fetchNow, take, companyId, writes])

  const base = read?.entries
  const changes = useMemo(() => (base === undefined ? [] : changesBetween(base, mine)), [base, mine])
  const dirty = changes.length > 0
  useEffect(() => {
    if (base === undefined) return
    if (dirty) drafts.set(companyId, { base, mine })
    else drafts.delete(companyId)
  }, [companyId, base, mine, dirty])
  useEffect(() => {
    if (!dirty) return
    const stay = (event: BeforeUnloadEvent): void => event.preventDefault()
    addEventListener('beforeunload', stay)
    return () => removeEventListener('beforeunload', stay)
  }, [dirty])

  const now = useNow()
  const judge = useMemo(() => {
    if (read === null) return null
    const { company, access, brand } = read
    return effectOf(
      {
        userType: company.userType,
        status: company.status,
        features: registry.features,
        brandOn: new Set(brand?.features ?? []),
        effective: new Map(access.features.map(state => [state.key, state]))
      },
      mine,
      now
    )
  }, [read, registry.features, mine, now])

  if (read === null)
    return refusals.length > 0 ? (
      <Stack align="start">
        <RefusalAlert refusals={refusals} />
        <Button
          variant="default"
          onClick={() => fetchNow().then(found => found !== null && take(found, drafts.get(companyId)))}
        >
          {t('again')}
        </Button>
      </Stack>
    ) : (
      <Loader aria-label={t('loading')} />
    )

  const { company, access, brand } = read
  const brandName = brand?.brandName ?? ''
  const warning = (each: NoEffect): string => {
    switch (each.why) {
      case 'PARENT':
        return t('warnParent', { names: each.keys.map(registry.title).join(', ') })
      case 'GATE':
        return t('warnGate', { names: each.keys.map(registry.title).join(', ') })
      case 'PUBLIC':
        return t('warnPublic')
      case 'USER_TYPE':
        return t('warnUserType')
      case 'EXPIRED':
        return t('warnExpired')
      case 'NOT_BEGUN':
        return t('warnNotBegun')
      case 'DEFAULT':
        return t('warnDefault', { brand: brandName })
      case 'PLATFORM':
        return t('warnPlatform')
      case 'STATUS':
        return t('warnStatus', { status: company.status })
    }
  }
  const saveAs = async (reviewed: Reviewed, version: number): Promise<SaveResult> => {
    const { mine, changes, read } = reviewed
    const saved = await client
      .mutation(SetCompanyOverridesDocument, { companyId, overrides: changes, expectedVersion: version })
      .toPromise()
    const found = refusalsOf(saved.error)
    if (found.length === 0) {
      drafts.delete(companyId)
      savedVersion.current = saved.data?.setCompanyOverrides.version ?? version
      return { ok: true, operation: operationBeside(saved) }
    }
    if (!found.some(({ code }) => code === 'CONFLICT')) return { ok: false, refusals: found }
    const theirs = await fetchNow()
    if (theirs === null) return { ok: false, refusals: found }
    const lines = overtakenBetween(read.entries, mine, theirs.entries)
    take(theirs, { base: read.entries, mine })
    return {
      ok: false,
      refusals: found,
      conflict: {
        ...(lines.length === 0 ? {} : { theirs: <OvertakenTable lines={lines} mine={byKey(mine)} /> }),
        saveMine: () => saveAs(reviewed, theirs.company.version)
      }
    }
  }
  const closePreview = (saved: boolean): void => {
    setReviewed(null)
    if (!saved) return
    setOvertaken([])
    // What is typed from now on stands over what was saved, which is read anew a moment later.
    setRead({ ...read, company: { ...company, version: savedVersion.current }, entries: mine })
    accessWritten()
  }
  const takeTheirs = ({ key, theirs }: Overtaken): void => {
    const others = mine.filter(entry => entry.key !== key)
    setMine(theirs === undefined ? others : [...others, theirs])
    setOvertaken(overtaken.map(each => (each.key === key ? { ...each, isMine: false } : each)))
  }

  return (
    <Stack data-part="portal-access">
      <div>
        <Title order={2} size="h3">
          {t('title')}
        </Title>
        <Text size="sm" c="dimmed">
          {t('intro')}
        </Text>
      </div>
      <RefusalAlert refusals={refusals} />
      {overtaken.length > 0 && (
        <OvertakenAlert lines={overtaken} mine={byKey(mine)} take={takeTheirs} close={() => setOvertaken([])} />
      )}
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, lg: 6 }}>
          <OverrideLists
            entries={mine}
            onChange={setMine}
            readOnly={!mayChange}
            changed={new Set(changes.map(({ key }) => key))}
            warningsOf={entry => judge?.(entry).map(warning) ?? []}
          />
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 6 }}>
          <EffectiveTable companyId={companyId} access={access} brandName={brandName} />
        </Grid.Col>
      </Grid>
      {dirty && (
        <Paper
          withBorder
          shadow="md"
          p="sm"
          pos="sticky"
          component="section"
          aria-label={t('review')}
          data-part="save-bar"
          style={{ insetBlockEnd: 'var(--mantine-spacing-sm)', zIndex: 3 }}
        >
          <Group justify="flex-end">
            <Text size="sm" fw={600} role="status">
              {t('unsaved', { count: changes.length })}
            </Text>
            <Button
              variant="default"
              onClick={() => {
                setMine(read.entries)
                setOvertaken([])
              }}
            >
              {t('discard')}
            </Button>
            <Button onClick={() => setReviewed({ read, mine, changes })} disabled={mine.some(endsTooSoon)}>
              {t('review')}
            </Button>
          </Group>
        </Paper>
      )}
      {reviewed !== null && (
        <PreviewDialog
          change={{ companyIds: [companyId], overrides: reviewed.changes }}
          title={t('previewTitle', { name: company.name })}
          save={() => saveAs(reviewed, reviewed.read.company.version)}
          onClose={closePreview}
        />
      )}
    </Stack>
  )
}

/** Milliseconds between looks whether a validity has begun or ended. */
const lookEvery = 30_000

const useNow = (): number => {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), lookEvery)
    return () => clearInterval(timer)
  }, [])
  return now
}

const useEntryText = (): ((entry: OverrideEntry | undefined, key: string) => string) => {
  const registry = useFeatureRegistry()
  const { dateTime } = useFormats()
  return (entry, key) => {
    const words = overrideWords(registry.get(key)?.polarity)
    if (entry === undefined) return words.INHERIT
    const { override, validFrom, validUntil, reason } = entry
    const times = [validFrom, validUntil].map(at => (at === null ? '…' : dateTime(at)))
    const validity = validFrom === null && validUntil === null ? [] : [times.join(' – ')]
    return [words[override], ...validity, ...(reason === null || reason === '' ? [] : [reason])].join(' · ')
  }
}

/** What somebody else changed, beside what is typed here. */
const OvertakenTable = ({
  lines,
  mine,
  take
}: {
  readonly lines: readonly Overtaken[]
  readonly mine: ReadonlyMap<string, OverrideEntry>
  take?(line: Overtaken): void
}): ReactNode => {
  const t = portalAccessWords.use()
  const registry = useFeatureRegistry()
  const text = useEntryText()
  return (
    <Table.ScrollContainer minWidth={420}>
      <Table verticalSpacing={4} aria-label={t('conflictTitle')}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{t('feature')}</Table.Th>
            <Table.Th scope="col">{t('beforeIs')}</Table.Th>
            <Table.Th scope="col">{t('theirsIs')}</Table.Th>
            <Table.Th scope="col">{t('mineIs')}</Table.Th>
            {take !== undefined && <Table.Td />}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {lines.map(line => (
            <Table.Tr key={line.key} data-key={line.key}>
              <Table.Th scope="row">
                <FeatureName featureKey={line.key} />
              </Table.Th>
              <Table.Td>{text(line.before, line.key)}</Table.Td>
              <Table.Td fw={600}>{text(line.theirs, line.key)}</Table.Td>
              <Table.Td>
                {line.isMine ? text(mine.get(line.key), line.key) : <Text size="sm">{t('untouched')}</Text>}
              </Table.Td>
              {take !== undefined && (
                <Table.Td>
                  {line.isMine && (
                    <Button
                      size="compact-xs"
                      variant="default"
                      aria-label={t('takeOf', { name: registry.title(line.key) })}
                      onClick={() => take(line)}
                    >
                      {t('take')}
                    </Button>
                  )}
                </Table.Td>
              )}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

const OvertakenAlert = ({
  close,
  ...table
}: {
  readonly lines: readonly Overtaken[]
  readonly mine: ReadonlyMap<string, OverrideEntry>
  take(line: Overtaken): void
  close(): void
}): ReactNode => {
  const t = portalAccessWords.use()
  return (
    <Alert color="orange" role="alert" title={t('conflictTitle')} data-part="overtaken">
      <Text size="sm" mb="xs">
        {t('conflictBody')}
      </Text>
      <OvertakenTable {...table} />
      <Button size="xs" variant="default" mt="xs" onClick={close}>
        {t('understood')}
      </Button>
    </Alert>
  )
}

const EffectiveTable = ({
  companyId,
  access,
  brandName
}: {
  readonly companyId: string
  readonly access: EffectiveAccess
  readonly brandName: string
}): ReactNode => {
  const t = portalAccessWords.use()
  const registry = useFeatureRegistry()
  const [search, setSearch] = useState('')
  const [onlyOwn, setOnlyOwn] = useState(false)
  const [opened, setOpened] = useState<string | null>(null)
  const wanted = search.trim().toLowerCase()
  const rows = access.features.filter(
    ({ key, decidedBy }) =>
      (!onlyOwn || decidedBy === 'company') &&
      (wanted === '' || key.includes(wanted) || registry.title(key).toLowerCase().includes(wanted))
  )
  const columns = [
    {
      name: 'feature',
      title: t('feature'),
      width: 180,
      cell: ({ key }: (typeof rows)[number]) => <FeatureName featureKey={key} />
    },
    {
      name: 'state',
      title: t('state'),
      width: 110,
      cell: ({ key, effective, notApplicable }: (typeof rows)[number]) => {
        const polarity = registry.get(key)?.polarity
        const good = effective === (polarity !== 'RESTRICT')
        return (
          <>
            <Badge
              component="span"
              size="sm"
              tt="none"
              variant="light"
              color={polarity === 'RESTRICT' ? (effective ? 'orange' : 'gray') : good ? 'green' : 'gray'}
            >
              {overrideWords(polarity)[effective ? 'on' : 'off']}
            </Badge>
            {notApplicable && (
              <Text size="xs" c="dimmed">
                {t('notApplicable')}
              </Text>
            )}
          </>
        )
      }
    },
    {
      name: 'decided',
      title: t('decided'),
      width: 120,
      cell: ({ decidedBy }: (typeof rows)[number]) => <LayerBadge layer={decidedBy} />
    }
  ]
  return (
    <Box component="section" aria-label={t('effective')} data-part="effective-access">
      <Title order={3} size="h4">
        {t('effective')}
      </Title>
      <Text size="xs" c="dimmed" mb="sm">
        {t('effectiveHint', { brand: brandName })}
      </Text>
      <Group mb="xs" align="end" gap="sm">
        <TextInput
          flex={1}
          label={t('filter')}
          value={search}
          onChange={event => setSearch(event.currentTarget.value)}
        />
        <Checkbox
          pb={8}
          label={t('onlyOwn')}
          checked={onlyOwn}
          onChange={event => setOnlyOwn(event.currentTarget.checked)}
        />
      </Group>
      <DataTable
        label={t('effective')}
        columns={columns}
        rows={rows}
        rowKey={({ key }) => key}
        state="READY"
        hasMore={false}
        loadMore={() => {}}
        retry={() => {}}
        empty={t('noneFound')}
        maxHeight="34rem"
        onOpen={({ key }) => setOpened(key)}
      />
      <Drawer
        opened={opened !== null}
        onClose={() => setOpened(null)}
        position="right"
        title={t('explanation')}
        closeButtonProps={{ 'aria-label': t('close') }}
        returnFocus={false}
      >
        <FocusBack />
        {opened !== null && <Explanation companyId={companyId} featureKey={opened} domainId={access.domainId} />}
      </Drawer>
    </Box>
  )
}
