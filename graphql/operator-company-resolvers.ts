import { badInput } from '../core/errors.ts'
import { type CompanyStatus, companyStatuses, type UserType } from '../core/feature.ts'
import type { Resolvers } from '../core/plugin-api.ts'
import type { BulkResult, Company, CompanyOverride, CompanySort } from '../core/ports.ts'
import { brandById } from './operator-brand-resolvers.ts'
import { bulkLine, bulkResults, withOperation } from './operator-bulk.ts'
import { companiesByPlugins, type FoundByPlugins } from './operator-company-search.ts'
import { actorOf, type OperatorRequestContext, written } from './operator-context.ts'
import {
  accountCodesInput,
  type CompanyOverrideInput,
  companyIdsInput,
  currencyInput,
  found,
  idInput,
  instantText,
  optionalInstant,
  overridesInput,
  pageInput,
  searchInput,
  textInput
} from './operator-input.ts'
import { connection, type PageArguments } from './operator-page.ts'

interface CreateCompanyInput {
  readonly name: string
  readonly userType: UserType
  readonly currency: string
  readonly domainId?: string | null
  readonly status?: string | null
  readonly accountCodes?: readonly string[] | null
}

/** Most companies one call may move; each move is a transaction of its own, because it ends sessions. */
const moveLimit = 1_000

const statusInput = (path: string, status: string): CompanyStatus => {
  const known = companyStatuses.find(each => each === status)
  if (known === undefined) throw badInput(path, `must be one of ${companyStatuses.join(', ')}`)
  return known
}

const sorts: readonly CompanySort[] = ['createdAt', '-createdAt', 'name', '-name']

const sortInput = (path: string, sort: string): CompanySort => {
  const known = sorts.find(each => each === sort)
  if (known === undefined) throw badInput(path, `must be one of ${sorts.join(', ')}`)
  return known
}

const nothing: FoundByPlugins = { ids: [], warnings: [] }

const knownDomain = async (context: OperatorRequestContext, id: string | null | undefined): Promise<string | null> =>
  id === null || id === undefined ? null : (await brandById(context, id)).id

export const operatorCompanyResolvers: Resolvers = {
  Query: {
    companies: async (
      _parent: unknown,
      args: PageArguments & {
        search?: string | null
        domainId?: string | null
        userType?: UserType | null
        status?: string | null
        sort?: string | null
      },
      context: OperatorRequestContext
    ) => {
      const page = pageInput(args)
      const search = searchInput('search', args.search)
      const status = args.status == null ? null : statusInput('status', args.status)
      const sort = sortInput('sort', args.sort ?? 'createdAt')
      const domainId = await knownDomain(context, args.domainId)
      const { ids: alsoIds, warnings } = search === null ? nothing : await companiesByPlugins(context, search)
      const filter = { search, alsoIds, domainId, userType: args.userType ?? null, status }
      return { ...connection(await context.stores.companies.list({ ...page, ...filter, sort })), warnings }
    },

    company: async (_parent: unknown, args: { id: string }, context: OperatorRequestContext) =>
      found(await context.stores.companies.get(idInput(args.id, 'company')), 'company')
  },

  Mutation: {
    createCompany: async (
      _parent: unknown,
      { input }: { input: CreateCompanyInput },
      context: OperatorRequestContext
    ) => {
      const name = textInput('input.name', input.name, 1, 120)
      const currency = currencyInput('input.currency', input.currency)
      const status = statusInput('input.status', input.status ?? 'ACTIVE')
      const accountCodes = accountCodesInput('input.accountCodes', input.accountCodes ?? [])
      const domainId = await knownDomain(context, input.domainId)
      return written(
        context,
        context.stores.companies.create(
          { name, userType: input.userType, currency, domainId, status, accountCodes },
          actorOf(context)
        )
      )
    },

    assignCompanyDomain: async (
      _parent: unknown,
      args: { companyId: string; domainId?: string | null; expectedVersion?: number | null },
      context: OperatorRequestContext
    ) => {
      const id = idInput(args.companyId, 'company')
      const domainId = await knownDomain(context, args.domainId)
      return written(
        context,
        context.stores.companies.assignDomain(id, domainId, actorOf(context), args.expectedVersion)
      )
    },

    bulkAssignDomain: async (
      _parent: unknown,
      args: { companyIds: readonly string[]; domainId?: string | null },
      context: OperatorRequestContext
    ) => {
      const ids = companyIdsInput('companyIds', args.companyIds, moveLimit)
      const domainId = await knownDomain(context, args.domainId)
      const actor = actorOf(context)
      const results = await written(
        context,
        bulkResults(ids, async valid => {
          const results: BulkResult[] = []
          for (const companyId of valid) {
            results.push(
              await bulkLine(companyId, () => context.stores.companies.assignDomain(companyId, domainId, actor))
            )
          }
          return results
        })
      )
      return withOperation(context, results)
    },

    setCompanyOverrides: (
      _parent: unknown,
      args: { companyId: string; overrides: readonly CompanyOverrideInput[]; expectedVersion?: number | null },
      context: OperatorRequestContext
    ) => {
      const changes = overridesInput('overrides', args.overrides, context.access.catalogue)
      const id = idInput(args.companyId, 'company')
      return written(
        context,
        context.stores.companies.setOverrides(id, changes, actorOf(context), args.expectedVersion)
      )
    },

    bulkSetCompanyOverrides: async (
      _parent: unknown,
      args: { companyIds: readonly string[]; overrides: readonly CompanyOverrideInput[] },
      context: OperatorRequestContext
    ) => {
      const changes = overridesInput('overrides', args.overrides, context.access.catalogue)
      const ids = companyIdsInput('companyIds', args.companyIds)
      const results = await written(
        context,
        bulkResults(ids, valid => context.stores.companies.bulkSetOverrides(valid, changes, actorOf(context)))
      )
      return withOperation(context, results)
    }
  },

  Company: {
    overrides: (company: Company, _args: unknown, context: OperatorRequestContext) => {
      // Keys whose plugin is gone keep their settings; they come last.
      const place = ({ key }: CompanyOverride): number => context.access.catalogue.bit(key) ?? Number.MAX_SAFE_INTEGER
      return company.overrides.toSorted((one, other) => place(one) - place(other))
    },
    createdAt: (company: Company) => instantText(company.createdAt)
  },

  CompanyOverride: {
    validFrom: (override: CompanyOverride) => optionalInstant(override.validFrom),
    validUntil: (override: CompanyOverride) => optionalInstant(override.validUntil),
    setAt: (override: CompanyOverride) => instantText(override.setAt)
  }
}
