import { type DocumentNode, type GraphQLSchema, Kind, type OperationDefinitionNode } from 'graphql'
import { walkOperation } from './cut-document.ts'
import { hasFields } from './guarded-schema.ts'
import { type Limits, tooComplex } from './limits.ts'

/** A page size that stands in a variable, and what counts when the variable is not given. */
interface PageVariable {
  readonly name: string
  readonly otherwise: number
}

/** Fields that stand under the same variable page sizes. */
interface Term {
  fields: number
  readonly pages: readonly PageVariable[]
}

/** A page size when a list leaves `first` open and the schema has no default. */
const openPage = 50

const sizeOf = ({ name, otherwise }: PageVariable, variables: Readonly<Record<string, unknown>>): number => {
  const value = variables[name]
  return typeof value === 'number' ? Math.max(1, value) : otherwise
}

/** What an operation costs: the sum over its fields of the page sizes they stand under. */
export class QueryCost {
  readonly #terms: readonly Term[]
  readonly #pages: readonly PageVariable[]
  readonly #limits: Limits

  /** @throws PortalError QUERY_TOO_COMPLEX when it is too much whatever the variables are */
  constructor(document: DocumentNode, schema: GraphQLSchema, limits: Limits) {
    this.#limits = limits
    const operation = document.definitions.find(
      (node): node is OperationDefinitionNode => node.kind === Kind.OPERATION_DEFINITION
    )!
    const terms = new Map<string, Term>()
    const pages: PageVariable[] = []
    const stack: { readonly factor: number; readonly pages: readonly PageVariable[] }[] = [{ factor: 1, pages: [] }]
    walkOperation(document, schema, operation, (field, parent, path) => {
      const outer = stack[path.length - 1]!
      const key = outer.pages.map(page => page.name).join(' ')
      const term = terms.get(key) ?? { fields: 0, pages: outer.pages }
      term.fields += outer.factor
      terms.set(key, term)
      stack[path.length] = outer
      const definition = hasFields(parent) ? parent.getFields()[field.name.value] : undefined
      const first = definition?.args.find(arg => arg.name === 'first')
      if (first === undefined) return true
      const otherwise = typeof first.defaultValue === 'number' ? first.defaultValue : openPage
      const given = field.arguments?.find(arg => arg.name.value === 'first')?.value
      if (given?.kind === Kind.VARIABLE) {
        const page = { name: given.name.value, otherwise }
        pages.push(page)
        stack[path.length] = { ...outer, pages: [...outer.pages, page] }
      } else {
        const size = given?.kind === Kind.INT ? Number(given.value) : otherwise
        this.#checkPage(size)
        stack[path.length] = { ...outer, factor: outer.factor * Math.max(1, size) }
      }
      return true
    })
    this.#terms = [...terms.values()]
    this.#pages = pages
    if (pages.length === 0) this.check({})
  }

  /** True when the variables decide. */
  get varies(): boolean {
    return this.#pages.length > 0
  }

  /** @throws PortalError QUERY_TOO_COMPLEX */
  check(variables: Readonly<Record<string, unknown>>): void {
    for (const page of this.#pages) this.#checkPage(sizeOf(page, variables))
    let cost = 0
    for (const { fields, pages } of this.#terms)
      cost += pages.reduce((product, page) => product * sizeOf(page, variables), fields)
    if (cost > this.#limits.cost) throw tooComplex(`it costs ${cost} of ${this.#limits.cost} (fields times page sizes)`)
  }

  #checkPage(size: number): void {
    if (size > this.#limits.pageSize) throw tooComplex(`at most ${this.#limits.pageSize} rows a page`)
  }
}
