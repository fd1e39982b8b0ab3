import { userInfo } from 'node:os'
import type { Actor } from '../core/ports.ts'

/** A user without an entry in the system's list, as in many containers, has a number only. */
const userName = (): string => {
  try {
    return userInfo().username
  } catch {
    return String(process.getuid?.() ?? 'unknown')
  }
}

/** Who sits at the machine itself, as the audit log names it. */
export const atTheMachine = (reason: string): Actor => ({
  operator: { actor: `console:${userName()}`, name: 'The machine itself', role: 'ADMIN', ip: '' },
  reason
})
