import type { ReactNode } from 'react'
import { InventoryList } from './inventory-list.tsx'

export { reasonWords } from './refusal-words.ts'

/** The numbers of one company, in a tab of its page. */
export const Page = ({ companyId }: { readonly companyId: string }): ReactNode => (
  <InventoryList companyId={companyId} />
)
