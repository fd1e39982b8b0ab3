import { PortalError } from './errors.ts'
import { MemoryBrands } from './memory-brand-store.ts'
import { MemoryCompanies } from './memory-company-store.ts'
import { Memory, type MemoryStoreOptions, page, platformWith, type Touch, type Write } from './memory-rows.ts'
import type {
  AccessPoint,
  AccessRevisions,
  AccessSource,
  AccessStores,
  Actor,
  AuditEntry,
  AuditStore,
  BulkResult,
  CountedPage,
  PlatformAccess,
  PlatformStore
} from './ports.ts'
import { checkTogether } from './undo.ts'

export type { MemoryStoreOptions } from './memory-rows.ts'

/** All access stores in memory: for tests, and as the plain peer of the ones on a database. */
export const createMemoryStores = (options: MemoryStoreOptions = {}): AccessStores => {
  const memory = new Memory(options)
  return {
    source: new MemorySource(memory),
    brands: new MemoryBrands(memory),
    companies: new MemoryCompanies(memory),
    audit: new MemoryAudit(memory),
    platform: new MemoryPlatform(memory)
  }
}

class MemorySource implements AccessSource {
  readonly #memory: Memory

  constructor(memory: Memory) {
    this.#memory = memory
  }

  async load(): Promise<AccessPoint> {
    return this.#point(
      () => true,
      () => true
    )
  }

  async changesSince(known: AccessRevisions): Promise<AccessPoint | null> {
    const { log, revisions } = this.#memory
    // A brand is gone: only everything anew says so.
    for (const scope of known.keys()) if (!revisions.has(scope)) return null
    for (const [scope, revision] of revisions) {
      const oldest = log.find(line => line.scope === scope)?.revision ?? revision + 1
      if ((known.get(scope) ?? 0) < oldest - 1) return null
    }
    const news = log.filter(line => line.revision > (known.get(line.scope) ?? 0))
    const brands = new Set(news.map(line => line.domainId))
    const companies = new Set(news.map(line => line.companyId))
    return this.#point(
      id => brands.has(id),
      id => companies.has(id)
    )
  }

  async clock(): Promise<{ readonly at: number; readonly revisions: AccessRevisions }> {
    return { at: this.#memory.now(), revisions: new Map(this.#memory.revisions) }
  }

  #point(brandIn: (id: string) => boolean, companyIn: (id: string) => boolean): AccessPoint {
    const { brands, companies, platform, revisions } = this.#memory
    return {
      revisions: new Map(revisions),
      platform,
      domains: [...brands.values()]
        .filter(({ id }) => brandIn(id))
        .map(({ id, isDefault, features, columns }) => ({ id, isDefault, features, columns })),
      companies: [...companies.values()]
        .filter(({ id }) => companyIn(id))
        .map(({ id, userType, status, domainId, overrides }) => ({ id, userType, status, domainId, overrides }))
    }
  }
}

const entryOf = ({ touches: _, ...entry }: Write): AuditEntry => entry

class MemoryAudit implements AuditStore {
  readonly #memory: Memory

  constructor(memory: Memory) {
    this.#memory = memory
  }

  async get(id: string): Promise<AuditEntry | null> {
    const write = this.#memory.writes.find(each => each.id === id)
    return write === undefined ? null : entryOf(write)
  }

  async list(request: Parameters<AuditStore['list']>[0]): Promise<CountedPage<AuditEntry>> {
    const found = this.#memory.writes
      .filter(
        write =>
          (request.target == null || write.target === request.target) &&
          (request.actor == null || write.actor === request.actor) &&
          (request.action == null || write.action === request.action) &&
          (request.companyId == null || write.companyId === request.companyId) &&
          (request.domainId == null || write.domainId === request.domainId) &&
          (request.operation == null || write.operation === request.operation) &&
          (request.from == null || write.at >= request.from) &&
          (request.to == null || write.at < request.to)
      )
      .map(entryOf)
    return page(found.toReversed(), request)
  }

  async sizesOf(operations: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const sizes = new Map<string, number>()
    for (const { operation } of this.#memory.writes)
      if (operation !== null && operations.includes(operation)) sizes.set(operation, (sizes.get(operation) ?? 0) + 1)
    return sizes
  }

  async entriesOf(operation: string): Promise<readonly Write[]> {
    return this.#memory.writes.filter(write => write.operation === operation)
  }

  async revertOperation(operation: string, actor: Actor): Promise<readonly BulkResult[]> {
    const entries = await this.entriesOf(operation)
    checkTogether(entries)
    const results: BulkResult[] = []
    for (const { id, target: companyId } of entries)
      try {
        await this.revert(id, actor)
        results.push({ companyId, ok: true })
      } catch (error) {
        if (!(error instanceof PortalError)) throw error
        results.push({ companyId, ok: false, code: error.code, message: error.message })
      }
    return results
  }

  async revert(auditId: string, actor: Actor): Promise<AuditEntry> {
    const { writes } = this.#memory
    const index = writes.findIndex(write => write.id === auditId)
    const write = writes[index]
    if (write === undefined) throw new PortalError('NOT_FOUND', 'There is no such audit entry.')
    const { touches } = write
    if (touches === null) throw new PortalError('PRECONDITION_FAILED', 'Only a change of access can be undone.')
    const later = writes.slice(index + 1).flatMap(each => each.touches ?? [])
    if (touches.some(touch => later.some(each => each.target === touch.target && each.field === touch.field)))
      throw new PortalError('CONFLICT', 'Something later changed the same; undo that first.')
    if (touches[0]?.field === 'default') return this.#revertDefault(write, touches[0], actor)
    const back = touches.map(touch => ({ ...touch, before: touch.after, after: touch.before }))
    this.#memory.putBack(back)
    return entryOf(this.#memory.record(actor, 'revertChange', back[0]?.target ?? write.target, back))
  }

  #revertDefault(write: Write, { before, after }: Touch, actor: Actor): AuditEntry {
    const current = [...this.#memory.brands.values()].find(brand => brand.isDefault)
    if (current?.id !== after || typeof before !== 'string')
      throw new PortalError('CONFLICT', 'Something later changed the same; undo that first.')
    const written = this.#memory.putDefault(before, 'revertChange', actor)
    return entryOf(written.find(each => each.target === write.target) as Write)
  }
}

class MemoryPlatform implements PlatformStore {
  readonly #memory: Memory

  constructor(memory: Memory) {
    this.#memory = memory
  }

  async get(): Promise<PlatformAccess> {
    return this.#memory.platform
  }

  async setPlugin(name: string, enabled: boolean, actor: Actor): Promise<PlatformAccess> {
    return this.#set('plugin', name, !this.#memory.platform.disabledPlugins.includes(name), enabled, actor)
  }

  async setEntitlement(name: string, present: boolean, actor: Actor): Promise<PlatformAccess> {
    return this.#set('entitlement', name, this.#memory.platform.entitlements.includes(name), present, actor)
  }

  #set(kind: 'plugin' | 'entitlement', name: string, before: boolean, after: boolean, actor: Actor): PlatformAccess {
    const touch = { target: 'platform:', field: `${kind}:${name}`, before, after }
    this.#memory.record(actor, kind === 'plugin' ? 'setPluginEnabled' : 'setEntitlement', name, [touch])
    return this.#memory.putPlatform(platformWith(this.#memory.platform, touch))
  }
}
