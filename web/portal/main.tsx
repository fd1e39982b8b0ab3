import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Provider } from 'urql'
import { startMessages } from '../kit/messages.ts'
import { site } from '../portal-kit/site.ts'
import { Shell } from './shell.tsx'
import './base.css'

startMessages()
createRoot(document.getElementById('portal')!).render(
  <StrictMode>
    <Provider value={site.client}>
      <Shell />
    </Provider>
  </StrictMode>
)
