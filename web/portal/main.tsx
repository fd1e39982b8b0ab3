import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Provider } from 'urql'
import { startMessages } from '../kit/messages.ts'
import { ReasonWords } from '../kit/refusal-text.tsx'
import { GuardedRouter } from '../kit/unsaved.tsx'
import { reasonWords } from '../portal-kit/refusal-words.ts'
import { site } from '../portal-kit/site.ts'
import { Shell } from './shell.tsx'
import { startTheme } from './theme.ts'
import './base.css'

startMessages()
startTheme()
createRoot(document.getElementById('portal')!).render(
  <StrictMode>
    <Provider value={site.client}>
      <ReasonWords words={reasonWords}>
        <GuardedRouter>
          <Shell />
        </GuardedRouter>
      </ReasonWords>
    </Provider>
  </StrictMode>
)
