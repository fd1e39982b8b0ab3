import type { Catalogue } from '../core/catalogue.ts'
import { badInput } from '../core/errors.ts'
import type { UserType } from '../core/feature.ts'
import type { Resolvers } from '../core/plugin-api.ts'
import type { Brand } from '../core/ports.ts'
import { actorOf, type OperatorRequestContext, written } from './operator-context.ts'
import {
  currencyInput,
  type DomainColumnsInput,
  type DomainFeatureInput,
  domainColumnsInput,
  domainFeaturesInput,
  featureInput,
  found,
  hostNameInput,
  idInput,
  instantText,
  noteInput,
  pageInput,
  searchInput,
  textInput
} from './operator-input.ts'
import { connection, type PageArguments } from './operator-page.ts'

/** Keys that are on at the domain layer: set by the brand, or by the registry's default. */
const enabledFeatures = (brand: Brand, catalogue: Catalogue): readonly string[] => {
  const set = new Map(brand.features.map(feature => [feature.key, feature.enabled]))
  return catalogue.features.filter(feature => set.get(feature.key) ?? feature.default).map(feature => feature.key)
}

const reportColumns = (catalogue: Catalogue, report: string, userType: UserType) =>
  (catalogue.columnSet(report)?.columns ?? []).filter(column => column.audience.includes(userType))

/** The brand's list; empty when it chose none. Columns that no plugin knows any more are left out. */
const chosenColumns = (brand: Brand, catalogue: Catalogue, report: string, userType: UserType): readonly string[] => {
  const names = new Set(reportColumns(catalogue, report, userType).map(column => column.name))
  const list = brand.columns.find(each => each.report === report && each.userType === userType)?.columns ?? []
  return list.filter(name => names.has(name))
}

/** The brand's list, or the default set. */
const brandColumns = (brand: Brand, catalogue: Catalogue, report: string, userType: UserType): readonly string[] => {
  const isChosen = brand.columns.some(
    each => each.report === report && each.userType === userType && each.columns.length > 0
  )
  return isChosen
    ? chosenColumns(brand, catalogue, report, userType)
    : reportColumns(catalogue, report, userType)
        .filter(column => column.default === true)
        .map(column => column.name)
}

/** @throws PortalError NOT_FOUND */
export const brandById = async (context: OperatorRequestContext, id: string): Promise<Brand> =>
  found(await context.stores.brands.get({ id: idInput(id, 'portal domain') }), 'portal domain')

/** A host name to look up; undefined for what no brand can have. */
const lookedUpHost = (fqdn: string): string | undefined => {
  try {
    return hostNameInput('fqdn', fqdn)
  } catch {
    return undefined
  }
}

export const operatorBrandResolvers: Resolvers = {
  Query: {
    portalDomains: async (
      _parent: unknown,
      args: PageArguments & { search?: string | null; enabled?: boolean | null },
      context: OperatorRequestContext
    ) => {
      const search = searchInput('search', args.search)
      return connection(await context.stores.brands.list({ ...pageInput(args), search, enabled: args.enabled ?? null }))
    },

    portalDomain: async (
      _parent: unknown,
      args: { id?: string | null; fqdn?: string | null },
      context: OperatorRequestContext
    ) => {
      if (typeof args.id === 'string' && typeof args.fqdn === 'string')
        throw badInput('fqdn', 'give id or fqdn, not both')
      if (typeof args.id === 'string') return brandById(context, args.id)
      if (typeof args.fqdn !== 'string') throw badInput('id', 'give id or fqdn')
      const fqdn = lookedUpHost(args.fqdn)
      return found(fqdn === undefined ? null : await context.stores.brands.get({ fqdn }), 'portal domain')
    }
  },

  Mutation: {
    createPortalDomain: (
      _parent: unknown,
      {
        input
      }: {
        input: {
          fqdn: string
          brandName: string
          currencies?: readonly string[] | null
          features?: readonly string[] | null
        }
      },
      context: OperatorRequestContext
    ) => {
      const fqdn = hostNameInput('input.fqdn', input.fqdn)
      if (context.reservedHosts.includes(fqdn)) throw badInput('input.fqdn', 'belongs to the platform itself')
      const brandName = textInput('input.brandName', input.brandName, 1, 80)
      const currencies = (input.currencies ?? []).map((code, index) => currencyInput(`input.currencies.${index}`, code))
      const features = (input.features ?? []).map((key, index) =>
        featureInput(`input.features.${index}`, key, context.access.catalogue)
      )
      return written(
        context,
        context.stores.brands.create(
          { fqdn, brandName, currencies: [...new Set(currencies)], features: [...new Set(features)] },
          actorOf(context)
        )
      )
    },

    setDomainFeatures: (
      _parent: unknown,
      args: {
        domainId: string
        features: readonly DomainFeatureInput[]
        reason?: string | null
        expectedVersion?: number | null
      },
      context: OperatorRequestContext
    ) => {
      const features = domainFeaturesInput('features', args.features, context.access.catalogue)
      const reason = noteInput('reason', args.reason)
      const id = idInput(args.domainId, 'portal domain')
      return written(
        context,
        context.stores.brands.setFeatures(id, features, actorOf(context, reason), args.expectedVersion)
      )
    },

    setDomainColumns: (
      _parent: unknown,
      args: DomainColumnsInput & { domainId: string; expectedVersion?: number | null },
      context: OperatorRequestContext
    ) => {
      const { report, userType, columns } = domainColumnsInput('', args, context.access.catalogue)
      const id = idInput(args.domainId, 'portal domain')
      return written(
        context,
        context.stores.brands.setColumns(id, { report, userType, columns }, actorOf(context), args.expectedVersion)
      )
    }
  },

  PortalDomain: {
    features: (brand: Brand, _args: unknown, context: OperatorRequestContext) =>
      enabledFeatures(brand, context.access.catalogue),
    columns: (brand: Brand, args: { report: string; userType: UserType }, context: OperatorRequestContext) =>
      brandColumns(brand, context.access.catalogue, args.report, args.userType),
    chosenColumns: (brand: Brand, args: { report: string; userType: UserType }, context: OperatorRequestContext) =>
      chosenColumns(brand, context.access.catalogue, args.report, args.userType),
    createdAt: (brand: Brand) => instantText(brand.createdAt)
  }
}
