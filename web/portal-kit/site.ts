import { createSiteClient } from '../kit/client.ts'

/** The portal's connection to its server. */
export const site = createSiteClient('/graphql', ['FEATURE_DISABLED'])
