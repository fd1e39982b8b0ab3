import {
  badInput,
  type OperatorContext,
  type PluginDatabase,
  PortalError,
  parseInstant,
  parseMoney,
  type Resolvers
} from '../../core/plugin-api.ts'
import { e164 } from './destination.ts'
import {
  assignDids,
  createDids,
  deleteDids,
  moveDids,
  type NumberSelection,
  releaseDids,
  revertDids,
  updateDids
} from './inventory.ts'
import { findJob, listJobs, type NumberJob, problemsOf, startJob } from './number-jobs.ts'
import { conditionOf, listNumbers, type NumberFilter, type NumberPage } from './number-list.ts'
import type { InventoryOptions, NumberResult } from './number-plan.ts'
import { numberRange } from './number-range.ts'
import type { NumberSettings } from './number-rules.ts'
import { findNumber, viewsOf } from './number-view.ts'
import type { InventoryActor } from './number-writes.ts'

interface SettingsInput
  extends Omit<NumberSettings, 'price' | 'nextChargeAt' | 'minimumDaysUntil' | 'codecs' | 'blockedSourceTypes'> {
  readonly price?: string | null
  readonly nextChargeAt?: string | null
  readonly minimumDaysUntil?: string | null
  readonly codecs?: readonly string[] | null
  readonly blockedSourceTypes?: readonly string[] | null
}
interface SelectionInput {
  readonly ids?: readonly string[] | null
  readonly numbers?: readonly string[] | null
  readonly from?: string | null
  readonly to?: string | null
}
interface Single {
  readonly id: string
  readonly expectedVersion?: number | null
  readonly reason?: string | null
}
interface Bulk {
  readonly select: SelectionInput
  readonly skipRefused?: boolean | null
  readonly reason?: string | null
}
interface WithSettings {
  readonly settings?: SettingsInput | null
}
interface Create extends WithSettings {
  readonly companyId?: string | null
  readonly skipExisting?: boolean | null
}

/** What may not be cleared. */
const required = [
  'country',
  'enabled',
  'channelsCeiling',
  'flowSpeedCeiling',
  'recordingMode',
  'stirShakenMinAttest',
  'retainDisplayName',
  'spamScout',
  'mediaProxy',
  'transcoding',
  'ipqs'
] as const

const instantOf = (path: string, text: string | null): number | null => {
  const at = text === null ? null : parseInstant(text)
  if (at === undefined) throw badInput(path, 'must be an ISO-8601 instant in UTC, such as 2026-01-31T12:00:00Z')
  return at
}

const priceOf = (path: string, text: string | null): bigint | null => {
  const price = text === null ? null : parseMoney(text)
  if (price === undefined) throw badInput(path, 'must be a decimal number of at most 6 decimals')
  return price
}

const settingsOf = (input: SettingsInput | null | undefined): NumberSettings => {
  const { price, nextChargeAt, minimumDaysUntil, codecs, blockedSourceTypes, ...rest } = input ?? {}
  for (const name of required) {
    if ((rest[name] as unknown) === null) throw badInput(`settings.${name}`, 'cannot be cleared')
  }
  return {
    ...rest,
    ...(price === undefined ? {} : { price: priceOf('settings.price', price) }),
    ...(nextChargeAt === undefined ? {} : { nextChargeAt: instantOf('settings.nextChargeAt', nextChargeAt) }),
    ...(minimumDaysUntil === undefined
      ? {}
      : { minimumDaysUntil: instantOf('settings.minimumDaysUntil', minimumDaysUntil) }),
    ...(codecs === undefined ? {} : { codecs: codecs ?? [] }),
    ...(blockedSourceTypes === undefined ? {} : { blockedSourceTypes: blockedSourceTypes ?? [] })
  }
}

const selectionOf = ({ ids, numbers, from, to }: SelectionInput): NumberSelection => {
  const given = [ids != null, numbers != null, from != null || to != null].filter(Boolean).length
  if (given !== 1) throw badInput('select', 'must name ids, numbers, or from and to; one of the three')
  if (ids != null) return { ids }
  if (numbers != null) return { numbers }
  if (from == null || to == null) throw badInput('select', 'must name both from and to')
  return { numbers: numberRange({ from, to }, 'select.') }
}

const reasonOf = (text: string | null | undefined): string | null => {
  const reason = text?.trim() || null
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is refused
  if (reason !== null && /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]|\p{Surrogate}/u.test(reason)) {
    throw badInput('reason', 'control characters are not allowed')
  }
  if (reason !== null && [...reason].length > 500) throw badInput('reason', 'at most 500 characters')
  return reason
}

const by = (context: OperatorContext, action: string, reason?: string | null): InventoryActor => ({
  actor: context.operator.actor,
  ip: context.operator.ip,
  action,
  reason: reasonOf(reason)
})

const isDone = ({ outcome }: NumberResult): boolean => outcome !== 'REFUSED' && outcome !== 'UNCHANGED'

const batchOf = (results: readonly NumberResult[], operation: string | null) => ({
  done: results.filter(isDone).length,
  operation: results.some(isDone) ? operation : null,
  refused: results.filter(({ outcome }) => outcome === 'REFUSED').length,
  results: results.map(({ record, ...result }) => ({
    ...result,
    id: record?.id ?? null,
    version: record?.version ?? null
  }))
})

type Work = (db: PluginDatabase, options: InventoryOptions) => Promise<readonly NumberResult[]>

/** One number: what refuses it is the call's own error. */
const one = (context: OperatorContext, work: Work) =>
  context.db.transaction(async db => {
    const [result] = (await work(db, {})) as [NumberResult]
    if (result.refusal !== null) throw result.refusal
    return result
  })

/** One number, as it stands afterwards. */
const oneView = async (context: OperatorContext, work: Work) => {
  const { record } = await one(context, work)
  if (record === null) throw new PortalError('NOT_FOUND', 'There is no such number.')
  return (await viewsOf(context.db, [record]))[0]
}

const many = async (context: OperatorContext, skip: InventoryOptions['skip'] | false, work: Work) =>
  batchOf(await context.db.transaction(db => work(db, skip ? { skip } : {})), context.db.operation)

const single = ({ id, expectedVersion }: Single): NumberSelection => ({
  ids: [id],
  expectedVersion: expectedVersion ?? null
})
const skipping = (args: Bulk): 'REFUSED' | false => args.skipRefused === true && 'REFUSED'

const createMany = (
  context: OperatorContext,
  action: string,
  numbers: readonly string[],
  { companyId, settings: input, skipExisting }: Create
) => {
  if (numbers.length === 0) throw badInput('numbers', 'must name at least one number')
  const settings = settingsOf(input)
  const items = numbers.map(number => ({ number, ...(companyId == null ? {} : { companyId }), settings }))
  return many(context, skipExisting === true && 'EXISTING', (db, options) =>
    createDids(db, items, by(context, action), options)
  )
}

/** What operators ask and do; every resolver runs with the roles of the schema already held. */
export const operatorResolvers: Resolvers = {
  Query: {
    numbers: (
      _: unknown,
      args: { filter?: NumberFilter | null; first?: number | null; after?: string | null },
      { db }: OperatorContext
    ) => listNumbers(db, args.filter ?? {}, args),
    number: (_: unknown, args: { id?: string | null; number?: string | null }, { db }: OperatorContext) => {
      if ((args.id == null) === (args.number == null)) throw badInput('id', 'give `id` or `number`, one of them')
      if (args.id != null) return findNumber(db, 'id', args.id)
      return findNumber(db, 'number', e164(args.number as string) ?? '')
    },
    numberJob: (_: unknown, { id }: { id: string }, { db }: OperatorContext) => findJob(db, id),
    numberJobs: (_: unknown, args: { first?: number | null; after?: string | null }, { db }: OperatorContext) =>
      listJobs(db, args)
  },

  Mutation: {
    createNumber: (_: unknown, args: Create & { number: string }, context: OperatorContext) => {
      const settings = settingsOf(args.settings)
      const item = { number: args.number, ...(args.companyId == null ? {} : { companyId: args.companyId }), settings }
      return oneView(context, (db, options) => createDids(db, [item], by(context, 'createNumber'), options))
    },
    createNumbers: (_: unknown, args: Create & { numbers: readonly string[] }, context: OperatorContext) =>
      createMany(context, 'createNumbers', args.numbers, args),
    createNumberRange: (
      _: unknown,
      args: Create & { from: string; to?: string | null; count?: number | null },
      context: OperatorContext
    ) => createMany(context, 'createNumberRange', numberRange(args), args),

    assignNumber: (_: unknown, args: Single & WithSettings & { companyId: string }, context: OperatorContext) => {
      const settings = settingsOf(args.settings)
      return oneView(context, (db, options) =>
        assignDids(db, single(args), args.companyId, settings, by(context, 'assignNumber'), options)
      )
    },
    assignNumbers: (_: unknown, args: Bulk & WithSettings & { companyId: string }, context: OperatorContext) => {
      const select = selectionOf(args.select)
      const settings = settingsOf(args.settings)
      return many(context, skipping(args), (db, options) =>
        assignDids(db, select, args.companyId, settings, by(context, 'assignNumbers'), options)
      )
    },

    moveNumber: (_: unknown, args: Single & WithSettings & { companyId: string }, context: OperatorContext) => {
      const settings = settingsOf(args.settings)
      const actor = by(context, 'moveNumber', args.reason)
      return oneView(context, (db, options) =>
        moveDids(db, single(args), null, args.companyId, settings, actor, options)
      )
    },
    moveNumbers: (
      _: unknown,
      args: Bulk & WithSettings & { fromCompanyId: string; companyId: string },
      context: OperatorContext
    ) => {
      const select = selectionOf(args.select)
      const settings = settingsOf(args.settings)
      const actor = by(context, 'moveNumbers', args.reason)
      return many(context, skipping(args), (db, options) =>
        moveDids(db, select, args.fromCompanyId, args.companyId, settings, actor, options)
      )
    },

    releaseNumber: (_: unknown, args: Single, context: OperatorContext) => {
      const actor = by(context, 'releaseNumber', args.reason)
      return oneView(context, (db, options) => releaseDids(db, single(args), null, actor, options))
    },
    releaseNumbers: (_: unknown, args: Bulk & { fromCompanyId: string }, context: OperatorContext) => {
      const select = selectionOf(args.select)
      const actor = by(context, 'releaseNumbers', args.reason)
      return many(context, skipping(args), (db, options) => releaseDids(db, select, args.fromCompanyId, actor, options))
    },

    updateNumber: (_: unknown, args: Single & WithSettings, context: OperatorContext) => {
      const settings = settingsOf(args.settings)
      return oneView(context, (db, options) =>
        updateDids(db, single(args), settings, by(context, 'updateNumber'), options)
      )
    },
    updateNumbers: (_: unknown, args: Bulk & WithSettings, context: OperatorContext) => {
      const select = selectionOf(args.select)
      const settings = settingsOf(args.settings)
      return many(context, skipping(args), (db, options) =>
        updateDids(db, select, settings, by(context, 'updateNumbers'), options)
      )
    },

    revertNumbers: (
      _: unknown,
      args: { operation: string; reason?: string | null; skipRefused?: boolean | null },
      context: OperatorContext
    ) => {
      const actor = by(context, 'revertNumbers', args.reason)
      return many(context, args.skipRefused === true && 'REFUSED', (db, options) =>
        revertDids(db, args.operation, actor, options)
      )
    },

    deleteNumber: async (_: unknown, args: Single, context: OperatorContext) => {
      const actor = by(context, 'deleteNumber', args.reason)
      await one(context, (db, options) => deleteDids(db, single(args), actor, options))
      return args.id
    },
    deleteNumbers: (_: unknown, args: Bulk, context: OperatorContext) => {
      const select = selectionOf(args.select)
      const actor = by(context, 'deleteNumbers', args.reason)
      return many(context, skipping(args), (db, options) => deleteDids(db, select, actor, options))
    },

    importNumbers: async (
      _: unknown,
      args: { fileId: string; dryRun?: boolean | null; skipRefused?: boolean | null },
      context: OperatorContext
    ) => {
      const file = await context.files.open(args.fileId)
      return startJob(context, args.dryRun === true ? 'DRY_RUN' : 'IMPORT', {
        file,
        input: { skipRefused: args.skipRefused === true }
      })
    },
    exportNumbers: (_: unknown, args: { filter?: NumberFilter | null }, context: OperatorContext) => {
      const filter = args.filter ?? {}
      conditionOf(filter)
      return startJob(context, 'EXPORT', { input: { filter } })
    }
  },

  NumberConnection: {
    nodes: (page: NumberPage, _: unknown, { db }: OperatorContext) => viewsOf(db, page.records),
    totalCount: (page: NumberPage) => page.totalCount()
  },
  NumberJob: {
    problems: (job: NumberJob, _: unknown, { db }: OperatorContext) => problemsOf(db, job.id),
    result: async (job: NumberJob, _: unknown, { files }: OperatorContext) => {
      if (job.resultFileId === null) return null
      try {
        return await files.open(job.resultFileId)
      } catch (error) {
        // Files are kept for a week, jobs for longer; and a file is its owner's and the admins'.
        if (error instanceof PortalError && error.code === 'NOT_FOUND') return null
        throw error
      }
    }
  }
}
