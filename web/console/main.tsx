import '@mantine/core/styles.css'
import '@mantine/notifications/styles.css'
import './console.css'
import { createTheme, DirectionProvider, MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Provider } from 'urql'
import { site } from '../console-kit/site.ts'
import { startMessages } from '../kit/messages.ts'
import { Shell } from './shell.tsx'

startMessages()
const nonce = document.querySelector<HTMLMetaElement>('meta[property=csp-nonce]')?.nonce ?? ''
const theme = createTheme({ primaryColor: 'indigo', cursorType: 'pointer' })

createRoot(document.getElementById('console')!).render(
  <StrictMode>
    <DirectionProvider detectDirection>
      <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={() => nonce}>
        <Notifications />
        <Provider value={site.client}>
          <Shell />
        </Provider>
      </MantineProvider>
    </DirectionProvider>
  </StrictMode>
)
