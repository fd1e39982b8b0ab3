/** How far a proof goes: a short form in `npm test`, its whole length in `npm run test:long`. */
export const isLong = process.env.PORTCULLIS_LONG === '1'

export const length = (short: number, long: number): number => (isLong ? long : short)
