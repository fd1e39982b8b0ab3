import { Button, CloseButton, Group, Modal, SegmentedControl, Select, Stack, Text } from '@mantine/core'
import { type ReactNode, useMemo, useState } from 'react'
import { useClient } from 'urql'
import { type Override, overrideWords, useFeatureRegistry } from '../console-kit/feature-names.ts'
import { PreviewDialog, type SaveResult } from '../console-kit/preview-dialog.tsx'
import { operationOf } from '../console-kit/undo-all.tsx'
import { refusalOf, refusalsOf } from '../kit/client.ts'
import { SetOverridesOfManyDocument } from './access-grid.graphql.ts'
import { gridWords } from './access-grid-words.ts'

interface Choice {
  /** Stays while the feature changes, so that the focus does. */
  readonly id: number
  readonly key: string | null
  readonly override: Override
}

/**
 * Chooses Show, Hide or Inherit for features of many companies, shows what that alters, and saves it.
 * @param companies id → name, at most 20,000
 * @param firstKey a feature to begin with
 * @param onClose `saved`: something was written
 */
export const BulkEdit = ({
  companies,
  firstKey,
  onClose
}: {
  readonly companies: ReadonlyMap<string, string>
  readonly firstKey?: string
  onClose(saved: boolean): void
}): ReactNode => {
  const t = gridWords.use()
  const client = useClient()
  const registry = useFeatureRegistry()
  const [choices, setChoices] = useState<readonly Choice[]>([{ id: 0, key: firstKey ?? null, override: 'SHOW' }])
  const [previewing, setPreviewing] = useState(false)
  const companyIds = useMemo(() => [...companies.keys()], [companies])
  const overrides = useMemo(
    () => choices.flatMap(({ key, override }) => (key === null ? [] : [{ key, override }])),
    [choices]
  )
  const change = useMemo(() => ({ companyIds, overrides }), [companyIds, overrides])
  const edit = (at: number, next: Partial<Choice>): void =>
    setChoices(choices.map((choice, index) => (index === at ? { ...choice, ...next } : choice)))

  const save = async (reason: string): Promise<SaveResult> => {
    const reasoned = overrides.map(each => ({ ...each, reason: reason === '' ? null : reason }))
    const { data, error } = await client
      .mutation(SetOverridesOfManyDocument, { companyIds, overrides: reasoned })
      .toPromise()
    if (data === undefined || error !== undefined) return { ok: false, refusals: refusalsOf(error) }
    const results = data.bulkSetCompanyOverrides
    const failed = results.filter(({ ok }) => !ok)
    return {
      ok: true,
      operation: operationOf(results),
      done: results.length - failed.length,
      failed: failed.map(({ companyId, code, message }) => ({
        name: companies.get(companyId) ?? companyId,
        refusal: refusalOf(code ?? 'INTERNAL', message)
      }))
    }
  }
  if (previewing)
    return (
      <PreviewDialog
        change={change}
        withReason
        save={save}
        onClose={saved => {
          setPreviewing(false)
          if (saved) onClose(true)
        }}
      />
    )
  return (
    <Modal opened onClose={() => onClose(false)} title={t('bulkTitle', { count: companies.size })} size="lg">
      <Stack component="form" onSubmit={event => event.preventDefault()}>
        <Text size="sm" c="dimmed">
          {t('bulkText')}
        </Text>
        {choices.map(({ id, key, override }, index) => {
          const words = overrideWords(key === null ? undefined : registry.get(key)?.polarity)
          const taken = new Set(choices.map(choice => choice.key))
          return (
            <Group key={id} wrap="wrap" align="end" gap="xs" data-part="choice">
              <Select
                flex="1 1 14rem"
                label={t('chooseFeature')}
                searchable
                data={registry.groups.map(({ group, features }) => ({
                  group,
                  items: features
                    .filter(each => each.key === key || !taken.has(each.key))
                    .map(each => ({ value: each.key, label: each.title }))
                }))}
                value={key}
                onChange={next => edit(index, { key: next })}
              />
              <SegmentedControl
                aria-label={t('choice')}
                data={(['SHOW', 'HIDE', 'INHERIT'] as const).map(value => ({ value, label: words[value] }))}
                value={override}
                onChange={next => edit(index, { override: next as Override })}
              />
              {choices.length > 1 && (
                <CloseButton
                  size={36}
                  aria-label={t('removeFeature', { title: key === null ? '' : registry.title(key) })}
                  onClick={() => setChoices(choices.filter((_, at) => at !== index))}
                />
              )}
            </Group>
          )
        })}
        <Group justify="space-between">
          <Button
            variant="default"
            size="xs"
            disabled={choices.some(choice => choice.key === null)}
            onClick={() => setChoices([...choices, { id: (choices.at(-1)?.id ?? 0) + 1, key: null, override: 'SHOW' }])}
          >
            {t('addFeature')}
          </Button>
          <Group gap="xs">
            <Button variant="default" onClick={() => onClose(false)}>
              {t('cancel')}
            </Button>
            <Button type="submit" disabled={overrides.length === 0} onClick={() => setPreviewing(true)}>
              {t('preview')}
            </Button>
          </Group>
        </Group>
      </Stack>
    </Modal>
  )
}
