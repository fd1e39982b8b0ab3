import { Fieldset, NumberInput, Select, SimpleGrid, Switch, TagsInput, Textarea, TextInput } from '@mantine/core'
import type { ReactNode } from 'react'
import { CompanySelect } from '../../../web/console-kit/company-select.tsx'
import { fieldRefusal } from '../../../web/console-kit/refusal-alert.tsx'
import type { Refusal } from '../../../web/kit/client.ts'
import { inventoryWords } from './inventory-words.ts'
import { attestations, recordingModes, type SettingsDraft } from './number-settings.ts'

const columns = { base: 1, sm: 2, lg: 3 }
const switches = ['retainDisplayName', 'spamScout', 'mediaProxy', 'transcoding', 'ipqs'] as const

/** The inputs of a number's settings, each with its own part of a refusal. */
export const SettingsFields = ({
  values,
  refusals,
  hasCompany,
  set
}: {
  readonly values: SettingsDraft
  readonly refusals: readonly Refusal[]
  /** The currency is its company's then. */
  readonly hasCompany: boolean
  set(change: Partial<SettingsDraft>): void
}): ReactNode => {
  const t = inventoryWords.use()
  const wrong = (field: string): string | undefined => fieldRefusal(refusals, field)
  const text = (name: 'packageName' | 'cardName' | 'providerCard' | 'script' | 'pAssertedId'): ReactNode => (
    <TextInput
      label={t(name)}
      value={values[name]}
      error={wrong(name)}
      onChange={event => set({ [name]: event.currentTarget.value })}
    />
  )
  return (
    <>
      <SimpleGrid cols={columns}>
        <TextInput
          label={t('country')}
          description={t('countryHint')}
          withAsterisk
          dir="ltr"
          maxLength={2}
          value={values.country}
          error={wrong('country')}
          onChange={event => set({ country: event.currentTarget.value.toUpperCase() })}
        />
        <CompanySelect
          label={t('carrier')}
          description={'\u00a0'}
          value={values.carrierId}
          error={wrong('carrierId')}
          onChange={carrierId => set({ carrierId })}
          clearable
        />
        <Switch
          label={t('enabled')}
          mt={{ base: 0, sm: 48 }}
          checked={values.enabled}
          onChange={event => set({ enabled: event.currentTarget.checked })}
        />
      </SimpleGrid>
      <Fieldset legend={t('money')}>
        <SimpleGrid cols={columns}>
          <TextInput
            label={t('price')}
            description={t('priceHint')}
            dir="ltr"
            inputMode="decimal"
            value={values.price}
            error={wrong('price')}
            onChange={event => set({ price: event.currentTarget.value })}
          />
          {!hasCompany && (
            <TextInput
              label={t('currency')}
              description={t('currencyHint')}
              dir="ltr"
              maxLength={3}
              value={values.currency}
              error={wrong('currency')}
              onChange={event => set({ currency: event.currentTarget.value.toUpperCase() })}
            />
          )}
          <TextInput
            type="datetime-local"
            label={t('nextChargeAt')}
            description={t('localTime')}
            value={values.nextChargeAt}
            error={wrong('nextChargeAt')}
            onChange={event => set({ nextChargeAt: event.currentTarget.value })}
          />
          <TextInput
            type="datetime-local"
            label={t('minimum')}
            description={t('minimumHint')}
            value={values.minimumDaysUntil}
            error={wrong('minimumDaysUntil')}
            onChange={event => set({ minimumDaysUntil: event.currentTarget.value })}
          />
          {text('packageName')}
          {text('cardName')}
          {text('providerCard')}
        </SimpleGrid>
      </Fieldset>
      <Fieldset legend={t('limits')}>
        <SimpleGrid cols={columns}>
          {(['channelsCeiling', 'flowSpeedCeiling'] as const).map(name => (
            <NumberInput
              key={name}
              label={t(name)}
              description={t('zeroNone')}
              allowDecimal={false}
              allowNegative={false}
              value={values[name]}
              error={wrong(name)}
              onChange={value => set({ [name]: value })}
            />
          ))}
          <Select
            label={t('recordingMode')}
            description={'\u00a0'}
            data={recordingModes.map(value => ({ value, label: t(`recording_${value}`) }))}
            value={values.recordingMode}
            error={wrong('recordingMode')}
            allowDeselect={false}
            onChange={value => value !== null && set({ recordingMode: value })}
          />
        </SimpleGrid>
      </Fieldset>
      <Fieldset legend={t('routing')}>
        <SimpleGrid cols={columns}>
          <Select
            label={t('stirShakenMinAttest')}
            data={attestations.map(value => ({ value, label: t(`attest_${value}`) }))}
            value={values.stirShakenMinAttest}
            error={wrong('stirShakenMinAttest')}
            allowDeselect={false}
            onChange={value => value !== null && set({ stirShakenMinAttest: value })}
          />
          {text('script')}
          {text('pAssertedId')}
          {(['codecs', 'blockedSourceTypes'] as const).map(name => (
            <TagsInput
              key={name}
              label={t(name)}
              description={t('listHint')}
              dir="ltr"
              value={[...values[name]]}
              error={wrong(name)}
              onChange={list => set({ [name]: list })}
              acceptValueOnBlur
            />
          ))}
        </SimpleGrid>
        <SimpleGrid cols={columns} mt="md" role="group" aria-label={t('switches')}>
          {switches.map(name => (
            <Switch
              key={name}
              label={t(name)}
              checked={values[name]}
              onChange={event => set({ [name]: event.currentTarget.checked })}
            />
          ))}
        </SimpleGrid>
      </Fieldset>
      <Textarea
        label={t('notes')}
        description={t('notesHint')}
        autosize
        minRows={2}
        maxLength={2000}
        value={values.notes}
        error={wrong('notes')}
        onChange={event => set({ notes: event.currentTarget.value })}
      />
    </>
  )
}
