import type { PeopleStores } from '../core/ports.ts'
import type { Database } from './connect.ts'
import { createContactStore } from './contact-store.ts'
import { createPasswordLinkStore } from './password-link-store.ts'
import { createSessionStore } from './session-store.ts'
import { createStaffStore } from './staff-store.ts'

/** Contacts, sessions, operators and their links on one database. */
export const createPeopleStores = (db: Database): PeopleStores => ({
  contacts: createContactStore(db),
  sessions: createSessionStore(db),
  staff: createStaffStore(db),
  links: createPasswordLinkStore(db)
})
