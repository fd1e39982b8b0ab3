import { type ReactNode, useEffect, useRef, useState } from 'react'
import { useClient, useMutation } from 'urql'
import { type Refusal, refusalsOf } from '../kit/client.ts'
import { RefusalTexts, ServerWords } from '../kit/refusal-text.tsx'
import { ExportProgressDocument, type ExportProgressQuery, RequestExportDocument } from './export-button.graphql.ts'
import { listWords } from './list-words.ts'
import { useViewer } from './viewer.ts'
import './portal-kit.css'

type Job = NonNullable<ExportProgressQuery['exportJob']>

/** Milliseconds between looks at a file in the making: soon at first, as most are small. */
const pauses = [250, 500, 1_000, 2_000]

/**
 * Has the rows of a list written to a CSV file, tells how far it is, and links to it. Another filter or other columns
 * put the link away, as it would no longer be what is on the page.
 * @param grid name of the list as the server knows it
 * @param filter as the page sends it
 * @param columns names, in the order of the file
 */
export const ExportButton = ({
  grid,
  filter,
  columns,
  disabled = false
}: {
  readonly grid: string
  readonly filter: unknown
  readonly columns: readonly string[]
  readonly disabled?: boolean
}): ReactNode => {
  const t = listWords.use()
  const client = useClient()
  const { readOnly } = useViewer()
  const [{ fetching }, requestExport] = useMutation(RequestExportDocument)
  const [job, setJob] = useState<Job | null>(null)
  const [refusals, setRefusals] = useState<readonly Refusal[]>([])
  const asked = JSON.stringify([grid, filter, columns])
  const current = useRef(asked)

  if (current.current !== asked) {
    current.current = asked
    setJob(null)
    setRefusals([])
  }
  const working = job?.state === 'QUEUED' || job?.state === 'RUNNING'
  const id = job?.id ?? null
  useEffect(() => {
    if (!working || id === null) return
    let open = true
    let timer: ReturnType<typeof setTimeout>
    const look = (attempt: number): void => {
      timer = setTimeout(
        async () => {
          const { data, error } = await client.query(ExportProgressDocument, { id }).toPromise()
          if (!open) return
          if (data?.exportJob == null) {
            setJob(null)
            setRefusals(refusalsOf(error))
            return
          }
          setJob(data.exportJob)
          look(attempt + 1)
        },
        pauses[Math.min(attempt, pauses.length - 1)]
      )
    }
    look(0)
    return () => {
      open = false
      clearTimeout(timer)
    }
  }, [client, working, id])
  const expiresAt = job?.state === 'READY' ? job.expiresAt : null
  useEffect(() => {
    if (expiresAt === null) return
    const timer = setTimeout(
      () => setJob(known => known && { ...known, state: 'EXPIRED', url: null }),
      Math.max(0, Date.parse(expiresAt) - Date.now())
    )
    return () => clearTimeout(timer)
  }, [expiresAt])

  const start = async (): Promise<void> => {
    setJob(null)
    setRefusals([])
    const before = current.current
    const { data, error } = await requestExport({ grid, filter, columns })
    if (current.current !== before) return
    if (data?.requestExport != null) return setJob(data.requestExport)
    setRefusals(refusalsOf(error))
  }
  const busy = fetching || working
  const gone = (code: string): boolean => code === 'UNREACHABLE' || code === 'UNAVAILABLE'
  return (
    <div data-part="export">
      <button
        type="button"
        data-part="export-button"
        // Not `disabled` while it works: the focus would be lost.
        aria-disabled={busy || undefined}
        disabled={disabled || readOnly}
        title={readOnly ? t('exportReadOnly') : undefined}
        onClick={() => {
          if (!busy) void start()
        }}
      >
        {t('export')}
      </button>
      <span role="status" data-part="export-state">
        {busy && (job?.rows == null || job.rows === 0 ? t('exporting') : t('exportingRows', { count: job.rows }))}
        {job?.state === 'READY' && job.url !== null && (
          <>
            <a href={job.url} download data-part="export-link">
              {t('exportReady', { count: job.rows ?? 0 })}
            </a>{' '}
            {t('exportUtc')}
          </>
        )}
        {job?.state === 'EXPIRED' && t('exportExpired')}
      </span>
      {(refusals.length > 0 || job?.state === 'FAILED') && (
        <p role="alert" data-part="fault">
          {job?.state === 'FAILED' && (
            <>
              {t('exportFailed')} {job.error !== null && <ServerWords text={job.error} />}
            </>
          )}
          {refusals.some(({ code }) => gone(code)) ? t('exportUnreachable') : <RefusalTexts refusals={refusals} />}
        </p>
      )}
    </div>
  )
}
