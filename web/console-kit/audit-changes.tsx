import { Badge, Box, Group, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { type Formats, useFormats } from '../kit/formats.ts'
import { type AccessTranslate, accessWords } from './access-words.ts'
import { auditNameWords, useValueName } from './audit-name-words.ts'
import { type Directory, useDirectory } from './directory.ts'
import { type FeatureRegistry, overrideWords, useFeatureRegistry } from './feature-registry.ts'

/** What an entry of the audit log says that it changed. */
export interface AuditSides {
  /** JSON; null: nothing. */
  readonly before: string | null
  readonly after: string | null
}

type Fields = Readonly<Record<string, unknown>>

/** One field of a change, in words. */
interface Difference {
  readonly name: string
  readonly before: string
  readonly after: string
  /** Of lists: what came and what went, in place of both sides. */
  readonly added?: readonly string[]
  readonly removed?: readonly string[]
  readonly reordered?: boolean
  readonly reason?: string | null
}

const fieldsOf = (json: string | null): Fields => {
  if (json === null) return {}
  try {
    const value: unknown = JSON.parse(json)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : { '': value }
  } catch {
    return { '': json }
  }
}

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one ?? null) === JSON.stringify(other ?? null)

interface Words {
  readonly t: AccessTranslate
  readonly formats: Formats
  readonly registry: FeatureRegistry
  readonly directory: Directory
  /** The name of a field that plugins and people's records have. */
  readonly more: ReturnType<typeof auditNameWords.use>
  readonly valueName: (value: string) => string
}

/** Splits `override:KEY`, `columns:REPORT:USERTYPE` and the like. */
const parted = (field: string): readonly [string, string] => {
  const at = field.indexOf(':')
  return at < 0 ? [field, ''] : [field.slice(0, at), field.slice(at + 1)]
}

const nameOf = (field: string, { t, registry, directory, more, valueName }: Words): string => {
  const [kind, rest] = parted(field)
  switch (kind) {
    case 'override':
      return t('fieldOverride', { name: registry.title(rest) })
    case 'feature':
      return t('fieldFeature', { name: registry.title(rest) })
    case 'columns': {
      const [report = '', userType] = rest.split(':')
      return t('fieldColumns', {
        report: valueName(report),
        userType: t(userType === 'CARRIER' ? 'carriers' : 'customers')
      })
    }
    case 'plugin':
      return t('fieldPlugin', { name: rest })
    case 'entitlement':
      return t('fieldEntitlement', { name: rest })
    case 'template':
      return t('fieldTemplate', { name: directory.template(rest) ?? '' })
    case 'domain':
    case 'domainId':
      return t('fieldDomain')
    case 'status':
      return t('fieldStatus')
    case 'enabled':
      return t('fieldEnabled')
    case 'default':
      return t('fieldDefault')
    default:
      if (Object.hasOwn(accessWords.texts.en, `field_${field}`)) return t(`field_${field}` as 'field_name')
      return Object.hasOwn(auditNameWords.texts.en, `field_${field}`) ? more(`field_${field}` as 'field_tags') : field
  }
}

interface StoredOverride {
  readonly override: 'SHOW' | 'HIDE'
  readonly validFrom?: number | string | null
  readonly validUntil?: number | string | null
}

const overrideText = (key: string, value: unknown, { t, formats, registry }: Words): string => {
  const words = overrideWords(registry.get(key)?.polarity)
  if (value === null || value === undefined) return words.INHERIT
  const { override, validFrom, validUntil } = value as StoredOverride
  const at = (instant: number | string): string => formats.dateTime(new Date(instant).toISOString())
  return [
    words[override] ?? String(override),
    ...(validFrom == null ? [] : [t('from', { at: at(validFrom) })]),
    ...(validUntil == null ? [] : [t('until', { at: at(validUntil) })])
  ].join(' ')
}

const isChoice = (value: unknown): value is StoredOverride & { readonly key: string } =>
  typeof value === 'object' && value !== null && 'key' in value && 'override' in value

const plainText = (field: string, value: unknown, words: Words): string => {
  const { t, directory, registry } = words
  const [kind, rest] = parted(field)
  if (kind === 'override' && rest !== '') return overrideText(rest, value, words)
  if (isChoice(value)) return `${registry.title(value.key)}: ${overrideText(value.key, value, words)}`
  if (value === null || value === undefined || value === '') return t('notSet')
  if (kind === 'feature' && typeof value === 'boolean')
    return overrideWords(registry.get(rest)?.polarity)[value ? 'on' : 'off']
  if (typeof value === 'boolean') return value ? t('yes') : t('no')
  if (['domain', 'domainId', 'default', 'reassignTo'].includes(kind))
    return directory.brand(String(value)) ?? String(value)
  if (kind === 'columns' && Array.isArray(value) && value.length === 0) return t('defaultSet')
  if (Array.isArray(value))
    return value.length === 0
      ? t('notSet')
      : value
          .map(each => (typeof each === 'string' ? listTitle(field, each, words) : plainText('', each, words)))
          .join(', ')
  if (typeof value === 'object')
    return Object.entries(value)
      .map(([name, inner]) => `${nameOf(name, words)}: ${plainText(name, inner, words)}`)
      .join(', ')
  return words.valueName(String(value))
}

const listTitle = (field: string, item: string, { registry }: Words): string => {
  const [kind, rest] = parted(field)
  if (kind === 'columns') return registry.title(`${rest.split(':')[0]}.${item}`).replace(/^[^:]*: /, '')
  return registry.title(item)
}

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every(each => typeof each === 'string')

/** Every field that an entry changed, in words. */
const differencesOf = ({ before, after }: AuditSides, words: Words): readonly Difference[] => {
  const [old, now] = [fieldsOf(before), fieldsOf(after)]
  const names = [...new Set([...Object.keys(old), ...Object.keys(now)])]
  return names.flatMap((field): Difference[] => {
    const [was, is] = [old[field], now[field]]
    if (same(was, is) && before !== null) return []
    const texts = {
      name: nameOf(field, words),
      before: plainText(field, was, words),
      after: plainText(field, is, words)
    }
    const [kind] = parted(field)
    if (isTexts(was) && isTexts(is) && was.length > 0 && is.length > 0) {
      const added = is.filter(each => !was.includes(each)).map(each => listTitle(field, each, words))
      const removed = was.filter(each => !is.includes(each)).map(each => listTitle(field, each, words))
      return [{ ...texts, added, removed, reordered: added.length === 0 && removed.length === 0 }]
    }
    const reason = kind === 'override' ? ((is as { reason?: string | null } | null)?.reason ?? null) : null
    return [{ ...texts, reason }]
  })
}

/**
 * The differences between both sides of an audit entry, one a line.
 * @param most lines that are shown; all unless said
 */
export const AuditChanges = ({ entry, most }: { readonly entry: AuditSides; readonly most?: number }): ReactNode => {
  const t = accessWords.use()
  const formats = useFormats()
  const registry = useFeatureRegistry()
  const directory = useDirectory()
  const more = auditNameWords.use()
  const valueName = useValueName()
  const all = differencesOf(entry, { t, formats, registry, directory, more, valueName })
  const shown = most === undefined ? all : all.slice(0, most)
  if (all.length === 0)
    return (
      <Text size="sm" c="dimmed">
        {t('noDetails')}
      </Text>
    )
  return (
    <Box component="ul" m={0} p={0} data-part="changes" style={{ listStyle: 'none' }}>
      {shown.map((each, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines of one entry never move
        <Box component="li" key={index} py={2}>
          {each.name !== '' && (
            <Text span size="sm" fw={500}>
              <bdi>{each.name}</bdi>
              {': '}
            </Text>
          )}
          {each.added === undefined ? (
            <BeforeAfter before={each.before} after={each.after} creation={entry.before === null} />
          ) : (
            <ListChange {...each} />
          )}
          {each.reason != null && each.reason !== '' && (
            <Text size="xs" c="dimmed">
              {t('reasonIs', { reason: each.reason })}
            </Text>
          )}
        </Box>
      ))}
      {all.length > shown.length && (
        <Text component="li" size="xs" c="dimmed">
          {t('moreChanges', { count: all.length - shown.length })}
        </Text>
      )}
    </Box>
  )
}

/** A value as it was and as it became. */
export const BeforeAfter = ({
  before,
  after,
  creation = false
}: {
  readonly before: string
  readonly after: string
  /** There was nothing before. */
  readonly creation?: boolean
}): ReactNode => {
  const t = accessWords.use()
  return (
    <Text span size="sm" style={{ overflowWrap: 'anywhere' }}>
      {!creation && (
        <>
          <Text component="del" size="sm" c="dimmed" aria-label={t('beforeIs', { value: before })}>
            <bdi>{before}</bdi>
          </Text>
          <span aria-hidden="true"> » </span>
        </>
      )}
      <Text component="ins" size="sm" fw={600} td="none" aria-label={t('afterIs', { value: after })}>
        <bdi>{after}</bdi>
      </Text>
    </Text>
  )
}

const ListChange = ({ added = [], removed = [], reordered }: Difference): ReactNode => {
  const t = accessWords.use()
  if (reordered === true)
    return (
      <Text span size="sm">
        {t('reordered')}
      </Text>
    )
  const badge = (text: string, color: string, sign: string, label: string): ReactNode => (
    <Badge key={`${sign}${text}`} component="span" size="sm" variant="light" color={color} tt="none" fw={500}>
      <span aria-hidden="true">{sign} </span>
      <bdi>{text}</bdi>
      <Box component="span" style={hiddenText}>
        {` (${label})`}
      </Box>
    </Badge>
  )
  return (
    <Group component="span" gap={4} display="inline-flex">
      {added.map(text => badge(text, 'green', '+', t('added')))}
      {removed.map(text => badge(text, 'red', '−', t('removed')))}
    </Group>
  )
}

const hiddenText = { position: 'absolute', width: 1, height: 1, overflow: 'hidden', clipPath: 'inset(50%)' } as const
