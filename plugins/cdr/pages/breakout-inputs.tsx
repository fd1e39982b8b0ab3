import { type ReactNode, useId, useMemo } from 'react'
import { ColumnChooser } from '../../../web/portal-kit/column-chooser.tsx'
import { DateRangeField, isRangePreset } from '../../../web/portal-kit/date-range.tsx'
import { type FilterColumn, QueryBuilder } from '../../../web/portal-kit/query-builder.tsx'
import type { InstantRange } from '../../../web/portal-kit/range-preset.ts'
import { enumText, useBreakoutTexts } from './breakout-cell.tsx'
import type { BreakoutColumn, BreakoutColumns } from './breakout-column.ts'
import { buckets, faultOfRange, isBucket, mostDays, mostMonths } from './breakout-range.ts'
import { type BreakoutState, mostGroups } from './breakout-state.ts'
import { words } from './breakout-words.ts'

const presets = ['today', 'yesterday', 'last7Days', 'thisMonth', 'lastMonth'] as const

/** More than any report may span: the page says itself what is too long, as it depends on the groups. */
const anyDays = 36_500

/** What a report is made of. A change of it is not yet a report. */
export const BreakoutInputs = ({
  state,
  range,
  columns,
  change
}: {
  readonly state: BreakoutState
  /** The period as it would be now. */
  readonly range: InstantRange
  readonly columns: BreakoutColumns
  change(part: Partial<BreakoutState>): void
}): ReactNode => {
  const t = words.use()
  const id = useId()
  const texts = useBreakoutTexts()
  const groupBy = state.groupBy ?? columns.standardGroups
  const isTimed = columns.time !== undefined && groupBy.includes(columns.time)
  const fault = faultOfRange(range, isTimed && state.bucket === 'HOUR')

  const filterColumn = ({ name, title, type, unitText, values }: BreakoutColumn): FilterColumn => ({
    name,
    title,
    type,
    unit: unitText,
    ...(values !== undefined && {
      values: values.map(value => ({ value, label: enumText(t, value) }))
    })
  })
  const groupFilters = columns.groups.filter(({ filterable }) => filterable).map(filterColumn)
  const metricFilters = columns.metrics.filter(({ filterable }) => filterable).map(filterColumn)
  const choosable = useMemo(
    () => columns.metrics.map(column => ({ name: column.name, title: texts.heading(column) })),
    [columns, texts.heading]
  )
  const places = Math.min(groupBy.length + 1, mostGroups, columns.groups.length)
  const setGroup = (place: number, name: string): void =>
    change({ groupBy: [...groupBy.slice(0, place), ...(name === '' ? [] : [name]), ...groupBy.slice(place + 1)] })
  return (
    <>
      <DateRangeField
        value={'preset' in state.range ? { ...range, preset: state.range.preset } : state.range}
        presets={presets}
        maxDays={anyDays}
        onChange={({ preset, from, to }) => change({ range: isRangePreset(preset) ? { preset } : { from, to } })}
      />
      <p role="alert" data-part="fault" id={`${id}fault`}>
        {fault !== null && t(fault, { count: fault === 'rangeHour' ? mostDays : mostMonths })}
      </p>
      <fieldset data-part="breakout-groups">
        <legend data-part="unseen">{t('groups')}</legend>
        {Array.from({ length: places }, (_, place) => {
          const chosen = groupBy[place] ?? ''
          const key = `${place}`
          return (
            <p key={key} data-part="field">
              <label htmlFor={`${id}group${place}`}>
                {place === 0 ? t('firstGroup') : t('nextGroup', { place: place + 1 })}
              </label>
              <select id={`${id}group${place}`} value={chosen} onChange={event => setGroup(place, event.target.value)}>
                {(place > 0 || groupBy.length > 1) && <option value="">{t('noGroup')}</option>}
                {columns.groups
                  .filter(({ name }) => name === chosen || !groupBy.includes(name))
                  .map(({ name, title }) => (
                    <option key={name} value={name}>
                      {title}
                    </option>
                  ))}
              </select>
            </p>
          )
        })}
        {isTimed && (
          <p data-part="field">
            <label htmlFor={`${id}bucket`}>{t('bucket')}</label>
            <select
              id={`${id}bucket`}
              value={state.bucket}
              onChange={event => {
                if (isBucket(event.target.value)) change({ bucket: event.target.value })
              }}
            >
              {buckets.map(bucket => (
                <option key={bucket} value={bucket}>
                  {t(bucket)}
                </option>
              ))}
            </select>
          </p>
        )}
      </fieldset>
      {(columns.destination.name !== undefined || columns.destination.code !== undefined) && (
        <p data-part="field">
          <label htmlFor={`${id}destination`}>{t('destination')}</label>
          <input
            id={`${id}destination`}
            type="search"
            value={state.destination}
            maxLength={256}
            placeholder={t('destinationHint')}
            onChange={event => change({ destination: event.target.value })}
          />
        </p>
      )}
      <div data-part="breakout-choices">
        {groupFilters.length > 0 && (
          // biome-ignore lint/a11y/useSemanticElements: a fieldset is for controls of one form
          <div role="group" aria-labelledby={`${id}calls`} data-part="field">
            <span id={`${id}calls`} data-part="label">
              {t('calls')}
            </span>
            <QueryBuilder columns={groupFilters} value={state.filter} onChange={filter => change({ filter })} />
          </div>
        )}
        {metricFilters.length > 0 && (
          // biome-ignore lint/a11y/useSemanticElements: a fieldset is for controls of one form
          <div role="group" aria-labelledby={`${id}rows`} data-part="field">
            <span id={`${id}rows`} data-part="label">
              {t('rows')}
            </span>
            <QueryBuilder columns={metricFilters} value={state.having} onChange={having => change({ having })} />
          </div>
        )}
        {choosable.length > 0 && (
          <ColumnChooser
            columns={choosable}
            chosen={state.metrics ?? columns.standardMetrics}
            standard={columns.standardMetrics}
            onChange={metrics => change({ metrics })}
          />
        )}
      </div>
    </>
  )
}
