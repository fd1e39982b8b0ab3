import type { TypedDocumentNode } from 'urql'

// Made from contacts.graphql by `npm run generate`.

/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
export type CreateContactInput = {
  readonly companyId: string;
  /** 1 to 120 characters. */
  readonly name: string;
  /** Signs in with it; resolves to one contact on every brand. */
  readonly email: string;
  /** At least 10 characters; left out: no sign-in until a password is set. */
  readonly password?: string | null | undefined;
  /** Addresses or CIDR prefixes it may sign in from; empty: any. */
  readonly ipAllowList?: ReadonlyArray<string> | null | undefined;
  /** At most 40 characters. */
  readonly phone?: string | null | undefined;
  /** At most 40 characters. */
  readonly mobile?: string | null | undefined;
  /** At most 80 characters. */
  readonly department?: string | null | undefined;
  /** At most 80 characters, such as billing. */
  readonly contactType?: string | null | undefined;
  /** At most 2,000 characters; the contact reads them. */
  readonly publicNotes?: string | null | undefined;
  /** At most 2,000 characters, for operators only. */
  readonly privateNotes?: string | null | undefined;
  /** BCP 47 tag such as ar or pt-BR. */
  readonly locale?: string | null | undefined;
  /** IANA name such as Europe/Berlin. */
  readonly timeZone?: string | null | undefined;
};

/** What is left out stays; null empties all but name, email and ipAllowList. */
export type UpdateContactInput = {
  /** 1 to 120 characters. */
  readonly name?: string | null | undefined;
  /** Sessions stay; a sign-in link that was sent to the address before ends. */
  readonly email?: string | null | undefined;
  /** At most 40 characters. */
  readonly phone?: string | null | undefined;
  /** At most 40 characters. */
  readonly mobile?: string | null | undefined;
  /** At most 80 characters. */
  readonly department?: string | null | undefined;
  /** At most 80 characters, such as billing. */
  readonly contactType?: string | null | undefined;
  /** At most 2,000 characters; the contact reads them. */
  readonly publicNotes?: string | null | undefined;
  /** At most 2,000 characters, for operators only. */
  readonly privateNotes?: string | null | undefined;
  /** BCP 47 tag such as ar or pt-BR. */
  readonly locale?: string | null | undefined;
  /** IANA name such as Europe/Berlin. */
  readonly timeZone?: string | null | undefined;
  /** Addresses or CIDR prefixes; empty: any. */
  readonly ipAllowList?: ReadonlyArray<string> | null | undefined;
};

export type ContactFactsFragment = { readonly id: string, readonly companyId: string, readonly name: string, readonly email: string, readonly phone: string | null, readonly mobile: string | null, readonly department: string | null, readonly contactType: string | null, readonly publicNotes: string | null, readonly privateNotes: string | null, readonly locale: string | null, readonly timeZone: string | null, readonly ipAllowList: ReadonlyArray<string>, readonly disabled: boolean, readonly hasPassword: boolean, readonly lockedUntil: string | null, readonly lastSignInAt: string | null, readonly version: number, readonly createdAt: string };

export type ContactsQueryVariables = Exact<{
  companyId: string;
  search?: string | null | undefined;
  after?: string | null | undefined;
}>;


export type ContactsQuery = { readonly contacts: { readonly totalCount: number, readonly nodes: ReadonlyArray<{ readonly id: string, readonly companyId: string, readonly name: string, readonly email: string, readonly phone: string | null, readonly mobile: string | null, readonly department: string | null, readonly contactType: string | null, readonly publicNotes: string | null, readonly privateNotes: string | null, readonly locale: string | null, readonly timeZone: string | null, readonly ipAllowList: ReadonlyArray<string>, readonly disabled: boolean, readonly hasPassword: boolean, readonly lockedUntil: string | null, readonly lastSignInAt: string | null, readonly version: number, readonly createdAt: string }>, readonly pageInfo: { readonly endCursor: string | null, readonly hasNextPage: boolean } } };

export type ContactQueryVariables = Exact<{
  id: string;
}>;


export type ContactQuery = { readonly contact: { readonly id: string, readonly companyId: string, readonly name: string, readonly email: string, readonly phone: string | null, readonly mobile: string | null, readonly department: string | null, readonly contactType: string | null, readonly publicNotes: string | null, readonly privateNotes: string | null, readonly locale: string | null, readonly timeZone: string | null, readonly ipAllowList: ReadonlyArray<string>, readonly disabled: boolean, readonly hasPassword: boolean, readonly lockedUntil: string | null, readonly lastSignInAt: string | null, readonly version: number, readonly createdAt: string } | null, readonly contactSessions: ReadonlyArray<{ readonly id: string, readonly domainId: string, readonly ip: string, readonly createdAt: string, readonly lastSeenAt: string, readonly viewAs: string | null }> };

export type ContactVersionQueryVariables = Exact<{
  id: string;
}>;


export type ContactVersionQuery = { readonly contact: { readonly id: string, readonly companyId: string, readonly name: string, readonly email: string, readonly phone: string | null, readonly mobile: string | null, readonly department: string | null, readonly contactType: string | null, readonly publicNotes: string | null, readonly privateNotes: string | null, readonly locale: string | null, readonly timeZone: string | null, readonly ipAllowList: ReadonlyArray<string>, readonly disabled: boolean, readonly hasPassword: boolean, readonly lockedUntil: string | null, readonly lastSignInAt: string | null, readonly version: number, readonly createdAt: string } | null };

export type CompanyHomeQueryVariables = Exact<{
  companyId: string;
}>;


export type CompanyHomeQuery = { readonly company: { readonly domainId: string | null } | null };

export type CreateContactMutationVariables = Exact<{
  input: CreateContactInput;
}>;


export type CreateContactMutation = { readonly createContact: { readonly id: string, readonly companyId: string, readonly name: string, readonly email: string, readonly phone: string | null, readonly mobile: string | null, readonly department: string | null, readonly contactType: string | null, readonly publicNotes: string | null, readonly privateNotes: string | null, readonly locale: string | null, readonly timeZone: string | null, readonly ipAllowList: ReadonlyArray<string>, readonly disabled: boolean, readonly hasPassword: boolean, readonly lockedUntil: string | null, readonly lastSignInAt: string | null, readonly version: number, readonly createdAt: string } };

export type UpdateContactMutationVariables = Exact<{
  id: string;
  version: number;
  input: UpdateContactInput;
}>;


export type UpdateContactMutation = { readonly updateContact: { readonly id: string, readonly companyId: string, readonly name: string, readonly email: string, readonly phone: string | null, readonly mobile: string | null, readonly department: string | null, readonly contactType: string | null, readonly publicNotes: string | null, readonly privateNotes: string | null, readonly locale: string | null, readonly timeZone: string | null, readonly ipAllowList: ReadonlyArray<string>, readonly disabled: boolean, readonly hasPassword: boolean, readonly lockedUntil: string | null, readonly lastSignInAt: string | null, readonly version: number, readonly createdAt: string } };

export type DisableContactMutationVariables = Exact<{
  id: string;
  version: number;
}>;


export type DisableContactMutation = { readonly disableContact: { readonly id: string, readonly companyId: string, readonly name: string, readonly email: string, readonly phone: string | null, readonly mobile: string | null, readonly department: string | null, readonly contactType: string | null, readonly publicNotes: string | null, readonly privateNotes: string | null, readonly locale: string | null, readonly timeZone: string | null, readonly ipAllowList: ReadonlyArray<string>, readonly disabled: boolean, readonly hasPassword: boolean, readonly lockedUntil: string | null, readonly lastSignInAt: string | null, readonly version: number, readonly createdAt: string } };

export type EnableContactMutationVariables = Exact<{
  id: string;
  version: number;
}>;


export type EnableContactMutation = { readonly enableContact: { readonly id: string, readonly companyId: string, readonly name: string, readonly email: string, readonly phone: string | null, readonly mobile: string | null, readonly department: string | null, readonly contactType: string | null, readonly publicNotes: string | null, readonly privateNotes: string | null, readonly locale: string | null, readonly timeZone: string | null, readonly ipAllowList: ReadonlyArray<string>, readonly disabled: boolean, readonly hasPassword: boolean, readonly lockedUntil: string | null, readonly lastSignInAt: string | null, readonly version: number, readonly createdAt: string } };

export type CreateSignInLinkMutationVariables = Exact<{
  contactId: string;
  version: number;
  domainId?: string | null | undefined;
}>;


export type CreateSignInLinkMutation = { readonly createSignInLink: { readonly url: string, readonly expiresAt: string } };

export type ResetContactPasswordMutationVariables = Exact<{
  contactId: string;
  domainId?: string | null | undefined;
  version: number;
}>;


export type ResetContactPasswordMutation = { readonly resetContactPassword: { readonly url: string, readonly expiresAt: string } };

export type UnlockContactMutationVariables = Exact<{
  id: string;
}>;


export type UnlockContactMutation = { readonly unlockContact: { readonly id: string, readonly companyId: string, readonly name: string, readonly email: string, readonly phone: string | null, readonly mobile: string | null, readonly department: string | null, readonly contactType: string | null, readonly publicNotes: string | null, readonly privateNotes: string | null, readonly locale: string | null, readonly timeZone: string | null, readonly ipAllowList: ReadonlyArray<string>, readonly disabled: boolean, readonly hasPassword: boolean, readonly lockedUntil: string | null, readonly lastSignInAt: string | null, readonly version: number, readonly createdAt: string } };

export type EndContactSessionMutationVariables = Exact<{
  id: string;
}>;


export type EndContactSessionMutation = { readonly endContactSession: boolean };

export type EndContactSessionsMutationVariables = Exact<{
  contactId: string;
}>;


export type EndContactSessionsMutation = { readonly endContactSessions: number };

export const ContactsDocument = "query Contacts($companyId: ID!, $search: String, $after: String) { contacts(companyId: $companyId, search: $search, first: 50, after: $after) { nodes { ...ContactFacts } pageInfo { endCursor hasNextPage } totalCount } } fragment ContactFacts on Contact { id companyId name email phone mobile department contactType publicNotes privateNotes locale timeZone ipAllowList disabled hasPassword lockedUntil lastSignInAt version createdAt }" as unknown as TypedDocumentNode<ContactsQuery, ContactsQueryVariables>

export const ContactDocument = "query Contact($id: ID!) { contact(id: $id) { ...ContactFacts } contactSessions(contactId: $id) { id domainId ip createdAt lastSeenAt viewAs } } fragment ContactFacts on Contact { id companyId name email phone mobile department contactType publicNotes privateNotes locale timeZone ipAllowList disabled hasPassword lockedUntil lastSignInAt version createdAt }" as unknown as TypedDocumentNode<ContactQuery, ContactQueryVariables>

export const ContactVersionDocument = "query ContactVersion($id: ID!) { contact(id: $id) { ...ContactFacts } } fragment ContactFacts on Contact { id companyId name email phone mobile department contactType publicNotes privateNotes locale timeZone ipAllowList disabled hasPassword lockedUntil lastSignInAt version createdAt }" as unknown as TypedDocumentNode<ContactVersionQuery, ContactVersionQueryVariables>

export const CompanyHomeDocument = "query CompanyHome($companyId: ID!) { company(id: $companyId) { domainId } }" as unknown as TypedDocumentNode<CompanyHomeQuery, CompanyHomeQueryVariables>

export const CreateContactDocument = "mutation CreateContact($input: CreateContactInput!) { createContact(input: $input) { ...ContactFacts } } fragment ContactFacts on Contact { id companyId name email phone mobile department contactType publicNotes privateNotes locale timeZone ipAllowList disabled hasPassword lockedUntil lastSignInAt version createdAt }" as unknown as TypedDocumentNode<CreateContactMutation, CreateContactMutationVariables>

export const UpdateContactDocument = "mutation UpdateContact($id: ID!, $version: Int!, $input: UpdateContactInput!) { updateContact(id: $id, expectedVersion: $version, input: $input) { ...ContactFacts } } fragment ContactFacts on Contact { id companyId name email phone mobile department contactType publicNotes privateNotes locale timeZone ipAllowList disabled hasPassword lockedUntil lastSignInAt version createdAt }" as unknown as TypedDocumentNode<UpdateContactMutation, UpdateContactMutationVariables>

export const DisableContactDocument = "mutation DisableContact($id: ID!, $version: Int!) { disableContact(id: $id, expectedVersion: $version) { ...ContactFacts } } fragment ContactFacts on Contact { id companyId name email phone mobile department contactType publicNotes privateNotes locale timeZone ipAllowList disabled hasPassword lockedUntil lastSignInAt version createdAt }" as unknown as TypedDocumentNode<DisableContactMutation, DisableContactMutationVariables>

export const EnableContactDocument = "mutation EnableContact($id: ID!, $version: Int!) { enableContact(id: $id, expectedVersion: $version) { ...ContactFacts } } fragment ContactFacts on Contact { id companyId name email phone mobile department contactType publicNotes privateNotes locale timeZone ipAllowList disabled hasPassword lockedUntil lastSignInAt version createdAt }" as unknown as TypedDocumentNode<EnableContactMutation, EnableContactMutationVariables>

export const CreateSignInLinkDocument = "mutation CreateSignInLink($contactId: ID!, $version: Int!, $domainId: ID) { createSignInLink( contactId: $contactId expectedVersion: $version domainId: $domainId ) { url expiresAt } }" as unknown as TypedDocumentNode<CreateSignInLinkMutation, CreateSignInLinkMutationVariables>

export const ResetContactPasswordDocument = "mutation ResetContactPassword($contactId: ID!, $domainId: ID, $version: Int!) { resetContactPassword( contactId: $contactId domainId: $domainId expectedVersion: $version ) { url expiresAt } }" as unknown as TypedDocumentNode<ResetContactPasswordMutation, ResetContactPasswordMutationVariables>

export const UnlockContactDocument = "mutation UnlockContact($id: ID!) { unlockContact(id: $id) { ...ContactFacts } } fragment ContactFacts on Contact { id companyId name email phone mobile department contactType publicNotes privateNotes locale timeZone ipAllowList disabled hasPassword lockedUntil lastSignInAt version createdAt }" as unknown as TypedDocumentNode<UnlockContactMutation, UnlockContactMutationVariables>

export const EndContactSessionDocument = "mutation EndContactSession($id: ID!) { endContactSession(id: $id) }" as unknown as TypedDocumentNode<EndContactSessionMutation, EndContactSessionMutationVariables>

export const EndContactSessionsDocument = "mutation EndContactSessions($contactId: ID!) { endContactSessions(contactId: $contactId) }" as unknown as TypedDocumentNode<EndContactSessionsMutation, EndContactSessionsMutationVariables>

