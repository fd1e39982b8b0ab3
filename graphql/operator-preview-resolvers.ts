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
  readonly #warnings: readonly string[]
  #latest: AccessPreview | undefined

  /** @param warnings of what the access data do not know */
  constructor(
    compute: (page: { first: number; after: string | null }) => AccessPreview,
    warnings: readonly string[] = []
  ) {
    this.#compute = compute
    this.#warnings = warnings
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

  async warnings(): Promise<readonly string[]> {
    return [...this.#warnings, ...(await this.counts()).warnings]
  }
}

/** Companies that move to a disabled brand are shut out, whatever their access is. */
const warnOfBrand = async (
  { assignDomainId, reassignTo }: AccessChange,
  { stores }: OperatorRequestContext
): Promise<readonly string[]> => {
  const id = assignDomainId ?? reassignTo
  const brand = id == null ? null : await stores.brands.get({ id })
  return brand === null || brand.enabled
    ? []
    : [`${brand.brandName} (${brand.fqdn}) is disabled: whoever moves there cannot sign in until it is enabled.`]
}

export const operatorPreviewResolvers: Resolvers = {
  Query: {
    previewAccessChange: async (
      _parent: unknown,
      args: { change: AccessChangeInput },
      context: OperatorRequestContext
    ) => {
      const change = changeInput(args.change, context)
      const { at } = context.clock
      const warnings = await warnOfBrand(change, context)
      return new ChangePreview(page => context.access.preview(change, { at, ...page }), warnings)
    }
  },

  AccessChangePreview: {
    companiesChecked: async (preview: ChangePreview) => (await preview.counts()).companiesChecked,
    companiesChanged: async (preview: ChangePreview) => (await preview.counts()).companiesChanged,
    warnings: (preview: ChangePreview) => preview.warnings(),
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
