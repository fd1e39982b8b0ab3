import type { Knex } from 'knex'
import { checkDomainColumns, checkDomainFeatures } from '../core/access-input.ts'
import type { Catalogue } from '../core/catalogue.ts'
import { PortalError } from '../core/errors.ts'
import type { AccessAction, Actor, Brand, BrandStore } from '../core/ports.ts'
import { readBrandAccess } from './access-source.ts'
import { bumpScopes, changing, type Touch } from './access-write.ts'
import { doneBy, writeAudit } from './audit.ts'
import { removeBrand } from './brand-removal.ts'
import { brandField, lockBrand, writeBrand } from './brand-write.ts'
import type { Database } from './connect.ts'
import { defaultBrandId, lockBrandList, writeDefault } from './default-brand.ts'
import { readCurrency, readFqdn, readName } from './input.ts'
import { insertRows } from './insert-rows.ts'
import { containing, pageOf, readPage } from './page.ts'
import { clockOf, newId, rowOf, rowsOf } from './sql.ts'

interface BrandRow {
  readonly id: string
  readonly seq: number
  readonly fqdn: string
  readonly brand_name: string
  readonly is_default: number
  readonly enabled: number
  readonly currencies: string
  readonly version: number
  readonly created_at: number
}

const brandsFrom = async (knex: Knex, rows: readonly BrandRow[]): Promise<Brand[]> => {
  if (rows.length === 0) return []
  const access = await readBrandAccess(
    knex,
    rows.map(row => row.id)
  )
  return rows.map(row => ({
    id: row.id,
    fqdn: row.fqdn,
    brandName: row.brand_name,
    isDefault: row.is_default === 1,
    enabled: row.enabled === 1,
    currencies: JSON.parse(row.currencies),
    ...access(row.id),
    version: row.version,
    createdAt: row.created_at
  }))
}

const readBrand = async (knex: Knex, column: 'id' | 'fqdn', value: string): Promise<Brand | null> => {
  const rows = await rowsOf<BrandRow>(knex, `SELECT * FROM portal_domain WHERE ${column} = ?`, [value])
  return (await brandsFrom(knex, rows))[0] ?? null
}

const readCurrencies = (currencies: readonly string[]): readonly string[] =>
  currencies.map((currency, index) => readCurrency(`currencies.${index}`, currency))

/** Writes what differs of a locked brand; nothing when nothing does. */
const writeChanges = async (
  trx: Knex,
  id: string,
  touches: readonly Touch[],
  action: AccessAction,
  actor: Actor
): Promise<Brand> => {
  const changes = changing(touches)
  if (changes.length > 0) await writeBrand(trx, id, changes, action, actor)
  return (await readBrand(trx, 'id', id))!
}

/** Brands on the database; see `BrandStore`. */
export const createBrandStore = (db: Database, catalogue: Catalogue): BrandStore => ({
  get: by => ('id' in by ? readBrand(db.reader, 'id', by.id) : readBrand(db.reader, 'fqdn', by.fqdn.toLowerCase())),

  list: async request => {
    const { first, position } = readPage(request)
    const pattern = containing(request.search)
    const conditions = ['1 = 1']
    const bindings: (string | number)[] = []
    if (pattern) {
      conditions.push(`(fqdn LIKE ? ESCAPE '!' OR brand_name_lower LIKE ? ESCAPE '!')`)
      bindings.push(pattern, pattern)
    }
    if (request.enabled != null) {
      conditions.push('enabled = ?')
      bindings.push(request.enabled ? 1 : 0)
    }
    const where = conditions.join(' AND ')
    const rows = await rowsOf<BrandRow>(
      db.reader,
      `SELECT * FROM portal_domain WHERE ${where} AND seq > ? ORDER BY seq LIMIT ?`,
      [...bindings, position ?? 0, first + 1]
    )
    const count = await rowOf<{ n: number }>(
      db.reader,
      `SELECT COUNT(*) AS n FROM portal_domain WHERE ${where}`,
      bindings
    )
    return { ...pageOf(rows, first, await brandsFrom(db.reader, rows)), totalCount: count!.n }
  },

  create: async (input, actor) => {
    const fqdn = readFqdn('fqdn', input.fqdn)
    const brandName = readName('brandName', input.brandName)
    const currencies = readCurrencies(input.currencies)
    checkDomainFeatures(
      catalogue,
      input.features.map(key => ({ key }))
    )
    return db.transaction(async trx => {
      // Also the lock that lets only one brand be the first.
      const counter = await rowOf<{ value: number }>(
        trx,
        `UPDATE creation_counter SET value = value + 1 WHERE kind = 'portal_domain' RETURNING value`
      )
      if (await rowOf(trx, 'SELECT 1 AS one FROM portal_domain WHERE fqdn = ?', [fqdn]))
        throw new PortalError('CONFLICT', 'This host name is taken.')
      const isFirst = !(await rowOf(trx, 'SELECT 1 AS one FROM portal_domain WHERE is_default = 1'))
      const id = newId()
      await trx.raw(
        `INSERT INTO portal_domain (id, seq, fqdn, brand_name, brand_name_lower, is_default, currencies, created_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
        [
          ...[id, counter!.value, fqdn, brandName, brandName.toLowerCase(), isFirst ? 1 : 0],
          ...[JSON.stringify(currencies), await clockOf(trx)]
        ]
      )
      await insertRows(
        trx,
        'domain_feature',
        input.features.map(key => ({ domain_id: id, key, enabled: 1 }))
      )
      await writeAudit(trx, {
        ...doneBy(actor),
        action: 'createPortalDomain',
        target: id,
        domainId: id,
        after: { fqdn, brandName, features: input.features }
      })
      await trx.raw('INSERT INTO access_counter (scope, revision) VALUES (?, 0)', [id])
      await bumpScopes(trx, new Map([[id, []]]))
      return (await readBrand(trx, 'id', id))!
    })
  },

  setFeatures: async (id, features, actor, expectedVersion) => {
    checkDomainFeatures(catalogue, features)
    return db.transaction(async trx => {
      await lockBrand(trx, id, expectedVersion)
      const touches: Touch[] = []
      for (const { key, enabled } of features) {
        const field = `feature:${key}`
        touches.push({ field, before: await brandField(trx, id, field), after: enabled })
      }
      return writeChanges(trx, id, touches, 'setDomainFeatures', actor)
    })
  },

  setColumns: async (id, list, actor, expectedVersion) => {
    checkDomainColumns(catalogue, list)
    return db.transaction(async trx => {
      await lockBrand(trx, id, expectedVersion)
      const field = `columns:${list.report}:${list.userType}`
      const touch = { field, before: await brandField(trx, id, field), after: list.columns }
      return writeChanges(trx, id, [touch], 'setDomainColumns', actor)
    })
  },

  update: async (id, input, actor, expectedVersion) => {
    const brandName = input.brandName === undefined ? undefined : readName('brandName', input.brandName)
    const currencies = input.currencies && readCurrencies(input.currencies)
    return db.transaction(async trx => {
      const brand = await lockBrand(trx, id, expectedVersion)
      const touches: Touch[] = []
      if (brandName !== undefined) touches.push({ field: 'brandName', before: brand.brand_name, after: brandName })
      if (currencies)
        touches.push({ field: 'currencies', before: JSON.parse(brand.currencies), after: [...new Set(currencies)] })
      return writeChanges(trx, id, touches, 'updatePortalDomain', actor)
    })
  },

  setEnabled: (id, enabled, actor, expectedVersion) =>
    db.transaction(async trx => {
      const brand = await lockBrand(trx, id, expectedVersion)
      const touch = { field: 'enabled', before: brand.enabled === 1, after: enabled }
      return writeChanges(trx, id, [touch], enabled ? 'enablePortalDomain' : 'disablePortalDomain', actor)
    }),

  setDefault: (id, actor, expectedVersion) =>
    db.transaction(async trx => {
      await lockBrandList(trx)
      const before = await defaultBrandId(trx)
      if (before === id) await lockBrand(trx, id, expectedVersion)
      else await writeDefault(trx, before, id, 'setDefaultPortalDomain', actor, expectedVersion)
      return (await readBrand(trx, 'id', id))!
    }),

  remove: (id, reassignTo, actor, expectedVersion) =>
    db.transaction(trx => removeBrand(trx, id, reassignTo, actor, expectedVersion))
})
