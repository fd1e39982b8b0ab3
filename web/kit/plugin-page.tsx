import { Component, type ComponentType, type ReactNode, useEffect, useState } from 'react'
import { type ReasonSentences, ReasonWords } from './refusal-text.tsx'

/** What the server says of a page. */
export interface PageOf {
  readonly path: string
  readonly title: string
  readonly module: string
  readonly styles: readonly string[]
}

/** What a page is told, such as whose page it is a part of. */
type PageProps = Readonly<Record<string, string>>

/** What the script of a page exports. */
interface PageScript {
  readonly Page: ComponentType<PageProps>
  /** Sentences for the reasons of its plugin's refusals, in every language of the pages. */
  readonly reasonWords?: ReasonSentences
}

type Loaded = PageScript | 'LOADING' | 'FAILED'

const pages = new Map<string, Promise<PageScript>>()

const addStyle = (href: string): Promise<void> =>
  new Promise((resolve, reject) => {
    if (document.querySelector(`link[href="${CSS.escape(href)}"]`) !== null) return resolve()
    const link = Object.assign(document.createElement('link'), { rel: 'stylesheet', href })
    link.addEventListener('load', () => resolve())
    link.addEventListener('error', () => {
      link.remove()
      reject(new Error(`${href} cannot be loaded`))
    })
    // After the portal's own sheet, before the brand's, which has the last word.
    const brand = document.querySelector('link[data-brand]')
    if (brand === null) document.head.append(link)
    else brand.before(link)
  })

/** How often a script could not be loaded. */
const failures = new Map<string, number>()

const load = ({ module, styles }: PageOf): Promise<PageScript> => {
  let page = pages.get(module)
  if (page === undefined) {
    const failed = failures.get(module) ?? 0
    // Browsers remember that an address could not be loaded, and do not ask for it again.
    const address = failed === 0 ? module : `${module}?${failed}`
    page = Promise.all([import(/* @vite-ignore */ address), ...styles.map(addStyle)]).then(
      ([script]) => script as PageScript
    )
    pages.set(module, page)
    page.catch(() => {
      pages.delete(module)
      failures.set(module, failed + 1)
    })
  }
  return page
}

/** Draws a plugin's page, whose script is fetched only now. */
export const PluginPage = ({
  page,
  props = {},
  loading,
  failed
}: {
  readonly page: PageOf
  readonly props?: PageProps
  readonly loading: ReactNode
  /** @param again fetches and draws it anew */
  failed(again: () => void): ReactNode
}): ReactNode => {
  const [loaded, setLoaded] = useState<Loaded>('LOADING')
  const [attempt, setAttempt] = useState(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new attempt loads again
  useEffect(() => {
    let open = true
    setLoaded('LOADING')
    load(page).then(
      script => open && setLoaded(script),
      () => open && setLoaded('FAILED')
    )
    return () => {
      open = false
    }
  }, [page.module, attempt])
  const again = (): void => setAttempt(attempt + 1)
  if (loaded === 'LOADING') return loading
  if (loaded === 'FAILED') return failed(again)
  const { Page, reasonWords } = loaded
  return (
    <Boundary key={attempt} failed={() => failed(again)}>
      <ReasonWords words={reasonWords}>
        <Page {...props} />
      </ReasonWords>
    </Boundary>
  )
}

/** Keeps a fault of one page from taking the others along. */
class Boundary extends Component<{ readonly failed: () => ReactNode; readonly children: ReactNode }> {
  override state = { broken: false }

  static getDerivedStateFromError(): { broken: boolean } {
    return { broken: true }
  }

  override render(): ReactNode {
    return this.state.broken ? this.props.failed() : this.props.children
  }
}
