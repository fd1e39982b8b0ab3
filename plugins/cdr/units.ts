/** Units of columns, in English and in other languages. */
const units = {
  s: { ar: 'ث' },
  ms: { ar: 'م‌ث' },
  '%': { ar: '٪' },
  'per minute': { ar: 'لكل دقيقة' },
  'in the currency of the row': { ar: 'بعملة الصف' }
} as const

export type Unit = keyof typeof units

/** `unit` and `units` of a column; neither for a column without a unit. */
export const unitOf = (unit: Unit | undefined) => (unit === undefined ? {} : { unit, units: units[unit] })
