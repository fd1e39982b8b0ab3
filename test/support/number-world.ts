import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import type { PluginDatabase } from '../../core/plugin-api.ts'
import type { Company } from '../../core/ports.ts'
import type { StaffRole } from '../../core/viewer.ts'
import { createPluginDatabase } from '../../db/plugin-database.ts'
import { rowsOf } from '../../db/sql.ts'
import { hashToken, newToken } from '../../http/tokens.ts'
import { core } from '../../plugins/core/plugin.ts'
import { did } from '../../plugins/did/plugin.ts'
import type { Open } from './databases.ts'
import { consoleHost, startPortal, type TestPortal, testActor } from './portal.ts'

const plugins = [core, did]

export interface OperatorAnswer {
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of many shapes
  readonly data: any
  /** Code of the first error. */
  readonly code: string | undefined
  readonly reason: string | undefined
  readonly message: string | undefined
}

export interface AuditLine {
  readonly action: string
  readonly target: string
  readonly company_id: string | null
  // biome-ignore lint/suspicious/noExplicitAny: as above
  readonly before: any
  // biome-ignore lint/suspicious/noExplicitAny: as above
  readonly after: any
  readonly reason: string | null
}

/** A portal with two customers, one that pays in dollars, one that is closed, and two carriers. */
export interface NumberWorld {
  readonly portal: TestPortal
  readonly db: PluginDatabase
  readonly alder: Company
  readonly birch: Company
  readonly dollars: Company
  readonly closed: Company
  readonly carrier: Company
  /** Asks as an operator; ADMIN unless a key says otherwise. */
  ask(document: string, variables?: Readonly<Record<string, unknown>>, apiKey?: string): Promise<OperatorAnswer>
  keyOf(role: StaffRole): Promise<string>
  /** Audit entries about numbers since it was last asked. */
  newAudit(): Promise<readonly AuditLine[]>
}

export const numberWorld = async (t: TestContext, open: Open, jobs = false): Promise<NumberWorld> => {
  const portal = await startPortal(t, { plugins, open: () => open({ plugins }), jobs })
  const companies = {
    alder: await portal.company('Alder Bakery', { accountCodes: ['alder-1'] }),
    birch: await portal.company('Birch Hotel'),
    dollars: await portal.company('Dollar Diner', { currency: 'USD' }),
    closed: await portal.company('Closed Cafe', { status: 'INACTIVE' }),
    carrier: await portal.company('Cable Carrier', { userType: 'CARRIER', accountCodes: ['cable'] })
  }
  let seen = 0
  return {
    portal,
    db: createPluginDatabase(portal.database, did),
    ...companies,
    async ask(document, variables = {}, apiKey = portal.apiKey) {
      const { json, status, text } = await portal.query(consoleHost, document, { apiKey, variables })
      assert.ok(json, `${status} ${text}`)
      const [error] = json.errors ?? []
      return {
        data: json.data,
        code: error?.extensions.code,
        reason: error?.extensions.reason,
        message: error?.message
      }
    },
    async keyOf(role) {
      const key = newToken()
      await portal.installation.people.staff.createApiKey({ name: role, keyHash: hashToken(key), role }, testActor)
      return key
    },
    async newAudit() {
      const rows = await rowsOf<AuditLine & { seq: number; before: string | null; after: string | null }>(
        portal.database.writer,
        `SELECT seq, action, target, company_id, before, after, reason FROM audit_entry
         WHERE seq > ? AND target LIKE 'did:%' ORDER BY seq`,
        [seen]
      )
      seen = Number(rows.at(-1)?.seq ?? seen)
      return rows.map(({ seq: _seq, ...row }) => ({
        ...row,
        before: row.before === null ? null : JSON.parse(row.before),
        after: row.after === null ? null : JSON.parse(row.after)
      }))
    }
  }
}
