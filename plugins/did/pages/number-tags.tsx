import { type FormEvent, type ReactNode, useEffect, useMemo, useState } from 'react'
import { useMutation, useQuery } from 'urql'
import { type Refusal, refusalsOf } from '../../../web/kit/client.ts'
import { type BulkResult, BulkResults } from './bulk-results.tsx'
import { Field } from './field.tsx'
import { GuardedDrawer } from './guarded-drawer.tsx'
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

/** What to say of a refusal: that of the field, else that of the whole. */
const toldOf = (refusals: readonly Refusal[], notSaved: string, field: string): string | undefined => {
  if (refusals.length === 0) return undefined
  if (refusals.some(({ code }) => code === 'UNREACHABLE' || code === 'UNAVAILABLE')) return notSaved
  const told = refusals.flatMap(({ fields }) => Object.entries(fields))
  if (told.length === 0) return field === '' ? refusals.map(({ message }) => message).join(' ') : undefined
  const own = told.filter(([path]) => field !== '' && (path === field || path.startsWith(`${field}[`)))
  return own.length === 0 ? undefined : own.map(([, why]) => why).join(' ')
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

const Editor: NumberExtras['Editor'] = ({ did, onChange, onDirty }): ReactNode => {
  const t = tagWords.use()
  const known = useKnownTags()
  const [{ fetching }, setTags] = useMutation(SetTagsDocument)
  const stored = did.tags ?? []
  const [draft, setDraft] = useState<{ readonly tags: readonly string[]; readonly typed: string } | null>(null)
  const [refusals, setRefusals] = useState<readonly Refusal[]>([])
  const [saved, setSaved] = useState(false)
  const shown = draft ?? { tags: stored, typed: '' }
  const wanted = withTyped(shown.tags, shown.typed)
  const isDirty = JSON.stringify([...wanted].sort()) !== JSON.stringify([...stored].sort())
  useEffect(() => onDirty(isDirty), [onDirty, isDirty])
  useEffect(() => () => onDirty(false), [onDirty])
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
  const field = toldOf(refusals, t('notSaved'), 'tags')
  const whole = field === undefined ? toldOf(refusals, t('notSaved'), '') : undefined
  return (
    <form data-part="chips-form" noValidate onSubmit={submit}>
      <h3>{t('tags')}</h3>
      <TagListField
        label={t('add')}
        help={t('help', { count: maxTags })}
        fault={field}
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
        {whole !== undefined && (
          <p role="alert" data-part="fault">
            {whole}
          </p>
        )}
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
      <GuardedDrawer title={t('title', { count: numbers.size })} open={isOpen} onClose={() => setOpen(false)}>
        {onDirty => <BulkTags numbers={numbers} onDone={onDone} onDirty={isDirty => onDirty('tags', isDirty)} />}
      </GuardedDrawer>
    </>
  )
}

const nothing = { tags: [] as readonly string[], typed: '' }

const BulkTags = ({
  numbers,
  onDone,
  onDirty
}: {
  readonly numbers: ReadonlyMap<string, string>
  onDone(changes: readonly NumberChange[]): void
  onDirty(isDirty: boolean): void
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
  // biome-ignore lint/correctness/useExhaustiveDependencies: whoever is told is the same all along
  useEffect(() => onDirty(isDirty), [isDirty])
  // biome-ignore lint/correctness/useExhaustiveDependencies: as above
  useEffect(() => () => onDirty(false), [])
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
  const faultOf = (field: string): string | undefined => toldOf(refusals, '', field) || undefined
  const said =
    faultOf('add') === undefined && faultOf('remove') === undefined ? toldOf(refusals, t('notSaved'), '') : undefined
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
            fault={faultOf(field)}
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
          {(said !== undefined || isEmpty) && (
            <p role="alert" data-part="fault">
              {isEmpty ? t('nothing') : said}
            </p>
          )}
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
