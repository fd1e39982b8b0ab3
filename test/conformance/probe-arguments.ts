import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType
} from 'graphql'
import { until } from './conformance-world.ts'

type Values = Readonly<Record<string, unknown>>
type Field = GraphQLField<unknown, unknown>
/** A place in the arguments of a root field where a text or an id goes. */
export interface Place {
  readonly path: readonly (string | number)[]
  /** Coordinate of the argument or input field: `DidFilter.search`. */
  readonly coordinate: string
  /** Name of the argument or input field. */
  readonly name: string
  readonly isId: boolean
}

const week = 7 * 86_400_000
const isTime = (type: GraphQLInputType): boolean => ['DateTime', 'Date'].includes(getNamedType(type).name)
const holdsTime = (type: GraphQLInputType): boolean => {
  const named = getNamedType(type)
  return isInputObjectType(named) && Object.values(named.getFields()).some(field => isTime(field.type))
}

/** A value of this type, with what it must have and its stretch of time, and nothing more. */
export function sampleOf(type: GraphQLInputType, coordinate: string, name: string, values: Values): unknown {
  if (Object.hasOwn(values, coordinate)) return values[coordinate]
  const open = getNullableType(type)
  if (isListType(open)) return [sampleOf(open.ofType, coordinate, name, values)]
  if (isEnumType(open)) return open.getValues()[0]?.name
  if (isInputObjectType(open)) return sampleObject(open, values)
  switch (getNamedType(open).name) {
    case 'Int':
    case 'Float':
      return 1
    case 'Boolean':
      return true
    case 'DateTime':
      return new Date(/^(from|after|since)/.test(name) ? until - week : until).toISOString()
    case 'Date':
      return new Date(/^(from|after|since)/.test(name) ? until - week : until).toISOString().slice(0, 10)
    case 'Money':
    case 'Rate':
      return '1.00'
    default:
      return 'nothing-like-it0'
  }
}

const needed = (field: GraphQLInputField | GraphQLArgument): boolean =>
  (isNonNullType(field.type) && field.defaultValue === undefined) || isTime(field.type) || holdsTime(field.type)

interface InputField {
  readonly field: GraphQLInputField
  readonly coordinate: string
  readonly isNeeded: boolean
}

// Asked for with every sample of every probe: found anew each time, it was half the work of whole files.
const known = new WeakMap<GraphQLInputObjectType, readonly InputField[]>()
const inputFieldsOf = (type: GraphQLInputObjectType): readonly InputField[] => {
  const before = known.get(type)
  if (before !== undefined) return before
  const found = Object.values(type.getFields()).map(field => ({
    field,
    coordinate: `${type.name}.${field.name}`,
    isNeeded: needed(field)
  }))
  known.set(type, found)
  return found
}

function sampleObject(type: GraphQLInputObjectType, values: Values): Record<string, unknown> {
  const sample: Record<string, unknown> = {}
  for (const { field, coordinate, isNeeded } of inputFieldsOf(type))
    if (isNeeded || Object.hasOwn(values, coordinate))
      sample[field.name] = sampleOf(field.type, coordinate, field.name, values)
  return sample
}

export const argumentCoordinate = (root: string, argument: string): string => `${root}(${argument}:)`

/** The least a root field needs. */
export function sampleArguments(root: string, field: Field, values: Values): Record<string, unknown> {
  const wanted = field.args.filter(
    argument => needed(argument) || Object.hasOwn(values, argumentCoordinate(root, argument.name))
  )
  return Object.fromEntries(
    wanted.map(argument => [
      argument.name,
      sampleOf(argument.type, argumentCoordinate(root, argument.name), argument.name, values)
    ])
  )
}

/** Every place for a text or an id in a root field's arguments; each input type once on a path. */
export function placesIn(root: string, field: Field): readonly Place[] {
  const visit = (
    type: GraphQLInputType,
    path: readonly (string | number)[],
    coordinate: string,
    name: string,
    above: readonly string[]
  ): Place[] => {
    const open = getNullableType(type)
    if (isListType(open)) return visit(open.ofType, [...path, 0], coordinate, name, above)
    if (isInputObjectType(open)) {
      if (above.includes(open.name)) return []
      return Object.values(open.getFields()).flatMap(inner =>
        visit(inner.type, [...path, inner.name], `${open.name}.${inner.name}`, inner.name, [...above, open.name])
      )
    }
    const isId = getNamedType(open).name === 'ID'
    return isId || getNamedType(open).name === 'String' ? [{ path, coordinate, name, isId }] : []
  }
  return field.args.flatMap(argument =>
    visit(argument.type, [argument.name], argumentCoordinate(root, argument.name), argument.name, [])
  )
}

/** The sample arguments with another value at one place; what stands around it is filled up. */
export function withValue(
  root: string,
  field: Field,
  values: Values,
  place: Place,
  value: unknown,
  beside: Values = {}
): Record<string, unknown> {
  const put = (current: unknown, type: GraphQLInputType, path: readonly (string | number)[]): unknown => {
    const [step, ...rest] = path
    if (step === undefined) return value
    const open = getNullableType(type)
    if (isListType(open)) return [put(Array.isArray(current) ? current[0] : undefined, open.ofType, rest)]
    if (!isInputObjectType(open)) return value
    const base = (current as Record<string, unknown> | undefined) ?? sampleObject(open, values)
    const inner = open.getFields()[step as string]!
    const filled = rest.length === 0 ? { ...base, ...beside } : base
    return { ...filled, [inner.name]: put(base[inner.name], inner.type, rest) }
  }
  const sample = sampleArguments(root, field, values)
  const [name, ...rest] = place.path as [string, ...(string | number)[]]
  const argument = field.args.find(each => each.name === name)!
  return { ...sample, [name]: put(sample[name], argument.type, rest) }
}

/** Everything a field can give, down to the leaves; fields that need arguments are left out. */
export function selectionOf(type: unknown, above: readonly string[] = []): string {
  const named = getNamedType(type as GraphQLInputType) as unknown
  if (!isObjectType(named) || above.includes(named.name) || above.length > 5) return ''
  const fields = Object.values(named.getFields())
    .filter(field => !field.args.some(argument => isNonNullType(argument.type)))
    .flatMap(field => {
      if (isLeafType(getNamedType(field.type))) return [field.name]
      const inner = selectionOf(field.type, [...above, named.name])
      return inner === '' ? [] : [`${field.name} ${inner}`]
    })
  return fields.length === 0 ? '' : `{ ${fields.join(' ')} }`
}

/** A document that asks for all of one root field, its arguments as variables. */
export function documentOf(operation: 'query' | 'mutation', field: Field): string {
  const declared = field.args.map(argument => `$${argument.name}: ${String(argument.type)}`).join(', ')
  const passed = field.args.map(argument => `${argument.name}: $${argument.name}`).join(', ')
  return `${operation}${declared === '' ? '' : `(${declared})`} { ${field.name}${passed === '' ? '' : `(${passed})`} ${selectionOf(field.type)} }`
}
