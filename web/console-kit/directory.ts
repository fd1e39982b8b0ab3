import { useEffect } from 'react'
import { createStore } from '../kit/store.ts'
import { accessWords } from './access-words.ts'
import { CompanyNamesDocument, type CompanyNamesQueryVariables, DirectoryDocument } from './directory.graphql.ts'
import { site } from './site.ts'

/** Names of those who act and of what is acted on. */
export interface Directory {
  /** Of `staff:ID`, `key:ID` or anything else that the audit log names. */
  actor(actor: string): string
  /** Null while it is not known. */
  brand(id: string): string | null
  template(id: string): string | null
}

interface Known {
  readonly names: ReadonlyMap<string, string>
  readonly brands: ReadonlyMap<string, string>
  readonly templates: ReadonlyMap<string, string>
}

const known = createStore<Known>({ names: new Map(), brands: new Map(), templates: new Map() })
/** Milliseconds after which names are asked for anew by the next page that needs them. */
const freshFor = 60_000
let askedAt = Number.NEGATIVE_INFINITY

const load = async (): Promise<void> => {
  if (performance.now() - askedAt < freshFor) return
  askedAt = performance.now()
  const { data } = await site.client.query(DirectoryDocument, {}).toPromise()
  if (data === undefined) return
  known.set({
    names: new Map([
      ...data.staff.nodes.map(({ id, name }) => [`staff:${id}`, name] as const),
      ...data.apiKeys.map(({ id, name }) => [`key:${id}`, name] as const)
    ]),
    brands: new Map(data.portalDomains.nodes.map(({ id, brandName }) => [id, brandName])),
    templates: new Map(data.accessTemplates.nodes.map(({ id, name }) => [id, name]))
  })
}

/** Who stands behind the ids of the audit log, as far as they are among the first 500 of their kind. */
export const useDirectory = (): Directory => {
  const t = accessWords.use()
  const { names, brands, templates } = known.use()
  useEffect(() => void load(), [])
  return {
    actor: actor => {
      const name = names.get(actor)
      if (name === undefined) return actor
      return actor.startsWith('key:') ? t('byKey', { name }) : name
    },
    brand: id => brands.get(id) ?? null,
    template: id => templates.get(id) ?? null
  }
}

const companies = createStore<ReadonlyMap<string, string>>(new Map())
const wanted = new Set<string>()
const asking = new Set<string>()
const letters = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'] as const

/** Ten ids in one request; the last one fills the places that are left. */
const loadNames = async (): Promise<void> => {
  const ids = [...wanted]
  wanted.clear()
  for (let start = 0; start < ids.length; start += letters.length) {
    const some = ids.slice(start, start + letters.length)
    const variables = Object.fromEntries(letters.map((letter, at) => [letter, some[at] ?? some.at(-1)!]))
    const { data } = await site.client
      .query(CompanyNamesDocument, variables as unknown as CompanyNamesQueryVariables)
      .toPromise()
    const found = some.map((id, at) => [id, data?.[letters[at]!]?.name ?? ''] as const)
    companies.set(new Map([...companies.get(), ...found]))
    for (const id of some) asking.delete(id)
  }
}

/** The name of a company: null while it is asked for, empty where there is none. */
export const useCompanyName = (id: string | null): string | null => {
  const names = companies.use()
  const name = id === null ? '' : names.get(id)
  useEffect(() => {
    if (id === null || companies.get().has(id) || asking.has(id)) return
    asking.add(id)
    wanted.add(id)
    if (wanted.size === 1) queueMicrotask(() => void loadNames())
  }, [id])
  return name ?? null
}
