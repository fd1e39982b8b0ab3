import type { ReactNode } from 'react'
import { type TypedDocumentNode, useQuery } from 'urql'
import { useFormats } from '../../../web/kit/formats.ts'
import { type CallColumn, type CallValues, callCell } from './call-cell.tsx'
import { words } from './calls-words.ts'

type FoundCalls = { readonly cdrs: { readonly nodes: readonly CallValues[] | null } | null }

/** Calls that began within the same millisecond under one Call-ID are legs of it; more than a few there are not. */
const mostLegs = 20

const isSame = (one: CallValues, other: CallValues): boolean =>
  Object.entries(one).every(([name, value]) => other[name] === value)

/**
 * All there is to see of a call.
 * @param call what the list has of it
 * @param columns all the viewer has
 */
export const CallDetails = ({
  call,
  columns
}: {
  readonly call: CallValues
  readonly columns: readonly CallColumn[]
}): ReactNode => {
  const t = words.use()
  const formats = useFormats()
  const whole = columns.every(({ name }) => name in call)
  const { callId, startedAt } = call
  const [{ data, fetching, error }, ask] = useQuery({
    query: `query Call($filter: CdrFilter!) {
      cdrs(filter: $filter, first: ${mostLegs}) { nodes { ${columns.map(({ name }) => name).join(' ')} } }
    }` as unknown as TypedDocumentNode<FoundCalls, { readonly filter: unknown }>,
    variables: {
      filter: {
        range: { from: startedAt, to: new Date(Date.parse(String(startedAt)) + 1).toISOString() },
        where: { rules: [{ column: 'callId', op: 'eq', value: callId }] }
      }
    },
    pause: whole
  })
  const found = data?.cdrs?.nodes?.find(each => isSame(call, each))
  const values = found ?? call
  const failed = !whole && !fetching && found === undefined && (data !== undefined || error !== undefined)
  return (
    <>
      <dl data-part="details" aria-busy={fetching}>
        {columns.map(column => (
          <div key={column.name} data-part="detail" data-column={column.name}>
            <dt>{column.title}</dt>
            <dd>{callCell(column, values, formats, t) || (fetching && !(column.name in call) ? '…' : '–')}</dd>
          </div>
        ))}
      </dl>
      {failed && (
        <p role="alert" data-part="fault">
          {t('detailsFailed')}{' '}
          <button type="button" onClick={() => ask({ requestPolicy: 'network-only' })}>
            {t('again')}
          </button>
        </p>
      )}
    </>
  )
}
