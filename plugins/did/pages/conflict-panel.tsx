import { type ReactNode, useEffect, useRef } from 'react'
import type { CompanyNumber } from './number.ts'
import { type NumberDraft, withDraft } from './number-draft.ts'
import { useNumberFacts } from './number-facts.tsx'
import { words } from './words.ts'

const fieldOf = (name: string): keyof CompanyNumber =>
  name === 'destination' ? 'destinations' : (name as keyof CompanyNumber)

const differs = (one: CompanyNumber, other: CompanyNumber, name: string): boolean =>
  JSON.stringify(one[fieldOf(name)]) !== JSON.stringify(other[fieldOf(name)])

/** What somebody else has changed beside what was typed, for the person to decide. */
export const ConflictPanel = ({
  opened,
  theirs,
  draft,
  busy,
  onKeep,
  onTake,
  onLater
}: {
  /** As the form was opened. */
  readonly opened: CompanyNumber
  /** As it is stored now. */
  readonly theirs: CompanyNumber
  readonly draft: NumberDraft
  readonly busy: boolean
  onKeep(): void
  onTake(): void
  onLater(): void
}): ReactNode => {
  const t = words.use()
  const facts = useNumberFacts()
  const panel = useRef<HTMLElement>(null)
  useEffect(() => panel.current?.focus(), [])
  const mine = withDraft(opened, draft)
  const shown = facts.filter(({ name }) => differs(opened, theirs, name))
  return (
    <section ref={panel} role="alert" data-part="conflict" tabIndex={-1}>
      <p>{t('conflict')}</p>
      {shown.length === 0 ? (
        <p>{t('conflictNothing')}</p>
      ) : (
        <table>
          <thead>
            <tr>
              <th scope="col">{t('field')}</th>
              <th scope="col">{t('before')}</th>
              <th scope="col">{t('theirs')}</th>
              <th scope="col">{t('yours')}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map(({ name, title, cell }) => (
              <tr key={name}>
                <th scope="row">{title}</th>
                <td>{cell(opened)}</td>
                <td>{cell(theirs)}</td>
                <td>{differs(opened, mine, name) ? cell(mine) : t('none')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <p data-part="actions">
        <button type="button" data-part="primary" aria-disabled={busy || undefined} onClick={onKeep}>
          {t('keepMine')}
        </button>
        <button type="button" onClick={onTake}>
          {t('takeTheirs')}
        </button>
        <button type="button" onClick={onLater}>
          {t('later')}
        </button>
      </p>
    </section>
  )
}
