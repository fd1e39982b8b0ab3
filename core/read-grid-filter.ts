import { badInput } from './errors.ts'
import {
  type GridFilterInput,
  type GridOperator,
  type GridRuleInput,
  type GridSortInput,
  gridOperators
} from './grid.ts'

/** What arrives as JSON, outside GraphQL's own type checks. */
type Json = Readonly<Record<string, unknown>>

/** An object with no other properties than these. @throws PortalError BAD_USER_INPUT */
export function readObject(value: unknown, properties: readonly string[], path: string): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw badInput(path, 'must be an object')
  const unknown = Object.keys(value).find(property => !properties.includes(property))
  if (unknown !== undefined) throw badInput(path, 'has a property it cannot have')
  return value as Json
}

function readList<Item>(
  value: unknown,
  path: string,
  readItem: (item: unknown, path: string) => Item
): readonly Item[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) throw badInput(path, 'must be a list')
  return value.map((item, index) => readItem(item, `${path}[${index}]`))
}

function readText(value: unknown, path: string): string {
  if (typeof value !== 'string') throw badInput(path, 'must be a text')
  return value
}

function readRule(value: unknown, path: string): GridRuleInput {
  const rule = readObject(value, ['column', 'op', 'value', 'values'], path)
  if (!gridOperators.includes(rule.op as GridOperator)) throw badInput(`${path}.op`, 'is no operator')
  return {
    column: readText(rule.column, `${path}.column`),
    op: rule.op as GridOperator,
    ...(rule.value == null ? {} : { value: readText(rule.value, `${path}.value`) }),
    ...(rule.values == null ? {} : { values: readList(rule.values, `${path}.values`, readText) })
  }
}

// Deeper than `gridPlan` allows, so that it says so; bounded, because JSON may be nested without end.
const deepest = 8

/**
 * A filter tree that came as JSON, in the shape the input type `GridFilter` would have given it.
 * @throws PortalError BAD_USER_INPUT naming the path
 */
export function readGridFilter(value: unknown, path: string, depth = 1): GridFilterInput {
  if (depth > deepest) throw badInput(path, 'is nested too deep')
  const group = readObject(value, ['match', 'rules', 'groups'], path)
  if (group.match != null && group.match !== 'ALL' && group.match !== 'ANY')
    throw badInput(`${path}.match`, 'must be ALL or ANY')
  return {
    match: (group.match ?? 'ALL') as 'ALL' | 'ANY',
    rules: readList(group.rules, `${path}.rules`, readRule),
    groups: readList(group.groups, `${path}.groups`, (item, at) => readGridFilter(item, at, depth + 1))
  }
}

/** A sort that came as JSON, in the shape of `[SortInput!]`. @throws PortalError BAD_USER_INPUT naming the path */
export function readGridSort(value: unknown, path: string): readonly GridSortInput[] {
  return readList(value, path, (item, at) => {
    const sort = readObject(item, ['column', 'dir'], at)
    if (sort.dir != null && sort.dir !== 'ASC' && sort.dir !== 'DESC')
      throw badInput(`${at}.dir`, 'must be ASC or DESC')
    return { column: readText(sort.column, `${at}.column`), dir: (sort.dir ?? 'ASC') as 'ASC' | 'DESC' }
  })
}
