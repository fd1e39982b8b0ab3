import type { Knex } from 'knex'
import { checkOverrideChanges } from '../core/access-input.ts'
import {
  type AccessTemplate,
  type AccessTemplateInput,
  type AccessTemplateStore,
  type TemplateOverride,
  type TemplatePlan,
  type TemplateResult,
  type TemplateTarget,
  templateReach
} from '../core/access-template.ts'
import type { Catalogue } from '../core/catalogue.ts'
import { badInput, PortalError } from '../core/errors.ts'
import type { AccessAction, Actor } from '../core/ports.ts'
import { driftedCount, driftOf, templateCompanies } from './access-template-drift.ts'
import { bringTouches, changesOf, conflictsOf, liftTouches, readScene, refusal } from './access-template-plan.ts'
import { checkVersion, type Touch } from './access-write.ts'
import { doneBy, writeAudit } from './audit.ts'
import { lockCompanies } from './company-write.ts'
import type { Database } from './connect.ts'
import { readName } from './input.ts'
import { insertRows } from './insert-rows.ts'
import { writeOverrides } from './override-write.ts'
import { containing, pageOf, readPage } from './page.ts'
import { clockOf, groupBy, newId, rowOf, rowsOf, wordsOf } from './sql.ts'

/** Companies of one transaction: while it runs, other writers of their brand wait. */
const chunkSize = 500

interface Row {
  readonly id: string
  readonly seq: number
  readonly name: string
  readonly description: string | null
  readonly version: number
  readonly created_at: number
  readonly updated_at: number
  readonly companies: number
}

const rowSql = `SELECT t.*, (SELECT COUNT(*) FROM access_template_company m WHERE m.template_id = t.id) AS companies
  FROM access_template t`

const templatesFrom = async (knex: Knex, rows: readonly Row[]): Promise<AccessTemplate[]> => {
  if (rows.length === 0) return []
  const lines = groupBy(
    await rowsOf<{
      template_id: string
      key: string
      override: TemplateOverride['override']
      reason: string | null
      valid_from: number | null
      valid_until: number | null
    }>(
      knex,
      `SELECT * FROM access_template_override WHERE template_id IN (SELECT value FROM ${wordsOf(knex).each})
       ORDER BY template_id, key`,
      [JSON.stringify(rows.map(({ id }) => id))]
    ),
    line => line.template_id
  )
  return rows.map(row => ({
    id: row.id,
    name: row.name,
    description: row.description,
    overrides: (lines.get(row.id) ?? []).map(line => ({
      key: line.key,
      override: line.override,
      validFrom: line.valid_from,
      validUntil: line.valid_until,
      reason: line.reason
    })),
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    companyCount: row.companies
  }))
}

const readTemplate = async (knex: Knex, id: string): Promise<AccessTemplate | null> =>
  (await templatesFrom(knex, await rowsOf<Row>(knex, `${rowSql} WHERE t.id = ?`, [id])))[0] ?? null

const found = (template: AccessTemplate | null): AccessTemplate => {
  if (template === null) throw new PortalError('NOT_FOUND', 'There is no such access template.')
  return template
}

/** The template, kept as it is until the transaction ends. @throws PortalError NOT_FOUND, CONFLICT on a stale version */
const lockTemplate = async (
  trx: Knex,
  id: string,
  lock: 'forUpdate' | 'forShare',
  expectedVersion?: number | null
): Promise<AccessTemplate> => {
  await rowOf(trx, `SELECT 1 AS one FROM access_template WHERE id = ?${wordsOf(trx)[lock]}`, [id])
  const template = found(await readTemplate(trx, id))
  checkVersion(template, expectedVersion)
  return template
}

const refuseTakenName = async (trx: Knex, name: string, exceptId: string): Promise<void> => {
  if (
    await rowOf(trx, 'SELECT 1 AS one FROM access_template WHERE name_lower = ? AND id <> ?', [
      name.toLowerCase(),
      exceptId
    ])
  )
    throw new PortalError('CONFLICT', `There is an access template "${name}" already; choose another name.`)
}

const putLines = async (trx: Knex, id: string, lines: readonly TemplateOverride[]): Promise<void> => {
  await trx.raw('DELETE FROM access_template_override WHERE template_id = ?', [id])
  await insertRows(
    trx,
    'access_template_override',
    lines.map(line => ({
      template_id: id,
      key: line.key,
      override: line.override,
      reason: line.reason,
      valid_from: line.validFrom ?? null,
      valid_until: line.validUntil ?? null
    }))
  )
}

/** Every line as it is stored and compared, by key. */
const inOrder = (lines: readonly TemplateOverride[]): readonly TemplateOverride[] =>
  lines
    .map(({ key, override, validFrom, validUntil, reason }) => ({
      key,
      override,
      validFrom: validFrom ?? null,
      validUntil: validUntil ?? null,
      reason
    }))
    .toSorted((one, other) => (one.key < other.key ? -1 : 1))

/** Access templates on the database; see `AccessTemplateStore`. */
export const createAccessTemplateStore = (db: Database, catalogue: Catalogue): AccessTemplateStore => {
  const checkLines = (lines: readonly TemplateOverride[]): void => {
    checkOverrideChanges(catalogue, lines)
    if (lines.length === 0) throw badInput('overrides', 'must name at least one key')
  }

  const idsOf = async (target: TemplateTarget): Promise<readonly string[]> => {
    const ids =
      'companyIds' in target
        ? [...new Set(target.companyIds)]
        : (
            await rowsOf<{ id: string }>(db.reader, 'SELECT id FROM company WHERE domain_id = ? ORDER BY seq LIMIT ?', [
              target.domainId,
              templateReach + 1
            ])
          ).map(row => row.id)
    if (ids.length > templateReach)
      throw badInput('companyIds', `at most ${templateReach} companies in one call; name some of them`)
    return ids
  }

  const idsAppliedTo = async (id: string, companyIds: readonly string[] | null): Promise<readonly string[]> => {
    if (companyIds !== null) return idsOf({ companyIds })
    const rows = await rowsOf<{ id: string }>(
      db.reader,
      `SELECT c.id FROM access_template_company m JOIN company c ON c.id = m.company_id
       WHERE m.template_id = ? ORDER BY c.seq LIMIT ?`,
      [id, templateReach + 1]
    )
    return idsOf({ companyIds: rows.map(row => row.id) })
  }

  /** Writes what `touchesOf` gives to each company, in chunks. A template changed under way ends the rest with CONFLICT. */
  const write = async (
    id: string,
    companyIds: readonly string[],
    action: AccessAction,
    actor: Actor,
    onlyApplied: boolean,
    expectedVersion: number | null | undefined
  ): Promise<readonly TemplateResult[]> => {
    const template = found(await readTemplate(db.reader, id))
    checkVersion(template, expectedVersion)
    const { version } = template
    const results = new Map<string, TemplateResult>()
    for (let start = 0; start < companyIds.length; start += chunkSize) {
      const chunk = companyIds.slice(start, start + chunkSize)
      try {
        const done = await db.transaction(async trx => {
          const template = await lockTemplate(trx, id, 'forShare', version)
          const locked = await lockCompanies(trx, chunk)
          const scene = await readScene(trx, template, chunk)
          const at = await clockOf(trx)
          const lifts = action === 'liftAccessTemplate'
          const planned = locked
            .filter(company => !onlyApplied || scene.applied.has(company.id))
            .map(company => ({
              company,
              touches: lifts
                ? liftTouches(template, scene, company.id)
                : bringTouches(template, scene, company.id, actor.operator.actor, at),
              conflicts: lifts ? [] : conflictsOf(template, scene, company.id)
            }))
          const changed = planned.filter(({ touches }) => touches.length > 0)
          if (changed.length > 0) await writeOverrides(trx, changed, action, actor, at)
          const known = new Set(locked.map(company => company.id))
          return [
            ...planned.map(({ company, touches, conflicts }) => ({
              companyId: company.id,
              ok: true,
              changed: touches.length > 0,
              conflicts
            })),
            ...(onlyApplied
              ? locked
                  .filter(company => !scene.applied.has(company.id))
                  .map(company =>
                    refusal(company.id, 'PRECONDITION_FAILED', 'The template is not applied to this company.')
                  )
              : []),
            ...chunk.filter(each => !known.has(each)).map(unknownCompany)
          ]
        })
        for (const result of done) results.set(result.companyId, result)
      } catch (error) {
        // Chunks that were committed stay; the caller learns which companies are not done.
        if (!(error instanceof PortalError)) throw error
        for (const each of chunk) results.set(each, refusal(each, error.code, error.message))
      }
    }
    return companyIds.map(each => results.get(each)!)
  }

  return {
    get: id => readTemplate(db.reader, id),

    list: async request => {
      const { first, position } = readPage(request)
      const pattern = containing(request.search)
      const where = pattern ? `t.name_lower LIKE ? ESCAPE '!'` : '1 = 1'
      const bindings = pattern ? [pattern] : []
      const rows = await rowsOf<Row>(db.reader, `${rowSql} WHERE ${where} AND t.seq > ? ORDER BY t.seq LIMIT ?`, [
        ...bindings,
        position ?? 0,
        first + 1
      ])
      const count = await rowOf<{ n: number }>(
        db.reader,
        `SELECT COUNT(*) AS n FROM access_template t WHERE ${where}`,
        bindings
      )
      return { ...pageOf(rows, first, await templatesFrom(db.reader, rows)), totalCount: count!.n }
    },

    create: async (input, actor) => {
      const name = readName('name', input.name)
      checkLines(input.overrides)
      return db.transaction(async trx => {
        const counter = await rowOf<{ value: number }>(
          trx,
          `UPDATE creation_counter SET value = value + 1 WHERE kind = 'access_template' RETURNING value`
        )
        const id = newId()
        await refuseTakenName(trx, name, id)
        const at = await clockOf(trx)
        await insertRows(trx, 'access_template', [
          {
            id,
            seq: counter!.value,
            name,
            name_lower: name.toLowerCase(),
            description: input.description,
            created_at: at,
            updated_at: at
          }
        ])
        await putLines(trx, id, input.overrides)
        await writeAudit(trx, {
          ...doneBy(actor),
          action: 'createAccessTemplate',
          target: id,
          after: { name, description: input.description, overrides: inOrder(input.overrides) }
        })
        return found(await readTemplate(trx, id))
      })
    },

    update: async (id, input, actor, expectedVersion) => {
      const name = input.name === undefined ? undefined : readName('name', input.name)
      if (input.overrides !== undefined) checkLines(input.overrides)
      return db.transaction(async trx => {
        const old = await lockTemplate(trx, id, 'forUpdate', expectedVersion)
        const before: AccessTemplateInput = {
          name: old.name,
          description: old.description,
          overrides: inOrder(old.overrides)
        }
        const after: AccessTemplateInput = {
          name: name ?? old.name,
          description: input.description === undefined ? old.description : input.description,
          overrides: inOrder(input.overrides ?? old.overrides)
        }
        const changed = (Object.keys(after) as (keyof AccessTemplateInput)[]).filter(
          field => JSON.stringify(before[field]) !== JSON.stringify(after[field])
        )
        if (changed.length === 0) return old
        const only = (side: AccessTemplateInput) => Object.fromEntries(changed.map(field => [field, side[field]]))
        await refuseTakenName(trx, after.name, id)
        await trx.raw(
          `UPDATE access_template SET name = ?, name_lower = ?, description = ?, version = version + 1,
             updated_at = ${wordsOf(trx).now} WHERE id = ?`,
          [after.name, after.name.toLowerCase(), after.description, id] as Knex.RawBinding[]
        )
        if (changed.includes('overrides')) await putLines(trx, id, after.overrides)
        await writeAudit(trx, {
          ...doneBy(actor),
          action: 'updateAccessTemplate',
          target: id,
          before: only(before),
          after: only(after)
        })
        return found(await readTemplate(trx, id))
      })
    },

    remove: (id, actor, expectedVersion) =>
      db.transaction(async trx => {
        const old = await lockTemplate(trx, id, 'forUpdate', expectedVersion)
        if (old.companyCount > 0)
          throw new PortalError(
            'PRECONDITION_FAILED',
            `The template is applied to ${old.companyCount} ${old.companyCount === 1 ? 'company' : 'companies'}; lift it first.`,
            { reason: 'TEMPLATE_APPLIED', facts: { companies: old.companyCount } }
          )
        await trx.raw('DELETE FROM access_template WHERE id = ?', [id])
        await writeAudit(trx, {
          ...doneBy(actor),
          action: 'deleteAccessTemplate',
          target: id,
          before: { name: old.name, description: old.description, overrides: inOrder(old.overrides) }
        })
      }),

    companies: async (id, request) => {
      const template = found(await readTemplate(db.reader, id))
      const { rows, totalCount, first } = await templateCompanies(db.reader, id, request)
      const scene = await readScene(
        db.reader,
        template,
        rows.map(row => row.id)
      )
      const nodes = rows.map(row => ({
        companyId: row.id,
        name: row.name,
        domainId: row.domain_id,
        appliedAt: row.applied_at,
        appliedBy: row.applied_by,
        drift: driftOf(template, scene, row.id)
      }))
      return { ...pageOf(rows, first, nodes), totalCount }
    },

    driftedCount: id => driftedCount(db.reader, id),

    plan: async (id, target) => {
      const companyIds = await idsOf(target)
      return db.snapshot(async trx => {
        const template = found(await readTemplate(trx, id))
        const at = await clockOf(trx)
        const plans: TemplatePlan[] = []
        for (let start = 0; start < companyIds.length; start += 5_000) {
          const chunk = companyIds.slice(start, start + 5_000)
          const known = new Set(
            (
              await rowsOf<{ id: string }>(
                trx,
                `SELECT id FROM company WHERE id IN (SELECT value FROM ${wordsOf(trx).each})`,
                [JSON.stringify(chunk)]
              )
            ).map(row => row.id)
          )
          const scene = await readScene(trx, template, chunk)
          for (const companyId of chunk) {
            if (!known.has(companyId)) {
              plans.push(unknownCompany(companyId))
              continue
            }
            const touches: readonly Touch[] = bringTouches(template, scene, companyId, '', at)
            plans.push({
              companyId,
              ok: true,
              changed: touches.length > 0,
              conflicts: conflictsOf(template, scene, companyId),
              changes: changesOf(touches)
            })
          }
        }
        return plans
      })
    },

    apply: async (id, target, actor, version) =>
      write(id, await idsOf(target), 'applyAccessTemplate', actor, false, version),
    reapply: async (id, companyIds, actor, version) =>
      write(id, await idsAppliedTo(id, companyIds), 'reapplyAccessTemplate', actor, true, version),
    lift: async (id, companyIds, actor, version) =>
      write(id, await idsAppliedTo(id, companyIds), 'liftAccessTemplate', actor, true, version)
  }
}

const unknownCompany = (companyId: string): TemplatePlan => refusal(companyId, 'NOT_FOUND', 'There is no such company.')
