import { type FormEvent, type ReactNode, useMemo, useState } from 'react'
import { useMutation, useQuery } from 'urql'
import { type Refusal, refusalsOf } from '../../../web/kit/client.ts'
import { type Fault, RefusalTexts } from '../../../web/kit/refusal-text.tsx'
import { useUnsaved } from '../../../web/kit/unsaved.tsx'
import { Drawer } from '../../../web/portal-kit/drawer.tsx'
import { type BulkResult, BulkResults } from './bulk-results.tsx'
import { Field } from './field.tsx'
import type { NumberChange, NumberExtras } from './number-extras.ts'
import type { NumberFact } from './number-facts.tsx'
import { noValue } from './number-list-state.ts'
import {
  ChangeTagsDocument,
  KnownTagsDocument,
  SetTagsDocument,
  TaggedNumberDocument,
  TaggedNumbersDocument
} from './number-tags.graphql.ts'
import { tagWords } from './number-tags-words.ts'
import { TagListField, withTyped } from './tag-list-field.tsx'

const maxTags = 20

const useKnownTags = (): readonly string[] => {
  const [{ data }] = useQuery({ query: KnownTagsDocument, variables: {} })
  return data?.didTags ?? []
}

const isGone = (refusals: readonly Refusal[]): boolean =>
  refusals.some(({ code }) => code === 'UNREACHABLE' || code === 'UNAVAILABLE')

/** What is wrong with a field. */
const faultIn = (refusals: readonly Refusal[], field: string): Fault | undefined =>
  isGone(refusals)
    ? undefined
    : refusals
        .flatMap(({ fields }) => Object.entries(fields))
        .find(([path]) => path === field || path.startsWith(`${field}[`))?.[1]

/** What to say of refusals that name no field. */
const Whole = ({
  refusals,
  notSaved
}: {
  readonly refusals: readonly Refusal[]
  readonly notSaved: string
}): ReactNode => {
  const left = refusals.filter(({ fields }) => Object.keys(fields).length === 0)
  if (left.length === 0) return null
  return (
    <p role="alert" data-part="fault">
      {isGone(left) ? notSaved : <RefusalTexts refusals={left} />}
    </p>
  )
}

const useFacts = (): readonly NumberFact[] => {
  const t = tagWords.use()
  return useMemo(
    () => [
      {
        name: 'tags',
        title: t('tags'),
        first: true,
        cell: ({ tags }) =>
          tags == null || tags.length === 0 ? (
            t('none')
          ) : (
            <ul data-part="chips">
              {tags.map(tag => (
                <li key={tag} data-part="chip">
                  <bdi>{tag}</bdi>
                </li>
              ))}
            </ul>
          )
      }
    ],
    [t]
  )
}

const Filter: NumberExtras['Filter'] = ({ value, onChange }): ReactNode => {
  const t = tagWords.use()
  const known = useKnownTags()
  const tags = value === '' || value === noValue || known.includes(value) ? known : [value, ...known]
  return (
    <Field label={t('tag')}>
      {control => (
        <select {...control} value={value} onChange={event => onChange(event.target.value)}>
          <option value="">{t('all')}</option>
          {tags.map(tag => (
            <option key={tag} value={tag}>
              {tag}
            </option>
          ))}
          <option value={noValue}>{t('noTag')}</option>
        </select>
      )}
    </Field>
  )
}

const Editor: NumberExtras['Editor'] = ({ did, onChange }): ReactNode => {
  const t = tagWords.use()
  const known = useKnownTags()
  const [{ fetching }, setTags] = useMutation(SetTagsDocument)
  const stored = did.tags ?? []
  const [draft, setDraft] = useState<{ readonly tags: readonly string[]; readonly typed: string } | null>(null)
  const [refusals, setRefusals] = useState<readonly Refusal[]>([])
  const [saved, setSaved] = useState(false)
  const shown = draft ?? { tags: stored, typed: '' }
  const wanted = withTyped(shown.tags, shown.typed)
  useUnsaved(JSON.stringify([...wanted].sort()) !== JSON.stringify([...stored].sort()))
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    if (fetching) return
    setSaved(false)
    const { data, error } = await setTags({ id: did.id, tags: wanted })
    setRefusals(refusalsOf(error))
    if (data?.setDidTags == null) return
    setDraft(null)
    setSaved(true)
    onChange(data.setDidTags)
  }
  return (
    <form data-part="chips-form" noValidate onSubmit={submit}>
      <h3>{t('tags')}</h3>
      <TagListField
        label={t('add')}
        help={t('help', { count: maxTags })}
        fault={faultIn(refusals, 'tags')}
        tags={shown.tags}
        typed={shown.typed}
        known={known}
        onChange={(tags, typed) => {
          setDraft({ tags, typed })
          setRefusals([])
          setSaved(false)
        }}
      />
      <footer data-part="form-end">
        <button type="submit" data-part="primary" aria-disabled={fetching || undefined}>
          {t('save')}
        </button>
        <p role="status" data-part="done">
          {saved && t('saved')}
        </p>
        <Whole refusals={refusals} notSaved={t('notSaved')} />
      </footer>
    </form>
  )
}

const Bulk: NumberExtras['Bulk'] = ({ numbers, onDone }): ReactNode => {
  const t = tagWords.use()
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <button type="button" onClick={() => setOpen(true)}>
        {t('change')}
      </button>
      <Drawer title={t('title', { count: numbers.size })} open={isOpen} onClose={() => setOpen(false)}>
        <BulkTags numbers={numbers} onDone={onDone} />
      </Drawer>
    </>
  )
}

const nothing = { tags: [] as readonly string[], typed: '' }

const BulkTags = ({
  numbers,
  onDone
}: {
  readonly numbers: ReadonlyMap<string, string>
  onDone(changes: readonly NumberChange[]): void
}): ReactNode => {
  const t = tagWords.use()
  const known = useKnownTags()
  const [{ fetching }, change] = useMutation(ChangeTagsDocument)
  const [toAdd, setToAdd] = useState(nothing)
  const [toRemove, setToRemove] = useState(nothing)
  const [refusals, setRefusals] = useState<readonly Refusal[]>([])
  const [isEmpty, setEmpty] = useState(false)
  const [results, setResults] = useState<readonly BulkResult[] | null>(null)
  const add = withTyped(toAdd.tags, toAdd.typed)
  const remove = withTyped(toRemove.tags, toRemove.typed)
  const isDirty = add.length > 0 || remove.length > 0
  useUnsaved(isDirty)
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    if (fetching) return
    setResults(null)
    setRefusals([])
    setEmpty(!isDirty)
    if (!isDirty) return
    const { data, error } = await change({ ids: [...numbers.keys()], add, remove })
    setRefusals(refusalsOf(error))
    if (data?.bulkTagDids == null) return
    setResults(data.bulkTagDids)
    const changes = data.bulkTagDids.flatMap(({ did }) => (did === null ? [] : [did]))
    if (changes.length === 0) return
    setToAdd(nothing)
    setToRemove(nothing)
    onDone(changes)
  }
  const titles: Readonly<Record<string, string>> = { add: t('toAdd'), remove: t('toRemove') }
  return (
    <>
      <form data-part="chips-form" noValidate onSubmit={submit}>
        <p>{t('bulkAll')}</p>
        {(
          [
            ['add', toAdd, setToAdd],
            ['remove', toRemove, setToRemove]
          ] as const
        ).map(([field, list, set]) => (
          <TagListField
            key={field}
            label={t(field === 'add' ? 'toAdd' : 'toRemove')}
            fault={faultIn(refusals, field)}
            tags={list.tags}
            typed={list.typed}
            known={known}
            onChange={(tags, typed) => {
              set({ tags, typed })
              setRefusals([])
              setEmpty(false)
            }}
          />
        ))}
        <footer data-part="form-end">
          <button type="submit" data-part="primary" aria-disabled={fetching || undefined}>
            {t('apply')}
          </button>
          {isEmpty && (
            <p role="alert" data-part="fault">
              {t('nothing')}
            </p>
          )}
          <Whole refusals={refusals} notSaved={t('notSaved')} />
        </footer>
      </form>
      {results !== null && (
        <BulkResults results={results} numbers={numbers} titleOf={field => titles[field] ?? field} />
      )}
    </>
  )
}

/** What whoever has tags knows of numbers, and does with them. */
export const numberTags: NumberExtras = {
  list: TaggedNumbersDocument,
  one: TaggedNumberDocument,
  useFacts,
  filterColumn: 'tags',
  Filter,
  Editor,
  Bulk
}
