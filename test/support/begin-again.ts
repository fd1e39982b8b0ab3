import type { Brand } from '../../core/ports.ts'
import { TestPortal, testActor } from './portal.ts'

/**
 * The portal as a test finds it that is the first: other two brands, no company, an empty audit log. Starting a server for
 * each test of a file costs more than most of the tests.
 */
export const beginAgain = async (portal: TestPortal, keys?: readonly string[]): Promise<TestPortal> => {
  const { database, installation } = portal
  await database.transaction(async trx => {
    for (const table of [
      ...['access_template_company', 'access_template', 'audit_entry', 'access_change', 'company', 'contact_email'],
      ...['sign_in_failure', 'platform_switch', 'portal_domain']
    ])
      await trx.raw(`DELETE FROM ${table}`)
    // A process that misses a counter it knows loads everything anew.
    await trx.raw(`DELETE FROM access_counter WHERE scope NOT IN ('registry', 'unassigned')`)
  })
  const features = keys ?? installation.catalogue.features.map(feature => feature.key)
  const brand = (fqdn: string, brandName: string): Promise<Brand> =>
    installation.stores.brands.create({ fqdn, brandName, currencies: ['EUR', 'USD'], features }, testActor)
  const world = {
    acme: await brand('acme.localhost', 'Acme Voice'),
    globex: await brand('globex.localhost', 'Globex Telecom')
  }
  const again = new TestPortal(portal.server, database, world, portal.apiKey)
  again.port = portal.port
  return again
}
