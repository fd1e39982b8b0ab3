import type { TypedDocumentNode } from 'urql'

// Made from account.graphql by `npm run generate`.

/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
export type ChangeMyPasswordMutationVariables = Exact<{
  oldPassword: string;
  newPassword: string;
}>;


export type ChangeMyPasswordMutation = { readonly changeMyPassword: boolean };

export type StartTwoFactorMutationVariables = Exact<{
  password: string;
}>;


export type StartTwoFactorMutation = { readonly startTwoFactor: { readonly secret: string, readonly uri: string } };

export type ConfirmTwoFactorMutationVariables = Exact<{
  code: string;
}>;


export type ConfirmTwoFactorMutation = { readonly confirmTwoFactor: ReadonlyArray<string> };

export type DisableTwoFactorMutationVariables = Exact<{
  code: string;
}>;


export type DisableTwoFactorMutation = { readonly disableTwoFactor: boolean };

export const ChangeMyPasswordDocument = "mutation ChangeMyPassword($oldPassword: String!, $newPassword: String!) { changeMyPassword(oldPassword: $oldPassword, newPassword: $newPassword) }" as unknown as TypedDocumentNode<ChangeMyPasswordMutation, ChangeMyPasswordMutationVariables>

export const StartTwoFactorDocument = "mutation StartTwoFactor($password: String!) { startTwoFactor(password: $password) { secret uri } }" as unknown as TypedDocumentNode<StartTwoFactorMutation, StartTwoFactorMutationVariables>

export const ConfirmTwoFactorDocument = "mutation ConfirmTwoFactor($code: String!) { confirmTwoFactor(code: $code) }" as unknown as TypedDocumentNode<ConfirmTwoFactorMutation, ConfirmTwoFactorMutationVariables>

export const DisableTwoFactorDocument = "mutation DisableTwoFactor($code: String!) { disableTwoFactor(code: $code) }" as unknown as TypedDocumentNode<DisableTwoFactorMutation, DisableTwoFactorMutationVariables>

