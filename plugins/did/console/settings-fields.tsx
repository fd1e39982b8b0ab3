import { Box, Fieldset, NumberInput, Select, SimpleGrid, Switch, TagsInput, Textarea, TextInput } from '@mantine/core'
import type { ReactNode } from 'react'
import { CompanySelect } from '../../../web/console-kit/company-select.tsx'
import { fieldRefusal } from '../../../web/console-kit/refusal-alert.tsx'
import type { Refusal } from '../../../web/kit/client.ts'
import { inventoryWords } from './inventory-words.ts'
import { attestations, recordingModes, type SettingsDraft, titleOf } from './number-settings.ts'

const columns = { base: 1, sm: 2, lg: 3 }
const switches = ['retainDisplayName', 'spamScout', 'mediaProxy', 'transcoding', 'ipqs'] as const

interface Inputs {
  readonly values: SettingsDraft
  readonly refusals: readonly Refusal[]
  set(change: Partial<SettingsDraft>): void
}

/** The input of one setting, with its own part of a refusal. */
export const SettingField = ({
  name,
  isInRow = false,
  values,
  refusals,
  set
}: Inputs & {
  readonly name: keyof SettingsDraft
  /** Beside inputs with a description, whose height it keeps. */
  readonly isInRow?: boolean
}): ReactNode => {
  const t = inventoryWords.use()
  const level = isInRow ? { description: '\u00a0' } : {}
  const common = { label: titleOf(t, name), error: fieldRefusal(refusals, name) }
  switch (name) {
    case 'country':
    case 'currency':
      return (
        <TextInput
          {...common}
          description={t(name === 'country' ? 'countryHint' : 'currencyHint')}
          withAsterisk={name === 'country'}
          dir="ltr"
          maxLength={name === 'country' ? 2 : 3}
          value={values[name]}
          onChange={event => set({ [name]: event.currentTarget.value.toUpperCase() })}
        />
      )
    case 'carrierId':
      return (
        <CompanySelect
          {...common}
          {...level}
          value={values.carrierId}
          onChange={carrierId => set({ carrierId })}
          clearable
        />
      )
    case 'price':
      return (
        <TextInput
          {...common}
          description={t('priceHint')}
          dir="ltr"
          inputMode="decimal"
          value={values.price}
          onChange={event => set({ price: event.currentTarget.value })}
        />
      )
    case 'nextChargeAt':
    case 'minimumDaysUntil':
      return (
        <TextInput
          {...common}
          type="datetime-local"
          description={t(name === 'nextChargeAt' ? 'localTime' : 'minimumHint')}
          value={values[name]}
          onChange={event => set({ [name]: event.currentTarget.value })}
        />
      )
    case 'channelsCeiling':
    case 'flowSpeedCeiling':
      return (
        <NumberInput
          {...common}
          description={t('zeroNone')}
          allowDecimal={false}
          allowNegative={false}
          value={values[name]}
          onChange={value => set({ [name]: value })}
        />
      )
    case 'recordingMode':
      return (
        <Select
          {...common}
          {...level}
          data={recordingModes.map(value => ({ value, label: t(`recording_${value}`) }))}
          value={values.recordingMode}
          allowDeselect={false}
          onChange={value => value !== null && set({ recordingMode: value })}
        />
      )
    case 'stirShakenMinAttest':
      return (
        <Select
          {...common}
          data={attestations.map(value => ({ value, label: t(`attest_${value}`) }))}
          value={values.stirShakenMinAttest}
          allowDeselect={false}
          onChange={value => value !== null && set({ stirShakenMinAttest: value })}
        />
      )
    case 'codecs':
    case 'blockedSourceTypes':
      return (
        <TagsInput
          {...common}
          description={t('listHint')}
          dir="ltr"
          value={[...values[name]]}
          onChange={list => set({ [name]: list })}
          acceptValueOnBlur
        />
      )
    case 'notes':
      return (
        <Textarea
          {...common}
          description={t('notesHint')}
          autosize
          minRows={2}
          maxLength={2000}
          value={values.notes}
          onChange={event => set({ notes: event.currentTarget.value })}
        />
      )
    case 'packageName':
    case 'cardName':
    case 'providerCard':
    case 'script':
    case 'pAssertedId':
      return (
        <TextInput {...common} value={values[name]} onChange={event => set({ [name]: event.currentTarget.value })} />
      )
    default:
      return (
        <Switch {...common} checked={values[name]} onChange={event => set({ [name]: event.currentTarget.checked })} />
      )
  }
}

/** The inputs of a number's settings. */
export const SettingsFields = ({
  hasCompany,
  ...inputs
}: Inputs & {
  /** The currency is its company's then. */
  readonly hasCompany: boolean
}): ReactNode => {
  const t = inventoryWords.use()
  const fields = (...names: readonly (keyof SettingsDraft)[]): ReactNode =>
    names.map(name => <SettingField key={name} name={name} isInRow {...inputs} />)
  return (
    <>
      <SimpleGrid cols={columns}>
        {fields('country', 'carrierId')}
        <Box mt={{ base: 0, sm: 48 }}>{fields('enabled')}</Box>
      </SimpleGrid>
      <Fieldset legend={t('money')}>
        <SimpleGrid cols={columns}>
          {fields('price', ...(hasCompany ? [] : (['currency'] as const)), 'nextChargeAt', 'minimumDaysUntil')}
          {fields('packageName', 'cardName', 'providerCard')}
        </SimpleGrid>
      </Fieldset>
      <Fieldset legend={t('limits')}>
        <SimpleGrid cols={columns}>{fields('channelsCeiling', 'flowSpeedCeiling', 'recordingMode')}</SimpleGrid>
      </Fieldset>
      <Fieldset legend={t('routing')}>
        <SimpleGrid cols={columns}>
          {fields('stirShakenMinAttest', 'script', 'pAssertedId', 'codecs', 'blockedSourceTypes')}
        </SimpleGrid>
        <SimpleGrid cols={columns} mt="md" role="group" aria-label={t('switches')}>
          {fields(...switches)}
        </SimpleGrid>
      </Fieldset>
      {fields('notes')}
    </>
  )
}
