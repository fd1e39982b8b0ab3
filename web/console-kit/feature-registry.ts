import { useEffect } from 'react'
import { type Language, translator, useLanguage } from '../kit/messages.ts'
import { createStore } from '../kit/store.ts'
import { accessWords } from './access-words.ts'
import { useValueName } from './audit-name-words.ts'
import { ColumnTitlesDocument, FeatureRegistryDocument, type FeatureRegistryQuery } from './feature-registry.graphql.ts'
import { site } from './site.ts'

/** A switchable feature, as the server's registry has it. */
export type FeatureEntry = FeatureRegistryQuery['featureRegistry'][number]
export type Polarity = FeatureEntry['polarity']
export type Override = 'SHOW' | 'HIDE' | 'INHERIT'

export interface FeatureRegistry {
  /** In registry order; empty until they are there. */
  readonly features: readonly FeatureEntry[]
  /** False until the features are there. */
  readonly ready: boolean
  get(key: string): FeatureEntry | undefined
  /** Title of a feature, or of a column (`REPORT.name`); the key itself where there is none. */
  title(key: string): string
  /** Groups with their features, both in registry order. */
  readonly groups: readonly { readonly group: string; readonly features: readonly FeatureEntry[] }[]
}

interface Known {
  readonly features: readonly FeatureEntry[]
  readonly byKey: ReadonlyMap<string, FeatureEntry>
  readonly columns: ReadonlyMap<string, string>
  readonly groups: FeatureRegistry['groups']
}

const nothing: Known = { features: [], byKey: new Map(), columns: new Map(), groups: [] }
const known = createStore<ReadonlyMap<Language, Known>>(new Map())
const asked = new Set<string>()

const learn = (language: Language, part: Partial<Known>): void => {
  const before = known.get()
  known.set(new Map(before).set(language, { ...(before.get(language) ?? nothing), ...part }))
}

const groupsOf = (features: readonly FeatureEntry[]): FeatureRegistry['groups'] =>
  [...new Set(features.map(({ group }) => group))].map(group => ({
    group,
    features: features.filter(each => each.group === group)
  }))

const load = async (language: Language): Promise<void> => {
  if (asked.has(language)) return
  asked.add(language)
  const { data } = await site.client.query(FeatureRegistryDocument, { language }).toPromise()
  if (data === undefined) {
    asked.delete(language)
    return
  }
  const features = data.featureRegistry
  learn(language, {
    features,
    byKey: new Map(features.map(feature => [feature.key, feature])),
    groups: groupsOf(features)
  })
}

const loadColumns = async (language: Language, report: string): Promise<void> => {
  const question = `${language} ${report}`
  if (asked.has(question)) return
  asked.add(question)
  const { data } = await site.client.query(ColumnTitlesDocument, { report: report as 'CDR', language }).toPromise()
  if (data === undefined) {
    asked.delete(question)
    return
  }
  const titles = [...data.carrier, ...data.customer].map(
    ({ name, title }) => [`${report}.${name}`, title] as [string, string]
  )
  learn(language, { columns: new Map([...(known.get().get(language)?.columns ?? []), ...titles]) })
}

const columnKey = /^([A-Z][A-Z0-9_]*)\.(.+)$/

/** The report and the name of a column's key; null for a feature's. */
export const columnOf = (key: string): { readonly report: string; readonly name: string } | null => {
  const [, report, name] = columnKey.exec(key) ?? []
  return report === undefined || name === undefined ? null : { report, name }
}

/** The registry of features in the language of the page, read once for all pages. */
export const useFeatureRegistry = (): FeatureRegistry => {
  const language = useLanguage()
  const valueName = useValueName()
  const all = known.use()
  const own = all.get(language)
  // While another language is on its way, what is shown stays, with the forms in it.
  const read = [...(own === undefined ? [] : [own]), ...all.values()]
  const { features, byKey, groups } = read.find(each => each.features.length > 0) ?? nothing
  useEffect(() => void load(language), [language])
  return {
    features,
    groups,
    ready: features.length > 0,
    get: key => byKey.get(key),
    title: key => {
      const column = columnOf(key)
      if (column === null) return byKey.get(key)?.title ?? key
      const title = own?.columns.get(key)
      if (title === undefined) queueMicrotask(() => void loadColumns(language, column.report))
      return `${valueName(column.report)}: ${title ?? read.find(({ columns }) => columns.has(key))?.columns.get(key) ?? column.name}`
    }
  }
}

/** What the three choices and the two states of a feature are called: of a restriction otherwise than of anything else. */
export const overrideWords = (polarity: Polarity | undefined): Readonly<Record<Override | 'on' | 'off', string>> => {
  const t = translator((document.documentElement.lang || 'en') as Language, accessWords.texts)
  return polarity === 'RESTRICT'
    ? { SHOW: t('apply'), HIDE: t('lift'), INHERIT: t('inherit'), on: t('inForce'), off: t('notInForce') }
    : { SHOW: t('show'), HIDE: t('hide'), INHERIT: t('inherit'), on: t('visible'), off: t('hidden') }
}
