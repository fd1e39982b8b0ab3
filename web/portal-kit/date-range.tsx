import { type ReactNode, useEffect, useId, useState } from 'react'
import { useFormats } from '../kit/formats.ts'
import { listWords } from './list-words.ts'
import { type InstantRange, isRangePreset, type RangePreset, rangeOfPreset, rangePresets } from './range-preset.ts'
import { fromLocalField, toLocalField } from './zoned-time.ts'
import './portal-kit.css'

export { type InstantRange, isRangePreset, type RangePreset, rangeOfPreset, rangePresets } from './range-preset.ts'

/** A period; `preset` names what it was chosen by, and is missing when its ends were typed in. */
export interface DateRangeValue extends InstantRange {
  readonly preset?: string
}

const day = 86_400_000
/** Clocks may be put back within the period; then it has as much more. */
const hour = 3_600_000

/**
 * A period, by preset or by its two ends, in the viewer's time zone. A period that cannot be is told, not handed on.
 * @param value instants in ISO 8601, UTC
 * @param maxDays days it may span
 */
export const DateRangeField = ({
  value,
  onChange,
  presets = rangePresets,
  maxDays
}: {
  readonly value: DateRangeValue
  onChange(value: DateRangeValue): void
  readonly presets?: readonly RangePreset[]
  readonly maxDays: number
}): ReactNode => {
  const t = listWords.use()
  const { timeZone } = useFormats()
  const id = useId()
  const [ends, setEnds] = useState({ from: '', to: '' })
  const [fault, setFault] = useState<string | null>(null)
  const [custom, setCustom] = useState(value.preset === undefined)
  useEffect(() => {
    setEnds({ from: toLocalField(value.from, timeZone), to: toLocalField(value.to, timeZone) })
    setFault(null)
    setCustom(value.preset === undefined)
  }, [value.from, value.to, value.preset, timeZone])

  const type = (end: 'from' | 'to', text: string): void => {
    const next = { ...ends, [end]: text }
    setEnds(next)
    setCustom(true)
    // An end that was not typed stays to the second; and twice a year only the instant says which of two hours is meant.
    const instantOf = (of: 'from' | 'to'): string | null =>
      next[of] === toLocalField(value[of], timeZone) ? value[of] : fromLocalField(next[of], timeZone)
    const [from, to] = [instantOf('from'), instantOf('to')]
    const span = from === null || to === null ? Number.NaN : Date.parse(to) - Date.parse(from)
    if (from === null || to === null || Number.isNaN(span)) setFault(t('rangeMissing'))
    else if (span <= 0) setFault(t('rangeInverted'))
    else if (span > maxDays * day + hour) setFault(t('rangeTooLong', { count: maxDays }))
    else onChange({ from, to })
  }
  const preset = custom || value.preset === undefined ? '' : value.preset
  return (
    <fieldset data-part="date-range" aria-describedby={`${id}zone`}>
      <legend data-part="unseen">{t('period')}</legend>
      <p data-part="field">
        <label htmlFor={`${id}preset`}>{t('period')}</label>
        <select
          id={`${id}preset`}
          value={preset}
          onChange={event => {
            const chosen = event.target.value
            if (isRangePreset(chosen)) onChange({ ...rangeOfPreset(chosen, new Date(), timeZone), preset: chosen })
            else onChange({ from: value.from, to: value.to })
          }}
        >
          {presets.map(each => (
            <option key={each} value={each}>
              {t(each)}
            </option>
          ))}
          <option value="">{t('custom')}</option>
        </select>
      </p>
      {(['from', 'to'] as const).map(end => (
        <p key={end} data-part="field">
          <label htmlFor={`${id}${end}`}>{t(end)}</label>
          <input
            id={`${id}${end}`}
            type="datetime-local"
            value={ends[end]}
            aria-invalid={fault === null ? undefined : true}
            aria-describedby={fault === null ? undefined : `${id}fault`}
            onChange={event => type(end, event.target.value)}
          />
        </p>
      ))}
      <p id={`${id}zone`} data-part="time-zone">
        {t('zone', { zone: timeZone })}
      </p>
      <p id={`${id}fault`} role="alert" data-part="fault">
        {fault}
      </p>
    </fieldset>
  )
}
