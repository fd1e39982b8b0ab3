import type { TypedDocumentNode } from 'urql'

// Made from directory.graphql by `npm run generate`.

/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
export type DirectoryQueryVariables = Exact<{ [key: string]: never; }>;


export type DirectoryQuery = { readonly staff: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly name: string }> }, readonly apiKeys: ReadonlyArray<{ readonly id: string, readonly name: string }>, readonly portalDomains: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly fqdn: string, readonly brandName: string }> }, readonly accessTemplates: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly name: string }> } };

export type CompanyNamesQueryVariables = Exact<{
  a: string;
  b: string;
  c: string;
  d: string;
  e: string;
  f: string;
  g: string;
  h: string;
  i: string;
  j: string;
}>;


export type CompanyNamesQuery = { readonly a: { readonly name: string } | null, readonly b: { readonly name: string } | null, readonly c: { readonly name: string } | null, readonly d: { readonly name: string } | null, readonly e: { readonly name: string } | null, readonly f: { readonly name: string } | null, readonly g: { readonly name: string } | null, readonly h: { readonly name: string } | null, readonly i: { readonly name: string } | null, readonly j: { readonly name: string } | null };

export const DirectoryDocument = "query Directory { staff(first: 500) { nodes { id name } } apiKeys { id name } portalDomains(first: 500) { nodes { id fqdn brandName } } accessTemplates(first: 500) { nodes { id name } } }" as unknown as TypedDocumentNode<DirectoryQuery, DirectoryQueryVariables>

export const CompanyNamesDocument = "query CompanyNames($a: ID!, $b: ID!, $c: ID!, $d: ID!, $e: ID!, $f: ID!, $g: ID!, $h: ID!, $i: ID!, $j: ID!) { a: company(id: $a) { name } b: company(id: $b) { name } c: company(id: $c) { name } d: company(id: $d) { name } e: company(id: $e) { name } f: company(id: $f) { name } g: company(id: $g) { name } h: company(id: $h) { name } i: company(id: $i) { name } j: company(id: $j) { name } }" as unknown as TypedDocumentNode<CompanyNamesQuery, CompanyNamesQueryVariables>

