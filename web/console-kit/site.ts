import { createSiteClient } from '../kit/client.ts'

/** The console's connection to its server. */
export const site = createSiteClient('/operator/graphql', ['FORBIDDEN'])
