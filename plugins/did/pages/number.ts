import type { NumberFactsFragment } from './numbers.graphql.ts'

/** A number of the company; `tags` only for whoever has them. */
export type CompanyNumber = NumberFactsFragment & { readonly tags?: readonly string[] | null }

export type DidDestination = NonNullable<CompanyNumber['destinations']>[number]
export type DestinationType = NonNullable<DidDestination['type']>
export type Attestation = NonNullable<CompanyNumber['stirShakenMinAttest']>

export const destinationTypes = ['URI', 'EXTERNAL', 'INTERNAL', 'CIRCUIT_TEST', 'CONNEXML'] as const
export const attestations = ['NONE', 'A', 'A_B', 'A_B_C'] as const

/** Destinations of a number at most. */
export const maxDestinations = 5
/** Numbers of one bulk change at most. */
export const maxBulk = 500
