import type { ContactDetails } from './ports.ts'

const all: Readonly<Record<keyof ContactDetails, true>> = {
  phone: true,
  mobile: true,
  department: true,
  contactType: true,
  publicNotes: true,
  privateNotes: true,
  locale: true,
  timeZone: true
}

/** Every detail of a contact, in the order in which lists and files have them. */
export const contactDetails = Object.keys(all) as readonly (keyof ContactDetails)[]

/** The details of a contact. @param of gives the value of each */
export const detailsOf = (of: (detail: keyof ContactDetails) => string | null): ContactDetails =>
  Object.fromEntries(contactDetails.map(detail => [detail, of(detail)])) as unknown as ContactDetails
