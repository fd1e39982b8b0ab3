import type { TypedDocumentNode } from 'urql'

// Made from grid-views.graphql by `npm run generate`.

/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
export type GridViewsQueryVariables = Exact<{
  grid: string;
}>;


export type GridViewsQuery = { readonly myGridViews: ReadonlyArray<{ readonly id: string, readonly name: string, readonly state: unknown }> | null };

export type SaveGridViewMutationVariables = Exact<{
  grid: string;
  name: string;
  state: unknown;
}>;


export type SaveGridViewMutation = { readonly saveGridView: { readonly id: string, readonly name: string, readonly state: unknown } | null };

export type DeleteGridViewMutationVariables = Exact<{
  id: string;
}>;


export type DeleteGridViewMutation = { readonly deleteGridView: boolean | null };

export const GridViewsDocument = "query GridViews($grid: String!) { myGridViews(grid: $grid) { id name state } }" as unknown as TypedDocumentNode<GridViewsQuery, GridViewsQueryVariables>

export const SaveGridViewDocument = "mutation SaveGridView($grid: String!, $name: String!, $state: JSON!) { saveGridView(grid: $grid, name: $name, state: $state) { id name state } }" as unknown as TypedDocumentNode<SaveGridViewMutation, SaveGridViewMutationVariables>

export const DeleteGridViewDocument = "mutation DeleteGridView($id: ID!) { deleteGridView(id: $id) }" as unknown as TypedDocumentNode<DeleteGridViewMutation, DeleteGridViewMutationVariables>

