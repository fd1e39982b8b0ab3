import { PortalError } from '../../core/errors.ts'
import type {
  ApiKey,
  Contact,
  ContactSession,
  ContactStore,
  PeopleStores,
  SessionStore,
  StaffStore
} from '../../core/ports.ts'
import type { Viewer } from '../../core/viewer.ts'

interface Ticket {
  readonly tokenHash: string
  readonly contactId: string
  readonly domainId: string
  readonly staffId: string
  readonly staffName: string
  readonly writeThrough: boolean
}

interface UsedStores {
  readonly contacts: Pick<ContactStore, 'create' | 'get' | 'list'>
  readonly sessions: Pick<SessionStore, 'createViewAsTicket' | 'openViewAs' | 'contactSession'>
  readonly staff: Pick<StaffStore, 'createApiKey' | 'listApiKeys' | 'revokeApiKey'>
}

/** What is not faked knows nobody. */
const known = (store: object, name: string | symbol): unknown =>
  Reflect.get(store, name) ??
  (async () => {
    throw new PortalError('NOT_FOUND')
  })

/** A part of the people stores that the operators' API uses, in memory. */
export const createMemoryPeople = (): PeopleStores => {
  const contacts: Contact[] = []
  const tickets: Ticket[] = []
  const opened = new Map<string, ContactSession>()
  const keys: { -readonly [Name in keyof ApiKey]: ApiKey[Name] }[] = []
  const id = (): string => crypto.randomUUID().replaceAll('-', '').slice(0, 16)
  const people: UsedStores = {
    contacts: {
      create: async input => {
        if (contacts.some(contact => contact.email === input.email)) throw new PortalError('CONFLICT')
        const contact = {
          id: id(),
          companyId: input.companyId,
          name: input.name,
          email: input.email,
          phone: input.phone ?? null,
          mobile: input.mobile ?? null,
          department: input.department ?? null,
          contactType: input.contactType ?? null,
          publicNotes: input.publicNotes ?? null,
          privateNotes: input.privateNotes ?? null,
          locale: input.locale ?? null,
          timeZone: input.timeZone ?? null,
          ipAllowList: input.ipAllowList ?? [],
          disabled: false,
          hasPassword: input.passwordHash !== null,
          lockedUntil: null,
          lastSignInAt: null,
          version: 1,
          createdAt: 1_000
        }
        contacts.push(contact)
        return contact
      },
      get: async wanted => contacts.find(contact => contact.id === wanted) ?? null,
      list: async ({ companyId, first, after }) => {
        const all = contacts
          .filter(contact => companyId == null || contact.companyId === companyId)
          .sort((one, other) => (`${one.name} ${one.id}` < `${other.name} ${other.id}` ? -1 : 1))
        const start = after == null ? 0 : all.findIndex(contact => contact.id === after) + 1
        if (after != null && start === 0) throw new PortalError('BAD_USER_INPUT')
        const nodes = all.slice(start, start + first)
        return {
          nodes,
          endCursor: nodes.at(-1)?.id ?? null,
          hasNextPage: start + first < all.length,
          totalCount: all.length
        }
      }
    },
    sessions: {
      openViewAs: async (ticketHash, { tokenHash, domainId }) => {
        const index = tickets.findIndex(ticket => ticket.tokenHash === ticketHash && ticket.domainId === domainId)
        if (index < 0) return false
        const [{ contactId, staffId, staffName, writeThrough }] = tickets.splice(index, 1) as [Ticket]
        const viewer = { contactId, viewAs: { staffId, staffName, writeThrough } } as Viewer
        opened.set(tokenHash, { viewer, at: 1_000, revisions: new Map() })
        return true
      },
      contactSession: async tokenHash => opened.get(tokenHash) ?? null,
      createViewAsTicket: async ticket => {
        tickets.push(ticket)
      }
    },
    staff: {
      createApiKey: async ({ name, role }) => {
        const never = {
          lastUsedAt: null,
          revokedAt: null,
          expiresAt: null,
          formerUntil: null,
          formerUsedAt: null,
          version: 1
        }
        const key = { id: id(), name, role, createdAt: 1_000, ...never }
        keys.push(key)
        return { id: key.id }
      },
      listApiKeys: async () => keys,
      revokeApiKey: async wanted => {
        const key = keys.find(each => each.id === wanted)
        if (key === undefined) throw new PortalError('NOT_FOUND')
        key.revokedAt ??= 2_000
      }
    }
  }
  const stores: Readonly<Record<string, object>> = { ...people, links: {} }
  return Object.fromEntries(
    Object.entries(stores).map(([name, store]) => [name, new Proxy(store, { get: known })])
  ) as unknown as PeopleStores
}
