import type { TypedDocumentNode } from 'urql'

// Made from staff.graphql by `npm run generate`.

/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
/**
 * What a member of staff or an API key may do. ADMIN: everything. SUPPORT: read, view as a contact, override a company's
 * access, unlock contacts and end their sessions. AUDITOR: read. INGEST: hand in call records, nothing else; for keys only.
 * Everybody sees to the own password and two-factor sign-in.
 */
export type StaffRole =
  | 'ADMIN'
  | 'SUPPORT'
  | 'AUDITOR'
  | 'INGEST';

export type CreateStaffInput = {
  /** 1 to 120 characters. */
  readonly name: string;
  /** Signs in with it; unique over all staff. */
  readonly email: string;
  /** ADMIN, SUPPORT or AUDITOR. */
  readonly role: StaffRole;
};

/** What is left out stays. */
export type UpdateStaffInput = {
  readonly name?: string | null | undefined;
  /** ADMIN, SUPPORT or AUDITOR. Nobody changes the own role. */
  readonly role?: StaffRole | null | undefined;
  /** Ends sessions, links and open portals of others at once. Nobody disables oneself. */
  readonly disabled?: boolean | null | undefined;
};

export type StaffFactsFragment = { readonly id: string, readonly name: string, readonly email: string, readonly role: StaffRole, readonly disabled: boolean, readonly hasPassword: boolean, readonly twoFactor: boolean, readonly recoveryCodesLeft: number, readonly lockedUntil: string | null, readonly lastSignInAt: string | null, readonly version: number, readonly createdAt: string };

export type KeyFactsFragment = { readonly id: string, readonly name: string, readonly role: StaffRole, readonly createdAt: string, readonly lastUsedAt: string | null, readonly revokedAt: string | null, readonly expiresAt: string | null, readonly formerUntil: string | null, readonly formerUsedAt: string | null, readonly version: number };

export type StaffQueryVariables = Exact<{
  after?: string | null | undefined;
}>;


export type StaffQuery = { readonly staff: { readonly totalCount: number, readonly nodes: ReadonlyArray<{ readonly id: string, readonly name: string, readonly email: string, readonly role: StaffRole, readonly disabled: boolean, readonly hasPassword: boolean, readonly twoFactor: boolean, readonly recoveryCodesLeft: number, readonly lockedUntil: string | null, readonly lastSignInAt: string | null, readonly version: number, readonly createdAt: string }>, readonly pageInfo: { readonly endCursor: string | null, readonly hasNextPage: boolean } } };

export type StaffMemberQueryVariables = Exact<{
  id: string;
}>;


export type StaffMemberQuery = { readonly staffMember: { readonly id: string, readonly name: string, readonly email: string, readonly role: StaffRole, readonly disabled: boolean, readonly hasPassword: boolean, readonly twoFactor: boolean, readonly recoveryCodesLeft: number, readonly lockedUntil: string | null, readonly lastSignInAt: string | null, readonly version: number, readonly createdAt: string } | null, readonly staffSessions: ReadonlyArray<{ readonly id: string, readonly ip: string, readonly createdAt: string, readonly lastSeenAt: string, readonly current: boolean }> };

export type ApiKeysQueryVariables = Exact<{ [key: string]: never; }>;


export type ApiKeysQuery = { readonly apiKeys: ReadonlyArray<{ readonly id: string, readonly name: string, readonly role: StaffRole, readonly createdAt: string, readonly lastUsedAt: string | null, readonly revokedAt: string | null, readonly expiresAt: string | null, readonly formerUntil: string | null, readonly formerUsedAt: string | null, readonly version: number }> };

export type CreateStaffMutationVariables = Exact<{
  input: CreateStaffInput;
}>;


export type CreateStaffMutation = { readonly createStaff: { readonly staff: { readonly id: string, readonly name: string }, readonly link: { readonly url: string, readonly expiresAt: string } } };

export type UpdateStaffMutationVariables = Exact<{
  id: string;
  version: number;
  input: UpdateStaffInput;
}>;


export type UpdateStaffMutation = { readonly updateStaff: { readonly id: string, readonly name: string, readonly email: string, readonly role: StaffRole, readonly disabled: boolean, readonly hasPassword: boolean, readonly twoFactor: boolean, readonly recoveryCodesLeft: number, readonly lockedUntil: string | null, readonly lastSignInAt: string | null, readonly version: number, readonly createdAt: string } };

export type ResetStaffPasswordMutationVariables = Exact<{
  id: string;
  version: number;
}>;


export type ResetStaffPasswordMutation = { readonly resetStaffPassword: { readonly url: string, readonly expiresAt: string } };

export type ResetStaffTwoFactorMutationVariables = Exact<{
  id: string;
  version: number;
}>;


export type ResetStaffTwoFactorMutation = { readonly resetStaffTwoFactor: { readonly id: string } };

export type UnlockStaffMutationVariables = Exact<{
  id: string;
}>;


export type UnlockStaffMutation = { readonly unlockStaff: { readonly id: string } };

export type EndStaffSessionMutationVariables = Exact<{
  id: string;
}>;


export type EndStaffSessionMutation = { readonly endStaffSession: boolean };

export type EndStaffSessionsMutationVariables = Exact<{
  staffId: string;
}>;


export type EndStaffSessionsMutation = { readonly endStaffSessions: number };

export type CreateApiKeyMutationVariables = Exact<{
  name: string;
  role: StaffRole;
  expiresAt?: string | null | undefined;
}>;


export type CreateApiKeyMutation = { readonly createApiKey: { readonly id: string, readonly name: string, readonly secret: string } };

export type RotateApiKeyMutationVariables = Exact<{
  id: string;
  version: number;
  overlapHours: number;
}>;


export type RotateApiKeyMutation = { readonly rotateApiKey: { readonly id: string, readonly name: string, readonly secret: string } };

export type RevokeApiKeyMutationVariables = Exact<{
  id: string;
  version: number;
}>;


export type RevokeApiKeyMutation = { readonly revokeApiKey: { readonly id: string } };

export const StaffDocument = "query Staff($after: String) { staff(first: 50, after: $after) { nodes { ...StaffFacts } pageInfo { endCursor hasNextPage } totalCount } } fragment StaffFacts on StaffMember { id name email role disabled hasPassword twoFactor recoveryCodesLeft lockedUntil lastSignInAt version createdAt }" as unknown as TypedDocumentNode<StaffQuery, StaffQueryVariables>

export const StaffMemberDocument = "query StaffMember($id: ID!) { staffMember(id: $id) { ...StaffFacts } staffSessions(staffId: $id) { id ip createdAt lastSeenAt current } } fragment StaffFacts on StaffMember { id name email role disabled hasPassword twoFactor recoveryCodesLeft lockedUntil lastSignInAt version createdAt }" as unknown as TypedDocumentNode<StaffMemberQuery, StaffMemberQueryVariables>

export const ApiKeysDocument = "query ApiKeys { apiKeys { ...KeyFacts } } fragment KeyFacts on ApiKey { id name role createdAt lastUsedAt revokedAt expiresAt formerUntil formerUsedAt version }" as unknown as TypedDocumentNode<ApiKeysQuery, ApiKeysQueryVariables>

export const CreateStaffDocument = "mutation CreateStaff($input: CreateStaffInput!) { createStaff(input: $input) { staff { id name } link { url expiresAt } } }" as unknown as TypedDocumentNode<CreateStaffMutation, CreateStaffMutationVariables>

export const UpdateStaffDocument = "mutation UpdateStaff($id: ID!, $version: Int!, $input: UpdateStaffInput!) { updateStaff(id: $id, expectedVersion: $version, input: $input) { ...StaffFacts } } fragment StaffFacts on StaffMember { id name email role disabled hasPassword twoFactor recoveryCodesLeft lockedUntil lastSignInAt version createdAt }" as unknown as TypedDocumentNode<UpdateStaffMutation, UpdateStaffMutationVariables>

export const ResetStaffPasswordDocument = "mutation ResetStaffPassword($id: ID!, $version: Int!) { resetStaffPassword(id: $id, expectedVersion: $version) { url expiresAt } }" as unknown as TypedDocumentNode<ResetStaffPasswordMutation, ResetStaffPasswordMutationVariables>

export const ResetStaffTwoFactorDocument = "mutation ResetStaffTwoFactor($id: ID!, $version: Int!) { resetStaffTwoFactor(id: $id, expectedVersion: $version) { id } }" as unknown as TypedDocumentNode<ResetStaffTwoFactorMutation, ResetStaffTwoFactorMutationVariables>

export const UnlockStaffDocument = "mutation UnlockStaff($id: ID!) { unlockStaff(id: $id) { id } }" as unknown as TypedDocumentNode<UnlockStaffMutation, UnlockStaffMutationVariables>

export const EndStaffSessionDocument = "mutation EndStaffSession($id: ID!) { endStaffSession(id: $id) }" as unknown as TypedDocumentNode<EndStaffSessionMutation, EndStaffSessionMutationVariables>

export const EndStaffSessionsDocument = "mutation EndStaffSessions($staffId: ID!) { endStaffSessions(staffId: $staffId) }" as unknown as TypedDocumentNode<EndStaffSessionsMutation, EndStaffSessionsMutationVariables>

export const CreateApiKeyDocument = "mutation CreateApiKey($name: String!, $role: StaffRole!, $expiresAt: String) { createApiKey(name: $name, role: $role, expiresAt: $expiresAt) { id name secret } }" as unknown as TypedDocumentNode<CreateApiKeyMutation, CreateApiKeyMutationVariables>

export const RotateApiKeyDocument = "mutation RotateApiKey($id: ID!, $version: Int!, $overlapHours: Int!) { rotateApiKey(id: $id, expectedVersion: $version, overlapHours: $overlapHours) { id name secret } }" as unknown as TypedDocumentNode<RotateApiKeyMutation, RotateApiKeyMutationVariables>

export const RevokeApiKeyDocument = "mutation RevokeApiKey($id: ID!, $version: Int!) { revokeApiKey(id: $id, expectedVersion: $version) { id } }" as unknown as TypedDocumentNode<RevokeApiKeyMutation, RevokeApiKeyMutationVariables>

