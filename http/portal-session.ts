import { badInput, PortalError } from '../core/errors.ts'
import type { PageFiles } from '../core/page-files.ts'
import {
  definePlugin,
  type PluginDefinition,
  type PortalContext,
  type PublicContext,
  type Resolvers
} from '../core/plugin-api.ts'
import { type PortalPage, portalPagesOf, wordIn } from '../core/plugin-page.ts'
import type { Installation } from './installation.ts'
import { checkNewPassword, hashPassword } from './passwords.ts'
import { checkSameOrigin } from './same-origin.ts'
import { clearSessionCookie, setSessionCookie } from './session-cookie.ts'
import { contactClaim, isLocked, provePassword, signInContact } from './sign-in.ts'
import { portalVisitOf } from './visit.ts'

const schema = `
extend type Query {
  "The brand that lives on this host."
  portal: PublicPortal @public
  "Places where this contact is signed in, at most 1,000: beyond that a sign-in ends the session used longest ago."
  mySessions: [PortalSession!] @session
}

extend type Mutation {
  "Signs a contact in. Browsers get a cookie; programs take the token."
  login(email: String!, password: String!): SessionPayload @public @once
  "Ends this session."
  logout: Boolean @session(inViewAs: true)
  "Ends one of the contact's own sessions."
  endSession(id: ID!): Boolean @session
  "Ends all of the contact's own sessions but this one; how many there were."
  endOtherSessions: Int @session
  "Needs the old password; ends all other sessions of the contact."
  changePassword(oldPassword: String!, newPassword: String!): Boolean @session @once
}

extend type Viewer {
  brandName: String!
  "Equal revisions mean equal access."
  accessRevision: String!
  profile: Profile!
}

"What is kept about the contact; null: nothing."
type Profile {
  phone: String
  mobile: String
  department: String
  contactType: String
  "What the operator wants the contact to know."
  publicNotes: String
  "BCP 47 tag of the language to begin with."
  locale: String
  "IANA name of the time zone to show times in; null: the device's."
  timeZone: String
}

extend type FeatureState {
  "What stands in the portal for it, as far as it is built; none for what shows inside other pages."
  pages: [Page!]!
}

enum PagePlace { NAVIGATION DASHBOARD }
"A page of the portal on this host."
type Page {
  "Below the host: /calls."
  path: String!
  "language: such as en or ar; English where there is no other."
  title(language: String = "en"): String!
  place: PagePlace!
  "The script that exports it, and its style sheets."
  module: String!
  styles: [String!]!
}

type PublicPortal { brandName: String! }

type SessionPayload {
  "For programs and front ends on other hosts: send it as \`Authorization: Bearer …\`. Not shown again."
  token: String!
}

type PortalSession {
  id: ID!
  createdAt: DateTime!
  lastSeenAt: DateTime!
  ip: String!
  "True for the session that asks."
  current: Boolean!
}
`

/** Sign-in and one's own session: roots that every portal has, whatever its brand shows. */
export const createPortalSession = (
  installation: Installation,
  pageFiles: PageFiles
): { readonly part: PluginDefinition; readonly baseResolvers: Resolvers } => {
  const { people, access, catalogue, plugins } = installation

  const login = async (
    _: unknown,
    { email, password }: { email: string; password: string },
    context: PublicContext
  ): Promise<{ token: string }> => {
    const { visit, reply } = portalVisitOf(context)
    // A forged sign-in would put a victim into the attacker's portal.
    if (reply.request.headers.origin !== undefined) checkSameOrigin(reply.request, visit)
    const { token } = await signInContact(
      people,
      access,
      { email: email.trim(), password, domainId: visit.brand.id, ip: visit.ip },
      visit.at
    )
    setSessionCookie(reply, visit.host, visit.secure, token)
    return { token }
  }

  const features = (_: unknown, __: unknown, context: PortalContext): unknown => {
    const pages = portalPagesOf(plugins, context.access, context.viewer.userType)
    return context.access.features().map(key => {
      const { title, titles, group, groups, kind } = catalogue.feature(key)!
      return {
        key,
        title,
        titles,
        group,
        groups,
        kind,
        effective: true,
        pages: pages
          .filter(page => page.feature === key)
          .flatMap(page => {
            const built = pageFiles.of('portal', page.plugin, page.path)
            return built === null ? [] : [{ ...page, ...built }]
          })
      }
    })
  }

  const me = (_: unknown, __: unknown, context: PortalContext): unknown => {
    const { viewer, at } = context
    return {
      ...viewer,
      viewAs: viewer.viewAs ?? null,
      features: features(null, null, context),
      brandName: portalVisitOf(context).visit.brand.brandName,
      accessRevision: access.revisionOf(viewer.companyId, at, viewer.domainId)
    }
  }

  const profile = async ({ contactId }: { contactId: string }): Promise<unknown> => {
    const { privateNotes: _, ...shown } = (await people.contacts.get(contactId))!
    return shown
  }

  const columns = (_: unknown, { report }: { report: string }, context: PortalContext): unknown =>
    context.access.columns(report).map(name => {
      const column = catalogue.column(`${report}.${name}`)!
      return {
        ...column,
        default: column.default === true,
        sortable: column.sortable === true,
        filterable: column.filterable === true,
        groupable: column.groupable === true
      }
    })

  const mySessions = async (_: unknown, __: unknown, { viewer }: PortalContext): Promise<unknown> =>
    (await people.sessions.listContactSessions(viewer.contactId)).map(session => ({
      ...session,
      createdAt: new Date(session.createdAt).toISOString(),
      lastSeenAt: new Date(session.lastSeenAt).toISOString(),
      current: session.id === viewer.sessionId
    }))

  const logout = async (_: unknown, __: unknown, context: PortalContext): Promise<boolean> => {
    const { visit, reply } = portalVisitOf(context)
    await people.sessions.end(context.viewer.sessionId)
    await context.scope.audit({ action: 'signOut', target: context.viewer.contactId })
    clearSessionCookie(reply, visit.host, visit.secure)
    return true
  }

  const endSession = async (_: unknown, { id }: { id: string }, { viewer, scope }: PortalContext): Promise<boolean> => {
    const own = await people.sessions.listContactSessions(viewer.contactId)
    if (!own.some(session => session.id === id)) throw new PortalError('NOT_FOUND')
    await people.sessions.end(id)
    await scope.audit({ action: 'endSession', target: viewer.contactId })
    return true
  }

  const endOtherSessions = async (_: unknown, __: unknown, { viewer, scope }: PortalContext): Promise<number> => {
    const ended = await people.sessions.endOthers(viewer.contactId, viewer.sessionId)
    if (ended > 0) await scope.audit({ action: 'endOtherSessions', target: viewer.contactId })
    return ended
  }

  const changePassword = async (
    _: unknown,
    { oldPassword, newPassword }: { oldPassword: string; newPassword: string },
    { viewer, at }: PortalContext
  ): Promise<boolean> => {
    // Whoever looks over a contact's shoulder may not lock the contact out.
    if (viewer.viewAs !== undefined) throw new PortalError('FORBIDDEN', undefined, { reason: 'VIEW_AS' })
    checkNewPassword('newPassword', newPassword, viewer.email)
    const claim = contactClaim(
      people,
      viewer.email,
      viewer.domainId,
      viewer.ip,
      facts => facts.contactId === viewer.contactId && !isLocked(facts, at)
    )
    const facts = await provePassword(claim, oldPassword)
    if (facts === null) throw badInput('oldPassword', 'is not right')
    const hash = await hashPassword(newPassword)
    const { sessionId, domainId, ip } = viewer
    const own = { formerHash: facts.passwordHash, sessionId, domainId, ip }
    await people.contacts.changePassword(viewer.contactId, hash, own)
    return true
  }

  const part = definePlugin({
    name: 'portal-session',
    version: '0.1.0',
    engine: '^0.1.0',
    owner: 'platform',
    schema,
    resolvers: {
      Query: {
        portal: (_: unknown, __: unknown, context: PublicContext) => ({
          brandName: portalVisitOf(context).visit.brand.brandName
        }),
        mySessions
      },
      Mutation: { login, logout, endSession, endOtherSessions, changePassword },
      Viewer: { profile },
      Page: {
        path: ({ path }: PortalPage) => `/${path}`,
        title: ({ title }: PortalPage, { language }: { language: string | null }) => wordIn(title, language)
      }
    }
  })
  return { part, baseResolvers: { Query: { me, features, columns } } }
}
