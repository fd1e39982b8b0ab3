import type { GridFilterValue, GridRuleValue } from './grid-filter.ts'
import { isRangePreset, type RangePreset } from './range-preset.ts'

// Reads what the address or a saved view says of a list. Whoever wrote it, what is not understood is left out.

/** A period as it was chosen: a preset, which moves with the day, or two instants in ISO 8601. */
export type ChosenPeriod = { readonly preset: RangePreset } | { readonly from: string; readonly to: string }

type Json = Readonly<Record<string, unknown>>
export const isJson = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

/** Names, each once; null when there is none. */
export const readNames = (value: unknown): readonly string[] | null => {
  const names = [...new Set(list(value).filter((each): each is string => typeof each === 'string' && each !== ''))]
  return names.length > 0 ? names : null
}

const readRule = (value: unknown): readonly GridRuleValue[] => {
  if (!isJson(value) || typeof value.column !== 'string' || typeof value.op !== 'string') return []
  const rule = { column: value.column, op: value.op as GridRuleValue['op'] }
  if (Array.isArray(value.values)) return [{ ...rule, values: value.values.map(String) }]
  return typeof value.value === 'string' ? [{ ...rule, value: value.value }] : []
}

/** At most three deep; null when no rule is left. */
export const readFilter = (value: unknown, depth = 1): GridFilterValue | null => {
  if (!isJson(value) || depth > 3) return null
  const rules = list(value.rules).flatMap(readRule)
  const groups = list(value.groups).flatMap(each => readFilter(each, depth + 1) ?? [])
  if (rules.length + groups.length === 0) return null
  return {
    match: value.match === 'ANY' ? 'ANY' : 'ALL',
    ...(rules.length > 0 && { rules }),
    ...(groups.length > 0 && { groups })
  }
}

const isInstant = (value: unknown): value is string =>
  typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value) && !Number.isNaN(Date.parse(value))

/** @param otherwise where it is no period */
export const readPeriod = (value: unknown, otherwise: ChosenPeriod): ChosenPeriod => {
  if (!isJson(value)) return otherwise
  const { preset, from, to } = value
  if (typeof preset === 'string' && isRangePreset(preset)) return { preset }
  return isInstant(from) && isInstant(to) && Date.parse(from) < Date.parse(to) ? { from, to } : otherwise
}

/** Null where it is no sort. */
export const readSort = (value: unknown): { readonly column: string; readonly dir: 'ASC' | 'DESC' } | null =>
  isJson(value) && typeof value.column === 'string' && (value.dir === 'ASC' || value.dir === 'DESC')
    ? { column: value.column, dir: value.dir }
    : null
