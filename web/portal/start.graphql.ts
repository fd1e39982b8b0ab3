import type { TypedDocumentNode } from 'urql'

// Made from start.graphql by `npm run generate`.

/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
export type UserType =
  | 'CUSTOMER'
  | 'CARRIER';

export type CompanyStatus =
  | 'ACTIVE'
  | 'PENDING_APPROVAL'
  | 'PENDING'
  | 'PENALTY'
  | 'INACTIVE';

export type PagePlace =
  | 'NAVIGATION'
  | 'DASHBOARD';

export type StartQueryVariables = Exact<{
  language: string;
}>;


export type StartQuery = { readonly portal: { readonly brandName: string } | null, readonly me: { readonly contactId: string, readonly contactName: string, readonly email: string, readonly companyName: string, readonly companyStatus: CompanyStatus, readonly currency: string, readonly userType: UserType, readonly accessRevision: string, readonly profile: { readonly phone: string | null, readonly mobile: string | null, readonly department: string | null, readonly contactType: string | null, readonly publicNotes: string | null, readonly locale: string | null, readonly timeZone: string | null }, readonly viewAs: { readonly staffName: string, readonly writeThrough: boolean } | null, readonly features: ReadonlyArray<{ readonly key: string, readonly title: string, readonly pages: ReadonlyArray<{ readonly path: string, readonly title: string, readonly place: PagePlace, readonly module: string, readonly styles: ReadonlyArray<string> }> }> } | null };

export type SignInMutationVariables = Exact<{
  email: string;
  password: string;
}>;


export type SignInMutation = { readonly login: { readonly token: string } | null };

export type SignOutMutationVariables = Exact<{ [key: string]: never; }>;


export type SignOutMutation = { readonly logout: boolean | null };

export const StartDocument = "query Start($language: String!) { portal { brandName } me { contactId contactName email companyName companyStatus currency userType accessRevision profile { phone mobile department contactType publicNotes locale timeZone } viewAs { staffName writeThrough } features { key title pages { path title(language: $language) place module styles } } } }" as unknown as TypedDocumentNode<StartQuery, StartQueryVariables>

export const SignInDocument = "mutation SignIn($email: String!, $password: String!) { login(email: $email, password: $password) { token } }" as unknown as TypedDocumentNode<SignInMutation, SignInMutationVariables>

export const SignOutDocument = "mutation SignOut { logout }" as unknown as TypedDocumentNode<SignOutMutation, SignOutMutationVariables>

