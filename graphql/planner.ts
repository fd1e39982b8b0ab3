import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  getVariableValues,
  Kind,
  type OperationDefinitionNode,
  type OperationTypeNode,
  OverlappingFieldsCanBeMergedRule,
  print,
  type VariableDefinitionNode,
  validate
} from 'graphql'
import { LRUCache } from 'lru-cache'
import { PortalError } from '../core/errors.ts'
import { cutDocument, mustBeInterpreted, renamePlaceholders, walkOperation } from './cut-document.ts'
import type { GuardedSchema } from './guarded-schema.ts'
import type { Condition } from './guards.ts'
import { checkVariableDepth, extentOf, type Limits, parseWithin, tooComplex } from './limits.ts'
import { type Mentions, mentionsOf } from './mentions.ts'
import { pruneSchema } from './prune-schema.ts'
import { QueryCost } from './query-cost.ts'

/** What is kept of a document that has passed its limits. */
export interface DocumentFacts<Caller> {
  readonly id: number
  readonly text: string
  readonly operations: readonly {
    readonly name: string | null
    readonly kind: OperationDefinitionNode['operation']
    /** Root fields, fragments spread out: what rate limits count. */
    readonly roots: number
  }[]
  /** Every condition it touches, in a fixed order: the answers to them choose the plan. */
  readonly conditions: readonly Condition<Caller>[]
}

/** What to do for one operation of one document, for all callers who answer its conditions alike. */
export interface Plan<Caller> {
  readonly kind: OperationDefinitionNode['operation']
  /** For mercurius: one operation without what is hidden. Null when only introspection is asked for. */
  readonly text: string | null
  /** `text` parsed, if it has to be executed without compiling. */
  readonly interpreted: DocumentNode | null
  /** Variables of `text`; undefined when it has none. */
  readonly variables: readonly string[] | undefined
  /** Variables of the client's operation, and the schema they are read against. Null when it has none. */
  readonly coercion: { readonly definitions: readonly VariableDefinitionNode[]; readonly pruned: boolean } | null
  readonly cost: QueryCost
  /** Root fields with the condition that refuses them. */
  readonly refused: readonly { readonly path: string; readonly condition: Condition<Caller> }[]
  /** True when nothing but refused fields and `__typename` stands at the root. */
  readonly allRefused: boolean
  /** Dotted response names of hidden fields, each once. */
  readonly hidden: readonly string[]
  readonly introspection: { readonly document: DocumentNode; readonly names: readonly string[] } | null
  /** Names in the answer that stand for others. */
  readonly renamed: ReadonlyMap<string, string>
  /** About how many bytes the plan holds, for the cache. */
  readonly size: number
}

/** A document that cannot be run as it is, with all that is wrong with it. */
export class InvalidQuery extends Error {
  readonly code: 'QUERY_INVALID' | 'BAD_USER_INPUT'
  readonly errors: readonly GraphQLError[]
  /** False for a text that does not parse. */
  readonly parsed: boolean
  /** True when the faults were found in the caller's own schema: they may tell what other callers must not know. */
  readonly personal: boolean

  constructor(code: InvalidQuery['code'], errors: readonly GraphQLError[], { parsed = true, personal = false } = {}) {
    super(errors.map(error => error.message).join('\n'))
    this.name = 'InvalidQuery'
    this.code = code
    this.errors = errors
    this.parsed = parsed
    this.personal = personal
  }
}

/** Values that need no coercion to be known as right; everything else is coerced. */
const plain: Readonly<Record<string, (value: unknown) => boolean>> = {
  Int: value => typeof value === 'number' && (value | 0) === value,
  String: value => typeof value === 'string',
  ID: value => typeof value === 'string',
  Boolean: value => typeof value === 'boolean'
}
const isPlainly = ({ type, variable }: VariableDefinitionNode, given: Readonly<Record<string, unknown>>): boolean => {
  const named = type.kind === Kind.NON_NULL_TYPE ? type.type : type
  const name = variable.name.value
  return named.kind === Kind.NAMED_TYPE && Object.hasOwn(given, name) && plain[named.name.value]?.(given[name]) === true
}

/**
 * `calls.nodes.rate`. Added up, because `join` makes a two-byte text of names that were property keys before, and one
 * such text in an answer makes all of it two-byte, which costs a tenth of the request's CPU.
 */
const dotted = (path: readonly string[]): string => path.reduce((whole, name) => `${whole}.${name}`)

const mebibyte = 1024 * 1024
/** Faults told at once. */
const maxErrors = 10

/**
 * Turns documents into plans and keeps both. A plan depends on the document, the operation and the answers to the
 * conditions which this document touches; nothing else about the caller.
 */
export class Planner<Caller> {
  readonly #guarded: GuardedSchema<Caller>
  readonly #limits: Limits
  readonly #documents = new LRUCache<string, DocumentFacts<Caller>>({
    maxSize: 16 * mebibyte,
    sizeCalculation: facts => 2 * facts.text.length + 64 * facts.conditions.length + 1_000
  })
  readonly #plans = new LRUCache<string, Plan<Caller> | InvalidQuery | PortalError>({
    maxSize: 32 * mebibyte,
    sizeCalculation: plan => ('size' in plan ? plan.size : 4_000)
  })
  readonly #schemas = new LRUCache<string, GraphQLSchema>({ max: 16 })
  #nextId = 0
  #built = 0

  constructor(guarded: GuardedSchema<Caller>, limits: Limits) {
    this.#guarded = guarded
    this.#limits = limits
  }

  /** For tests and measurements: how much is kept, and how often something was built. */
  get counts(): {
    readonly documents: number
    readonly plans: number
    readonly schemas: number
    readonly built: number
  } {
    return {
      documents: this.#documents.size,
      plans: this.#plans.size,
      schemas: this.#schemas.size,
      built: this.#built
    }
  }

  /**
   * Parses a text and checks its size; knows it the next time.
   * @throws InvalidQuery, PortalError QUERY_INVALID or QUERY_TOO_COMPLEX
   */
  document(text: string): DocumentFacts<Caller> {
    const known = this.#documents.get(text)
    if (known !== undefined) return known
    const document = this.#parse(text)
    const { fields, others } = mentionsOf(document, this.#guarded)
    const measure = extentOf(document)
    const operations = document.definitions.flatMap(node =>
      node.kind === Kind.OPERATION_DEFINITION
        ? [{ name: node.name?.value ?? null, kind: node.operation, roots: measure(node).roots }]
        : []
    )
    const conditions = this.#guarded.conditions.filter(each => fields.has(each) || others.has(each))
    const facts = { id: this.#nextId++, text, operations, conditions }
    this.#documents.set(text, facts)
    return facts
  }

  /** The operation meant. @throws InvalidQuery when there is none, or several and no name */
  operation(facts: DocumentFacts<Caller>, operationName: string | null): DocumentFacts<Caller>['operations'][number] {
    const { operations } = facts
    for (const { kind } of operations)
      if (!this.#guarded.schema.getRootType(kind as OperationTypeNode))
        throw new InvalidQuery('QUERY_INVALID', [new GraphQLError(`This endpoint serves no ${kind}.`)])
    if (operationName === null && operations.length === 1) return operations[0]!
    const found = operationName === null ? undefined : operations.find(each => each.name === operationName)
    if (found !== undefined) return found
    const why =
      operations.length === 0
        ? 'The document has no operation.'
        : operationName === null
          ? 'The document has several operations: give operationName.'
          : 'The document has no operation of this name.'
    throw new InvalidQuery('QUERY_INVALID', [new GraphQLError(why)])
  }

  /** @throws InvalidQuery, PortalError QUERY_TOO_COMPLEX */
  plan(
    facts: DocumentFacts<Caller>,
    operation: DocumentFacts<Caller>['operations'][number],
    caller: Caller
  ): Plan<Caller> {
    let key = `${facts.id} ${operation.name ?? ''} `
    for (const condition of facts.conditions) key += condition.holds(caller) ? '1' : '0'
    let plan = this.#plans.get(key)
    if (plan === undefined) {
      plan = this.#build(facts, operation, caller)
      // A schema of one's own depends on more than the conditions in the key, so what it says is not shared.
      if (!(plan instanceof InvalidQuery && plan.personal)) this.#plans.set(key, plan)
    }
    if (plan instanceof Error) throw plan
    return plan
  }

  /**
   * The variables to hand on: those of the client that the plan still uses.
   * @throws InvalidQuery BAD_USER_INPUT, PortalError QUERY_TOO_COMPLEX
   */
  variables(
    plan: Plan<Caller>,
    given: Readonly<Record<string, unknown>>,
    caller: Caller
  ): Record<string, unknown> | undefined {
    if (plan.coercion === null) return undefined
    if (plan.coercion.definitions.every(each => isPlainly(each, given))) {
      if (plan.cost.varies) plan.cost.check(given)
      return this.#kept(plan, given)
    }
    checkVariableDepth(given, this.#limits)
    const schema = plan.coercion.pruned ? this.schemaOf(caller) : this.#guarded.schema
    const { errors, coerced } = getVariableValues(schema, plan.coercion.definitions, given, {
      maxErrors,
      hideSuggestions: true
    })
    if (errors !== undefined) throw new InvalidQuery('BAD_USER_INPUT', errors)
    if (plan.cost.varies) plan.cost.check(coerced)
    return this.#kept(plan, given)
  }

  #kept(plan: Plan<Caller>, given: Readonly<Record<string, unknown>>): Record<string, unknown> | undefined {
    if (plan.variables === undefined) return undefined
    const kept: Record<string, unknown> = {}
    for (const name of plan.variables) if (Object.hasOwn(given, name)) kept[name] = given[name]
    return kept
  }

  /** The schema as this caller may know it. */
  schemaOf(caller: Caller): GraphQLSchema {
    const key = this.#guarded.conditions.map(each => (each.hides && !each.holds(caller) ? '0' : '1')).join('')
    let schema = this.#schemas.get(key)
    if (schema === undefined) {
      schema = pruneSchema(this.#guarded, condition => condition.holds(caller))
      this.#schemas.set(key, schema)
    }
    return schema
  }

  #parse(text: string): DocumentNode {
    try {
      return parseWithin(text, this.#limits)
    } catch (error) {
      if (error instanceof GraphQLError) throw new InvalidQuery('QUERY_INVALID', [error], { parsed: false })
      throw error
    }
  }

  #build(
    facts: DocumentFacts<Caller>,
    { name, kind }: DocumentFacts<Caller>['operations'][number],
    caller: Caller
  ): Plan<Caller> | InvalidQuery | PortalError {
    this.#built++
    const guarded = this.#guarded
    const document = this.#parse(facts.text)
    const refusing = (coordinate: string): Condition<Caller> | undefined =>
      guarded.conditionsOf(coordinate).find(condition => !condition.holds(caller))
    const cut = cutDocument(document, guarded.schema, name, coordinate => refusing(coordinate) !== undefined)

    const mentions = mentionsOf(cut.validated, guarded)
    const touchesHidden = [...mentions.others].some(condition => !condition.holds(caller))
    const { faults, personal } = this.#faults(cut.validated, mentions, touchesHidden, caller)
    if (faults.length > 0) return new InvalidQuery('QUERY_INVALID', faults, { personal })

    let executed = cut.executed
    let renamed: ReadonlyMap<string, string> = new Map()
    if (cut.hidden.length > 0 && validate(guarded.executed, executed, [OverlappingFieldsCanBeMergedRule]).length > 0) {
      const result = renamePlaceholders(executed)
      executed = result.document
      renamed = result.names
    }
    const operation = cut.validated.definitions.find(
      (node): node is OperationDefinitionNode =>
        node.kind === Kind.OPERATION_DEFINITION && (node.name?.value ?? null) === name
    )!
    const executedOperation = executed.definitions.find(
      (node): node is OperationDefinitionNode => node.kind === Kind.OPERATION_DEFINITION
    )!
    let cost: QueryCost
    try {
      this.#checkOnce(executed, executedOperation)
      cost = new QueryCost(executed, guarded.executed, this.#limits)
    } catch (error) {
      if (error instanceof PortalError) return error
      throw error
    }
    const definitions = operation.variableDefinitions ?? []
    const names = (executedOperation.variableDefinitions ?? []).map(each => each.variable.name.value)
    const roots = cut.hidden.filter(each => each.path.length === 1)
    const refused = [...new Map(roots.map(each => [each.path[0]!, each.coordinate])).entries()].map(
      ([path, coordinate]) => ({ path, condition: refusing(coordinate)! })
    )
    const text = cut.hasData ? print(executed) : null
    const interpreted = text !== null && mustBeInterpreted(executed) ? executed : null
    return {
      kind,
      text,
      interpreted,
      variables: names.length > 0 ? names : undefined,
      coercion: definitions.length > 0 ? { definitions, pruned: touchesHidden } : null,
      cost,
      refused,
      allRefused: refused.length > 0 && !this.#runsSomething(executed, executedOperation) && cut.introspection === null,
      hidden: [...new Set(cut.hidden.filter(each => each.path.length > 1).map(each => dotted(each.path)))],
      introspection: cut.introspection && { document: cut.introspection, names: cut.introspectionNames },
      renamed,
      size:
        2 * (text?.length ?? 0) +
        (cut.introspection === null && interpreted === null ? 0 : 100 * facts.text.length) +
        50 * definitions.length +
        2_000
    }
  }

  /**
   * What is wrong with the document in the caller's eyes. The whole schema answers like the caller's own, which is dear to
   * build, unless something is named that the caller does not have, or types are named that only hidden things lead to.
   */
  #faults(
    document: DocumentNode,
    mentions: Mentions<Caller>,
    touchesHidden: boolean,
    caller: Caller
  ): { readonly faults: readonly GraphQLError[]; readonly personal: boolean } {
    const options = { maxErrors, hideSuggestions: true }
    const whole = validate(this.#guarded.schema, document, undefined, options)
    if (!touchesHidden && !mentions.namesAbstractTypes && !(mentions.namesTypes && whole.length > 0))
      return { faults: whole, personal: false }
    const own = validate(this.schemaOf(caller), document, undefined, options)
    return { faults: own.length > 0 ? own : whole, personal: true }
  }

  #runsSomething(document: DocumentNode, operation: OperationDefinitionNode): boolean {
    let runs = false
    walkOperation(document, this.#guarded.executed, operation, field => {
      if (!field.name.value.startsWith('_')) runs = true
      return false
    })
    return runs
  }

  #checkOnce(document: DocumentNode, operation: OperationDefinitionNode): void {
    const seen = new Set<string>()
    walkOperation(document, this.#guarded.executed, operation, (field, parent) => {
      const coordinate = `${parent?.name}.${field.name.value}`
      if (seen.has(coordinate)) throw tooComplex(`${field.name.value} may stand once in a document`)
      if (this.#guarded.once.has(coordinate)) seen.add(coordinate)
      return false
    })
  }
}
