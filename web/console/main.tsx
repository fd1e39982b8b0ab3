import '@mantine/core/styles.css'
import '@mantine/notifications/styles.css'
import './console.css'
import { DirectionProvider, MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Provider } from 'urql'
import { reasonWords } from '../console-kit/refusal-words.ts'
import { site } from '../console-kit/site.ts'
import { startMessages } from '../kit/messages.ts'
import { ReasonWords } from '../kit/refusal-text.tsx'
import { Shell } from './shell.tsx'
import { readableColors, theme } from './theme.ts'

startMessages()
const nonce = document.querySelector<HTMLMetaElement>('meta[property=csp-nonce]')?.nonce ?? ''
// Where the lock on scrolling behind dialogs looks for it.
Object.assign(globalThis, { __webpack_nonce__: nonce })

createRoot(document.getElementById('console')!).render(
  <StrictMode>
    <DirectionProvider detectDirection>
      <MantineProvider
        theme={theme}
        cssVariablesResolver={readableColors}
        defaultColorScheme="auto"
        getStyleNonce={() => nonce}
      >
        <ReasonWords words={reasonWords}>
          <Notifications />
          <Provider value={site.client}>
            <Shell />
          </Provider>
        </ReasonWords>
      </MantineProvider>
    </DirectionProvider>
  </StrictMode>
)
