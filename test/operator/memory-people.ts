import { PortalError } from '../../core/errors.ts'
import type { Contact, ContactStore, PeopleStores, SessionStore, StaffStore } from '../../core/ports.ts'
import type { StaffRole } from '../../core/viewer.ts'

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
  readonly sessions: Pick<SessionStore, 'createViewAsTicket' | 'takeViewAsTicket'>
  readonly staff: Pick<StaffStore, 'createApiKey' | 'listApiKeys' | 'revokeApiKey'>
}

/** The part of the people stores that the operators' API uses, in memory. */
export const createMemoryPeople = (): PeopleStores => {
  const contacts: Contact[] = []
  const tickets: Ticket[] = []
  const keys: {
    id: string
    name: string
    role: StaffRole
    createdAt: number
    lastUsedAt: null
    revokedAt: number | null
  }[] = []
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
          disabled: false,
          version: 1
        }
        contacts.push(contact)
        return contact
      },
      get: async wanted => contacts.find(contact => contact.id === wanted) ?? null,
      list: async ({ companyId, first, after }) => {
        const all = contacts
          .filter(contact => contact.companyId === companyId)
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
      takeViewAsTicket: async (tokenHash, domainId) => {
        const index = tickets.findIndex(ticket => ticket.tokenHash === tokenHash && ticket.domainId === domainId)
        if (index < 0) return null
        const [{ contactId, staffId, staffName, writeThrough }] = tickets.splice(index, 1) as [Ticket]
        return { contactId, staffId, staffName, writeThrough }
      },
      createViewAsTicket: async ticket => {
        tickets.push(ticket)
      }
    },
    staff: {
      createApiKey: async ({ name, role }) => {
        const key = { id: id(), name, role, createdAt: 1_000, lastUsedAt: null, revokedAt: null }
        keys.push(key)
        return { id: key.id }
      },
      listApiKeys: async () => keys,
      revokeApiKey: async wanted => {
        const key = keys.find(each => each.id === wanted)
        if (key !== undefined) key.revokedAt = 2_000
      }
    }
  }
  return people as PeopleStores
}
