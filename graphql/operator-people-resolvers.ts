import { badInput, PortalError } from '../core/errors.ts'
import type { Resolvers } from '../core/plugin-api.ts'
import type { StaffRole } from '../core/viewer.ts'
import { brandById } from './operator-brand-resolvers.ts'
import { actorOf, type OperatorRequestContext } from './operator-context.ts'
import { cidrInput, emailInput, found, idInput, instantText, pageInput, textInput } from './operator-input.ts'
import { connection, type PageArguments } from './operator-page.ts'

/** How long a view-as ticket can be handed in, in milliseconds; the store keeps the same time. */
const ticketLife = 60_000

interface CreateContactInput {
  readonly companyId: string
  readonly name: string
  readonly email: string
  readonly password?: string | null
  readonly ipAllowList?: readonly string[] | null
}

interface StoredApiKey {
  readonly createdAt: number
  readonly lastUsedAt: number | null
  readonly revokedAt: number | null
}

const optionalInstant = (at: number | null): string | null => (at === null ? null : instantText(at))

export const operatorPeopleResolvers: Resolvers = {
  Query: {
    contacts: async (
      _parent: unknown,
      args: PageArguments & { companyId: string },
      context: OperatorRequestContext
    ) => {
      const page = pageInput(args)
      const companyId = idInput(args.companyId, 'company')
      found(context.access.company(companyId), 'company')
      return connection(await context.people.contacts.list({ ...page, companyId }))
    },

    apiKeys: (_parent: unknown, _args: unknown, context: OperatorRequestContext) => context.people.staff.listApiKeys()
  },

  Mutation: {
    createContact: async (
      _parent: unknown,
      { input }: { input: CreateContactInput },
      context: OperatorRequestContext
    ) => {
      const name = textInput('input.name', input.name, 1, 120)
      const email = emailInput('input.email', input.email)
      const ipAllowList = (input.ipAllowList ?? []).map((cidr, index) => cidrInput(`input.ipAllowList.${index}`, cidr))
      const companyId = idInput(input.companyId, 'company')
      found(context.access.company(companyId), 'company')
      const passwordHash =
        typeof input.password === 'string'
          ? await context.newPasswordHash('input.password', input.password, email)
          : null
      return context.people.contacts.create({ companyId, name, email, passwordHash, ipAllowList }, actorOf(context))
    },

    createApiKey: async (
      _parent: unknown,
      args: { name: string; role: StaffRole },
      context: OperatorRequestContext
    ) => {
      const name = textInput('name', args.name, 1, 80)
      const { secret, hash } = context.newSecret()
      const { id } = await context.people.staff.createApiKey({ name, keyHash: hash, role: args.role }, actorOf(context))
      return { id, name, role: args.role, secret }
    },

    revokeApiKey: async (_parent: unknown, args: { id: string }, context: OperatorRequestContext) => {
      const id = idInput(args.id, 'API key')
      const key = async () => (await context.people.staff.listApiKeys()).find(each => each.id === id)
      const before = found(await key(), 'API key')
      if (before.revokedAt === null) await context.people.staff.revokeApiKey(id, actorOf(context))
      return found(await key(), 'API key')
    },

    viewAs: async (
      _parent: unknown,
      args: { contactId: string; domainId?: string | null; writeThrough?: boolean | null },
      context: OperatorRequestContext
    ) => {
      const writeThrough = args.writeThrough ?? false
      if (writeThrough && context.operator.role !== 'ADMIN') {
        throw new PortalError('FORBIDDEN', `The role ${context.operator.role} may look, not write through.`, {
          reason: 'ROLE'
        })
      }
      const contact = found(await context.people.contacts.get(idInput(args.contactId, 'contact')), 'contact')
      const company = found(context.access.company(contact.companyId), 'contact')
      if (contact.disabled) {
        throw new PortalError('PRECONDITION_FAILED', 'The contact is disabled.', { reason: 'CONTACT_DISABLED' })
      }
      if (company.status === 'INACTIVE') {
        throw new PortalError('PRECONDITION_FAILED', 'The company is inactive and has no portal.', {
          reason: 'COMPANY_INACTIVE'
        })
      }
      const domainId = args.domainId ?? company.domainId ?? context.access.defaultDomainId
      const brand = await brandById(context, found(domainId, 'portal domain'))
      if (company.domainId !== null && company.domainId !== brand.id) {
        throw badInput('domainId', 'the company signs in on its home domain only')
      }
      const closed = context.access.catalogue.features.filter(
        ({ kind, key, userTypes }) =>
          kind === 'GATE' &&
          userTypes.includes(company.userType) &&
          !context.access.can(company.id, key, context.clock.at, brand.id)
      )
      if (closed.length > 0) {
        throw new PortalError('PRECONDITION_FAILED', `On this brand ${closed[0]?.key} keeps the company out.`, {
          reason: 'GATE_CLOSED'
        })
      }
      const { secret, hash } = context.newSecret()
      await context.people.sessions.createViewAsTicket(
        {
          tokenHash: hash,
          contactId: contact.id,
          domainId: brand.id,
          staffId: context.operator.actor,
          staffName: context.operator.name,
          writeThrough
        },
        actorOf(context)
      )
      return {
        url: context.viewAsUrl(brand.fqdn, secret),
        expiresAt: instantText(context.clock.at + ticketLife)
      }
    }
  },

  ApiKey: {
    createdAt: (key: StoredApiKey) => instantText(key.createdAt),
    lastUsedAt: (key: StoredApiKey) => optionalInstant(key.lastUsedAt),
    revokedAt: (key: StoredApiKey) => optionalInstant(key.revokedAt)
  }
}
