import type { ReactNode } from 'react'
import type { Fault } from '../../../web/kit/refusal-text.tsx'
import { Field } from './field.tsx'
import { type Attestation, attestations } from './number.ts'
import { words } from './words.ts'

/** The lowest attestation of callers that is let through. */
export const AttestationField = ({
  fault,
  value,
  onChange
}: {
  readonly fault: Fault | undefined
  readonly value: Attestation
  onChange(value: Attestation): void
}): ReactNode => {
  const t = words.use()
  return (
    <Field name="attestation" label={t('stirShakenMinAttest')} help={t('attestationHelp')} fault={fault}>
      {control => (
        <select {...control} value={value} onChange={event => onChange(event.target.value as Attestation)}>
          {attestations.map(each => (
            <option key={each} value={each}>
              {t(each)}
            </option>
          ))}
        </select>
      )}
    </Field>
  )
}
