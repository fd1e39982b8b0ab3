import { Tooltip } from '@mantine/core'
import type { ReactNode } from 'react'
import { useFormats } from '../kit/formats.ts'

/** An instant in the operator's time zone: to the second, or its day. Hovering tells the zone and the exact time in UTC. */
export const When = ({ at, day = false }: { readonly at: string; readonly day?: boolean }): ReactNode => {
  const { dateTime, date, timeZone } = useFormats()
  const exact = new Date(at).toISOString()
  return (
    <Tooltip label={`${dateTime(at)} ${timeZone} · ${exact}`} multiline>
      <time dateTime={exact}>{day ? date(at) : dateTime(at)}</time>
    </Tooltip>
  )
}
