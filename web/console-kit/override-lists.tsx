import {
  Alert,
  Badge,
  Box,
  Button,
  Card,
  Collapse,
  Group,
  Select,
  SimpleGrid,
  Stack,
  Text,
  TextInput,
  Title,
  VisuallyHidden
} from '@mantine/core'
import { type ReactNode, useId, useState } from 'react'
import { useFormats } from '../kit/formats.ts'
import { useDirectory } from './directory.ts'
import { FeatureName } from './feature-name.tsx'
import { overrideWords, useFeatureRegistry } from './feature-registry.ts'
import { endsTooSoon, type OverrideEntry } from './override-entry.ts'
import { overrideListWords } from './override-words.ts'

type Side = OverrideEntry['override']

/**
 * The two lists of choices, Show and Hide: what is added stands in one of them, what is removed inherits again. Restrictions say
 * Apply and Lift.
 * @param changed keys that are not saved yet
 */
export const OverrideLists = ({
  entries,
  onChange,
  warningsOf,
  changed,
  readOnly = false,
  sideBySide = false
}: {
  readonly entries: readonly OverrideEntry[]
  onChange(entries: readonly OverrideEntry[]): void
  /** Why a choice has no effect, in words. */
  warningsOf?(entry: OverrideEntry): readonly string[]
  readonly changed?: ReadonlySet<string>
  readonly readOnly?: boolean
  /** Where the page has room for both lists beside each other. */
  readonly sideBySide?: boolean
}): ReactNode => {
  const t = overrideListWords.use()
  const registry = useFeatureRegistry()
  const { timeZone } = useFormats()
  const [told, setTold] = useState('')
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set())
  const put = (key: string, override: Side): void => {
    const known = entries.find(entry => entry.key === key)
    const next: OverrideEntry = {
      ...(known ?? { key, reason: null, validFrom: null, validUntil: null }),
      override
    }
    onChange(known === undefined ? [...entries, next] : entries.map(entry => (entry.key === key ? next : entry)))
    setOpened(new Set([...opened, key]))
    setTold(t('added', { name: registry.title(key), list: t(override === 'SHOW' ? 'showList' : 'hideList') }))
  }
  const remove = (key: string): void => {
    onChange(entries.filter(entry => entry.key !== key))
    setTold(t('removed', { name: registry.title(key) }))
  }
  const toggle = (key: string): void => {
    const next = new Set(opened)
    if (!next.delete(key)) next.add(key)
    setOpened(next)
  }
  return (
    <Stack>
      <VisuallyHidden role="status">{told}</VisuallyHidden>
      <SimpleGrid cols={sideBySide ? { base: 1, md: 2 } : 1}>
        {(['SHOW', 'HIDE'] as const).map(side => (
          <SideList
            key={side}
            side={side}
            entries={entries}
            opened={opened}
            readOnly={readOnly}
            {...(changed === undefined ? {} : { changed })}
            {...(warningsOf === undefined ? {} : { warningsOf })}
            put={put}
            remove={remove}
            toggle={toggle}
            set={next => onChange(entries.map(entry => (entry.key === next.key ? next : entry)))}
          />
        ))}
      </SimpleGrid>
      {!readOnly && (
        <Text size="xs" c="dimmed">
          {t('zone', { zone: timeZone })}
        </Text>
      )}
    </Stack>
  )
}

const SideList = (props: {
  readonly side: Side
  readonly entries: readonly OverrideEntry[]
  readonly opened: ReadonlySet<string>
  readonly changed?: ReadonlySet<string>
  readonly readOnly: boolean
  warningsOf?(entry: OverrideEntry): readonly string[]
  put(key: string, override: Side): void
  remove(key: string): void
  toggle(key: string): void
  set(entry: OverrideEntry): void
}): ReactNode => {
  const { side, entries, readOnly } = props
  const t = overrideListWords.use()
  const registry = useFeatureRegistry()
  const heading = useId()
  const [search, setSearch] = useState('')
  const shows = side === 'SHOW'
  const order = new Map(registry.features.map(({ key }, index) => [key, index]))
  const own = entries
    .filter(({ override }) => override === side)
    .toSorted((one, other) => (order.get(one.key) ?? 1e9) - (order.get(other.key) ?? 1e9))
  const inOwn = new Set(own.map(({ key }) => key))
  const elsewhere = new Set(entries.filter(({ override }) => override !== side).map(({ key }) => key))
  return (
    <Card withBorder component="section" aria-labelledby={heading} data-part={shows ? 'show-list' : 'hide-list'}>
      <Stack gap="sm">
        <div>
          <Title order={3} size="h4" id={heading}>
            {t(shows ? 'showList' : 'hideList')}{' '}
            <Text span c="dimmed" size="sm" fw={400}>
              {own.length}
            </Text>
          </Title>
          <Text size="xs" c="dimmed">
            {t(shows ? 'showHint' : 'hideHint')}
          </Text>
        </div>
        {!readOnly && (
          <Select
            label={t(shows ? 'addShow' : 'addHide')}
            placeholder={t('addPlaceholder')}
            data={registry.groups
              .map(({ group, features }) => ({
                group,
                items: features
                  .filter(({ key }) => !inOwn.has(key))
                  .map(({ key, title, polarity }) => ({
                    value: key,
                    label: polarity === 'RESTRICT' ? `${title} (${overrideWords(polarity)[side]})` : title
                  }))
              }))
              .filter(({ items }) => items.length > 0)}
            value={null}
            searchable
            searchValue={search}
            onSearchChange={setSearch}
            nothingFoundMessage={t('nothingFound')}
            onChange={key => {
              if (key !== null) props.put(key, side)
              queueMicrotask(() => setSearch(''))
            }}
            renderOption={({ option }) => (
              <Group justify="space-between" gap="xs" wrap="nowrap" flex={1}>
                <span>{option.label}</span>
                <Text span size="xs" c="dimmed">
                  {elsewhere.has(String(option.value)) ? t(shows ? 'nowHidden' : 'nowShown') : option.value}
                </Text>
              </Group>
            )}
            maxDropdownHeight={320}
          />
        )}
        {own.length === 0 ? (
          <Text size="sm" c="dimmed">
            {t(shows ? 'emptyShow' : 'emptyHide')}
          </Text>
        ) : (
          <Box component="ul" m={0} p={0} aria-labelledby={heading} style={{ listStyle: 'none' }}>
            {own.map(entry => (
              <EntryItem
                key={entry.key}
                entry={entry}
                isOpen={props.opened.has(entry.key)}
                isNew={props.changed?.has(entry.key) ?? false}
                readOnly={readOnly}
                warnings={props.warningsOf?.(entry) ?? []}
                move={() => props.put(entry.key, shows ? 'HIDE' : 'SHOW')}
                remove={() => props.remove(entry.key)}
                toggle={() => props.toggle(entry.key)}
                set={props.set}
              />
            ))}
          </Box>
        )}
      </Stack>
    </Card>
  )
}

const two = (value: number): string => String(value).padStart(2, '0')

/** An instant as the browser's own field takes it: in the viewer's zone, to the minute. */
const localText = (instant: string | null): string => {
  if (instant === null) return ''
  const at = new Date(instant)
  const day = `${String(at.getFullYear()).padStart(4, '0')}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
  return `${day}T${two(at.getHours())}:${two(at.getMinutes())}`
}

const instantText = (local: string): string | null => {
  const at = new Date(local)
  return local === '' || Number.isNaN(at.getTime()) ? null : at.toISOString()
}

const EntryItem = ({
  entry,
  isOpen,
  isNew,
  readOnly,
  warnings,
  move,
  remove,
  toggle,
  set
}: {
  readonly entry: OverrideEntry
  readonly isOpen: boolean
  readonly isNew: boolean
  readonly readOnly: boolean
  readonly warnings: readonly string[]
  move(): void
  remove(): void
  toggle(): void
  set(entry: OverrideEntry): void
}): ReactNode => {
  const t = overrideListWords.use()
  const registry = useFeatureRegistry()
  const directory = useDirectory()
  const { dateTime } = useFormats()
  const details = useId()
  const { key, override, reason, validFrom, validUntil, setBy, setAt, templateId } = entry
  const name = registry.title(key)
  const moveText = t(override === 'SHOW' ? 'moveToHide' : 'moveToShow')
  const polarity = registry.get(key)?.polarity
  const validity = [
    ...(validFrom === null ? [] : [t('from', { at: dateTime(validFrom) })]),
    ...(validUntil === null ? [] : [t('until', { at: dateTime(validUntil) })])
  ].join(' · ')
  return (
    <Box
      component="li"
      data-key={key}
      py="xs"
      style={{ borderBlockStart: '1px solid var(--mantine-color-default-border)' }}
    >
      <Group justify="space-between" align="start" gap="xs">
        <Box miw={0} flex="1 1 12rem">
          <Group gap={6}>
            <Text span fw={600} size="sm">
              <FeatureName featureKey={key} unmarked />
            </Text>
            {polarity === 'RESTRICT' && (
              <Badge size="sm" tt="none" color={override === 'SHOW' ? 'orange' : 'teal'} variant="light">
                {overrideWords(polarity)[override]}
              </Badge>
            )}
            {isNew && (
              <Badge size="sm" tt="none" color="yellow" variant="light" autoContrast>
                {t('unsaved')}
              </Badge>
            )}
            {templateId != null && (
              <Badge size="sm" tt="none" variant="outline">
                {t('byTemplate', { name: directory.template(templateId) ?? '' })}
              </Badge>
            )}
          </Group>
        </Box>
        {!readOnly && (
          <Group gap={4}>
            <Button
              size="compact-xs"
              variant="subtle"
              aria-expanded={isOpen}
              aria-controls={details}
              aria-label={t('editOf', { name })}
              onClick={toggle}
            >
              {t('edit')}
            </Button>
            <Button
              size="compact-xs"
              variant="subtle"
              aria-label={t('moveOf', { name, move: moveText })}
              onClick={move}
            >
              {moveText}
            </Button>
            <Button size="compact-xs" variant="subtle" color="red" aria-label={t('remove', { name })} onClick={remove}>
              {t('removeShort')}
            </Button>
          </Group>
        )}
      </Group>
      {reason !== null && reason !== '' && (
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          {reason}
        </Text>
      )}
      <Text size="xs" c="dimmed">
        {validity === '' ? t('always') : validity}
        {setBy !== undefined && setAt !== undefined && !isNew && (
          <> · {t('setBy', { name: directory.actor(setBy), at: dateTime(setAt) })}</>
        )}
      </Text>
      {warnings.map(warning => (
        <Alert key={warning} color="yellow" p="xs" mt={6} data-part="no-effect">
          <Text size="sm">{warning}</Text>
        </Alert>
      ))}
      {!readOnly && (
        <Collapse expanded={isOpen} id={details}>
          {isOpen && (
            <Stack gap="xs" pt="xs">
              <TextInput
                size="xs"
                label={t('reason')}
                maxLength={500}
                value={reason ?? ''}
                onChange={event => set({ ...entry, reason: event.currentTarget.value || null })}
              />
              <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="xs">
                <TextInput
                  size="xs"
                  type="datetime-local"
                  label={t('validFrom')}
                  value={localText(validFrom)}
                  onChange={event => set({ ...entry, validFrom: instantText(event.currentTarget.value) })}
                />
                <TextInput
                  size="xs"
                  type="datetime-local"
                  label={t('validUntil')}
                  value={localText(validUntil)}
                  error={endsTooSoon(entry) ? t('untilBeforeFrom') : undefined}
                  onChange={event => set({ ...entry, validUntil: instantText(event.currentTarget.value) })}
                />
              </SimpleGrid>
            </Stack>
          )}
        </Collapse>
      )}
    </Box>
  )
}
