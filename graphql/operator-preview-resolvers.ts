import type { AccessChange, AccessPreview } from '../core/access-index.ts'
import { badInput } from '../core/errors.ts'
import type { Resolvers } from '../core/plugin-api.ts'
import type { OperatorRequestContext } from './operator-context.ts'
import {
  type CompanyOverrideInput,
  companyIdsInput,
  type DomainColumnsInput,
  type DomainFeatureInput,
  domainColumnsInput,
  domainFeaturesInput,
  overridesInput,
  pageInput
} from './operator-input.ts'
import { connection, type PageArguments } from './operator-page.ts'

interface AccessChangeInput {
  readonly domainId?: string | null
  readonly features?: readonly DomainFeatureInput[] | null
  readonly columns?: readonly DomainColumnsInput[] | null
  readonly companyIds?: readonly string[] | null
  readonly overrides?: readonly CompanyOverrideInput[] | null
  readonly assignDomainId?: string | null
  readonly defaultDomainId?: string | null
  readonly removeDomainId?: string | null
  readonly reassignTo?: string | null
}

/** The change as the mutations would take it, under the same checks. */
const changeInput = (input: AccessChangeInput, context: OperatorRequestContext): AccessChange => {
  const { catalogue } = context.access
  const features = domainFeaturesInput('change.features', input.features ?? [], catalogue)
  const columns = (input.columns ?? []).map((list, index) =>
    domainColumnsInput(`change.columns.${index}`, list, catalogue)
  )
  columns.forEach(({ report, userType }, index) => {
    if (columns.findIndex(list => list.report === report && list.userType === userType) < index) {
      throw badInput(`change.columns.${index}`, `${report} for ${userType} is listed twice`)
    }
  })
  const overrides = overridesInput('change.overrides', input.overrides ?? [], catalogue)
  const companyIds = companyIdsInput('change.companyIds', input.companyIds ?? [])
  // A null that was written means "to no brand"; one that was left out means no move.
  const moves = input.assignDomainId !== undefined
  if ((features.length > 0 || columns.length > 0) && typeof input.domainId !== 'string') {
    throw badInput('change.domainId', 'is needed by features and columns')
  }
  if ((overrides.length > 0 || moves) && companyIds.length === 0) {
    throw badInput('change.companyIds', 'is needed by overrides and assignDomainId')
  }
  const { defaultDomainId, removeDomainId, reassignTo } = input
  if (reassignTo != null && removeDomainId == null) throw badInput('change.removeDomainId', 'is needed by reassignTo')
  for (const path of ['assignDomainId', 'defaultDomainId', 'reassignTo'] as const)
    if (removeDomainId != null && input[path] === removeDomainId)
      throw badInput(`change.${path}`, 'is the brand to delete')
  return {
    ...(typeof input.domainId === 'string' ? { domainId: input.domainId } : {}),
    features,
    columns,
    companyIds,
    overrides,
    ...(moves ? { assignDomainId: input.assignDomainId } : {}),
    defaultDomainId,
    removeDomainId,
    reassignTo
  }
}

/** One change under preview. Counts and a page of differences come from one walk over the companies. */
export class ChangePreview {
  readonly #compute: (page: { first: number; after: string | null }) => AccessPreview
  #latest: AccessPreview | undefined

  constructor(compute: (page: { first: number; after: string | null }) => AccessPreview) {
    this.#compute = compute
  }

  page(first: number, after: string | null): AccessPreview {
    this.#latest = this.#compute({ first, after })
    return this.#latest
  }

  /** Waits until the sibling fields of the same selection have had their turn, so that their walk can be used. */
  async counts(): Promise<AccessPreview> {
    await undefined
    return this.#latest ?? this.page(1, null)
  }
}

export const operatorPreviewResolvers: Resolvers = {
  Query: {
    previewAccessChange: (_parent: unknown, args: { change: AccessChangeInput }, context: OperatorRequestContext) => {
      const change = changeInput(args.change, context)
      const { at } = context.clock
      return new ChangePreview(page => context.access.preview(change, { at, ...page }))
    }
  },

  AccessChangePreview: {
    companiesChecked: async (preview: ChangePreview) => (await preview.counts()).companiesChecked,
    companiesChanged: async (preview: ChangePreview) => (await preview.counts()).companiesChanged,
    warnings: async (preview: ChangePreview) => (await preview.counts()).warnings,
    differences: async (preview: ChangePreview, args: PageArguments, context: OperatorRequestContext) => {
      const { first, after } = pageInput(args)
      const page = preview.page(first, after ?? null)
      const names = await context.stores.companies.names(page.nodes.map(node => node.companyId))
      return {
        ...connection(page),
        nodes: page.nodes.map(node => ({ ...node, name: names.get(node.companyId) ?? '' }))
      }
    }
  }
}
