import { badInput, PortalError } from '../core/errors.ts'
import type { Resolvers } from '../core/plugin-api.ts'
import type { ApiKey, Brand, Contact, ContactChange, ContactDetails } from '../core/ports.ts'
import type { StaffRole } from '../core/viewer.ts'
import { brandById } from './operator-brand-resolvers.ts'
import { actorOf, type OperatorRequestContext } from './operator-context.ts'
import {
  cidrInput,
  emailInput,
  found,
  idInput,
  instantInput,
  instantText,
  localeInput,
  noteInput,
  optionalInstant,
  optionalText,
  pageInput,
  searchInput,
  textInput,
  timeZoneInput
} from './operator-input.ts'
import { connection, type PageArguments } from './operator-page.ts'

/** How long a view-as ticket can be handed in, in milliseconds; the store keeps the same time. */
const ticketLife = 60_000
const hour = 3_600_000
const longestOverlapHours = 720

interface CreateContactInput extends Partial<ContactDetails> {
  readonly companyId: string
  readonly name: string
  readonly email: string
  readonly password?: string | null
  readonly ipAllowList?: readonly string[] | null
}
interface UpdateContactInput extends Partial<ContactDetails> {
  readonly name?: string | null
  readonly email?: string | null
  readonly ipAllowList?: readonly string[] | null
}

const allowListInput = (list: readonly string[]): readonly string[] => {
  if (list.length > 100) throw badInput('input.ipAllowList', 'at most 100 addresses')
  return list.map((cidr, index) => cidrInput(`input.ipAllowList.${index}`, cidr))
}

type ReadDetail = (path: string, value: string | null) => string | null
const lineOf =
  (most: number): ReadDetail =>
  (path, value) =>
    optionalText(path, value, most)
const notes: ReadDetail = (path, value) => noteInput(path, value, 2_000)
/** How each detail of a contact is read; empty is null. */
export const readDetail: Readonly<Record<keyof ContactDetails, ReadDetail>> = {
  phone: lineOf(40),
  mobile: lineOf(40),
  department: lineOf(80),
  contactType: lineOf(80),
  publicNotes: notes,
  privateNotes: notes,
  locale: localeInput,
  timeZone: timeZoneInput
}
/** What was given of the details. @throws PortalError BAD_USER_INPUT */
const detailsInput = (input: Partial<ContactDetails>): Partial<ContactDetails> =>
  Object.fromEntries(
    Object.entries(readDetail)
      .map(([detail, read]) => [detail, input[detail as keyof ContactDetails], read] as const)
      .flatMap(([detail, value, read]) => (value === undefined ? [] : [[detail, read(`input.${detail}`, value)]]))
  )

const changeInput = (input: UpdateContactInput): ContactChange => {
  for (const field of ['name', 'email', 'ipAllowList'] as const)
    if (input[field] === null) throw badInput(`input.${field}`, 'must not be null; leave it out to keep it')
  return {
    ...(input.name == null ? {} : { name: textInput('input.name', input.name, 1, 120) }),
    ...(input.email == null ? {} : { email: emailInput('input.email', input.email) }),
    ...detailsInput(input),
    ...(input.ipAllowList == null ? {} : { ipAllowList: allowListInput(input.ipAllowList) })
  }
}

/** A contact that can sign in, and the brand where it does. @throws PortalError NOT_FOUND, PRECONDITION_FAILED, BAD_USER_INPUT */
const signInPlace = async (
  context: OperatorRequestContext,
  args: { readonly contactId: string; readonly domainId?: string | null }
): Promise<{ readonly contact: Contact; readonly brand: Brand }> => {
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
  if (!brand.enabled) {
    throw new PortalError('PRECONDITION_FAILED', 'The brand is disabled and has no portal.', {
      reason: 'BRAND_DISABLED'
    })
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
  return { contact, brand }
}

/** Makes a link with the store and gives it the form of the schema. */
const passwordLink = async (
  context: OperatorRequestContext,
  fqdn: string | null,
  create: (tokenHash: string) => Promise<number>
): Promise<{ readonly url: string; readonly expiresAt: string }> => {
  const { secret, hash } = context.newSecret()
  const expiresAt = await create(hash)
  return { url: context.passwordUrl(fqdn, secret), expiresAt: instantText(expiresAt) }
}

export const operatorPeopleResolvers: Resolvers = {
  Query: {
    contacts: async (
      _parent: unknown,
      args: PageArguments & { companyId?: string | null; search?: string | null },
      context: OperatorRequestContext
    ) => {
      const page = pageInput(args)
      const search = searchInput('search', args.search)
      const companyId = args.companyId == null ? null : idInput(args.companyId, 'company')
      if (companyId !== null) found(context.access.company(companyId), 'company')
      return connection(await context.people.contacts.list({ ...page, companyId, search }))
    },

    contact: async (_parent: unknown, args: { id: string }, context: OperatorRequestContext) =>
      found(await context.people.contacts.get(idInput(args.id, 'contact')), 'contact'),

    contactSessions: async (_parent: unknown, args: { contactId: string }, context: OperatorRequestContext) => {
      const { id } = found(await context.people.contacts.get(idInput(args.contactId, 'contact')), 'contact')
      return context.people.sessions.sessionsOfContact(id)
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
      const details = detailsInput(input)
      const ipAllowList = allowListInput(input.ipAllowList ?? [])
      const companyId = idInput(input.companyId, 'company')
      found(context.access.company(companyId), 'company')
      const passwordHash =
        typeof input.password === 'string'
          ? await context.newPasswordHash('input.password', input.password, email)
          : null
      return context.people.contacts.create(
        { companyId, name, email, ...details, passwordHash, ipAllowList },
        actorOf(context)
      )
    },

    updateContact: (
      _parent: unknown,
      args: { id: string; expectedVersion?: number | null; input: UpdateContactInput },
      context: OperatorRequestContext
    ) => {
      const change = changeInput(args.input)
      const id = idInput(args.id, 'contact')
      return context.people.contacts.update(id, change, actorOf(context), args.expectedVersion)
    },

    disableContact: (
      _parent: unknown,
      args: { id: string; expectedVersion?: number | null },
      context: OperatorRequestContext
    ) => context.people.contacts.setDisabled(idInput(args.id, 'contact'), true, actorOf(context), args.expectedVersion),

    enableContact: (
      _parent: unknown,
      args: { id: string; expectedVersion?: number | null },
      context: OperatorRequestContext
    ) =>
      context.people.contacts.setDisabled(idInput(args.id, 'contact'), false, actorOf(context), args.expectedVersion),

    createSignInLink: async (
      _parent: unknown,
      args: { contactId: string; domainId?: string | null; expectedVersion?: number | null },
      context: OperatorRequestContext
    ) => {
      const { contact, brand } = await signInPlace(context, args)
      return passwordLink(context, brand.fqdn, tokenHash =>
        context.people.contacts.createSignInLink(
          contact.id,
          { tokenHash, domainId: brand.id },
          actorOf(context),
          args.expectedVersion
        )
      )
    },

    resetContactPassword: async (
      _parent: unknown,
      args: { contactId: string; domainId?: string | null; expectedVersion?: number | null },
      context: OperatorRequestContext
    ) => {
      const { contact, brand } = await signInPlace(context, args)
      return passwordLink(context, brand.fqdn, tokenHash =>
        context.people.contacts.resetPassword(
          contact.id,
          { tokenHash, domainId: brand.id },
          actorOf(context),
          args.expectedVersion
        )
      )
    },

    unlockContact: (_parent: unknown, args: { id: string }, context: OperatorRequestContext) =>
      context.people.contacts.unlock(idInput(args.id, 'contact'), actorOf(context)),

    endContactSession: async (_parent: unknown, args: { id: string }, context: OperatorRequestContext) => {
      await context.people.sessions.endContactSession(idInput(args.id, 'session'), actorOf(context))
      return true
    },

    endContactSessions: (_parent: unknown, args: { contactId: string }, context: OperatorRequestContext) =>
      context.people.sessions.endContactSessions(idInput(args.contactId, 'contact'), actorOf(context)),

    createApiKey: async (
      _parent: unknown,
      args: { name: string; role: StaffRole; expiresAt?: string | null },
      context: OperatorRequestContext
    ) => {
      const name = textInput('name', args.name, 1, 80)
      const expiresAt = instantInput('expiresAt', args.expiresAt)
      if (expiresAt !== null && expiresAt <= context.clock.at) throw badInput('expiresAt', 'must lie ahead')
      const { secret, hash } = context.newSecret()
      const key = { name, keyHash: hash, role: args.role, expiresAt }
      const { id } = await context.people.staff.createApiKey(key, actorOf(context))
      return { id, name, role: args.role, secret }
    },

    rotateApiKey: async (
      _parent: unknown,
      args: { id: string; overlapHours?: number | null; expectedVersion?: number | null },
      context: OperatorRequestContext
    ) => {
      const hours = args.overlapHours ?? 24
      if (hours < 0 || hours > longestOverlapHours)
        throw badInput('overlapHours', `must be 0 to ${longestOverlapHours}`)
      const { secret, hash } = context.newSecret()
      const id = idInput(args.id, 'API key')
      const { name, role } = await context.people.staff.rotateApiKey(
        id,
        hash,
        hours * hour,
        actorOf(context),
        args.expectedVersion
      )
      return { id, name, role, secret }
    },

    revokeApiKey: async (
      _parent: unknown,
      args: { id: string; expectedVersion?: number | null },
      context: OperatorRequestContext
    ) => {
      const id = idInput(args.id, 'API key')
      await context.people.staff.revokeApiKey(id, actorOf(context), args.expectedVersion)
      return found(
        (await context.people.staff.listApiKeys()).find(key => key.id === id),
        'API key'
      )
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
      const { contact, brand } = await signInPlace(context, args)
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

  Contact: {
    lockedUntil: (contact: Contact) => optionalInstant(contact.lockedUntil),
    lastSignInAt: (contact: Contact) => optionalInstant(contact.lastSignInAt),
    createdAt: (contact: Contact) => instantText(contact.createdAt)
  },

  ContactSession: {
    createdAt: (session: { createdAt: number }) => instantText(session.createdAt),
    lastSeenAt: (session: { lastSeenAt: number }) => instantText(session.lastSeenAt)
  },

  ApiKey: {
    createdAt: (key: ApiKey) => instantText(key.createdAt),
    lastUsedAt: (key: ApiKey) => optionalInstant(key.lastUsedAt),
    revokedAt: (key: ApiKey) => optionalInstant(key.revokedAt),
    expiresAt: (key: ApiKey) => optionalInstant(key.expiresAt),
    formerUntil: (key: ApiKey) => optionalInstant(key.formerUntil),
    formerUsedAt: (key: ApiKey) => optionalInstant(key.formerUsedAt)
  }
}
