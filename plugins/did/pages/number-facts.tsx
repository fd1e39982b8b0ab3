import { type ReactNode, useMemo } from 'react'
import { useFormats } from '../../../web/kit/formats.ts'
import { useLanguage } from '../../../web/kit/messages.ts'
import { DestinationList, FirstDestination } from './destination-text.tsx'
import type { CompanyNumber } from './number.ts'
import { Phone } from './phone.tsx'
import { words } from './words.ts'

/** One thing that is known of a number, and how it is shown. */
export interface NumberFact {
  /** Its name in the list's export. */
  readonly name: string
  readonly title: string
  /** What the list is sorted by for it; without it it cannot be. */
  readonly sort?: string
  readonly align?: 'end'
  /** Shown in the list until somebody chooses. */
  readonly first?: true
  /** May be changed in the form. */
  readonly editable?: true
  cell(did: CompanyNumber): ReactNode
  /** In the list, where there is one line for it; as `cell` unless given. */
  short?(did: CompanyNumber): ReactNode
}

/** The name of a country in the language of the page. */
export const useCountryName = (): ((code: string) => string) => {
  const language = useLanguage()
  return useMemo(() => {
    const names = new Intl.DisplayNames([language], { type: 'region', fallback: 'code' })
    return code => {
      try {
        return names.of(code) ?? code
      } catch {
        return code
      }
    }
  }, [language])
}

/** Everything that is shown of a number, in order. */
export const useNumberFacts = (): readonly NumberFact[] => {
  const t = words.use()
  const formats = useFormats()
  const countryName = useCountryName()
  return useMemo(() => {
    const yesNo = (value: boolean | null): string => (value === null ? '' : t(value ? 'yes' : 'no'))
    const limited = (value: number | null): string => {
      if (value === null) return ''
      return value === 0 ? t('noLimit') : formats.number(value)
    }
    const date = (instant: string | null): string => (instant === null ? t('none') : formats.date(instant))
    return [
      {
        name: 'number',
        title: t('number'),
        sort: 'number',
        first: true,
        cell: did => <Phone number={did.number} />
      },
      {
        name: 'country',
        title: t('country'),
        sort: 'country',
        first: true,
        cell: did => (did.country === null ? '' : countryName(did.country))
      },
      {
        name: 'enabled',
        title: t('state'),
        sort: 'enabled',
        first: true,
        editable: true,
        cell: did => (
          <span data-part="state" data-state={did.enabled === true ? 'on' : 'off'}>
            {t(did.enabled === true ? 'on' : 'off')}
          </span>
        )
      },
      {
        name: 'destination',
        title: t('destination'),
        sort: 'type',
        first: true,
        editable: true,
        cell: did => <DestinationList destinations={did.destinations} />,
        short: did => <FirstDestination destinations={did.destinations} />
      },
      {
        name: 'channels',
        title: t('channels'),
        sort: 'channels',
        align: 'end',
        first: true,
        editable: true,
        cell: did => limited(did.channels)
      },
      {
        name: 'flowSpeed',
        title: t('flowSpeed'),
        sort: 'flowSpeed',
        align: 'end',
        editable: true,
        cell: did => limited(did.flowSpeed)
      },
      {
        name: 'retainDisplayName',
        title: t('retainDisplayName'),
        sort: 'retainDisplayName',
        editable: true,
        cell: did => yesNo(did.retainDisplayName)
      },
      {
        name: 'stirShakenMinAttest',
        title: t('stirShakenMinAttest'),
        sort: 'stirShakenMinAttest',
        editable: true,
        cell: did => (did.stirShakenMinAttest === null ? '' : t(did.stirShakenMinAttest))
      },
      {
        name: 'recordingMode',
        title: t('recordingMode'),
        sort: 'recordingMode',
        cell: did => (did.recordingMode === null ? '' : t(did.recordingMode))
      },
      { name: 'spamScout', title: t('spamScout'), sort: 'spamScout', cell: did => yesNo(did.spamScout) },
      {
        name: 'packageName',
        title: t('packageName'),
        sort: 'packageName',
        cell: did => did.packageName ?? t('none')
      },
      {
        name: 'price',
        title: t('price'),
        sort: 'price',
        align: 'end',
        first: true,
        cell: did => (did.price === null ? t('none') : <bdi>{formats.money(did.price, did.currency)}</bdi>)
      },
      {
        name: 'nextChargeAt',
        title: t('nextChargeAt'),
        sort: 'nextChargeAt',
        cell: did => date(did.nextChargeAt)
      },
      { name: 'cardName', title: t('cardName'), sort: 'cardName', cell: did => did.cardName ?? t('none') },
      { name: 'assignedAt', title: t('assignedAt'), sort: 'assignedAt', cell: did => date(did.assignedAt) },
      { name: 'minimumDaysUntil', title: t('minimumDaysUntil'), cell: did => date(did.minimumDaysUntil) },
      { name: 'notes', title: t('notes'), cell: did => did.notes ?? t('none') }
    ] satisfies NumberFact[]
  }, [t, formats, countryName])
}
