import './compare.css'
import {
  Alert,
  Anchor,
  Badge,
  Button,
  Checkbox,
  Group,
  Stack,
  Table,
  Text,
  Title,
  UnstyledButton,
  VisuallyHidden
} from '@mantine/core'
import { type ReactNode, useCallback, useEffect, useMemo, useState } from 'react'
import { useClient } from 'urql'
import { Link } from 'wouter'
import { accessWrites } from '../console-kit/access-writes.ts'
import { CompaniesSelect } from '../console-kit/company-select.tsx'
import { FeatureName, LayerBadge, overrideWords, useFeatureRegistry } from '../console-kit/feature-names.ts'
import { PageHead } from '../console-kit/page-head.tsx'
import { RefusalAlert } from '../console-kit/refusal-alert.tsx'
import { useBrands } from '../console-kit/use-brands.ts'
import { type Refusal, refusalsOf } from '../kit/client.ts'
import { CompareAccessDocument, type CompareAccessQuery } from './compare.graphql.ts'
import { compareWords } from './compare-words.ts'
import { useUrlParams } from './url-params.ts'
import { WhyDrawer } from './why-drawer.tsx'

const mostCompanies = 4

type Answer =
  | { readonly id: string; readonly state: 'LOADING' }
  | { readonly id: string; readonly state: 'FAILED'; readonly refusals: readonly Refusal[] }
  | { readonly id: string; readonly state: 'READY'; readonly data: CompareAccessQuery }
type Compared = Extract<Answer, { state: 'READY' }>

const useAnswers = (ids: readonly string[]): readonly [readonly Answer[], () => void] => {
  const client = useClient()
  const writes = accessWrites.use()
  const [turn, setTurn] = useState(0)
  const [known, setKnown] = useState<ReadonlyMap<string, Answer>>(new Map())
  const wanted = ids.join()
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new turn and each write of access read again
  useEffect(() => {
    let open = true
    for (const id of wanted.split(',').filter(Boolean))
      void client
        .query(CompareAccessDocument, { companyId: id })
        .toPromise()
        .then(({ data, error }) => {
          if (!open) return
          const answer: Answer =
            data === undefined || error !== undefined
              ? { id, state: 'FAILED', refusals: refusalsOf(error) }
              : { id, state: 'READY', data }
          setKnown(before => new Map([...before, [id, answer]]))
        })
    return () => {
      open = false
    }
  }, [client, wanted, turn, writes])
  const answers = useMemo(() => ids.map(id => known.get(id) ?? ({ id, state: 'LOADING' } as const)), [ids, known])
  return [answers, useCallback(() => setTurn(before => before + 1), [])]
}

interface Line {
  readonly key: string
  readonly differs: boolean
}

/** Those that differ first, otherwise in their order. */
const differencesFirst = (lines: readonly Line[]): readonly Line[] => [
  ...lines.filter(({ differs }) => differs),
  ...lines.filter(({ differs }) => !differs)
]
const isMixed = (values: readonly unknown[]): boolean => new Set(values).size > 1

export const Page = (): ReactNode => {
  const t = compareWords.use()
  const registry = useFeatureRegistry()
  const brands = useBrands()
  const [params, change] = useUrlParams()
  const chosen = params.get('ids') ?? ''
  const ids = useMemo(() => [...new Set(chosen.split(',').filter(Boolean))].slice(0, mostCompanies), [chosen])
  const only = params.get('only') === 'yes'
  const [answers, again] = useAnswers(ids)
  const ready = answers.filter((answer): answer is Compared => answer.state === 'READY')
  const [why, setWhy] = useState<{ companyId: string; name: string; featureKey: string } | null>(null)

  const states = useMemo(
    () => ready.map(({ data }) => new Map(data.effectiveAccess.features.map(state => [state.key, state]))),
    [ready]
  )
  const keys = ready[0]?.data.effectiveAccess.features.map(({ key }) => key) ?? []
  const features = differencesFirst(
    keys.map(key => ({ key, differs: isMixed(states.map(each => each.get(key)?.effective)) }))
  )
  const reports = (ready[0]?.data.effectiveAccess.columns ?? []).map(({ report }) => {
    const lists = ready.map(
      ({ data }) => data.effectiveAccess.columns.find(each => each.report === report)?.columns ?? []
    )
    const names = [...new Set(lists.flat())]
    return {
      report,
      lists,
      lines: differencesFirst(names.map(key => ({ key, differs: isMixed(lists.map(list => list.includes(key))) })))
    }
  })

  const section = (
    title: string,
    lines: readonly Line[],
    name: (key: string) => ReactNode,
    cell: (key: string, at: number) => ReactNode
  ): ReactNode => {
    const count = lines.filter(({ differs }) => differs).length
    return (
      <section key={title}>
        <Group gap="sm" mb={4}>
          <Title order={2} size="h4">
            {title}
          </Title>
          <Badge variant={count > 0 ? 'filled' : 'default'} color="orange.9" tt="none" data-part="differences">
            {count === 0 ? t('same') : t('differences', { count })}
          </Badge>
        </Group>
        <Table.ScrollContainer minWidth={220 + 170 * ready.length}>
          <Table layout="fixed" verticalSpacing={6} aria-label={title} withTableBorder>
            <Table.Thead>
              <Table.Tr>
                <Table.Th w={{ base: 140, sm: 260 }}>{t('what')}</Table.Th>
                {ready.map(({ id, data }) => (
                  <Table.Th key={id} style={{ overflowWrap: 'anywhere' }}>
                    <Anchor component={Link} href={`~/companies/${id}`} size="sm" fw={600}>
                      {data.company?.name ?? id}
                    </Anchor>
                    <Text size="xs" c="dimmed" fw={400}>
                      {t('on', { brand: brands.nameOf(data.effectiveAccess.domainId) })}
                      {data.company != null && ` · ${t(data.company.userType)}`}
                    </Text>
                  </Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {lines
                .filter(({ differs }) => differs || !only)
                .map(({ key, differs }) => (
                  <Table.Tr
                    key={key}
                    data-key={key}
                    data-differs={differs}
                    className={differs ? 'compare-differs' : ''}
                  >
                    <Table.Th scope="row" fw={differs ? 600 : 400}>
                      {name(key)}
                    </Table.Th>
                    {ready.map(({ id }, at) => (
                      <Table.Td key={id}>{cell(key, at)}</Table.Td>
                    ))}
                  </Table.Tr>
                ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      </section>
    )
  }

  return (
    <>
      <PageHead title={t('title')} />
      <Group align="end" mb="md" gap="md">
        <CompaniesSelect
          label={t('pick')}
          description={t('pickHint')}
          values={ids}
          max={mostCompanies}
          onChange={next => change({ ids: next.join() })}
          flex="1 1 20rem"
        />
        {ids.length > 1 && (
          <Checkbox
            label={t('onlyDifferences')}
            checked={only}
            onChange={event => change({ only: event.currentTarget.checked ? 'yes' : null })}
            mb={8}
          />
        )}
      </Group>
      {ids.length < 2 && <Text c="dimmed">{t('start')}</Text>}
      {answers.map(
        answer =>
          answer.state === 'FAILED' && (
            <Alert key={answer.id} color="red" role="alert" title={t('failed')} mb="sm">
              <Stack gap="xs" align="start">
                <RefusalAlert refusals={answer.refusals} />
                <Button size="xs" variant="default" onClick={again}>
                  {t('again')}
                </Button>
              </Stack>
            </Alert>
          )
      )}
      {answers.some(({ state }) => state === 'LOADING') && (
        <Text role="status" c="dimmed">
          {t('loading')}
        </Text>
      )}
      {ids.length > 1 && ready.length > 1 && (
        <Stack gap="xl">
          {section(
            t('features'),
            features,
            key => (
              <FeatureName featureKey={key} />
            ),
            (key, at) => {
              const state = states[at]?.get(key)
              const { id, data } = ready[at]!
              if (state === undefined) return '–'
              const words = overrideWords(registry.get(key)?.polarity)
              const company = data.company?.name ?? id
              return (
                <UnstyledButton
                  className="compare-cell"
                  data-effective={state.effective}
                  onClick={() => setWhy({ companyId: id, name: company, featureKey: key })}
                >
                  <span className="compare-sign" aria-hidden="true" />
                  <Text span size="sm">
                    {state.effective ? words.on : words.off}
                  </Text>
                  <LayerBadge layer={state.decidedBy} />
                  <VisuallyHidden>{t('whyOf', { company, title: registry.title(key) })}</VisuallyHidden>
                </UnstyledButton>
              )
            }
          )}
          {reports.map(({ report, lists, lines }) =>
            section(
              t('columnsOf', { report }),
              lines,
              key => registry.title(`${report}.${key}`).replace(`${report}: `, ''),
              (key, at) => {
                const place = lists[at]!.indexOf(key)
                return (
                  <span className="compare-cell" data-effective={place >= 0}>
                    <span className="compare-sign" aria-hidden="true" />
                    <Text span size="sm">
                      {place < 0 ? t('notShown') : t('place', { place: place + 1 })}
                    </Text>
                  </span>
                )
              }
            )
          )}
        </Stack>
      )}
      <WhyDrawer why={why} title={why?.name ?? ''} closeLabel={t('close')} onClose={() => setWhy(null)} />
    </>
  )
}
