import type { ReactNode } from 'react'

const paths = {
  ascending: 'M8 13V3M4 7l4-4 4 4',
  descending: 'M8 3v10M4 9l4 4 4-4',
  unsorted: 'M5 6.5 8 3.5l3 3M5 9.5l3 3 3-3',
  grip: 'M6 4h.01M10 4h.01M6 8h.01M10 8h.01M6 12h.01M10 12h.01',
  warning: 'M8 2.5 14.5 13.5h-13zM8 7v3M8 11.8h.01'
}

/** A drawing in the colour and size of the text around it; it says nothing to those who do not see it. */
export const Icon = ({ name }: { readonly name: keyof typeof paths }): ReactNode => (
  <svg
    aria-hidden="true"
    viewBox="0 0 16 16"
    width="1em"
    height="1em"
    fill="none"
    stroke="currentColor"
    strokeWidth={name === 'grip' ? 2.4 : 1.6}
    strokeLinecap="round"
    strokeLinejoin="round"
    data-part="icon"
  >
    <path d={paths[name]} />
  </svg>
)
