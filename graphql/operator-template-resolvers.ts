import type {
  AccessTemplate,
  AccessTemplateInput,
  TemplateCompany,
  TemplateConflict,
  TemplateOverride,
  TemplateTarget
} from '../core/access-template.ts'
import type { Catalogue } from '../core/catalogue.ts'
import { badInput } from '../core/errors.ts'
import type { Resolvers } from '../core/plugin-api.ts'
import { brandById } from './operator-brand-resolvers.ts'
import { bulkResults, withOperation } from './operator-bulk.ts'
import { actorOf, type OperatorRequestContext, written } from './operator-context.ts'
import {
  type CompanyOverrideInput,
  canBeId,
  companyIdsInput,
  found,
  idInput,
  instantText,
  noteInput,
  optionalInstant,
  overridesInput,
  pageInput,
  searchInput,
  textInput
} from './operator-input.ts'
import { connection, type PageArguments } from './operator-page.ts'
import { ChangePreview } from './operator-preview-resolvers.ts'

interface TemplateInput {
  readonly name?: string | null
  readonly description?: string | null
  readonly overrides?: readonly CompanyOverrideInput[] | null
}

interface TargetArguments {
  readonly companyIds?: readonly string[] | null
  readonly domainId?: string | null
}

const linesInput = (path: string, lines: readonly CompanyOverrideInput[], catalogue: Catalogue): TemplateOverride[] => {
  if (lines.length === 0) throw badInput(path, 'must name at least one key')
  return overridesInput(path, lines, catalogue).map(({ key, override, reason, validFrom, validUntil }, index) => {
    if (override === 'INHERIT')
      throw badInput(`${path}.${index}.override`, 'must be SHOW or HIDE; leave the key out instead')
    return { key, override, reason: reason ?? null, validFrom: validFrom ?? null, validUntil: validUntil ?? null }
  })
}

/** What of the input is given; null leaves a name and overrides alone, and empties a description. */
const templateInput = (path: string, input: TemplateInput, catalogue: Catalogue): Partial<AccessTemplateInput> => ({
  ...(input.name == null ? {} : { name: textInput(`${path}.name`, input.name, 1, 120) }),
  ...(input.description === undefined ? {} : { description: noteInput(`${path}.description`, input.description) }),
  ...(input.overrides == null ? {} : { overrides: linesInput(`${path}.overrides`, input.overrides, catalogue) })
})

/** @throws PortalError BAD_USER_INPUT unless exactly one of both is given; NOT_FOUND for an unknown brand */
const targetInput = async (args: TargetArguments, context: OperatorRequestContext): Promise<TemplateTarget> => {
  if ((args.companyIds == null) === (args.domainId == null))
    throw badInput('companyIds', 'give companyIds or domainId, one of them')
  if (args.companyIds != null) return { companyIds: companyIdsInput('companyIds', args.companyIds).filter(canBeId) }
  return { domainId: (await brandById(context, args.domainId!)).id }
}

/** One result for every company that was named; ids that cannot exist never reach the store. */
const forCompanies = async <T extends { readonly companyId: string; readonly ok: boolean }>(
  companyIds: readonly string[] | null | undefined,
  work: (ids: readonly string[] | null) => Promise<readonly T[]>
): Promise<readonly { readonly companyId: string }[]> => {
  if (companyIds == null) return work(null)
  const ids = companyIdsInput('companyIds', companyIds)
  return (await bulkResults(ids, work)).map(result => ({ changed: false, conflicts: [], ...result }))
}

const inRegistryOrder = (
  lines: readonly TemplateOverride[],
  { access }: OperatorRequestContext
): TemplateOverride[] => {
  const place = ({ key }: TemplateOverride): number => access.catalogue.bit(key) ?? Number.MAX_SAFE_INTEGER
  return lines.toSorted((one, other) => place(one) - place(other))
}

const templateId = (id: string): string => idInput(id, 'access template')

/** What is done where the template is applied: to all of those companies, or to the named ones. */
const whereApplied =
  (what: 'reapply' | 'lift') =>
  async (
    _parent: unknown,
    args: {
      id: string
      companyIds?: readonly string[] | null
      reason?: string | null
      expectedVersion?: number | null
    },
    context: OperatorRequestContext
  ) => {
    const id = templateId(args.id)
    const actor = actorOf(context, noteInput('reason', args.reason))
    const results = await written(
      context,
      forCompanies(args.companyIds, ids => context.scale.templates[what](id, ids, actor, args.expectedVersion))
    )
    return withOperation(context, results)
  }

export const operatorTemplateResolvers: Resolvers = {
  Query: {
    accessTemplates: async (
      _parent: unknown,
      args: PageArguments & { search?: string | null },
      context: OperatorRequestContext
    ) =>
      connection(
        await context.scale.templates.list({ ...pageInput(args), search: searchInput('search', args.search) })
      ),

    accessTemplate: async (_parent: unknown, args: { id: string }, context: OperatorRequestContext) =>
      found(await context.scale.templates.get(templateId(args.id)), 'access template'),

    previewAccessTemplate: async (
      _parent: unknown,
      args: TargetArguments & { id: string },
      context: OperatorRequestContext
    ) => {
      const id = templateId(args.id)
      const target = await targetInput(args, context)
      const results = await context.scale.templates.plan(id, target)
      // Companies of the plan that came after the request started.
      context.clock.at = await context.mirror.refresh()
      const { at } = context.clock
      const reached = results.filter(result => result.ok)
      const change = {
        companyIds: reached.map(result => result.companyId),
        // Keys that no plugin knows any more change nothing.
        overridesByCompany: new Map(
          reached.map(({ companyId, changes }) => [
            companyId,
            changes.filter(({ key }) => context.access.catalogue.feature(key) !== undefined)
          ])
        )
      }
      return {
        access: new ChangePreview(page => context.access.preview(change, { at, ...page })),
        results: await forCompanies(args.companyIds, async () => results)
      }
    }
  },

  Mutation: {
    createAccessTemplate: async (_parent: unknown, args: { input: TemplateInput }, context: OperatorRequestContext) => {
      const input = templateInput('input', args.input, context.access.catalogue)
      return context.scale.templates.create({ description: null, ...input } as AccessTemplateInput, actorOf(context))
    },

    updateAccessTemplate: async (
      _parent: unknown,
      args: { id: string; change: TemplateInput; expectedVersion?: number | null },
      context: OperatorRequestContext
    ) => {
      const change = templateInput('change', args.change, context.access.catalogue)
      return context.scale.templates.update(templateId(args.id), change, actorOf(context), args.expectedVersion)
    },

    deleteAccessTemplate: async (
      _parent: unknown,
      args: { id: string; expectedVersion?: number | null },
      context: OperatorRequestContext
    ) => {
      await context.scale.templates.remove(templateId(args.id), actorOf(context), args.expectedVersion)
      return args.id
    },

    applyAccessTemplate: async (
      _parent: unknown,
      args: TargetArguments & { id: string; reason?: string | null; expectedVersion?: number | null },
      context: OperatorRequestContext
    ) => {
      const id = templateId(args.id)
      const actor = actorOf(context, noteInput('reason', args.reason))
      const target = await targetInput(args, context)
      const { templates } = context.scale
      const results = await written(
        context,
        forCompanies(args.companyIds, ids =>
          templates.apply(id, ids === null ? target : { companyIds: ids }, actor, args.expectedVersion)
        )
      )
      return withOperation(context, results)
    },

    reapplyAccessTemplate: whereApplied('reapply'),
    liftAccessTemplate: whereApplied('lift')
  },

  AccessTemplate: {
    overrides: (template: AccessTemplate, _args: unknown, context: OperatorRequestContext) =>
      inRegistryOrder(template.overrides, context),
    createdAt: (template: AccessTemplate) => instantText(template.createdAt),
    updatedAt: (template: AccessTemplate) => instantText(template.updatedAt),
    driftedCount: (template: AccessTemplate, _args: unknown, context: OperatorRequestContext) =>
      context.scale.templates.driftedCount(template.id),
    companies: async (
      template: AccessTemplate,
      args: PageArguments & { drifted?: boolean | null },
      context: OperatorRequestContext
    ) =>
      connection(
        await context.scale.templates.companies(template.id, { ...pageInput(args), drifted: args.drifted ?? null })
      )
  },

  AccessTemplateOverride: {
    validFrom: (line: TemplateOverride) => optionalInstant(line.validFrom),
    validUntil: (line: TemplateOverride) => optionalInstant(line.validUntil)
  },

  AccessTemplateCompany: {
    appliedAt: (company: TemplateCompany) => instantText(company.appliedAt),
    differences: (company: TemplateCompany) => company.drift
  },

  AccessTemplateConflict: {
    templateId: (conflict: TemplateConflict) => conflict.heldBy?.id ?? null,
    templateName: (conflict: TemplateConflict) => conflict.heldBy?.name ?? null
  }
}
