// Lines of onboarding files, as a spreadsheet would have them.

const header =
  'record,company,name,userType,status,currency,brand,code,email,key,override,reason,validFrom,validUntil,number,country,ipAllowList'

export const file = (...lines: string[]): string => `${header}\r\n${lines.join('\r\n')}\r\n`
export const company = (reference: string, name: string, brand = 'acme.localhost', userType = 'CUSTOMER'): string =>
  `COMPANY,${reference},${name},${userType},,EUR,${brand}`
export const code = (reference: string, text: string): string => `CODE,${reference},,,,,,${text}`
export const contact = (reference: string, name: string, email: string): string =>
  `CONTACT,${reference},${name},,,,,,${email}`
/** @param rest reason, validFrom, validUntil */
export const override = (reference: string, key: string, value: string, rest = ''): string =>
  `OVERRIDE,${reference},,,,,,,,${key},${value},${rest}`
export const did = (reference: string, number: string, country = 'GB'): string =>
  `DID,${reference},,,,,,,,,,,,,${number},${country}`
