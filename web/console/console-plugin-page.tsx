import { Alert, Button, Loader } from '@mantine/core'
import { createContext, type ReactNode } from 'react'
import { type PageOf, PluginPage } from '../kit/plugin-page.tsx'
import type { ConsoleStartQuery } from './start.graphql.ts'
import { words } from './words.ts'

/** Pages of plugins that the operator has, at every place. */
export const ConsolePages = createContext<ConsoleStartQuery['consolePages']>([])

/** A plugin's page as it stands in the console. */
export const ConsolePluginPage = ({
  page,
  props
}: {
  readonly page: PageOf
  readonly props?: Readonly<Record<string, string>>
}): ReactNode => {
  const t = words.use()
  return (
    <PluginPage
      page={page}
      {...(props === undefined ? {} : { props })}
      loading={<Loader aria-label={t('loading')} />}
      failed={again => (
        <Alert color="red" role="alert" title={t('broken')}>
          <Button onClick={again}>{t('again')}</Button>
        </Alert>
      )}
    />
  )
}
