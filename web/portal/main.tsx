import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Provider } from 'urql'
import { startMessages } from '../kit/messages.ts'
import { site } from '../portal-kit/site.ts'
import { Shell } from './shell.tsx'
import { startTheme } from './theme.ts'
import './base.css'

startMessages()
startTheme()
createRoot(document.getElementById('portal')!).render(
  <StrictMode>
    <Provider value={site.client}>
      <Shell />
    </Provider>
  </StrictMode>
)
