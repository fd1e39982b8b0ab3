import { type FormEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react'
import { useFormats } from '../kit/formats.ts'
import { countRules, type GridFilterValue, type GridOperator, type GridRuleValue, narrowFilter } from './grid-filter.ts'
import { listWords } from './list-words.ts'
import { Popup } from './popup.tsx'
import { fromLocalField, toLocalField } from './zoned-time.ts'
import './portal-kit.css'

export { countRules, type GridFilterValue, type GridOperator, type GridRuleValue, narrowFilter } from './grid-filter.ts'

export interface FilterColumn {
  readonly name: string
  readonly title: string
  /** As the server names types: string, id, int, decimal, money, rate, percent, datetime, enum, boolean. */
  readonly type: string
  readonly unit?: string | null
  /** What an enum may be; without them it is typed in. */
  readonly values?: readonly { readonly value: string; readonly label: string }[]
}

const mostRules = 20
const deepest = 3

/** A rule while it is written: what is typed is kept as it is. */
interface DraftRule {
  readonly key: number
  readonly column: string
  readonly op: GridOperator | 'isFilled'
  readonly first: string
  readonly second: string
}

interface DraftGroup {
  readonly key: number
  readonly match: 'ALL' | 'ANY'
  readonly rules: readonly DraftRule[]
  readonly groups: readonly DraftGroup[]
}

let keys = 0
const newKey = (): number => {
  keys += 1
  return keys
}

type Kind = 'text' | 'word' | 'number' | 'instant' | 'truth'
const kindOf = (column: FilterColumn | undefined): Kind => {
  if (column === undefined || column.type === 'string') return 'text'
  if (column.type === 'id' || column.type === 'enum') return 'word'
  if (column.type === 'boolean') return 'truth'
  return column.type === 'datetime' ? 'instant' : 'number'
}

const operatorsOf: Readonly<Record<Kind, readonly DraftRule['op'][]>> = {
  text: ['contains', 'startsWith', 'eq', 'ne', 'in', 'isNull', 'isFilled'],
  word: ['eq', 'ne', 'in', 'isNull', 'isFilled'],
  truth: ['eq', 'isNull', 'isFilled'],
  number: ['eq', 'ne', 'gt', 'gte', 'lt', 'lte', 'between', 'in', 'isNull', 'isFilled'],
  instant: ['gte', 'gt', 'lte', 'lt', 'between', 'isNull', 'isFilled']
}

const instantWords = { lt: 'op_before', lte: 'op_until', gt: 'op_after', gte: 'op_since' } as const
const wordOf = (op: DraftRule['op'], kind: Kind) => {
  if (op === 'isNull') return 'op_empty'
  if (op === 'isFilled') return 'op_filled'
  if (kind === 'instant' && op in instantWords) return instantWords[op as keyof typeof instantWords]
  return `op_${op}` as const
}

const split = (text: string): readonly string[] =>
  text
    .split(',')
    .map(each => each.trim())
    .filter(each => each !== '')

const patterns: Readonly<Record<string, RegExp>> = { int: /^-?\d{1,15}$/ }
const decimal = /^-?\d+(\.\d+)?$/

/** What a rule says, or why it says nothing yet. */
const ruleOf = (
  { column, op, first, second }: DraftRule,
  meta: FilterColumn,
  timeZone: string
): GridRuleValue | 'valueMissing' | 'valueWrong' => {
  if (op === 'isNull' || op === 'isFilled') return { column, op: 'isNull', value: String(op === 'isNull') }
  const kind = kindOf(meta)
  const typed = op === 'between' ? [first, second] : op === 'in' ? split(first) : [first]
  const values: string[] = []
  for (const text of typed) {
    const plain = kind === 'text' ? text : text.trim()
    if (plain === '') return 'valueMissing'
    const value = kind === 'instant' ? fromLocalField(plain, timeZone) : plain
    if (value === null) return 'valueWrong'
    if (kind === 'number' && !(patterns[meta.type] ?? decimal).test(value)) return 'valueWrong'
    values.push(value)
  }
  if (values.length === 0) return 'valueMissing'
  return op === 'in' || op === 'between' ? { column, op, values } : { column, op, value: values[0]! }
}

const draftOf = (filter: GridFilterValue | null, columns: readonly FilterColumn[], timeZone: string): DraftGroup => ({
  key: newKey(),
  match: filter?.match ?? 'ALL',
  rules: (filter?.rules ?? []).map(({ column, op, value = '', values = [] }) => {
    const kind = kindOf(columns.find(({ name }) => name === column))
    const shown = (text: string): string => (kind === 'instant' ? toLocalField(text, timeZone) : text)
    return {
      key: newKey(),
      column,
      op: op === 'isNull' && value === 'false' ? 'isFilled' : op,
      first:
        op === 'in'
          ? values.join(', ')
          : op === 'between'
            ? shown(values[0] ?? '')
            : op === 'isNull'
              ? ''
              : shown(value),
      second: op === 'between' ? shown(values[1] ?? '') : ''
    }
  }),
  groups: (filter?.groups ?? []).map(group => draftOf(group, columns, timeZone))
})

const draftRules = (group: DraftGroup): readonly DraftRule[] => [...group.rules, ...group.groups.flatMap(draftRules)]

/**
 * Rules on columns, in groups, of which all or any hold. What is written counts once it is applied.
 * @param value null: no filter. Rules on columns that are not there are left out
 * @param onChange the filter as the server takes it: without empty groups, null when nothing is left
 */
export const QueryBuilder = ({
  columns,
  value,
  onChange
}: {
  readonly columns: readonly FilterColumn[]
  readonly value: GridFilterValue | null
  onChange(value: GridFilterValue | null): void
}): ReactNode => {
  const t = listWords.use()
  const { timeZone } = useFormats()
  const known = narrowFilter(value, name => columns.some(column => column.name === name))
  const count = countRules(known)
  const saying = (filter: GridFilterValue | null): string => JSON.stringify([filter, columns.map(({ name }) => name)])
  const said = saying(known)
  const first = (): DraftGroup => {
    const draft = draftOf(known, columns, timeZone)
    return draftRules(draft).length > 0 ? draft : { ...draft, rules: [newRule(columns)] }
  }
  const [draft, setDraft] = useState(first)
  const [faults, setFaults] = useState<ReadonlyMap<number, string>>(new Map())
  const applied = useRef(said)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another value, another draft
  useEffect(() => {
    // What has been applied is what is written: drawn anew, its fields would lose the focus.
    if (applied.current === said) return
    applied.current = said
    setDraft(first())
    setFaults(new Map())
  }, [said])
  if (columns.length === 0) return null

  const total = draftRules(draft).length
  const apply = (event: FormEvent): void => {
    event.preventDefault()
    const wrong = new Map<number, string>()
    const filterOf = (group: DraftGroup): GridFilterValue | null => {
      const rules = group.rules.flatMap(rule => {
        const meta = columns.find(({ name }) => name === rule.column)
        if (meta === undefined) return []
        const made = ruleOf(rule, meta, timeZone)
        if (typeof made !== 'string') return [made]
        wrong.set(rule.key, t(made))
        return []
      })
      const groups = group.groups.flatMap(each => filterOf(each) ?? [])
      if (rules.length + groups.length === 0) return null
      return { match: group.match, ...(rules.length > 0 && { rules }), ...(groups.length > 0 && { groups }) }
    }
    const filter = filterOf(draft)
    setFaults(wrong)
    if (wrong.size === 0) {
      applied.current = saying(filter)
      onChange(filter)
    } else {
      const [key] = wrong.keys()
      const form = event.currentTarget as HTMLElement
      form.querySelector<HTMLElement>(`[data-rule="${key}"] [data-part=rule-value]`)?.focus()
    }
  }
  return (
    <Popup part="query-builder" label={count === 0 ? t('filter') : t('filterOf', { count })}>
      <form noValidate onSubmit={apply}>
        <Group group={draft} depth={1} columns={columns} faults={faults} full={total >= mostRules} change={setDraft} />
        {total >= mostRules && <p data-part="hint">{t('mostRules', { count: mostRules })}</p>}
        <p data-part="actions">
          <button type="submit" data-part="primary">
            {t('apply')}
          </button>
          <button
            type="button"
            onClick={() => {
              applied.current = saying(null)
              setFaults(new Map())
              setDraft({ key: newKey(), match: 'ALL', rules: [newRule(columns)], groups: [] })
              onChange(null)
            }}
          >
            {t('clear')}
          </button>
        </p>
      </form>
    </Popup>
  )
}

const newRule = (columns: readonly FilterColumn[]): DraftRule => {
  const [column] = columns
  return { key: newKey(), column: column?.name ?? '', op: operatorsOf[kindOf(column)][0]!, first: '', second: '' }
}

interface GroupProps {
  readonly group: DraftGroup
  /** 1 for the outermost. */
  readonly depth: number
  readonly columns: readonly FilterColumn[]
  readonly faults: ReadonlyMap<number, string>
  /** No further rule fits. */
  readonly full: boolean
  change(group: DraftGroup): void
  remove?(): void
}

const Group = ({ group, depth, columns, faults, full, change, remove }: GroupProps): ReactNode => {
  const t = listWords.use()
  const id = useId()
  const added = useRef<number | null>(null)
  const whole = useRef<HTMLFieldSetElement>(null)
  useEffect(() => {
    if (added.current === null) return
    whole.current?.querySelector<HTMLElement>(`[data-rule="${added.current}"] select`)?.focus()
    added.current = null
  })
  const add = (): void => {
    const rule = newRule(columns)
    added.current = rule.key
    change({ ...group, rules: [...group.rules, rule] })
  }
  return (
    <fieldset ref={whole} data-part="rule-group" data-depth={depth}>
      <legend data-part="unseen">{t('group')}</legend>
      <p data-part="rule-match">
        <label htmlFor={id}>{t('match')}</label>
        <select
          id={id}
          value={group.match}
          onChange={event => change({ ...group, match: event.target.value as DraftGroup['match'] })}
        >
          <option value="ALL">{t('matchAll')}</option>
          <option value="ANY">{t('matchAny')}</option>
        </select>
        {remove !== undefined && (
          <button type="button" data-part="rule-remove" onClick={remove}>
            {t('removeGroup')}
          </button>
        )}
      </p>
      {group.rules.map(rule => (
        <Rule
          key={rule.key}
          rule={rule}
          columns={columns}
          fault={faults.get(rule.key)}
          change={next => change({ ...group, rules: group.rules.map(each => (each.key === rule.key ? next : each)) })}
          remove={() => {
            change({ ...group, rules: group.rules.filter(each => each.key !== rule.key) })
            whole.current?.querySelector<HTMLElement>('[data-part=rule-add]')?.focus()
          }}
        />
      ))}
      {group.groups.map(inner => (
        <Group
          key={inner.key}
          group={inner}
          depth={depth + 1}
          columns={columns}
          faults={faults}
          full={full}
          change={next =>
            change({ ...group, groups: group.groups.map(each => (each.key === inner.key ? next : each)) })
          }
          remove={() => {
            change({ ...group, groups: group.groups.filter(each => each.key !== inner.key) })
            whole.current?.querySelector<HTMLElement>('[data-part=rule-add]')?.focus()
          }}
        />
      ))}
      <p data-part="actions">
        <button type="button" data-part="rule-add" disabled={full} onClick={add}>
          {t('addRule')}
        </button>
        {depth < deepest && (
          <button
            type="button"
            data-part="group-add"
            disabled={full}
            onClick={() => {
              const rule = newRule(columns)
              added.current = rule.key
              const inner: DraftGroup = { key: newKey(), match: 'ANY', rules: [rule], groups: [] }
              change({ ...group, groups: [...group.groups, inner] })
            }}
          >
            {t('addGroup')}
          </button>
        )}
      </p>
    </fieldset>
  )
}

const Rule = ({
  rule,
  columns,
  fault,
  change,
  remove
}: {
  readonly rule: DraftRule
  readonly columns: readonly FilterColumn[]
  readonly fault: string | undefined
  change(rule: DraftRule): void
  remove(): void
}): ReactNode => {
  const t = listWords.use()
  const id = useId()
  const column = columns.find(({ name }) => name === rule.column)
  const kind = kindOf(column)
  const hasValue = rule.op !== 'isNull' && rule.op !== 'isFilled'
  const value = (place: 'first' | 'second', label: string): ReactNode => {
    const common = {
      'data-part': 'rule-value',
      'aria-label': column?.unit ? `${label} (${column.unit})` : label,
      'aria-invalid': fault === undefined ? undefined : true,
      'aria-describedby': fault === undefined ? undefined : `${id}fault`,
      value: rule[place],
      onChange: (event: { readonly target: { readonly value: string } }) =>
        change({ ...rule, [place]: event.target.value })
    } as const
    const words =
      kind === 'truth'
        ? [
            { value: 'true', label: t('yes') },
            { value: 'false', label: t('no') }
          ]
        : column?.values
    if (words !== undefined && rule.op !== 'in')
      return (
        <select {...common}>
          <option value="" />
          {words.map(each => (
            <option key={each.value} value={each.value}>
              {each.label}
            </option>
          ))}
        </select>
      )
    if (words !== undefined) return <Words words={words} {...common} />
    if (kind === 'instant') return <input type="datetime-local" {...common} />
    return (
      <input
        type="text"
        dir={kind === 'number' ? 'ltr' : 'auto'}
        inputMode={kind === 'number' && rule.op !== 'in' ? 'decimal' : undefined}
        {...common}
      />
    )
  }
  return (
    <div data-part="rule" data-rule={rule.key}>
      <select
        aria-label={t('column')}
        value={rule.column}
        onChange={event => {
          const name = event.target.value
          const next = columns.find(each => each.name === name)
          const kept = kindOf(next) === kind && column?.values === undefined && next?.values === undefined
          if (kept) change({ ...rule, column: name })
          else change({ ...rule, column: name, op: operatorsOf[kindOf(next)][0]!, first: '', second: '' })
        }}
      >
        {columns.map(({ name, title }) => (
          <option key={name} value={name}>
            {title}
          </option>
        ))}
      </select>
      <select
        aria-label={t('operator')}
        value={rule.op}
        onChange={event => change({ ...rule, op: event.target.value as DraftRule['op'] })}
      >
        {operatorsOf[kind].map(op => (
          <option key={op} value={op}>
            {t(wordOf(op, kind))}
          </option>
        ))}
      </select>
      {hasValue && value('first', t(rule.op === 'between' ? 'first' : rule.op === 'in' ? 'values' : 'value'))}
      {rule.op === 'between' && value('second', t('second'))}
      {hasValue && column?.unit != null && column.unit.length <= 3 && <span aria-hidden="true">{column.unit}</span>}
      <button
        type="button"
        data-part="rule-remove"
        aria-label={t('removeRule')}
        title={t('removeRule')}
        onClick={remove}
      >
        <span aria-hidden="true">×</span>
      </button>
      <p id={`${id}fault`} role="alert" data-part="fault">
        {fault}
      </p>
    </div>
  )
}

/** Several of the words of an enum, as one text with commas between. */
const Words = ({
  words,
  value,
  onChange,
  ...rest
}: {
  readonly words: NonNullable<FilterColumn['values']>
  readonly value: string
  readonly onChange: (event: { readonly target: { readonly value: string } }) => void
  readonly 'data-part': string
  readonly 'aria-label': string
  readonly 'aria-invalid': true | undefined
  readonly 'aria-describedby': string | undefined
}): ReactNode => (
  <select
    multiple
    size={Math.min(words.length, 6)}
    {...rest}
    value={[...split(value)]}
    onChange={event =>
      onChange({ target: { value: [...event.target.selectedOptions].map(option => option.value).join(', ') } })
    }
  >
    {words.map(each => (
      <option key={each.value} value={each.value}>
        {each.label}
      </option>
    ))}
  </select>
)
