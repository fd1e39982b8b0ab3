import type { TypedDocumentNode } from 'urql'

// Made from start.graphql by `npm run generate`.

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

export type ConsolePagePlace =
  /** A page of its own, in the menu. */
  | 'NAVIGATION'
  /** A tab of each company's page. */
  | 'COMPANY';

export type ConsoleStartQueryVariables = Exact<{
  language: string;
}>;


export type ConsoleStartQuery = { readonly me: { readonly actor: string, readonly name: string, readonly role: StaffRole }, readonly consolePages: ReadonlyArray<{ readonly path: string, readonly place: ConsolePagePlace, readonly title: string, readonly module: string, readonly styles: ReadonlyArray<string> }> };

export const ConsoleStartDocument = "query ConsoleStart($language: String!) { me { actor name role } consolePages { path place title(language: $language) module styles } }" as unknown as TypedDocumentNode<ConsoleStartQuery, ConsoleStartQueryVariables>

