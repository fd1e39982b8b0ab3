import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type EnumTypeDefinitionNode, Kind, parse } from 'graphql'
import type { Page } from 'playwright-core'

/** Latin words that belong in an Arabic text, by the reason. */
const reasons: Readonly<Record<string, readonly string[]>> = {
  'a figure or a report goes by these letters among people of the trade': [
    'CDR',
    'ACD',
    'ASR',
    'CPS',
    'DTMF',
    'CLI',
    'IVR',
    'DID'
  ],
  'names of protocols and formats': ['SIP', 'IP', 'RTP', 'CSV', 'UTC', 'API', 'STIR', 'SHAKEN', 'ConneXML'],
  'names of companies and products': ['PayPal', 'Stripe', 'Portcullis'],
  'a key of the keyboard': ['Enter'],
  'the name of a language stands in that language': ['English']
}
const allowed = new Set(Object.values(reasons).flat())

const root = join(import.meta.dirname, '../..')
/** Values of the APIs' enums: words for programs, which a page has a word of its own for. */
const enumValues = new Set(
  ['graphql', 'plugins/cdr', 'plugins/did'].flatMap(folder =>
    readdirSync(join(root, folder)).flatMap(file =>
      (file.endsWith('.graphql') ? parse(readFileSync(join(root, folder, file), 'utf8')).definitions : [])
        .filter((each): each is EnumTypeDefinitionNode => each.kind === Kind.ENUM_TYPE_DEFINITION)
        .flatMap(({ values = [] }) => values.map(({ name }) => name.value))
    )
  )
)

/** Run in the page. What a value put into a sentence is wrapped in sets it apart. */
const said = `(() => {
  const free = 'code, pre, kbd, samp, [lang="en"], script, style, noscript, template'
  const drawn = [...document.body.querySelectorAll('*')]
    .filter(element => element.closest(free) === null)
    // What a closed list offers is drawn by the browser.
    .filter(element => (element.closest('select') ?? element).checkVisibility())
  const texts = drawn.flatMap(element => [
    ...(element.closest('bdi') === null
      ? [...element.childNodes].filter(({ nodeType }) => nodeType === 3).map(({ nodeValue }) => nodeValue)
      : []),
    ...['aria-label', 'aria-description', 'placeholder', 'title', 'alt'].map(name => element.getAttribute(name) ?? '')
  ])
  const once = list => [...new Set(list.map(text => text.trim()))]
  return {
    texts: once([document.title, ...texts].map(text => text.replaceAll(/\\u2068[^\\u2069]*\\u2069/g, ' '))),
    marked: once(drawn.filter(({ tagName }) => tagName === 'BDI').map(({ textContent }) => textContent))
  }
})()`

/**
 * What a page in Arabic says in Latin letters: texts, labels and the title; and what it marks as data (`bdi`) that no answer of
 * the server held, or that is a word for programs. Code and what is marked as English may say what they want.
 * @param bodies answers the page has received
 * @param data names in them that labels and titles contain
 */
export const latinTexts = async (
  page: Page,
  bodies: ReadonlyMap<string, string>,
  data: readonly string[]
): Promise<readonly string[]> => {
  const { texts, marked } = (await page.evaluate(said)) as Readonly<Record<'texts' | 'marked', readonly string[]>>
  const isForeign = (text: string): boolean => (text.match(/[A-Za-z]{2,}/g) ?? []).some(word => !allowed.has(word))
  const withoutData = (text: string): string => data.reduce((left, name) => left.replaceAll(name, ' '), text)
  const answers = [...bodies.values()].join('\n')
  const isAnswer = (text: string): boolean => answers.includes(JSON.stringify(text).slice(1, -1))
  return [
    ...texts.filter(text => isForeign(withoutData(text))),
    ...marked
      .filter(text => isForeign(withoutData(text)) && (enumValues.has(text) || !isAnswer(text)))
      .map(text => `bdi: ${text}`)
  ]
}
