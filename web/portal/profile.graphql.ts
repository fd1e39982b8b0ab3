import type { TypedDocumentNode } from 'urql'

// Made from profile.graphql by `npm run generate`.

/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
export type SessionsQueryVariables = Exact<{ [key: string]: never; }>;


export type SessionsQuery = { readonly mySessions: ReadonlyArray<{ readonly id: string, readonly createdAt: string, readonly lastSeenAt: string, readonly ip: string, readonly current: boolean }> | null };

export type EndSessionMutationVariables = Exact<{
  id: string;
}>;


export type EndSessionMutation = { readonly endSession: boolean | null };

export type EndOtherSessionsMutationVariables = Exact<{ [key: string]: never; }>;


export type EndOtherSessionsMutation = { readonly endOtherSessions: number | null };

export type ChangePasswordMutationVariables = Exact<{
  oldPassword: string;
  newPassword: string;
}>;


export type ChangePasswordMutation = { readonly changePassword: boolean | null };

export const SessionsDocument = "query Sessions { mySessions { id createdAt lastSeenAt ip current } }" as unknown as TypedDocumentNode<SessionsQuery, SessionsQueryVariables>

export const EndSessionDocument = "mutation EndSession($id: ID!) { endSession(id: $id) }" as unknown as TypedDocumentNode<EndSessionMutation, EndSessionMutationVariables>

export const EndOtherSessionsDocument = "mutation EndOtherSessions { endOtherSessions }" as unknown as TypedDocumentNode<EndOtherSessionsMutation, EndOtherSessionsMutationVariables>

export const ChangePasswordDocument = "mutation ChangePassword($oldPassword: String!, $newPassword: String!) { changePassword(oldPassword: $oldPassword, newPassword: $newPassword) }" as unknown as TypedDocumentNode<ChangePasswordMutation, ChangePasswordMutationVariables>

