import { type CSSVariablesResolver, createTheme, darken } from '@mantine/core'
import { type Language, translator } from '../kit/messages.ts'
import { words } from './words.ts'

export const theme = createTheme({
  primaryColor: 'indigo',
  // Darker than the kit's own, so that white text on them, and they on white, can be read: 4.5 to 1 and more.
  primaryShade: { light: 8, dark: 8 },
  autoContrast: true,
  luminanceThreshold: 0.18,
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    // What closes a dialog or a notification says so, in the language of the page.
    CloseButton: {
      defaultProps: () => ({
        'aria-label': translator(document.documentElement.lang as Language, words.texts)('close')
      })
    }
  }
})

/** Colours of text that the kit draws too faint, in both schemes. */
export const readableColors: CSSVariablesResolver = ({ colors }) => {
  const names = Object.keys(colors).filter(name => name !== 'dark')
  const each = (entries: (name: string) => readonly (readonly [string, string])[]): Record<string, string> =>
    Object.fromEntries(names.flatMap(entries))
  return {
    variables: {},
    light: {
      '--mantine-color-dimmed': colors.gray[7],
      '--mantine-color-placeholder': colors.gray[7],
      '--mantine-color-error': colors.red[9],
      ...each(name => {
        const text = darken(colors[name]![9], 0.3)
        return [
          [`--mantine-color-${name}-text`, text],
          [`--mantine-color-${name}-light-color`, text],
          [`--mantine-color-${name}-outline`, text]
        ]
      })
    },
    dark: {
      '--mantine-color-dimmed': colors.dark[1],
      '--mantine-color-placeholder': colors.dark[1],
      '--mantine-color-error': colors.red[4],
      ...each(name => [
        [`--mantine-color-${name}-text`, colors[name]![3]],
        [`--mantine-color-${name}-light-color`, colors[name]![2]],
        [`--mantine-color-${name}-outline`, colors[name]![3]]
      ])
    }
  }
}
