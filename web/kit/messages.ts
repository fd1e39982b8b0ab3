import { useMemo } from 'react'
import { createStore } from './store.ts'

/** Languages of the pages, each in its own words. */
export const languages = { en: 'English', ar: 'العربية' } as const
export type Language = keyof typeof languages

const kept = 'language'
const isLanguage = (text: string | null | undefined): text is Language => text != null && Object.hasOwn(languages, text)

const firstLanguage = (): Language => {
  const chosen = localStorage.getItem(kept)
  if (isLanguage(chosen)) return chosen
  return navigator.languages.map(each => each.split('-')[0]).find(isLanguage) ?? 'en'
}

const current = createStore<Language>('en')

const show = (language: Language): void => {
  document.documentElement.lang = language
  document.documentElement.dir = language === 'ar' ? 'rtl' : 'ltr'
  current.set(language)
}

/** To be called once, before anything is drawn. */
export const startMessages = (): void => show(firstLanguage())

/** Changes the language of everything on the page, and keeps the choice in this browser. */
export const setLanguage = (language: Language): void => {
  localStorage.setItem(kept, language)
  show(language)
}

/** Takes the language of a BCP 47 tag, where there is one, for as long as nobody chooses another in this browser. */
export const preferLanguage = (tag: string): void => {
  const language = tag.split('-')[0]
  if (isLanguage(language) && !isLanguage(localStorage.getItem(kept))) show(language)
}

/** The language of the page. */
export const useLanguage = (): Language => current.use()

type Texts = Readonly<Record<string, string>>
type PluralEnding = `_${Intl.LDMLPluralRule}`
/** `calls_one` and `calls_other` are asked for as `calls`. */
type KeyOf<English extends Texts> = {
  [Key in keyof English]: Key extends `${infer Base}${PluralEnding}` ? Base : Key
}[keyof English] &
  string

/** The text of a key, with the values in place of `{{name}}`; `count` also chooses among the forms of a number. */
export type Translate<Key extends string = string> = (
  key: Key,
  values?: Readonly<Record<string, string | number>>
) => string

/** The words of one part of the pages. */
export interface Messages<Key extends string> {
  readonly texts: Readonly<Record<Language, Texts>>
  /** `const t = words.use()`, in a component: the words in the language of the page. */
  use(): Translate<Key>
}

/** @param texts keys of one language; forms of a number end in `_one`, `_other` and so on, as Intl.PluralRules names them */
export const translator = (language: Language, texts: Readonly<Record<Language, Texts>>): Translate => {
  const plural = new Intl.PluralRules(language)
  const number = new Intl.NumberFormat(`${language}-u-nu-latn`)
  // What is put in may be written in the other direction: it must not take the words beside it along.
  const apart = (value: string): string => (language === 'en' ? value : `\u2068${value}\u2069`)
  const shown = (value: string | number): string => (typeof value === 'number' ? number.format(value) : apart(value))
  return (key, values = {}) => {
    const own = texts[language]
    const { count } = values
    const form = typeof count === 'number' ? own[`${key}_${plural.select(count)}`] : undefined
    const text = form ?? own[key] ?? own[`${key}_other`] ?? texts.en[key] ?? texts.en[`${key}_other`] ?? key
    return text.replaceAll(/\{\{(\w+)\}\}/g, (whole, name: string) =>
      values[name] === undefined ? whole : shown(values[name])
    )
  }
}

/** Declares words in every language. Numbers come as they are counted: `{ calls_one: '{{count}} call', calls_other: … }`. */
export const defineMessages = <const English extends Texts>(
  texts: { readonly en: English } & Readonly<Record<Exclude<Language, 'en'>, Texts>>
): Messages<KeyOf<English>> => ({
  texts,
  use: () => {
    const language = current.use()
    return useMemo(() => translator(language, texts), [language])
  }
})
