import type { Access } from '../core/access.ts'
import type { AccessMirror } from '../core/access-mirror.ts'
import type { AccessScaleStores } from '../core/access-scale.ts'
import type { CsvWriter } from '../core/onboarding-report.ts'
import type { OnboardingRuns } from '../core/onboarding-runs.ts'
import type { OperatorFiles } from '../core/operator-file.ts'
import type { PageFiles } from '../core/page-files.ts'
import type { PluginDefinition } from '../core/plugin-api.ts'
import type { AccessStores, Actor, PeopleStores } from '../core/ports.ts'
import type { PluginDatabase } from '../core/scope.ts'
import type { Operator } from '../core/viewer.ts'

/**
 * What members of staff do about their own sign-in. `at`: the database's clock.
 * @throws PortalError PRECONDITION_FAILED with reason NOT_A_PERSON for API keys; BAD_USER_INPUT for a wrong password or code
 */
export interface StaffAccount {
  /** Ends all other sessions. */
  changePassword(
    actor: Actor,
    passwords: { readonly oldPassword: string; readonly newPassword: string },
    at: number
  ): Promise<void>
  /** @throws PortalError PRECONDITION_FAILED with reason SECRET_NOT_SET or TWO_FACTOR_ON */
  startTwoFactor(actor: Actor, password: string, at: number): Promise<{ readonly secret: string; readonly uri: string }>
  /** Resolves to the recovery codes. */
  confirmTwoFactor(actor: Actor, code: string, at: number): Promise<readonly string[]>
  disableTwoFactor(actor: Actor, code: string, at: number): Promise<void>
}

/** What the operators' resolvers work with; made once for a process. */
export interface OperatorServices {
  readonly access: Access
  readonly mirror: AccessMirror
  readonly stores: AccessStores
  readonly people: PeopleStores
  readonly plugins: readonly PluginDefinition[]
  readonly onboarding: OnboardingRuns
  readonly pageFiles: PageFiles
  readonly scale: AccessScaleStores
  readonly csv: CsvWriter
  /** A file with one line of each kind. */
  readonly onboardingExample: string
  /** @param operation what audit entries written through it carry */
  databaseOf(plugin: PluginDefinition, operation?: string): PluginDatabase
  /** The files this operator may see. */
  filesOf(operator: Operator): OperatorFiles
  /** A new unguessable token, and the hash of it that is stored. */
  newSecret(): { readonly secret: string; readonly hash: string }
  /**
   * The stored form of a password set by hand.
   * @param path the argument to name
   * @throws PortalError BAD_USER_INPUT when it is too weak
   */
  newPasswordHash(path: string, password: string, email: string): Promise<string>
  /** What members of staff do about their own sign-in. */
  readonly account: StaffAccount
  /** Where a token sets a password: on a brand's host, for null on the console's. */
  passwordUrl(fqdn: string | null, token: string): string
  /** Where on a brand's host a view-as ticket is handed in. */
  viewAsUrl(fqdn: string, ticket: string): string
  /** Host names that no brand may take: the console's, the platform's own. */
  readonly reservedHosts: readonly string[]
}

/** One operator request. */
export interface OperatorRequestContext extends OperatorServices {
  readonly operator: Operator
  readonly requestId: string
  readonly files: OperatorFiles
  /** The answer under way, put here by mercurius. */
  readonly reply?: { readonly log: { error(facts: object, message: string): void } }
  /** `at`: the database's clock when access was last brought up to date in this request; milliseconds since 1970 UTC. */
  readonly clock: { at: number }
  /** Of a mutation: the id that all audit entries of this one root field carry. */
  readonly operation?: string
  /** The answer's name of each mutation that is through → its operation. */
  readonly operations: Map<string, string>
}

/**
 * Brings the access data up to date, so that the request never sees a state older than its start.
 * @throws PortalError UNAVAILABLE when the database cannot be asked
 */
export const createOperatorContext = async (
  services: OperatorServices,
  request: { readonly operator: Operator; readonly requestId: string }
): Promise<OperatorRequestContext> => ({
  ...services,
  operator: request.operator,
  requestId: request.requestId,
  files: services.filesOf(request.operator),
  clock: { at: await services.mirror.refresh() },
  operations: new Map()
})

/** Who writes, and why. */
export const actorOf = (context: OperatorRequestContext, reason?: string | null): Actor => ({
  operator: context.operator,
  reason: reason ?? null,
  operation: context.operation ?? null
})

/** Waits for an access write; what follows in the same request sees it. */
export const written = async <T>(context: OperatorRequestContext, write: Promise<T>): Promise<T> => {
  const result = await write
  context.clock.at = await context.mirror.refresh()
  return result
}
