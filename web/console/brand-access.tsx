import {
  Alert,
  Badge,
  Box,
  Card,
  Checkbox,
  Group,
  Loader,
  SegmentedControl,
  Stack,
  Switch,
  Text,
  Title
} from '@mantine/core'
import { type ReactNode, useId, useMemo, useRef, useState } from 'react'
import { useClient, useQuery } from 'urql'
import { ConflictTable } from '../console-kit/conflict-choice.tsx'
import { type FeatureEntry, FeatureName, overrideWords, useFeatureRegistry } from '../console-kit/feature-names.ts'
import { Icon } from '../console-kit/icon.tsx'
import { useOperator } from '../console-kit/operator.ts'
import { PreviewDialog, type SaveResult } from '../console-kit/preview-dialog.tsx'
import { SearchField } from '../console-kit/search-field.tsx'
import { operationBeside } from '../console-kit/undo-all.tsx'
import { type Read, useEdits } from '../console-kit/versioned-form.ts'
import { refusalsOf } from '../kit/client.ts'
import { type Choices, groupsOf, warningsOf } from './brand-access-rules.ts'
import { BrandSaveBar } from './brand-save-bar.tsx'
import { brandWords } from './brand-words.ts'
import { BrandDocument, type BrandQuery, PlatformSwitchesDocument, SetBrandFeaturesDocument } from './brands.graphql.ts'

type Brand = NonNullable<BrandQuery['portalDomain']>

const readOf = (
  brand: { readonly version: number; readonly features: readonly string[] },
  features: readonly FeatureEntry[]
): Read<Choices> => {
  const on = new Set(brand.features)
  return { version: brand.version, values: Object.fromEntries(features.map(({ key }) => [key, on.has(key)])) }
}

/** What companies of a brand see: every key of the registry, chosen together and saved at once. */
export const BrandAccess = ({ brand, reload }: { readonly brand: Brand; reload(): void }): ReactNode => {
  const t = brandWords.use()
  const registry = useFeatureRegistry()
  return registry.ready ? (
    <Area brand={brand} features={registry.features} reload={reload} />
  ) : (
    <Loader aria-label={t('loading')} />
  )
}

const Area = ({
  brand,
  features,
  reload
}: {
  readonly brand: Brand
  readonly features: readonly FeatureEntry[]
  reload(): void
}): ReactNode => {
  const t = brandWords.use()
  const client = useClient()
  const operator = useOperator()
  const [{ data: switches }] = useQuery({ query: PlatformSwitchesDocument })
  const read = useMemo(() => readOf(brand, features), [brand, features])
  const edits = useEdits<Choices>(read)
  const [search, setSearch] = useState('')
  const [onlyChanged, setOnlyChanged] = useState(false)
  /** What is looked at before it is saved. */
  const [reviewed, setReviewed] = useState<readonly { readonly key: string; readonly enabled: boolean }[] | null>(null)
  /** What somebody else saved meanwhile, once it was shown. */
  const seen = useRef<Read<Choices> | null>(null)
  const changedKeys = Object.keys(edits.changed)
  const find = search.toLowerCase()
  const shown = features.filter(
    ({ key, title }) => `${title} ${key}`.toLowerCase().includes(find) && (!onlyChanged || changedKeys.includes(key))
  )
  const stateWord = (key: string, isOn: boolean): string =>
    overrideWords(features.find(each => each.key === key)?.polarity)[isOn ? 'on' : 'off']

  const save = async (version: number, reason: string): Promise<SaveResult> => {
    const saved = await client
      .mutation(SetBrandFeaturesDocument, {
        id: brand.id,
        features: reviewed ?? [],
        reason: reason === '' ? null : reason,
        version
      })
      .toPromise()
    if (saved.data != null && saved.error === undefined) {
      edits.rebase(readOf(saved.data.setDomainFeatures, features))
      edits.drop()
      seen.current = null
      return { ok: true, operation: operationBeside(saved) }
    }
    const refusals = refusalsOf(saved.error)
    if (!refusals.some(({ code }) => code === 'CONFLICT')) return { ok: false, refusals }
    const answer = await client.query(BrandDocument, { id: brand.id }).toPromise()
    if (answer.data?.portalDomain == null) return { ok: false, refusals }
    const now = readOf(answer.data.portalDomain, features)
    seen.current = now
    const theirs = features.filter(({ key }) => now.values[key] !== edits.base.values[key])
    return {
      ok: false,
      refusals,
      conflict: {
        ...(theirs.length === 0
          ? {}
          : {
              theirs: (
                <ConflictTable
                  lines={theirs.map(({ key }) => ({
                    name: key,
                    title: <FeatureName featureKey={key} />,
                    before: stateWord(key, edits.base.values[key] === true),
                    theirs: stateWord(key, now.values[key] === true),
                    mine: key in edits.changed ? stateWord(key, edits.values[key] === true) : '–'
                  }))}
                />
              )
            }),
        saveMine: again => save(now.version, again)
      }
    }
  }

  return (
    <Stack gap="md">
      <Text size="sm" maw="44rem">
        {t('accessIntro')}
      </Text>
      <Group component="search" gap="md">
        <SearchField label={t('find')} value={search} onSearch={setSearch} />
        {operator.is('ADMIN') && (
          <Checkbox
            label={t('onlyChanged')}
            checked={onlyChanged}
            onChange={event => setOnlyChanged(event.currentTarget.checked)}
          />
        )}
      </Group>
      {shown.length === 0 && <Alert color="gray">{t('nothingFound')}</Alert>}
      {groupsOf(shown).map(({ group, parts }) => (
        <Box key={group} component="section" aria-label={group}>
          <Title order={2} size="h4" mb="xs">
            {group}
          </Title>
          <div data-part="groups">
            {parts.map(part => (
              <Card key={part.name} withBorder padding="sm" component="section" aria-label={part.name || group}>
                {part.name !== '' && (
                  <Title order={3} size="h5" mb={4}>
                    {part.name}
                  </Title>
                )}
                {part.features.map(feature => (
                  <Choice
                    key={feature.key}
                    feature={feature}
                    isOn={edits.values[feature.key] === true}
                    isChanged={feature.key in edits.changed}
                    warnings={warningsOf(feature, features, edits.values, switches?.platform)}
                    readOnly={!operator.is('ADMIN')}
                    onChange={enabled => edits.set({ [feature.key]: enabled })}
                  />
                ))}
              </Card>
            ))}
          </div>
        </Box>
      ))}
      <BrandSaveBar
        changes={changedKeys.length}
        onDiscard={edits.drop}
        onReview={() => setReviewed(changedKeys.map(key => ({ key, enabled: edits.changed[key] === true })))}
      />
      {reviewed !== null && (
        <PreviewDialog
          title={t('saveTitle', { what: t('access'), name: brand.brandName })}
          withReason
          change={{ domainId: brand.id, features: [...reviewed] }}
          save={reason => save(edits.base.version, reason)}
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

const Choice = ({
  feature,
  isOn,
  isChanged,
  warnings,
  readOnly,
  onChange
}: {
  readonly feature: FeatureEntry
  readonly isOn: boolean
  readonly isChanged: boolean
  readonly warnings: ReturnType<typeof warningsOf>
  readonly readOnly: boolean
  onChange(isOn: boolean): void
}): ReactNode => {
  const t = brandWords.use()
  const registry = useFeatureRegistry()
  const id = useId()
  const { key, title, kind, userTypes, parents, parentMode, polarity, entitlement } = feature
  const listed = (keys: readonly string[]): string => keys.map(registry.title).join(', ')
  const who =
    userTypes.length === 0
      ? 'forEverybody'
      : userTypes.length > 1
        ? 'forBoth'
        : userTypes[0] === 'CARRIER'
          ? 'forCarriers'
          : 'forCustomers'
  const bonds = { HARD: 'needs', ANY: 'needsAny', SOFT: 'betterWith', MOOT: 'actsOn' } as const
  const facts = [
    t(`kind_${kind}`),
    t(who),
    ...(parents.length === 0 || parentMode === null ? [] : [t(bonds[parentMode], { parents: listed(parents) })]),
    ...(entitlement === null ? [] : [t('addOn', { name: entitlement })])
  ]
  const restricts = polarity === 'RESTRICT'
  const word = restricts ? t(isOn ? 'apply' : 'lift') : t(isOn ? 'on' : 'off')
  return (
    <Group
      wrap="nowrap"
      justify="space-between"
      align="start"
      gap="sm"
      data-part="feature"
      data-key={key}
      data-changed={isChanged || undefined}
    >
      <Box miw={0} id={id}>
        <Group gap={6}>
          <Text size="sm" fw={500} component="span">
            <FeatureName featureKey={key} withKey />
          </Text>
          {isChanged && (
            <Badge size="xs" variant="filled" tt="none">
              {t('changed')}
            </Badge>
          )}
        </Group>
        <Text size="xs" c="dimmed">
          {facts.join(' · ')}
        </Text>
        {warnings.map(({ kind: what, keys, name }) => (
          <Text key={what} size="xs" c="var(--warning-text)" data-part="no-effect">
            <Icon name="warning" /> {t(what, { parents: listed(keys), name: name ?? '' })}
          </Text>
        ))}
      </Box>
      {readOnly ? (
        <Badge variant="light" color={isOn ? 'teal' : 'gray'} tt="none" flex="none">
          {word}
        </Badge>
      ) : restricts ? (
        <SegmentedControl
          size="xs"
          flex="none"
          aria-label={title}
          aria-describedby={id}
          data={[
            { value: 'lift', label: t('lift') },
            { value: 'apply', label: t('apply') }
          ]}
          value={isOn ? 'apply' : 'lift'}
          onChange={value => onChange(value === 'apply')}
        />
      ) : (
        <Switch
          flex="none"
          aria-label={title}
          aria-describedby={id}
          label={word}
          labelPosition="left"
          checked={isOn}
          onChange={event => onChange(event.currentTarget.checked)}
        />
      )}
    </Group>
  )
}
