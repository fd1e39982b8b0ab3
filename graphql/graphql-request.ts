import { PortalError } from '../core/errors.ts'

/** What GraphQL over HTTP calls a well-formed request. */
export interface GraphqlRequest {
  readonly query: string
  readonly operationName: string | null
  readonly variables: Readonly<Record<string, unknown>>
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const bad = (name: string, why: string): PortalError => new PortalError('QUERY_INVALID', `${name}: ${why}`)

/** A member that may be absent or null. */
const optional = <T>(value: unknown, name: string, is: (value: unknown) => value is T, what: string): T | null => {
  if (value === undefined || value === null) return null
  if (!is(value)) throw bad(name, `has to be ${what}`)
  return value
}

const isText = (value: unknown): value is string => typeof value === 'string'

/** @throws PortalError QUERY_INVALID naming the member */
export const readBody = (body: unknown): GraphqlRequest => {
  if (Array.isArray(body)) throw bad('body', 'has to be one request; lists of requests are not served')
  if (!isMap(body)) throw bad('body', 'has to be an object')
  const { query, operationName, variables, extensions } = body
  if (!isText(query)) throw bad('query', 'has to be a text')
  optional(extensions, 'extensions', isMap, 'an object')
  return {
    query,
    operationName: optional(operationName, 'operationName', isText, 'a text'),
    variables: optional(variables, 'variables', isMap, 'an object') ?? {}
  }
}

/** @param search what follows `?`; `variables` and `extensions` are JSON texts there */
export const readQueryString = (search: string): GraphqlRequest => {
  const params = new URLSearchParams(search)
  const json = (name: string): unknown => {
    const text = params.get(name)
    if (text === null || text === '') return null
    try {
      return JSON.parse(text)
    } catch {
      throw bad(name, 'has to be JSON')
    }
  }
  return readBody({
    query: params.get('query') ?? undefined,
    operationName: params.get('operationName') || null,
    variables: json('variables'),
    extensions: json('extensions')
  })
}
