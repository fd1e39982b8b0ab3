import type { ReactNode } from 'react'
import type { DidDestination } from './number.ts'
import { Phone } from './phone.tsx'
import { words } from './words.ts'

/** Where calls go, in one line. */
export const DestinationText = ({ destination }: { readonly destination: DidDestination }): ReactNode => {
  const t = words.use()
  const { type, value, port, prefix } = destination
  return (
    <span data-part="destination">
      <bdi data-part="destination-type">{type === null ? '' : t(type)}</bdi>
      {value !== null && (
        <>
          {' '}
          {type === 'EXTERNAL' ? (
            <>
              {prefix !== null && <bdi dir="ltr">{`${prefix} `}</bdi>}
              <Phone number={value} />
            </>
          ) : (
            <bdi dir="ltr">{port === null ? value : `${value}:${port}`}</bdi>
          )}
        </>
      )}
    </span>
  )
}

/** All of them in order, as a list; one line where there is only one. */
export const DestinationList = ({
  destinations
}: {
  readonly destinations: readonly DidDestination[] | null
}): ReactNode => {
  const t = words.use()
  if (destinations === null || destinations.length === 0) return t('noDestination')
  return (
    <ol data-part="destinations">
      {destinations.map((destination, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a place in the order is all that tells two of them apart
        <li key={index}>
          <DestinationText destination={destination} />
        </li>
      ))}
    </ol>
  )
}

/** The one that counts, and how many stand behind it. */
export const FirstDestination = ({
  destinations
}: {
  readonly destinations: readonly DidDestination[] | null
}): ReactNode => {
  const t = words.use()
  const [first, ...others] = destinations ?? []
  if (first === undefined) return t('noDestination')
  return (
    <>
      <DestinationText destination={first} />
      {others.length > 0 && (
        <>
          {' '}
          <bdi data-part="hint">{t('more', { count: others.length })}</bdi>
        </>
      )}
    </>
  )
}
