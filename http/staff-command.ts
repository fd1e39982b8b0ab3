import { randomBytes } from 'node:crypto'
import { parseArgs } from 'node:util'
import { ConfigurationError, PortalError } from '../core/errors.ts'
import type { PeopleStores } from '../core/ports.ts'
import { createPeopleStores } from '../db/people-stores.ts'
import { emailInput, foldedAddress } from '../graphql/operator-input.ts'
import { atTheMachine } from './at-the-machine.ts'
import { hashPassword } from './passwords.ts'
import type { PortalCommand } from './portal-command.ts'

/** 96 random bits; to be changed by whoever signs in with it. */
const newPassword = (): string => randomBytes(12).toString('base64url')

const staffIdOf = async ({ staff }: PeopleStores, email: string): Promise<string> => {
  const found = await staff.findForSignIn(foldedAddress(email))
  if (found === null) {
    throw new ConfigurationError(`No member of staff has the address ${email}; \`staff list\` shows who there is.`)
  }
  return found.staffId
}

/** The way back in when nobody can sign in as an admin any more. */
export const staffCommand: PortalCommand = {
  name: 'staff',
  summary: 'lists staff, makes an admin, resets a password or two-factor sign-in',
  usage: `Usage: npm run portal -- staff list
       npm run portal -- staff create-admin EMAIL NAME
       npm run portal -- staff reset-password EMAIL
       npm run portal -- staff reset-two-factor EMAIL
For whoever is locked out: works on the database itself and needs no sign-in; the audit log names the user of the machine.
create-admin and reset-password print a password once; it works at once, on every process. reset-password also lifts a lock and
ends the person's sessions. A disabled person stays disabled: make another admin, who enables it.
Example: npm run portal -- staff create-admin olga@example.net "Olga Operator"`,
  run: async (args, context, print) => {
    const { positionals } = parseArgs({ args: [...args], allowPositionals: true, options: {} })
    const [what, email, name, ...rest] = positionals
    const needed = { list: 1, 'create-admin': 3, 'reset-password': 2, 'reset-two-factor': 2 }[what ?? '']
    if (needed === undefined || positionals.length !== needed || rest.length > 0) {
      print(staffCommand.usage)
      return 2
    }
    const people = createPeopleStores(await context.database())
    const { staff } = people
    if (what === 'list') {
      let after: string | null = null
      do {
        const page: Awaited<ReturnType<typeof staff.list>> = await staff.list({ first: 500, after })
        for (const member of page.nodes) {
          const notes = [
            ...(member.disabled ? ['disabled'] : []),
            ...(member.hasPassword ? [] : ['no password']),
            ...(member.twoFactor ? ['two-factor'] : []),
            ...(member.lockedUntil === null ? [] : [`locked until ${new Date(member.lockedUntil).toISOString()}`])
          ]
          print([member.role.padEnd(7), member.email, member.name, ...notes].join('  '))
        }
        after = page.hasNextPage ? page.endCursor : null
      } while (after !== null)
      return 0
    }
    const actor = atTheMachine('npm run portal -- staff')
    if (what === 'reset-two-factor') {
      const id = await staffIdOf(people, email!)
      const on = await staff.twoFactor(id)
      await staff.endTwoFactor(id, actor, 'resetStaffTwoFactor')
      print(on === null ? `Two-factor sign-in of ${email} was not on.` : `Two-factor sign-in of ${email} is off.`)
      return 0
    }
    const password = newPassword()
    const passwordHash = await hashPassword(password)
    if (what === 'create-admin') {
      try {
        await staff.create({ name: name!, email: emailInput('EMAIL', email!), passwordHash, role: 'ADMIN' }, actor)
      } catch (error) {
        if (!(error instanceof PortalError) || error.code !== 'CONFLICT') throw error
        throw new ConfigurationError(`${error.message} Take \`staff reset-password ${email}\`, or another address.`)
      }
    } else await staff.setPassword(await staffIdOf(people, email!), passwordHash, actor, 'resetStaffPassword')
    print(`Password of ${email}, not shown again: ${password}`)
    const { disabled } = (await staff.findForSignIn(foldedAddress(email!)))!
    if (disabled) print(`${email} is disabled and cannot sign in; make another admin with \`staff create-admin\`.`)
    return disabled ? 1 : 0
  }
}
