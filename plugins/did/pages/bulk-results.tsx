import type { ReactNode } from 'react'
import { refusalOf } from '../../../web/kit/client.ts'
import { RefusalText } from '../../../web/kit/refusal-text.tsx'
import { Phone } from './phone.tsx'
import { words } from './words.ts'

/** What became of one number. */
export interface BulkResult {
  readonly id: string
  readonly ok: boolean
  readonly code: string | null
  readonly message: string | null
}

/** What became of a change to many numbers: in one sentence, then for each, the refused ones first. */
export const BulkResults = ({
  results,
  numbers,
  titleOf
}: {
  readonly results: readonly BulkResult[]
  /** Id → number. */
  readonly numbers: ReadonlyMap<string, string>
  /** What a field of the change is called on the page. */
  titleOf(field: string): string
}): ReactNode => {
  const t = words.use()
  const refused = results.filter(({ ok, code }) => !ok && code !== 'NOT_APPLIED')
  const ordered = [...refused, ...results.filter(result => !refused.includes(result))]
  /** The server names the argument, people know the field. */
  const why = (code: string | null, message: string | null): ReactNode => {
    const [named = '', field] = /^(?:patch\.)?(\w+)[\w.[\]]*: /.exec(message ?? '') ?? []
    return (
      <>
        {field !== undefined && `${titleOf(field)}: `}
        <RefusalText refusal={refusalOf(code ?? 'INTERNAL', message?.slice(named.length) ?? null)} />
      </>
    )
  }
  return (
    <section data-part="bulk-results">
      {refused.length === 0 ? (
        <p role="status" data-part="done">
          {t('bulkDone', { count: results.length })}
        </p>
      ) : (
        <p role="alert" data-part="fault">
          {t('bulkNone', { count: refused.length })}
        </p>
      )}
      <table aria-label={t('bulkResults')}>
        <thead>
          <tr>
            <th scope="col">{t('number')}</th>
            <th scope="col">{t('result')}</th>
          </tr>
        </thead>
        <tbody>
          {ordered.map(({ id, ok, code, message }) => (
            <tr key={id} data-state={ok ? 'ok' : code === 'NOT_APPLIED' ? 'left' : 'refused'}>
              <th scope="row">
                <Phone number={numbers.get(id) ?? null} />
              </th>
              <td>{ok ? t('changed') : code === 'NOT_APPLIED' ? t('notApplied') : why(code, message)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
