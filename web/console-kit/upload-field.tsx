import { FileInput, Progress, Stack, Text } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { type Refusal, refusalOf } from '../kit/client.ts'
import { useFormats } from '../kit/formats.ts'
import { site } from './site.ts'
import { workWords } from './work-words.ts'

/** A file the server keeps for a week. */
export interface UploadedFile {
  readonly id: string
  /** SHA-256 of the content, hex. */
  readonly sha256: string
}

export type UploadResult =
  | { readonly ok: true; readonly file: UploadedFile }
  | { readonly ok: false; readonly refusals: readonly Refusal[] }

const signedInAgain = (): Promise<void> =>
  new Promise(resolve => {
    site.signedOut.set(true)
    const stop = site.signedOut.subscribe(() => {
      if (site.signedOut.get()) return
      stop()
      resolve()
    })
  })

const unreachable: UploadResult = {
  ok: false,
  refusals: [refusalOf('UNREACHABLE', null)]
}

const send = (file: File, told: (share: number) => void): Promise<UploadResult> =>
  new Promise(resolve => {
    // Fetch does not say how much has gone.
    const request = new XMLHttpRequest()
    request.open('POST', `/operator/files?name=${encodeURIComponent(file.name)}`)
    // What a system calls a type of a .csv is anything.
    request.setRequestHeader('content-type', 'application/octet-stream')
    request.responseType = 'json'
    request.upload.addEventListener('progress', event => {
      if (event.lengthComputable && event.total > 0) told(event.loaded / event.total)
    })
    request.addEventListener('error', () => resolve(unreachable))
    request.addEventListener('abort', () => resolve(unreachable))
    request.addEventListener('load', () => {
      const answer = request.response as
        | (UploadedFile & {
            readonly errors?: readonly {
              readonly message: string
              readonly extensions: { readonly code: string; readonly reason?: string }
            }[]
          })
        | null
      if (request.status === 201 && answer !== null) return resolve({ ok: true, file: answer })
      // Of an upload there is one field, whatever the server calls it; so it is named by none.
      const refusals = (answer?.errors ?? []).map(({ message, extensions: { code, reason } }) =>
        refusalOf(code, message, { reason })
      )
      resolve(refusals.length === 0 ? unreachable : { ok: false, refusals })
    })
    request.send(file)
  })

/** How an upload goes: between 0 and 1 while it lasts, else null. */
export interface Upload {
  readonly share: number | null
  /** Sends a file; waits for a sign-in where the session has ended. */
  start(file: File): Promise<UploadResult>
}

export const useUpload = (): Upload => {
  const [share, setShare] = useState<number | null>(null)
  return {
    share,
    async start(file) {
      setShare(0)
      try {
        for (;;) {
          const result = await send(file, setShare)
          if (result.ok || result.refusals.every(({ code }) => code !== 'UNAUTHENTICATED')) return result
          await signedInAgain()
        }
      } finally {
        setShare(null)
      }
    }
  }
}

/** Chooses a file to upload and shows how far it has gone. */
export const UploadField = ({
  label,
  description,
  accept,
  file,
  onFile,
  upload,
  error
}: {
  readonly label: string
  readonly description?: ReactNode
  /** Endings or media types, such as `.csv`. */
  readonly accept?: string
  readonly file: File | null
  onFile(file: File | null): void
  readonly upload: Upload
  readonly error?: string | undefined
}): ReactNode => {
  const t = workWords.use()
  const { percent, number } = useFormats()
  const { share } = upload
  return (
    <Stack gap={6}>
      <FileInput
        label={label}
        description={description}
        placeholder={t('chooseFile')}
        {...(accept === undefined ? {} : { accept })}
        value={file}
        onChange={onFile}
        disabled={share !== null}
        error={error}
        clearable
        clearButtonProps={{ 'aria-label': t('noFile') }}
        rightSection={
          file === null ? null : (
            <Text size="xs" c="dimmed" dir="ltr">
              {number(Math.ceil(file.size / 1024))} KiB
            </Text>
          )
        }
        rightSectionWidth={90}
      />
      {share !== null && (
        <div role="status">
          <Text size="xs">{t('uploading', { percent: percent(Math.round(share * 100)) })}</Text>
          <Progress value={share * 100} aria-label={t('uploading', { percent: '' })} />
        </div>
      )}
    </Stack>
  )
}
