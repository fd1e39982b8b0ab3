/** The door for plugins: everything a plugin may use of the system stands here. */
// Types only: neither library is loaded by core.
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { GraphQLResolveInfo } from 'graphql'
import type { AccessSet } from './access-set.ts'
import type { Alive } from './alive.ts'
import type { ColumnSetDefinition } from './column-set.ts'
import type { CsvColumn } from './csv-cell.ts'
import type { FeatureDefinition, UserType } from './feature.ts'
import type { PluginOnboarding } from './onboarding.ts'
import type { OperatorFiles } from './operator-file.ts'
import type { ConsolePage, PortalPage } from './plugin-page.ts'
import type { CompanyScope, Dialect, PluginDatabase, ScopedTable } from './scope.ts'
import type { Operator, StaffRole, Viewer } from './viewer.ts'

export type { AccessSet } from './access-set.ts'
export { type Alive, orStop, Stopped } from './alive.ts'
export * from './amount.ts'
export type { Column, ColumnDefinition, ColumnSet, ColumnSetDefinition, ColumnType } from './column-set.ts'
export { type CsvColumn, defused, shielded, unshielded } from './csv-cell.ts'
export { isCurrency } from './currency.ts'
export { definePlugin } from './define-plugin.ts'
export { badInput, ConfigurationError, type ErrorCode, PortalError } from './errors.ts'
export type { FeatureDefinition, FeatureKind, ParentMode, UserType } from './feature.ts'
export * from './grid.ts'
export {
  type AppliedFact,
  clearableCell,
  clearableText,
  faultyStep,
  type OnboardingChange,
  type OnboardingFact,
  type OnboardingStep,
  type PluginOnboarding,
  unchangedStep
} from './onboarding.ts'
export type { OperatorFile, OperatorFiles } from './operator-file.ts'
export type { ConsolePage, PortalPage, Words } from './plugin-page.ts'
export { readGridFilter, readGridSort, readObject } from './read-grid-filter.ts'
export type { CompanyFacts, CompanyScope, Dialect, PluginDatabase, Row, ScopedTable, Where } from './scope.ts'
export type { Operator, StaffRole, ViewAs, Viewer } from './viewer.ts'

/** What a portal resolver is given. By the time it runs, the guards of its document have passed. */
export interface PortalContext {
  readonly viewer: Viewer
  readonly access: AccessSet
  /** The company's rows, and no others. */
  readonly scope: CompanyScope
  /** The database's clock at the start of the request, milliseconds since 1970 UTC. */
  readonly at: number
  readonly requestId: string
  /**
   * Asks the plugin's guard rules about a row. Without `row` a rule with `where` grants nothing (reason ROW_REQUIRED);
   * without `field` the question is about every field, so that a `cannot` on any of them refuses.
   * @throws PortalError FORBIDDEN with the rule's reason
   */
  authorize(action: string, subject: string, row?: Readonly<Record<string, unknown>>, field?: string): void
}

/** What a root field marked `@public` is given: the brand, and nobody in particular. */
export interface PublicContext {
  readonly domainId: string
  readonly at: number
  readonly requestId: string
  readonly ip: string
}

export type Resolver<Context = PortalContext> = (
  // biome-ignore lint/suspicious/noExplicitAny: parents and arguments are shaped by the plugin's own SDL
  parent: any,
  // biome-ignore lint/suspicious/noExplicitAny: see above
  args: any,
  context: Context,
  info: GraphQLResolveInfo
) => unknown

/** Type name → field name → resolver. Fields without one read the property of the same name. */
export type Resolvers = Readonly<Record<string, Readonly<Record<string, Resolver<never>>>>>

/**
 * A row or action rule in CASL's words, as data. It applies when all `when` keys are effective and none of `unless` is.
 * `where` compares a row's property with one of the viewer's ids.
 */
export interface GuardRule {
  readonly effect: 'can' | 'cannot'
  readonly action: string | readonly string[]
  readonly subject: string
  /** Narrows the rule to these fields; never empty. */
  readonly fields?: readonly string[]
  readonly when?: readonly string[]
  readonly unless?: readonly string[]
  readonly userTypes?: readonly UserType[]
  readonly where?: Readonly<Record<string, 'viewer.companyId' | 'viewer.contactId' | 'viewer.domainId'>>
  /** Sent as `reason` when a `cannot` decides. */
  readonly reason?: string
}

/** SQL statements for one database; run in one transaction, so that a killed process leaves old or new. */
export interface Migration {
  /** Sorts and identifies: `001-did`. Never renamed, never edited once released. */
  readonly name: string
  /**
   * `expand`, unless said otherwise, adds only what a process of the version before can live beside, and runs at start.
   * `contract` takes away what no living version uses; it runs when an operator says so (`npm run portal -- contract`).
   */
  readonly phase?: 'expand' | 'contract'
  statements(dialect: Dialect): readonly string[]
}

/** A list whose pages can be exported as CSV by `requestExport`. */
export interface ExportableGrid {
  /** Name in the GraphQL enum-like argument: `CDR`. */
  readonly name: string
  readonly feature: string
  /** The report whose columns it offers, when the columns are access entries. */
  readonly report?: string
  /** Columns a viewer may export, in default order. */
  columns(context: PortalContext): readonly CsvColumn[]
  /**
   * Pages of rows, column name → value, by keyset; the same scope, filter and column checks as the page it exports.
   * @throws PortalError BAD_USER_INPUT for a filter or column the viewer may not use
   */
  pages(
    context: PortalContext,
    filter: unknown,
    columns: readonly string[]
  ): AsyncIterable<readonly Record<string, unknown>[]>
}

/** Background work; leased, so that one process at a time runs it. */
export interface PluginJob {
  readonly name: string
  readonly everySeconds: number
  /**
   * @param log the log of the process, for what an operator must hear of
   * @param alive whether to go on
   */
  run(db: PluginDatabase, at: number, log: PluginLog, alive: Alive): Promise<void>
}

/** The process's log; numbers of customers and secrets do not belong in it. */
export interface PluginLog {
  warn(facts: Readonly<Record<string, unknown>>, text: string): void
}

/** Work that somebody asked for and that lasts longer than a request; put in line by `PluginDatabase.enqueue`. */
export interface PluginTask {
  readonly name: string
  /**
   * Runs once; again after a failure, a kill or the end of its process, so it must be safe to start anew at any point.
   * @param payload what was handed to `enqueue`
   * @param alive whether to go on
   */
  run(services: PluginTaskServices, payload: unknown, at: number, alive: Alive): Promise<void>
  /** Told when it has failed for the last time, so that what waits for it can say so. */
  gaveUp?(services: PluginTaskServices, payload: unknown): Promise<void>
}

/** What a task works with. */
export interface PluginTaskServices {
  readonly db: PluginDatabase
  /** The files of whoever asked; name and role travel in the payload. */
  filesOf(operator: Pick<Operator, 'actor' | 'role'>): OperatorFiles
}

/** An HTTP route under the same guards as GraphQL. */
export type PluginRoute = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly url: string
  /** Largest body in bytes. */
  readonly bodyLimit?: number
  /** Content types whose body reaches the handler as a raw stream. */
  readonly rawBody?: readonly string[]
} & (
  | {
      readonly host: 'PORTAL'
      /** Keys that must be effective; empty: any signed-in contact. */
      readonly features: readonly string[]
      handle(context: PortalContext, request: FastifyRequest, reply: FastifyReply): Promise<unknown>
    }
  | {
      readonly host: 'CONSOLE'
      readonly roles: readonly StaffRole[]
      /** Takes the API key as the password of HTTP Basic too, with any user name: for machines that cannot send a bearer. */
      readonly basic?: boolean
      handle(context: OperatorContext, request: FastifyRequest, reply: FastifyReply): Promise<unknown>
    }
)

/** What an operator's route or resolver of a plugin is given. */
export interface OperatorContext {
  readonly operator: Operator
  readonly at: number
  readonly requestId: string
  readonly db: PluginDatabase
  /** Files this operator uploaded or had made; an admin's are all. */
  readonly files: OperatorFiles
}

/** A `npm run import -- NAME FILE …` command. */
export interface PluginImporter {
  readonly name: string
  /** One line for `--help`. */
  readonly summary: string
  /**
   * @param args what follows the name; @param print writes a line for the operator; @param actor who runs it, for the audit log;
   * resolves to the exit code
   */
  run(args: readonly string[], db: PluginDatabase, print: (line: string) => void, actor: string): Promise<number>
}

/** A figure that a plugin tells the operator's monitoring: `portal_PLUGIN_NAME` on the metrics page. */
export interface PluginMetric {
  /** snake_case, without prefix; counters end in `_total`, times in `_seconds`. */
  readonly name: string
  /** One sentence. */
  readonly help: string
  readonly type: 'gauge' | 'counter'
  /** Names of its labels. Their values come from a short list (a source, a state), never from customers, numbers or ids. */
  readonly labels?: readonly string[]
}

export interface PluginMetrics {
  readonly list: readonly PluginMetric[]
  /** What stands on the metrics page now; asked at most every few seconds, on a handle of one process. A metric without a sample is left out. */
  read(
    db: PluginDatabase,
    at: number
  ): Promise<
    readonly { readonly name: string; readonly value: number; readonly labels?: Readonly<Record<string, string>> }[]
  >
}

/** What demo rows are made for. */
export interface DemoWorld {
  /** Deterministic numbers in [0, 1) from a fixed seed. */
  random(): number
  /** End of the demo's time: the start of the current UTC day. */
  readonly until: number
  readonly companies: readonly {
    readonly id: string
    readonly name: string
    readonly userType: UserType
    readonly currency: string
    readonly accountCode: string | null
  }[]
}

/** A feature family. Static data first; readable without running any of its code. */
export interface PluginDefinition {
  /** kebab-case, same as its folder. */
  readonly name: string
  readonly version: string
  /** Range of engine versions it works with, semver. */
  readonly engine: string
  readonly owner: string
  /** Names of plugins whose `api.ts` it uses or whose features are parents of its own. */
  readonly dependsOn?: readonly string[]
  /** Operators cannot switch it off, because the rest cannot do without it. */
  readonly permanent?: boolean
  readonly features?: readonly FeatureDefinition[]
  readonly columnSets?: readonly ColumnSetDefinition[]
  /** SDL of the portal: own types, `extend type Query`, directives on what they guard. */
  readonly schema?: string
  readonly resolvers?: Resolvers
  /** SDL that joins the operators' schema. */
  readonly operatorSchema?: string
  readonly operatorResolvers?: Resolvers
  readonly guards?: readonly GuardRule[]
  /** Its tables and whose rows they hold. A table that no contact may read has no scope column: `{}`. */
  readonly tables?: Readonly<Record<string, ScopedTable>>
  readonly migrations?: readonly Migration[]
  readonly grids?: readonly ExportableGrid[]
  readonly routes?: readonly PluginRoute[]
  readonly jobs?: readonly PluginJob[]
  readonly tasks?: readonly PluginTask[]
  readonly importers?: readonly PluginImporter[]
  readonly metrics?: PluginMetrics
  /** Its pages in the customers' portal. */
  readonly pages?: readonly PortalPage[]
  /** Its pages in the operators' console. */
  readonly consolePages?: readonly ConsolePage[]
  /** A kind of line it adds to onboarding files. */
  readonly onboarding?: PluginOnboarding
  demo?(db: PluginDatabase, world: DemoWorld): Promise<void>
  /**
   * Ids of companies an operator may mean by `text`, as far as the plugin can tell (a telephone number leads to whose it is);
   * at most 100 count. Called for every page of a search, so it should answer from an index. What it throws is logged
   * and named beside the answers of the others.
   */
  companySearch?(db: PluginDatabase, text: string): Promise<readonly string[]>
}
