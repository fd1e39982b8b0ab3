import type { Column, ColumnSet } from '../core/column-set.ts'
import { type Feature, isRestriction, type UserType } from '../core/feature.ts'
import type { Resolvers } from '../core/plugin-api.ts'
import { groupIn, titleIn, unitIn } from '../core/plugin-page.ts'
import type { OperatorRequestContext } from './operator-context.ts'
import { accessKeyInput, found, pageInput } from './operator-input.ts'
import { connection, type PageArguments } from './operator-page.ts'

interface EffectiveAccessArguments {
  readonly companyId: string
  readonly domainId?: string | null
}

/** An override of the key has no effect on this kind of company. */
const notApplicable = (feature: Feature | undefined, userType: UserType): boolean =>
  feature === undefined || !feature.userTypes.includes(userType)

const columnMeta = (column: Column) => ({
  name: column.name,
  title: column.title,
  titles: column.titles,
  type: column.type,
  unit: column.unit,
  units: column.units,
  default: column.default === true,
  sortable: column.sortable === true,
  filterable: column.filterable === true,
  groupable: column.groupable === true,
  requiresFeature: column.requiresFeature ?? null
})

interface InLanguage {
  readonly language: string | null
}
const title = (titled: Parameters<typeof titleIn>[0], { language }: InLanguage): string => titleIn(titled, language)
const group = (grouped: Parameters<typeof groupIn>[0], { language }: InLanguage): string => groupIn(grouped, language)
const unit = (column: Parameters<typeof unitIn>[0], { language }: InLanguage): string | null => unitIn(column, language)

const effectiveAccess = (_parent: unknown, args: EffectiveAccessArguments, context: OperatorRequestContext) => {
  const { access, clock } = context
  const company = found(access.company(args.companyId), 'company')
  const set = access.accessOf(company.id, clock.at, args.domainId)
  return {
    companyId: company.id,
    domainId: set.domainId,
    userType: company.userType,
    revision: access.revisionOf(company.id, clock.at, args.domainId),
    features: access.states(company.id, clock.at, args.domainId).map(state => ({
      ...state,
      notApplicable: notApplicable(access.catalogue.feature(state.key), company.userType)
    })),
    columns: access.catalogue.columnSets.map(({ report }: ColumnSet) => ({ report, columns: set.columns(report) }))
  }
}

export const operatorAccessResolvers: Resolvers = {
  Query: {
    featureRegistry: (_parent: unknown, _args: unknown, context: OperatorRequestContext) =>
      context.access.catalogue.features,

    columnCatalog: (_parent: unknown, args: { report: string; userType: UserType }, context: OperatorRequestContext) =>
      (context.access.catalogue.columnSet(args.report)?.columns ?? [])
        .filter(column => column.audience.includes(args.userType))
        .map(columnMeta),

    effectiveAccess,

    explainAccess: (
      _parent: unknown,
      args: EffectiveAccessArguments & { key: string },
      context: OperatorRequestContext
    ) => {
      const key = accessKeyInput('key', args.key, context.access.catalogue)
      return context.access.explain(args.companyId, key, context.clock.at, args.domainId)
    },

    companiesWithFeature: async (
      _parent: unknown,
      args: PageArguments & { key: string; effective?: boolean | null; domainId?: string | null },
      context: OperatorRequestContext
    ) => {
      const page = context.access.companiesWith({
        ...pageInput(args),
        key: accessKeyInput('key', args.key, context.access.catalogue),
        effective: args.effective ?? true,
        domainId: args.domainId ?? null,
        at: context.clock.at
      })
      const names = await context.stores.companies.names(page.nodes.map(node => node.companyId))
      return {
        ...connection(page),
        nodes: page.nodes.map(node => ({ ...node, name: names.get(node.companyId) ?? '' }))
      }
    }
  },

  ColumnMeta: { title, unit },

  Feature: {
    title,
    group,
    parentMode: (feature: Feature) => feature.parentMode ?? null,
    entitlement: (feature: Feature) => feature.entitlement ?? null,
    polarity: (feature: Feature) => (isRestriction(feature) ? 'RESTRICT' : 'GRANT')
  }
}
