import type { GeneratorValue } from 'fast-check'
import fc from 'fast-check'
import {
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType
} from 'graphql'
import { hasFields } from '../../graphql/guarded-schema.ts'

export interface RandomDocument {
  readonly query: string
  readonly variables: Record<string, unknown>
}

const words = ['a', 'b', 'x', 'number', 'id']

/**
 * Documents over a schema: nested fields, aliases, arguments, variables, directives, inline and named fragments.
 * @param wrong how often, in percent, a name or value is replaced by a wrong one
 */
export const randomDocument = (schema: GraphQLSchema, wrong = 0): fc.Arbitrary<RandomDocument> =>
  fc.gen().map(gen => new Writer(schema, gen, wrong).document())

class Writer {
  readonly #schema: GraphQLSchema
  readonly #gen: GeneratorValue
  readonly #wrong: number
  readonly #variables = new Map<string, string>()
  readonly #values: Record<string, unknown> = {}
  readonly #fragments = new Map<string, { readonly type: string; readonly text: string }>()
  #aliases = 0
  #fields = 0

  constructor(schema: GraphQLSchema, gen: GeneratorValue, wrong: number) {
    this.#schema = schema
    this.#gen = gen
    this.#wrong = wrong
  }

  document(): RandomDocument {
    const root = this.#chance(15) ? this.#schema.getMutationType()! : this.#schema.getQueryType()!
    const selections = this.#selections(root, 0)
    const definitions = [...this.#variables].map(([name, type]) => `$${name}: ${type}`).join(', ')
    const operation = `${root.name.toLowerCase()}${definitions === '' ? '' : ` Q(${definitions})`} ${selections}`
    const fragments = [...this.#fragments].map(([name, { type, text }]) => `fragment ${name} on ${type} ${text}`)
    const parts = this.#chance(50) ? [operation, ...fragments] : [...fragments, operation]
    return { query: parts.join('\n'), variables: this.#values }
  }

  #nat(max: number): number {
    return this.#gen(fc.nat, { max })
  }
  #chance(percent: number): boolean {
    return this.#nat(99) < percent
  }
  #pick<T>(from: readonly T[]): T {
    return from[this.#nat(from.length - 1)]!
  }

  #selections(type: GraphQLNamedType, depth: number): string {
    const count = 1 + this.#nat(depth === 0 ? 3 : 4)
    const list: string[] = []
    for (let index = 0; index < count; index++) list.push(this.#selection(type, depth))
    return `{ ${list.join(' ')} }`
  }

  #selection(type: GraphQLNamedType, depth: number): string {
    if (depth > 7) return '__typename'
    if (isAbstractType(type) && !hasFields(type)) return this.#chance(20) ? '__typename' : this.#inline(type, depth)
    if (this.#chance(isAbstractType(type) ? 40 : 10)) return this.#inline(type, depth)
    if (this.#chance(8)) return this.#spread(type, depth)
    if (this.#chance(6)) return `${this.#alias()}__typename${this.#directives()}`
    return this.#field(type, depth)
  }

  #inline(type: GraphQLNamedType, depth: number): string {
    const types: readonly GraphQLNamedType[] = isAbstractType(type)
      ? [type, ...this.#schema.getPossibleTypes(type)]
      : [type, ...(isObjectType(type) ? type.getInterfaces() : [])]
    const inner = this.#pick(types)
    const condition = inner === type && this.#chance(50) ? '' : ` on ${this.#name(inner.name)}`
    return `...${condition}${this.#directives()} ${this.#selections(inner, depth + 1)}`
  }

  #spread(type: GraphQLNamedType, depth: number): string {
    const known = [...this.#fragments].filter(([, each]) => each.type === type.name)
    if (known.length > 0 && this.#chance(60)) return `...${this.#pick(known)[0]}${this.#directives()}`
    const text = this.#selections(type, depth + 1)
    const name = `F${this.#fragments.size}`
    this.#fragments.set(name, { type: type.name, text })
    return `...${name}${this.#directives()}`
  }

  #field(type: GraphQLNamedType, depth: number): string {
    if (!hasFields(type) || this.#fields++ > 60) return '__typename'
    const fields = Object.values(type.getFields())
    const leaves = fields.filter(
      field => !hasFields(getNamedType(field.type)) && !isAbstractType(getNamedType(field.type))
    )
    const field = depth > 4 && leaves.length > 0 ? this.#pick(leaves) : this.#pick(fields)
    const inner = getNamedType(field.type)
    if (depth > 6 && (hasFields(inner) || isAbstractType(inner))) return '__typename'
    const args = field.args
      .filter(arg => isNonNullType(arg.type) || this.#chance(30))
      .map(arg => `${this.#name(arg.name)}: ${this.#input(arg.type, arg.name, 0)}`)
    const composite = hasFields(inner) || isAbstractType(inner)
    const below = composite && !this.#chance(this.#wrong) ? ` ${this.#selections(inner, depth + 1)}` : ''
    return `${this.#alias()}${this.#name(field.name)}${args.length > 0 ? `(${args.join(', ')})` : ''}${this.#directives()}${below}`
  }

  #alias(): string {
    if (this.#aliases >= 15 || !this.#chance(12)) return ''
    this.#aliases++
    return `${this.#pick(words)}: `
  }

  #directives(): string {
    if (!this.#chance(12)) return ''
    const value = this.#chance(50) ? String(this.#chance(50)) : this.#variable('Boolean!', this.#chance(50))
    return ` @${this.#name(this.#pick(['skip', 'include']))}(if: ${value})`
  }

  #variable(type: string, value: unknown): string {
    const known = [...this.#variables].find(([, each]) => each === type)
    if (known !== undefined && this.#chance(70)) return `$${known[0]}`
    const name = `v${this.#variables.size}`
    this.#variables.set(name, this.#chance(this.#wrong) ? 'Nothing' : type)
    this.#values[name] = this.#chance(this.#wrong) ? { odd: [1] } : value
    return `$${name}`
  }

  #name(name: string): string {
    return this.#chance(this.#wrong) ? this.#pick(['bogus', 'Query', '_null', `${name}x`, 'secret', '__type']) : name
  }

  #input(type: GraphQLInputType, name: string, depth: number): string {
    if (this.#chance(this.#wrong)) return this.#pick(['12', '"text"', 'null', '{ a: 1 }', '[1]', 'ENUM', '$unknown'])
    const value = this.#value(type, name, depth)
    // A variable cannot stand inside a value that is itself in a variable.
    if (this.#chance(30)) return this.#variable(String(type), value)
    return literal(value, type)
  }

  #value(type: GraphQLInputType, name: string, depth: number): unknown {
    if (!isNonNullType(type) && this.#chance(5)) return null
    const inner = getNullableType(type) as GraphQLInputType
    if (isListType(inner)) return Array.from({ length: this.#nat(2) }, () => this.#value(inner.ofType, name, depth + 1))
    if (isEnumType(inner)) return this.#pick(inner.getValues()).name
    if (isInputObjectType(inner))
      return Object.fromEntries(
        Object.values(inner.getFields())
          .filter(field => isNonNullType(field.type) || (depth < 2 && this.#chance(30)))
          .map(field => [field.name, this.#value(field.type, field.name, depth + 1)])
      )
    if (String(inner) === 'Int') return this.#nat(4)
    if (String(inner) === 'Boolean') return this.#chance(50)
    return this.#pick(['none', 'trunk', '1', 'x'])
  }
}

const literal = (value: unknown, type: GraphQLInputType): string => {
  const inner = getNullableType(type) as GraphQLInputType
  if (value === null) return 'null'
  if (isListType(inner)) return `[${(value as unknown[]).map(each => literal(each, inner.ofType)).join(', ')}]`
  if (isEnumType(inner)) return String(value)
  if (isInputObjectType(inner))
    return `{ ${Object.entries(value as object)
      .map(([name, each]) => `${name}: ${literal(each, inner.getFields()[name]!.type)}`)
      .join(', ')} }`
  return JSON.stringify(value)
}
