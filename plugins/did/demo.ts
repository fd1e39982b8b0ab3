import type { DemoWorld, PluginDatabase } from '../../core/plugin-api.ts'
import { attestations, recordingModes } from './columns.ts'

const day = 86_400_000
const howMany = 300

// Ranges that regulators keep for films and examples: nobody answers there.
const ranges = [
  { country: 'GB', prefix: '442079460', digits: 3 },
  { country: 'GB', prefix: '441614960', digits: 3 },
  { country: 'GB', prefix: '441174960', digits: 3 },
  { country: 'US', prefix: '121255501', digits: 2 },
  { country: 'US', prefix: '141555501', digits: 2 },
  { country: 'US', prefix: '131255501', digits: 2 },
  { country: 'AU', prefix: '6125550', digits: 4 },
  { country: 'AU', prefix: '6135550', digits: 4 },
  { country: 'FR', prefix: '3319900', digits: 4 }
] as const
const tags = ['support', 'sales', 'fax', 'Head office', 'campaign', 'old', 'VIP', 'night service']
const packages = ['Number basic', 'Number plus', null]
const hosts = ['pbx.example.com', 'sip.example.net', '198.51.100.20', 'voice.example.org']
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** 300 numbers of the demo's carriers, most of them given to its customers; the same ones on every run. */
export async function demo(db: PluginDatabase, world: DemoWorld): Promise<void> {
  const below = (limit: number): number => Math.floor(world.random() * limit)
  const pick = <Item>(items: readonly Item[]): Item => items[below(items.length)] as Item
  const id = (): string => Array.from({ length: 16 }, () => pick([...alphabet])).join('')
  const customers = world.companies.filter(company => company.userType === 'CUSTOMER')
  const carriers = world.companies.filter(company => company.userType === 'CARRIER')
  const numbers = new Set<string>()
  const dids: Record<string, unknown>[] = []
  const destinations: Record<string, unknown>[] = []
  const didTags: Record<string, unknown>[] = []

  while (dids.length < howMany) {
    const range = pick(ranges)
    const number = range.prefix + String(below(10 ** range.digits)).padStart(range.digits, '0')
    if (numbers.has(number)) continue
    numbers.add(number)
    // One in eight stays in stock.
    const owner = customers.length > 0 && below(8) > 0 ? pick(customers) : null
    const carrier = carriers.length > 0 ? pick(carriers) : null
    const channelsCeiling = pick([2, 4, 10, 30, 0])
    const flowSpeedCeiling = pick([1, 5, 10, 0])
    const assignedAt = owner ? world.until - (1 + below(700)) * day : null
    const did = id()
    dids.push({
      id: did,
      number,
      country: range.country,
      company_id: owner?.id ?? null,
      carrier_id: carrier?.id ?? null,
      enabled: below(12) > 0 ? 1 : 0,
      retain_display_name: below(2),
      channels: channelsCeiling === 0 ? pick([0, 5, 20]) : 1 + below(channelsCeiling),
      channels_ceiling: channelsCeiling,
      flow_speed: flowSpeedCeiling === 0 ? 0 : 1 + below(flowSpeedCeiling),
      flow_speed_ceiling: flowSpeedCeiling,
      recording_mode: pick(recordingModes),
      package_name: owner ? pick(packages) : null,
      next_charge_at: owner ? world.until + (1 + below(30)) * day : null,
      price: owner ? (4 + below(12)) * 250_000 : null,
      currency: owner?.currency ?? null,
      stir_shaken_min_attest: pick(attestations),
      spam_scout: below(2),
      notes: owner && below(6) === 0 ? 'Ported in; keep until the contract ends.' : null,
      assigned_at: assignedAt,
      minimum_days_until: assignedAt === null ? null : assignedAt + 90 * day,
      card_name: owner ? `Inbound ${range.country}` : null,
      version: 1
    })
    if (!owner) continue
    const add = (position: number, type: string, value: string | null, port: number | null = null): void => {
      destinations.push({ did_id: did, company_id: owner.id, position, type, value, port, prefix: null })
    }
    const kind = below(10)
    if (kind < 7) add(0, 'URI', `${number}@${pick(hosts)}`, pick([null, null, 5060, 5080]))
    else if (kind === 7) add(0, 'CIRCUIT_TEST', null)
    else if (kind === 8) add(0, 'INTERNAL', String(1000 + below(200)))
    if (kind < 3) add(1, 'URI', `${number}@backup.example.com`)
    const first = below(tags.length)
    for (let step = 0; step < below(4); step++) {
      const tag = tags[(first + step) % tags.length] as string
      didTags.push({ did_id: did, company_id: owner.id, tag, tag_lower: tag.toLowerCase() })
    }
  }

  await db.insertMany('did', dids)
  await db.insertMany('did_destination', destinations)
  await db.insertMany('did_tag', didTags)
}
