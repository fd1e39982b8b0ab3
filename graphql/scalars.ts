import { GraphQLError, GraphQLScalarType, type GraphQLSchema, valueFromASTUntyped } from 'graphql'
import { formatInstant, formatMoney, formatRate, parseInstant, parseMoney, parseRate } from '../core/amount.ts'

/** How a scalar is written to and read from the wire. `undefined` from `parse` refuses the value. */
export interface ScalarCodec {
  serialize(value: unknown): unknown
  parse(value: unknown): unknown
}

const text = (parse: (value: string) => unknown) => (value: unknown) =>
  typeof value === 'string' ? parse(value) : undefined

const decimal = (format: (units: bigint) => string, parse: (value: string) => bigint | undefined): ScalarCodec => ({
  serialize: value => (typeof value === 'bigint' ? format(value) : typeof value === 'string' ? value : undefined),
  parse: text(parse)
})

const day = /^\d{4}-\d{2}-\d{2}$/

/** The portal's scalars. Instants are milliseconds inside, money 10^-6 and rates 10^-9 units as BigInt. */
export const scalarCodecs: Readonly<Record<string, ScalarCodec>> = {
  DateTime: {
    serialize: value =>
      typeof value === 'number' && Number.isFinite(value)
        ? formatInstant(value)
        : value instanceof Date
          ? value.toISOString()
          : typeof value === 'string'
            ? value
            : undefined,
    parse: text(parseInstant)
  },
  Date: {
    serialize: value =>
      typeof value === 'number' && Number.isFinite(value)
        ? formatInstant(value).slice(0, 10)
        : typeof value === 'string'
          ? value
          : undefined,
    parse: text(value => (day.test(value) && parseInstant(value) !== undefined ? value : undefined))
  },
  Money: decimal(formatMoney, parseMoney),
  Rate: decimal(formatRate, parseRate),
  JSON: { serialize: value => value, parse: value => value }
}

/** Gives the schema's scalars their codecs; a scalar without one passes values through. */
export const applyScalars = (schema: GraphQLSchema, codecs: Readonly<Record<string, ScalarCodec>>): void => {
  for (const type of Object.values(schema.getTypeMap())) {
    const codec = type instanceof GraphQLScalarType ? codecs[type.name] : undefined
    if (codec === undefined || !(type instanceof GraphQLScalarType)) continue
    const parse = (value: unknown): unknown => {
      const result = codec.parse(value)
      if (result === undefined) throw new GraphQLError(`${type.name} cannot represent this value.`)
      return result
    }
    type.serialize = value => {
      const result = codec.serialize(value)
      if (result === undefined) throw new TypeError(`${type.name} cannot represent a ${typeof value}`)
      return result
    }
    type.parseValue = parse
    type.parseLiteral = (node, variables) => parse(valueFromASTUntyped(node, variables))
  }
}
