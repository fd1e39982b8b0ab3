import type { ReactNode } from 'react'
import { type Language, languages, setLanguage, useLanguage } from '../kit/messages.ts'
import { setTheme, type Theme, themes, useTheme } from './theme.ts'
import { words } from './words.ts'

const themeWords = { AUTO: 'themeAuto', LIGHT: 'themeLight', DARK: 'themeDark' } as const

/** Language and appearance, kept in this browser. */
export const Choices = (): ReactNode => {
  const t = words.use()
  const language = useLanguage()
  const theme = useTheme()
  return (
    <div data-part="choices">
      <label>
        <span>{t('language')}</span>
        <select value={language} onChange={event => setLanguage(event.target.value as Language)}>
          {Object.entries(languages).map(([code, name]) => (
            <option key={code} value={code} lang={code}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span>{t('theme')}</span>
        <select value={theme} onChange={event => setTheme(event.target.value as Theme)}>
          {themes.map(each => (
            <option key={each} value={each}>
              {t(themeWords[each])}
            </option>
          ))}
        </select>
      </label>
    </div>
  )
}
