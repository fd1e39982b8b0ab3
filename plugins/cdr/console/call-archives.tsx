import { Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useSearchParams } from 'wouter'
import { CompanySelect } from '../../../web/console-kit/company-select.tsx'
import { ArchiveTable } from './archive-table.tsx'
import { callBatchWords } from './call-batch-words.ts'
import { CallRetention } from './call-retention.tsx'

/** How long calls are kept, and the months that are no longer live, of one company at a time. */
export const CallArchives = (): ReactNode => {
  const t = callBatchWords.use()
  const [params, setParams] = useSearchParams()
  const company = params.get('company')
  return (
    <Stack gap="sm">
      <CallRetention />
      <CompanySelect
        label={t('company')}
        value={company}
        onChange={id => setParams(id === null ? {} : { company: id }, { replace: true })}
        clearable
        maw="30rem"
      />
      {company === null ? <Text c="dimmed">{t('pickCompany')}</Text> : <ArchiveTable companyId={company} />}
    </Stack>
  )
}
