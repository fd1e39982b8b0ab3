import { type ReactNode, useState } from 'react'
import { useQuery } from 'urql'
import { refusalsOf } from '../../../web/kit/client.ts'
import { RefusalText } from '../../../web/kit/refusal-text.tsx'
import { useViewer } from '../../../web/portal-kit/viewer.ts'
import type { CompanyNumber } from './number.ts'
import type { NumberChange, NumberExtras } from './number-extras.ts'
import { type NumberFact, useNumberFacts } from './number-facts.tsx'
import { NumberForm } from './number-form.tsx'
import { OneNumberDocument } from './numbers.graphql.ts'
import { words } from './words.ts'

const noFacts = { useFacts: (): readonly NumberFact[] => [] }

/** Everything about a number, and what of it the viewer may change. */
export const NumberDetails = ({
  id,
  extras,
  onChange
}: {
  readonly id: string
  readonly extras: NumberExtras | null
  onChange(change: NumberChange): void
}): ReactNode => {
  const t = words.use()
  const viewer = useViewer()
  const [{ data, error }, ask] = useQuery({ query: extras?.one ?? OneNumberDocument, variables: { id } })
  const [changed, setChanged] = useState<NumberChange | null>(null)
  const facts = useNumberFacts()
  const extraFacts = (extras ?? noFacts).useFacts()
  const change = (part: NumberChange): void => {
    setChanged(known => ({ ...known, ...part }))
    onChange(part)
  }

  const read = data?.did
  if (read == null) {
    const [refusal] = refusalsOf(error)
    if (refusal === undefined) return <p data-part="loading">{t('loading')}</p>
    return (
      <div role="alert" data-part="broken">
        <p>
          {refusal.code === 'NOT_FOUND' ? (
            t('gone')
          ) : (
            <>
              {t('failed')} <RefusalText refusal={refusal} />
            </>
          )}
        </p>
        {refusal.code !== 'NOT_FOUND' && (
          <button type="button" onClick={() => ask({ requestPolicy: 'network-only' })}>
            {t('again')}
          </button>
        )}
      </div>
    )
  }
  const did: CompanyNumber = { ...read, ...changed }
  const canEdit = viewer.has('edit') && !viewer.readOnly
  const shown = [
    ...facts.filter(({ editable }) => !canEdit || editable !== true),
    ...(viewer.readOnly ? extraFacts : [])
  ]
  return (
    <>
      {canEdit && <NumberForm did={did} onChange={change} />}
      {extras !== null && !viewer.readOnly && <extras.Editor did={did} onChange={change} />}
      <section data-part="number-facts">
        <h3>{t('details')}</h3>
        <dl data-part="details">
          {shown.map(({ name, title, cell }) => (
            <div key={name} data-part="detail" data-fact={name}>
              <dt>{title}</dt>
              <dd>{cell(did)}</dd>
            </div>
          ))}
        </dl>
      </section>
    </>
  )
}
