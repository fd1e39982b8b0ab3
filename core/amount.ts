/** Exact decimals: amounts are integers of 10^-scale units, as BigInt inside and as decimal strings outside. */

/** Money is kept in 10^-6 units. */
export const moneyScale = 6
/** Rates (prices per minute) are kept in 10^-9 units. */
export const rateScale = 9

/** `1500000n, 6` → `1.50`: at least two decimals, no more zeros than that, never an exponent. */
export const formatDecimal = (units: bigint, scale: number, decimals = Math.min(2, scale)): string => {
  const sign = units < 0n ? '-' : ''
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0')
  const whole = digits.slice(0, digits.length - scale)
  const fraction = digits
    .slice(digits.length - scale)
    .replace(/0+$/, '')
    .padEnd(decimals, '0')
  return fraction === '' ? `${sign}${whole}` : `${sign}${whole}.${fraction}`
}

/** `1.5`, 6 → `1500000n`; undefined for anything that is not a plain decimal number of at most `scale` decimals within `bits`. */
export const parseDecimal = (text: string, scale: number, bits = 64): bigint | undefined => {
  const match = /^(-?)(\d{1,30})(?:\.(\d{1,30}))?$/.exec(text)
  if (!match) return undefined
  const fraction = (match[3] ?? '').replace(/0+$/, '')
  if (fraction.length > scale) return undefined
  const units = BigInt(match[2] + fraction.padEnd(scale, '0')) * (match[1] ? -1n : 1n)
  return BigInt.asIntN(bits, units) === units ? units : undefined
}

/** 10^-6 units → decimal string. */
export const formatMoney = (units: bigint): string => formatDecimal(units, moneyScale)
/** Decimal string → 10^-6 units; undefined when it is not money. */
export const parseMoney = (text: string): bigint | undefined => parseDecimal(text, moneyScale)
/** 10^-9 units → decimal string. */
export const formatRate = (units: bigint): string => formatDecimal(units, rateScale)
/** Decimal string → 10^-9 units; undefined when it is not a rate. */
export const parseRate = (text: string): bigint | undefined => parseDecimal(text, rateScale)

/** Milliseconds since 1970 → ISO-8601 in UTC. */
export const formatInstant = (at: number): string => new Date(at).toISOString()

/** ISO-8601 with a zone (`Z` or an offset), or a bare UTC day → milliseconds since 1970; undefined for anything else. */
export const parseInstant = (text: string): number | undefined => {
  const match =
    /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(?:Z|[+-]([01]\d|2[0-3]):[0-5]\d))?$/.exec(
      text
    )
  if (!match) return undefined
  const [, year, month, day, hour = '0', minute = '0', second = '0'] = match
  // Date.parse lets the 31st of a short month roll over.
  const days = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate()
  if (Number(month) < 1 || Number(month) > 12 || Number(day) < 1 || Number(day) > days) return undefined
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined
  const at = Date.parse(text)
  return Number.isNaN(at) ? undefined : at
}
