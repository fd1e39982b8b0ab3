import { after } from 'node:test'
import type { StaffRole } from '../../core/viewer.ts'
import { hashToken, newToken } from '../../http/tokens.ts'
import { worldPlugins } from '../operator/plugins.ts'
import { beginAgain } from '../support/begin-again.ts'
import type { Open } from '../support/databases.ts'
import { insertCompanies } from '../support/insert-companies.ts'
import { consoleHost, startPortal, type TestPortal, testActor } from '../support/portal.ts'

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of many shapes
type Data = any

export interface Asked {
  readonly variables?: Readonly<Record<string, unknown>>
  readonly role?: StaffRole
}

/** A whole server with the small catalogue of the operators' tests, and keys of every role. */
export interface ScaleWorld {
  readonly portal: TestPortal
  readonly keys: Readonly<Record<StaffRole, string>>
  /** The data of an answer without errors; fails on errors. */
  data(document: string, asked?: Asked): Promise<Data>
  /** Code and extensions of the first error; fails without one. */
  refused(document: string, asked?: Asked): Promise<Readonly<Record<string, unknown>>>
  /** `key SHOW`, sorted, of one company. */
  overrides(companyId: string): Promise<readonly string[]>
  /** Audit entries of one target, oldest first. */
  audit(target: string): Promise<readonly { id: string; action: string; before: Data; after: Data; actor: string }[]>
}

interface Started {
  readonly portal: TestPortal
  readonly keys: Readonly<Record<StaffRole, string>>
  stop(): Promise<void>
}
const started = new Map<Open, Promise<Started>>()
after(async () => {
  for (const each of started.values()) await (await each).stop()
})

const startOnce = async (open: Open): Promise<Started> => {
  const stops: (() => unknown)[] = []
  const portal = await startPortal({ after: stop => stops.push(stop) }, { open, plugins: worldPlugins })
  const keys = { ADMIN: portal.apiKey } as Record<StaffRole, string>
  for (const role of ['SUPPORT', 'AUDITOR', 'INGEST'] as const) {
    keys[role] = newToken()
    await portal.installation.people.staff.createApiKey({ name: role, keyHash: hashToken(keys[role]), role }, testActor)
  }
  return {
    portal,
    keys,
    stop: async () => {
      for (const stop of stops) await stop()
    }
  }
}

/** One server a database for all tests; each test begins again. */
export const startScaleWorld = async (
  open: Open,
  features: readonly string[] = ['page', 'calls']
): Promise<ScaleWorld> => {
  if (!started.has(open)) started.set(open, startOnce(open))
  const { portal: first, keys } = await started.get(open)!
  const portal = await beginAgain(first, features)
  const ask = async (document: string, { variables, role = 'ADMIN' }: Asked = {}): Promise<Data> =>
    (await portal.query(consoleHost, document, { apiKey: keys[role], ...(variables ? { variables } : {}) })).json
  const data: ScaleWorld['data'] = async (document, asked) => {
    const answer = await ask(document, asked)
    if (answer.errors) throw new Error(JSON.stringify(answer.errors))
    return answer.data
  }
  return {
    portal,
    keys,
    data,
    refused: async (document, asked) => {
      const answer = await ask(document, asked)
      if (!answer.errors) throw new Error(`not refused: ${JSON.stringify(answer.data)}`)
      return { message: answer.errors[0].message, ...answer.errors[0].extensions }
    },
    overrides: async id =>
      (
        await data('query ($id: ID!) { company(id: $id) { overrides { key override } } }', { variables: { id } })
      ).company.overrides
        .map((each: { key: string; override: string }) => `${each.key} ${each.override}`)
        .sort(),
    audit: async target =>
      (
        await data(
          'query ($t: String!) { auditLog(target: $t, first: 100) { nodes { id action before after actor } } }',
          { variables: { t: target } }
        )
      ).auditLog.nodes
        .map((entry: Data) => ({ ...entry, before: JSON.parse(entry.before), after: JSON.parse(entry.after) }))
        .toReversed()
  }
}

/** Many companies of one brand at once. */
export const manyCompanies = (world: ScaleWorld, count: number): Promise<readonly string[]> =>
  insertCompanies(world.portal.database, count, world.portal.world.acme.id)
