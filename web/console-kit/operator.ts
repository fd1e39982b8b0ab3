import { createContext, useContext } from 'react'

/** Who works in the console. */
export interface ConsoleOperator {
  /** `staff:ID`, as the audit log names it. */
  readonly actor: string
  readonly name: string
  readonly role: 'ADMIN' | 'SUPPORT' | 'AUDITOR'
  /** Whether a role may be used by this operator: buttons that would be refused are not drawn. */
  is(...roles: readonly ('ADMIN' | 'SUPPORT' | 'AUDITOR')[]): boolean
}

export const OperatorContext = createContext<ConsoleOperator | null>(null)

export const useOperator = (): ConsoleOperator => {
  const operator = useContext(OperatorContext)
  if (operator === null) throw new Error('a page was drawn without an operator')
  return operator
}
