import type { FastifyError, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { type ExecutionResult, execute, type GraphQLError } from 'graphql'
import mercurius from 'mercurius'
import { PortalError } from '../core/errors.ts'
import { restoreNames } from './cut-document.ts'
import { graphiqlRoutes } from './graphiql.ts'
import { type GraphqlRequest, readBody, readQueryString } from './graphql-request.ts'
import { callerKey, type GuardedSchema } from './guarded-schema.ts'
import { defaultLimits, type Limits } from './limits.ts'
import { ErrorMask, type PublicError } from './mask-error.ts'
import { answerType, namesPlainJson, wantsPage } from './media-type.ts'
import { InvalidQuery, type Plan, Planner } from './planner.ts'

/** Who asks, and what resolvers are given. */
export interface EndpointCall<Caller> {
  readonly caller: Caller
  /** A fresh object for each request; resolvers get it as their context (the server adds to it). */
  readonly context: object
  /** What the answer says of its execution beside data and errors, asked once that is over. */
  extensions?(): Readonly<Record<string, unknown>>
}

/** What monitoring is told of an endpoint. */
export interface EndpointWatch {
  /** An answer carries an error of this code. */
  failed(code: string): void
  /** Hands over how to ask what the planner keeps and has built. */
  planner(counts: () => { readonly plans: number; readonly built: number }): void
}

export interface EndpointOptions<Caller> {
  /** `/graphql`. */
  readonly path: string
  readonly schema: GuardedSchema<Caller>
  /**
   * Asked once a request, after the document has passed its limits and before anything else costly.
   * @param roots root fields of the operation, for limits that count fields
   * @throws PortalError to refuse the request with the error table's status (UNAUTHENTICATED, UNAVAILABLE, RATE_LIMITED …)
   */
  contextOf(request: FastifyRequest, roots: number): Promise<EndpointCall<Caller>> | EndpointCall<Caller>
  readonly limits?: Partial<Limits>
  /** Largest body in bytes; 1 MiB unless said otherwise. */
  readonly bodyLimit?: number
  /** Serves a GraphiQL page to browsers on GET without a query. Demo and development only. */
  readonly graphiql?: boolean
  /** Answers 294 and 422 as the newer draft of GraphQL over HTTP says; the audit suite still wants 200 and 400. */
  readonly draftStatuses?: boolean
  /** Turns an error of the database driver into a PortalError; leaves others as they are. */
  mapError?(error: unknown): unknown
  readonly watch?: EndpointWatch | undefined
}

/** An answer before it is written. */
interface Answer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

const mebibyte = 1024 * 1024
/** Texts that mercurius keeps parsed and compiled. */
const compiledTexts = 200
/** A text is compiled when it comes the second time. */
const compileAfter = 1

/** A refusal with an HTTP status that the error table does not have. */
class HttpRefusal extends PortalError {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super('QUERY_INVALID', message)
    this.status = status
    this.headers = headers
  }
}

const asRefusal = (error: FastifyError): unknown => {
  if (error instanceof PortalError || error.statusCode === undefined) return error
  if (error.statusCode === 413) return new PortalError('PAYLOAD_TOO_LARGE')
  if (error.statusCode === 415) return new HttpRefusal(415, 'Send application/json in UTF-8.')
  if (error.statusCode < 500) return new HttpRefusal(error.statusCode, 'The request is not well-formed JSON.')
  return error
}

/** One endpoint: from the request's text to the masked answer. */
class Endpoint<Caller> {
  readonly #options: EndpointOptions<Caller>
  readonly #planner: Planner<Caller>
  readonly #mask: ErrorMask

  constructor(options: EndpointOptions<Caller>) {
    this.#options = options
    this.#planner = new Planner(options.schema, { ...defaultLimits, ...options.limits })
    this.#mask = new ErrorMask(options.mapError)
    options.watch?.planner(() => this.#planner.counts)
  }

  /** @param read gives the GraphQL request; may throw */
  async handle(request: FastifyRequest, reply: FastifyReply, read: () => GraphqlRequest): Promise<FastifyReply> {
    const type = answerType(request.headers.accept)
    if (type === null)
      return this.refuse(request, reply, new HttpRefusal(406, 'Accept application/graphql-response+json.'))
    try {
      const { status, body } = await this.#answer(request, reply, read())
      return reply.code(status).header('content-type', `${type}; charset=utf-8`).send(JSON.stringify(body))
    } catch (error) {
      return this.refuse(request, reply, error)
    }
  }

  /** Answers a request that was not executed. */
  refuse(request: FastifyRequest, reply: FastifyReply, error: unknown): FastifyReply {
    const { accept } = request.headers
    const type = answerType(accept) ?? 'application/json'
    const { refusal, errors } = this.#mask.ofRequest(error, request.log)
    this.#options.watch?.failed(refusal.code)
    if (refusal instanceof HttpRefusal) reply.headers(refusal.headers)
    const { retryAfter } = refusal.extensions
    if (typeof retryAfter === 'number') reply.header('retry-after', Math.ceil(retryAfter))
    else if (refusal.statusCode === 503) reply.header('retry-after', 1)
    return reply
      .code(this.#statusOf(error, refusal, type === 'application/json' && namesPlainJson(accept)))
      .header('content-type', `${type}; charset=utf-8`)
      .send(JSON.stringify({ errors }))
  }

  #statusOf(error: unknown, refusal: PortalError, plainJson: boolean): number {
    if (refusal instanceof HttpRefusal) return refusal.status
    if (!(error instanceof InvalidQuery)) return refusal.statusCode
    if (this.#options.draftStatuses) return error.parsed ? 422 : 400
    return plainJson ? 200 : refusal.statusCode
  }

  async #answer(request: FastifyRequest, reply: FastifyReply, asked: GraphqlRequest): Promise<Answer> {
    const planner = this.#planner
    const facts = planner.document(asked.query)
    const operation = planner.operation(facts, asked.operationName)
    if (request.method === 'GET' && operation.kind !== 'query')
      throw new HttpRefusal(405, 'Send mutations by POST.', { allow: 'POST' })
    const { caller, context, extensions } = await this.#options.contextOf(request, operation.roots)
    const plan = planner.plan(facts, operation, caller)
    const variables = planner.variables(plan, asked.variables, caller)

    const refused = plan.refused.map(({ path, condition }) => ({ path, refusal: condition.refuse(caller) }))
    if (plan.allRefused && refused.every(each => each.refusal.code === 'UNAUTHENTICATED')) throw refused[0]!.refusal
    if (plan.kind === 'mutation' && refused.length > 0) return this.#executed(null, refused.map(told), plan)

    const introspected = plan.introspection && (await this.#introspect(plan.introspection.document, asked, caller))
    if (plan.text === null) return this.#executed(introspected, [], plan)
    const result = await this.#run(plan, Object.assign(context, { [callerKey]: caller }), variables, reply)
    let data = (result.data ?? null) as Record<string, unknown> | null
    if (data !== null && plan.renamed.size > 0) data = restoreNames(data, plan.renamed) as Record<string, unknown>
    for (const name of plan.introspection?.names ?? []) if (answers(data, name)) data[name] = introspected?.[name]
    const errors = (result.errors ?? []).map(error => this.#mask.ofField(error, request.log))
    // One that was skipped is not there, or leaves its name to a visible field.
    for (const each of refused) if (data === null || data[each.path] === null) errors.push(told(each))
    return this.#executed(data, errors, plan, extensions?.())
  }

  #executed(
    data: Record<string, unknown> | null,
    errors: readonly PublicError[],
    plan: Plan<Caller>,
    more: Readonly<Record<string, unknown>> = {}
  ): Answer {
    if (plan.kind === 'mutation') refuseWhole(data, errors)
    const body: Record<string, unknown> = { data }
    if (errors.length > 0) {
      body.errors = errors
      for (const { extensions } of errors) this.#options.watch?.failed(String(extensions.code))
    }
    const extensions = { ...(plan.hidden.length > 0 ? { access: { hidden: plan.hidden } } : {}), ...more }
    if (Object.keys(extensions).length > 0) body.extensions = extensions
    return { status: errors.length > 0 && this.#options.draftStatuses ? 294 : 200, body }
  }

  async #introspect(
    document: NonNullable<Plan<Caller>['introspection']>['document'],
    asked: GraphqlRequest,
    caller: Caller
  ): Promise<Record<string, unknown>> {
    const { data, errors } = await execute({
      schema: this.#planner.schemaOf(caller),
      document,
      variableValues: asked.variables
    })
    if (errors !== undefined) throw new Error('Introspection failed', { cause: errors[0] })
    return (data ?? {}) as Record<string, unknown>
  }

  async #run(
    { text, interpreted }: Plan<Caller>,
    context: object,
    variables: Record<string, unknown> | undefined,
    reply: FastifyReply
  ): Promise<ExecutionResult> {
    if (interpreted !== null)
      return execute({
        schema: this.#options.schema.executed,
        document: interpreted,
        contextValue: context,
        variableValues: variables
      })
    try {
      return (await reply.graphql(text!, context as Record<string, unknown>, variables)) as ExecutionResult
    } catch (error) {
      // Nothing is handed on that was not checked before, so this is a fault of ours.
      const { errors } = error as { errors?: readonly GraphQLError[] }
      throw new Error('The prepared document was refused', { cause: errors?.[0] ?? error })
    }
  }
}

/** A mutation of which nothing could be done for now is refused like any request: with status 503 and Retry-After. */
const refuseWhole = (data: Record<string, unknown> | null, errors: readonly PublicError[]): void => {
  const [first] = errors
  if (first === undefined || errors.some(({ extensions }) => extensions.code !== 'UNAVAILABLE')) return
  const refused = new Set(errors.filter(({ path }) => path?.length === 1).map(({ path }) => path![0]))
  if (Object.entries(data ?? {}).every(([name, value]) => value === null && refused.has(name)))
    throw new PortalError('UNAVAILABLE', first.message, { retryAfter: Number(first.extensions.retryAfter ?? 2) })
}

/** What the answer says of a root field that was refused. */
const told = ({ path, refusal }: { readonly path: string; readonly refusal: PortalError }): PublicError => ({
  message: refusal.message,
  path: [path],
  extensions: refusal.extensions
})

/** False for a skipped field; compiled queries leave its name behind without a value. */
const answers = (data: Record<string, unknown> | null, name: string): data is Record<string, unknown> =>
  data !== null && data[name] !== undefined

const otherMethods = ['PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD']

/** Register it with `app.register(graphqlEndpoint({...}))`; encapsulated, so several live in one server. */
export const graphqlEndpoint =
  <Caller>(options: EndpointOptions<Caller>): FastifyPluginAsync =>
  async app => {
    const endpoint = new Endpoint(options)
    const { path: url } = options
    await app.register(mercurius, {
      schema: options.schema.executed,
      routes: false,
      subscription: false,
      graphiql: false,
      allowBatchedQueries: false,
      cache: compiledTexts,
      jit: compileAfter,
      // Masking happens after this, where the request's log is at hand.
      errorFormatter: result => ({
        statusCode: 200,
        response: { data: result.data ?? null, errors: result.errors ?? [] }
      })
    })
    app.removeAllContentTypeParsers()
    const parseJson = app.getDefaultJsonParser('error', 'error')
    app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
      const type = request.headers['content-type'] ?? ''
      const charset = type.length === 16 ? undefined : /;\s*charset="?([^";\s]*)/i.exec(type)?.[1]
      if (charset === undefined || /^utf-?8$/i.test(charset)) return parseJson(request, body, done)
      done(new HttpRefusal(415, 'Send application/json in UTF-8.'))
    })
    app.setErrorHandler<FastifyError>((error, request, reply) => endpoint.refuse(request, reply, asRefusal(error)))

    if (options.graphiql) await app.register(graphiqlRoutes, { path: url })
    app.route({
      method: 'GET',
      url,
      exposeHeadRoute: false,
      handler: (request, reply) => {
        const search = request.url.indexOf('?')
        if (options.graphiql && search < 0 && wantsPage(request.headers.accept))
          return reply.redirect(`${url}/graphiql`)
        return endpoint.handle(request, reply, () => readQueryString(search < 0 ? '' : request.url.slice(search + 1)))
      }
    })
    app.route({
      method: 'POST',
      url,
      bodyLimit: options.bodyLimit ?? mebibyte,
      handler: (request, reply) => endpoint.handle(request, reply, () => readBody(request.body))
    })
    app.route({
      method: otherMethods,
      url,
      onRequest: async (request, reply) =>
        endpoint.refuse(request, reply, new HttpRefusal(405, 'Use GET or POST.', { allow: 'GET, POST' })),
      handler: async () => undefined
    })
  }
