/**
 * ISO-4217 codes in use, by the number of decimals of their smallest unit. Withdrawn codes and codes without a smallest
 * unit (metals, funds of account, tests) are left out: nothing is billed in them.
 * Made from the table `codes-all` of the repository datasets/currency-codes at ab9b0ae8 (public domain).
 */
const codes: Readonly<Record<number, string>> = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
  2:
    'AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF ' +
    'CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL ' +
    'HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU ' +
    'MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR ' +
    'SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED ' +
    'VES WST XAD XCD XCG YER ZAR ZMW ZWG',
  3: 'BHD IQD JOD KWD LYD OMR TND',
  4: 'CLF UYW'
}

const exponents: ReadonlyMap<string, number> = new Map(
  Object.entries(codes).flatMap(([exponent, list]) => list.split(' ').map(code => [code, Number(exponent)] as const))
)

/** Whether `code` is a currency one can bill in; exact, upper case. */
export const isCurrency = (code: string): boolean => exponents.has(code)

/** Decimals of a currency's smallest unit: 2 for cents. Undefined for what is no currency. */
export const currencyExponent = (code: string): number | undefined => exponents.get(code)
