import { formatInstant, formatMoney, type PluginDatabase, PortalError } from '../../core/plugin-api.ts'
import { type Belongings, type NumberRecord, readBelongings, readRecords } from './number-record.ts'

/** A number as the operators' schema writes it. */
export type NumberView = Omit<NumberRecord, 'assignedAt' | 'nextChargeAt' | 'minimumDaysUntil' | 'price'> &
  Belongings & {
    readonly companyName: string | null
    readonly carrierName: string | null
    readonly assignedAt: string | null
    readonly nextChargeAt: string | null
    readonly minimumDaysUntil: string | null
    readonly price: string | null
  }

const instant = (at: number | null): string | null => (at === null ? null : formatInstant(at))

/** Completes numbers with the names of their companies, destinations and tags. */
export const viewsOf = async (db: PluginDatabase, records: readonly NumberRecord[]): Promise<readonly NumberView[]> => {
  const ids = new Set(records.flatMap(({ companyId, carrierId }) => [companyId, carrierId]))
  const companies = await db.companies([...ids].filter(id => id !== null))
  const belongings = await readBelongings(
    db,
    records.map(({ id }) => id)
  )
  const nameOf = (id: string | null): string | null => (id === null ? null : (companies.get(id)?.name ?? null))
  return records.map(record => ({
    ...record,
    ...(belongings.get(record.id) ?? { destinations: [], tags: [] }),
    companyName: nameOf(record.companyId),
    carrierName: nameOf(record.carrierId),
    assignedAt: instant(record.assignedAt),
    nextChargeAt: instant(record.nextChargeAt),
    minimumDaysUntil: instant(record.minimumDaysUntil),
    price: record.price === null ? null : formatMoney(record.price)
  }))
}

/** @throws PortalError NOT_FOUND */
export const findNumber = async (db: PluginDatabase, by: 'id' | 'number', value: string): Promise<NumberView> => {
  const [view] = await viewsOf(db, await readRecords(db, by, [value], false))
  if (view === undefined) throw new PortalError('NOT_FOUND', 'There is no such number.')
  return view
}
