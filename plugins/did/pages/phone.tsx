import type { ReactNode } from 'react'

/** A telephone number as text, left to right in every language. @param number country code and number, digits only */
export const phoneText = (number: string): string => `\u2066+${number}\u2069`

/** A telephone number, left to right in every language. @param number country code and number, digits only */
export const Phone = ({ number }: { readonly number: string | null }): ReactNode => (
  <bdi dir="ltr" data-part="phone">
    {number === null ? '' : `+${number}`}
  </bdi>
)
