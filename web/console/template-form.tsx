import { Alert, Button, Group, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { type FormEvent, type ReactNode, useState } from 'react'
import { useClient } from 'urql'
import { Link, useLocation } from 'wouter'
import { ConflictChoice, type ConflictLine } from '../console-kit/conflict-choice.tsx'
import { overrideWords, useFeatureRegistry } from '../console-kit/feature-names.ts'
import { changesBetween, endsTooSoon, inputOf, type OverrideEntry } from '../console-kit/override-entry.ts'
import { OverrideLists } from '../console-kit/override-lists.tsx'
import { PageHead } from '../console-kit/page-head.tsx'
import { fieldRefusal, RefusalAlert } from '../console-kit/refusal-alert.tsx'
import { type Refusal, refusalsOf } from '../kit/client.ts'
import { templateWords } from './template-words.ts'
import {
  CreateTemplateDocument,
  TemplateDocument,
  type TemplateQuery,
  UpdateTemplateDocument
} from './templates.graphql.ts'

export type Template = TemplateQuery['accessTemplate']

export const entriesOf = ({ overrides }: Pick<Template, 'overrides'>): readonly OverrideEntry[] =>
  overrides.flatMap(entry => (entry.override === 'INHERIT' ? [] : [{ ...entry, override: entry.override }]))

/**
 * Makes a template, or changes one.
 * @param template the one to change; left out: a new one
 * @param onDone called when it is saved or left
 */
export const TemplateForm = ({
  template,
  onDone
}: {
  readonly template?: Template
  onDone?(saved: boolean): void
}): ReactNode => {
  const t = templateWords.use()
  const client = useClient()
  const registry = useFeatureRegistry()
  const [, go] = useLocation()
  const [base, setBase] = useState(template)
  const [name, setName] = useState(template?.name ?? '')
  const [description, setDescription] = useState(template?.description ?? '')
  const [entries, setEntries] = useState<readonly OverrideEntry[]>(template === undefined ? [] : entriesOf(template))
  const [refusals, setRefusals] = useState<readonly Refusal[]>([])
  const [theirs, setTheirs] = useState<Template | null>(null)
  const [busy, setBusy] = useState(false)

  const save = async (against: Template | undefined): Promise<void> => {
    setBusy(true)
    setRefusals([])
    const input = { name: name.trim(), description: description.trim() || null, overrides: entries.map(inputOf) }
    if (against === undefined) {
      const { data, error } = await client.mutation(CreateTemplateDocument, { input }).toPromise()
      setBusy(false)
      setRefusals(refusalsOf(error))
      if (data !== undefined && error === undefined) go(`/${data.createAccessTemplate.id}`, { replace: true })
      return
    }
    const { error } = await client
      .mutation(UpdateTemplateDocument, { id: against.id, change: input, expectedVersion: against.version })
      .toPromise()
    const found = refusalsOf(error)
    if (found.some(({ code }) => code === 'CONFLICT')) {
      const now = await client.query(TemplateDocument, { id: against.id }).toPromise()
      const other = now.data?.accessTemplate
      setBusy(false)
      // A name that is taken is a conflict too, but not one with another editor.
      if (other !== undefined && other.version !== against.version) setTheirs(other)
      else setRefusals(found)
      return
    }
    setBusy(false)
    setRefusals(found)
    if (found.length === 0) onDone?.(true)
  }
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    void save(base)
  }

  const choiceOf = (list: readonly OverrideEntry[], key: string): string => {
    const words = overrideWords(registry.get(key)?.polarity)
    return words[list.find(entry => entry.key === key)?.override ?? 'INHERIT']
  }
  const lines: readonly ConflictLine[] =
    theirs === null || base === undefined
      ? []
      : [
          ...(theirs.name === base.name
            ? []
            : [{ name: 'name', title: t('name'), before: base.name, theirs: theirs.name, mine: name }]),
          ...(theirs.description === base.description
            ? []
            : [
                {
                  name: 'description',
                  title: t('description'),
                  before: base.description ?? '',
                  theirs: theirs.description ?? '',
                  mine: description
                }
              ]),
          ...changesBetween(entriesOf(base), entriesOf(theirs)).map(({ key }) => ({
            name: key,
            title: registry.title(key),
            before: choiceOf(entriesOf(base), key),
            theirs: choiceOf(entriesOf(theirs), key),
            mine: choiceOf(entries, key)
          }))
        ]
  const changed = new Set(changesBetween(base === undefined ? [] : entriesOf(base), entries).map(({ key }) => key))

  return (
    <form onSubmit={submit} data-part="template-form">
      <PageHead
        title={template === undefined ? t('newTitle') : t('editTitle', { name: template.name })}
        {...(template === undefined ? { back: { to: '~/templates', title: t('back') } } : {})}
      />
      <Stack maw="64rem">
        {template !== undefined && template.companyCount > 0 && (
          <Alert color="blue">{t('editHint', { count: template.companyCount })}</Alert>
        )}
        {theirs !== null && (
          <ConflictChoice
            lines={lines}
            busy={busy}
            onMine={() => {
              const now = theirs
              setBase(now)
              setTheirs(null)
              void save(now)
            }}
            onTheirs={() => {
              setBase(theirs)
              setName(theirs.name)
              setDescription(theirs.description ?? '')
              setEntries(entriesOf(theirs))
              setTheirs(null)
            }}
          />
        )}
        <TextInput
          label={t('name')}
          required
          maxLength={120}
          value={name}
          error={fieldRefusal(refusals, 'name')}
          onChange={event => setName(event.currentTarget.value)}
        />
        <Textarea
          label={t('description')}
          autosize
          minRows={2}
          maxLength={500}
          value={description}
          error={fieldRefusal(refusals, 'description')}
          onChange={event => setDescription(event.currentTarget.value)}
        />
        <OverrideLists entries={entries} onChange={setEntries} changed={changed} sideBySide />
        {entries.length === 0 && (
          <Text size="sm" c="dimmed">
            {t('needsChoice')}
          </Text>
        )}
        <RefusalAlert refusals={refusals} fields={['name', 'description']} />
        <Group>
          <Button
            type="submit"
            loading={busy}
            disabled={name.trim() === '' || entries.length === 0 || entries.some(endsTooSoon) || theirs !== null}
          >
            {t('save')}
          </Button>
          {template === undefined ? (
            <Button component={Link} href="~/templates" variant="default">
              {t('cancel')}
            </Button>
          ) : (
            <Button variant="default" onClick={() => onDone?.(false)}>
              {t('cancel')}
            </Button>
          )}
        </Group>
      </Stack>
    </form>
  )
}
