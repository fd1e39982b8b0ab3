import { createStore } from '../kit/store.ts'

/** Light and dark as the device has it, or always one of them. */
export const themes = ['AUTO', 'LIGHT', 'DARK'] as const
export type Theme = (typeof themes)[number]

const kept = 'theme'
const dark = matchMedia('(prefers-color-scheme: dark)')
const chosen = createStore<Theme>('AUTO')

const show = (): void => {
  const theme = chosen.get()
  const isDark = theme === 'AUTO' ? dark.matches : theme === 'DARK'
  // Always one of the two, so that a brand's sheet need not ask the device.
  document.documentElement.dataset.theme = isDark ? 'dark' : 'light'
}

/** To be called once, before anything is drawn. */
export const startTheme = (): void => {
  const before = localStorage.getItem(kept)
  chosen.set(themes.find(each => each === before) ?? 'AUTO')
  dark.addEventListener('change', show)
  show()
}

/** Changes the appearance, and keeps the choice in this browser. */
export const setTheme = (theme: Theme): void => {
  localStorage.setItem(kept, theme)
  chosen.set(theme)
  show()
}

export const useTheme = (): Theme => chosen.use()
