import { createContext, Fragment, type ReactNode, useContext, useMemo } from 'react'
import type { Refusal, ServerText } from './client.ts'
import { type Messages, useLanguage } from './messages.ts'
import { refusalWords } from './refusal-words.ts'

/** Sentences for reasons of refusals, by the reason: `DESTINATION_LOCKED`. */
export type ReasonSentences = Pick<Messages<string>, 'texts'>

const Brought = createContext<readonly ReasonSentences[]>([])

/** Brings the sentences of a site or a plugin to what is drawn inside; the innermost counts. */
export const ReasonWords = ({
  words,
  children
}: {
  readonly words: ReasonSentences | undefined
  readonly children: ReactNode
}): ReactNode => {
  const outer = useContext(Brought)
  const all = useMemo(() => (words === undefined ? outer : [words, ...outer]), [words, outer])
  return <Brought value={all}>{children}</Brought>
}

/** Words of the server, in the one language it speaks; so marked, they are read and set as English. */
export const ServerWords = ({ text }: { readonly text: string }): ReactNode => (
  <bdi lang="en" dir="ltr">
    {text}
  </bdi>
)

const Particulars = ({ said }: { readonly said: ServerText }): ReactNode => (
  <>
    <br />
    <small>
      <ServerWords text={said.english} />
    </small>
  </>
)

/**
 * Why something was refused. In English: what the server says. In another language the sentence of the reason, else of the
 * code, and below it what the server says, where that says more.
 */
export const RefusalText = ({
  refusal: { code, reason, said }
}: {
  readonly refusal: Pick<Refusal, 'code' | 'reason' | 'said'>
}): ReactNode => {
  const language = useLanguage()
  const brought = useContext(Brought)
  const sentences = (of: ReasonSentences, key: string): Readonly<Record<string, string>> | undefined =>
    Object.hasOwn(of.texts.en, key)
      ? { own: of.texts[language][key] ?? of.texts.en[key]!, en: of.texts.en[key]! }
      : undefined
  const ofCode = sentences(refusalWords, code) ?? sentences(refusalWords, 'INTERNAL')!
  const ofReason = reason === null ? undefined : brought.map(words => sentences(words, reason)).find(Boolean)
  if (language === 'en') return said.english || (ofReason ?? ofCode).en
  return (
    <>
      {(ofReason ?? ofCode).own}
      {said.english !== '' && said.english !== ofCode.en && <Particulars said={said} />}
    </>
  )
}

/** Several refusals, one after the other. */
export const RefusalTexts = ({ refusals }: { readonly refusals: readonly Refusal[] }): ReactNode =>
  refusals.map((refusal, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: refusals of one answer have no name of their own
    <Fragment key={index}>
      {index > 0 && ' '}
      <RefusalText refusal={refusal} />
    </Fragment>
  ))

/** What is wrong with one input: in words of the page, or of the server. */
export type Fault = string | ServerText

/** What is wrong with one input. Of the server in English what it says, in another language that and a sentence before it. */
export const FaultText = ({ fault }: { readonly fault: Fault }): ReactNode => {
  const language = useLanguage()
  if (typeof fault === 'string') return fault
  if (language === 'en') return fault.english
  return (
    <>
      {refusalWords.texts[language].FIELD}
      <Particulars said={fault} />
    </>
  )
}
