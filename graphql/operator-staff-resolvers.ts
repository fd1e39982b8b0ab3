import { badInput } from '../core/errors.ts'
import type { Resolvers } from '../core/plugin-api.ts'
import type { StaffMember } from '../core/ports.ts'
import type { StaffRole } from '../core/viewer.ts'
import { actorOf, type OperatorRequestContext } from './operator-context.ts'
import { emailInput, found, idInput, instantText, optionalInstant, pageInput, textInput } from './operator-input.ts'
import { connection, type PageArguments } from './operator-page.ts'

interface UpdateStaffInput {
  readonly name?: string | null
  readonly role?: StaffRole | null
  readonly disabled?: boolean | null
}

/** @throws PortalError BAD_USER_INPUT for INGEST, which only a program has */
const roleInput = (path: string, role: StaffRole): StaffRole => {
  if (role === 'INGEST') throw badInput(path, 'is for API keys; give ADMIN, SUPPORT or AUDITOR')
  return role
}

const shortText = (path: string, value: string): string => {
  if (value.length > 1_000) throw badInput(path, 'is too long')
  return value
}

const memberOf = async (context: OperatorRequestContext, id: string): Promise<StaffMember> =>
  found(await context.people.staff.get(idInput(id, 'member of staff')), 'member of staff')

export const operatorStaffResolvers: Resolvers = {
  Query: {
    staff: async (_parent: unknown, args: PageArguments, context: OperatorRequestContext) =>
      connection(await context.people.staff.list(pageInput(args))),

    staffMember: (_parent: unknown, args: { id: string }, context: OperatorRequestContext) =>
      memberOf(context, args.id),

    staffSessions: async (_parent: unknown, args: { staffId: string }, context: OperatorRequestContext) => {
      const { id } = await memberOf(context, args.staffId)
      const sessions = await context.people.sessions.sessionsOfStaff(id)
      return sessions.map(session => ({ ...session, current: session.id === context.operator.sessionId }))
    }
  },

  Mutation: {
    createStaff: async (
      _parent: unknown,
      { input }: { input: { name: string; email: string; role: StaffRole } },
      context: OperatorRequestContext
    ) => {
      const name = textInput('input.name', input.name, 1, 120)
      const email = emailInput('input.email', input.email)
      const role = roleInput('input.role', input.role)
      const { secret, hash } = context.newSecret()
      const { id, linkExpiresAt } = await context.people.staff.invite(
        { name, email, role },
        { tokenHash: hash },
        actorOf(context)
      )
      return {
        staff: await memberOf(context, id),
        link: { url: context.passwordUrl(null, secret), expiresAt: instantText(linkExpiresAt) }
      }
    },

    updateStaff: (
      _parent: unknown,
      args: { id: string; expectedVersion?: number | null; input: UpdateStaffInput },
      context: OperatorRequestContext
    ) => {
      const { name, role, disabled } = args.input
      for (const field of ['name', 'role', 'disabled'] as const)
        if (args.input[field] === null) throw badInput(`input.${field}`, 'must not be null; leave it out to keep it')
      const change = {
        ...(name == null ? {} : { name: textInput('input.name', name, 1, 120) }),
        ...(role == null ? {} : { role: roleInput('input.role', role) }),
        ...(disabled == null ? {} : { disabled })
      }
      const id = idInput(args.id, 'member of staff')
      return context.people.staff.update(id, change, actorOf(context), args.expectedVersion)
    },

    resetStaffPassword: async (
      _parent: unknown,
      args: { id: string; expectedVersion?: number | null },
      context: OperatorRequestContext
    ) => {
      const id = idInput(args.id, 'member of staff')
      const { secret, hash } = context.newSecret()
      const link = { tokenHash: hash }
      const expiresAt = await context.people.staff.resetPassword(id, link, actorOf(context), args.expectedVersion)
      return { url: context.passwordUrl(null, secret), expiresAt: instantText(expiresAt) }
    },

    resetStaffTwoFactor: async (
      _parent: unknown,
      args: { id: string; expectedVersion?: number | null },
      context: OperatorRequestContext
    ) => {
      const id = idInput(args.id, 'member of staff')
      await context.people.staff.endTwoFactor(id, actorOf(context), 'resetStaffTwoFactor', args.expectedVersion)
      return memberOf(context, id)
    },

    unlockStaff: (_parent: unknown, args: { id: string }, context: OperatorRequestContext) =>
      context.people.staff.unlock(idInput(args.id, 'member of staff'), actorOf(context)),

    endStaffSession: async (_parent: unknown, args: { id: string }, context: OperatorRequestContext) => {
      await context.people.sessions.endStaffSession(idInput(args.id, 'session'), actorOf(context))
      return true
    },

    endStaffSessions: (_parent: unknown, args: { staffId: string }, context: OperatorRequestContext) =>
      context.people.sessions.endStaffSessions(idInput(args.staffId, 'member of staff'), actorOf(context)),

    changeMyPassword: async (
      _parent: unknown,
      args: { oldPassword: string; newPassword: string },
      context: OperatorRequestContext
    ) => {
      const oldPassword = shortText('oldPassword', args.oldPassword)
      const newPassword = shortText('newPassword', args.newPassword)
      await context.account.changePassword(actorOf(context), { oldPassword, newPassword }, context.clock.at)
      return true
    },

    startTwoFactor: (_parent: unknown, args: { password: string }, context: OperatorRequestContext) =>
      context.account.startTwoFactor(actorOf(context), shortText('password', args.password), context.clock.at),

    confirmTwoFactor: (_parent: unknown, args: { code: string }, context: OperatorRequestContext) =>
      context.account.confirmTwoFactor(actorOf(context), shortText('code', args.code), context.clock.at),

    disableTwoFactor: async (_parent: unknown, args: { code: string }, context: OperatorRequestContext) => {
      await context.account.disableTwoFactor(actorOf(context), shortText('code', args.code), context.clock.at)
      return true
    }
  },

  StaffMember: {
    lockedUntil: (member: StaffMember) => optionalInstant(member.lockedUntil),
    lastSignInAt: (member: StaffMember) => optionalInstant(member.lastSignInAt),
    createdAt: (member: StaffMember) => instantText(member.createdAt)
  },

  StaffSession: {
    createdAt: (session: { createdAt: number }) => instantText(session.createdAt),
    lastSeenAt: (session: { lastSeenAt: number }) => instantText(session.lastSeenAt)
  }
}
