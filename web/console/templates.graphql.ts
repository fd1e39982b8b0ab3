import type { TypedDocumentNode } from 'urql'

// Made from templates.graphql by `npm run generate`.

/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
export type OverrideState =
  | 'SHOW'
  | 'HIDE'
  | 'INHERIT';

/** Dates are ISO-8601 UTC. Outside [validFrom, validUntil) the override counts as INHERIT. */
export type CompanyOverrideInput = {
  readonly key: string;
  readonly override: OverrideState;
  /** At most 500 characters. */
  readonly reason?: string | null | undefined;
  readonly validFrom?: string | null | undefined;
  readonly validUntil?: string | null | undefined;
};

/**
 * MISSING: the company has no override of the key. MANUAL: another one was set by itself. OTHER_TEMPLATE: another one is in another
 * template's hands. OUTDATED: the template's own, from before it was changed. EXTRA: the template's own, of a key it has no more.
 */
export type AccessTemplateDrift =
  | 'MISSING'
  | 'MANUAL'
  | 'OTHER_TEMPLATE'
  | 'OUTDATED'
  | 'EXTRA';

export type AccessTemplateInput = {
  /** 1 to 120 characters; unique. */
  readonly name: string;
  readonly description?: string | null | undefined;
  /** At least one; SHOW or HIDE. */
  readonly overrides: ReadonlyArray<CompanyOverrideInput>;
};

/** What is left out stays. */
export type AccessTemplateChange = {
  readonly name?: string | null | undefined;
  readonly description?: string | null | undefined;
  /** All of them: keys left out leave the template. */
  readonly overrides?: ReadonlyArray<CompanyOverrideInput> | null | undefined;
};

export type TemplatesQueryVariables = Exact<{
  search?: string | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type TemplatesQuery = { readonly accessTemplates: { readonly totalCount: number, readonly nodes: ReadonlyArray<{ readonly id: string, readonly name: string, readonly description: string | null, readonly updatedAt: string, readonly companyCount: number, readonly driftedCount: number, readonly overrides: ReadonlyArray<{ readonly key: string }> }>, readonly pageInfo: { readonly endCursor: string | null, readonly hasNextPage: boolean } } };

export type TemplateQueryVariables = Exact<{
  id: string;
}>;


export type TemplateQuery = { readonly accessTemplate: { readonly id: string, readonly name: string, readonly description: string | null, readonly version: number, readonly createdAt: string, readonly updatedAt: string, readonly companyCount: number, readonly driftedCount: number, readonly overrides: ReadonlyArray<{ readonly key: string, readonly override: OverrideState, readonly reason: string | null, readonly validFrom: string | null, readonly validUntil: string | null }> } };

export type TemplateCompaniesQueryVariables = Exact<{
  id: string;
  drifted?: boolean | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type TemplateCompaniesQuery = { readonly accessTemplate: { readonly companies: { readonly totalCount: number, readonly nodes: ReadonlyArray<{ readonly companyId: string, readonly name: string, readonly domainId: string | null, readonly appliedAt: string, readonly appliedBy: string, readonly differences: ReadonlyArray<{ readonly key: string, readonly kind: AccessTemplateDrift }> }>, readonly pageInfo: { readonly endCursor: string | null, readonly hasNextPage: boolean } } } };

export type PreviewTemplateQueryVariables = Exact<{
  id: string;
  companyIds?: ReadonlyArray<string> | string | null | undefined;
  domainId?: string | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type PreviewTemplateQuery = { readonly previewAccessTemplate: { readonly access: { readonly companiesChecked: number, readonly companiesChanged: number, readonly warnings: ReadonlyArray<string>, readonly differences: { readonly nodes: ReadonlyArray<{ readonly companyId: string, readonly name: string, readonly gains: ReadonlyArray<string>, readonly loses: ReadonlyArray<string> }>, readonly pageInfo: { readonly endCursor: string | null, readonly hasNextPage: boolean } } } } };

export type TemplateConflictsQueryVariables = Exact<{
  id: string;
  companyIds?: ReadonlyArray<string> | string | null | undefined;
  domainId?: string | null | undefined;
}>;


export type TemplateConflictsQuery = { readonly previewAccessTemplate: { readonly results: ReadonlyArray<{ readonly companyId: string, readonly ok: boolean, readonly code: string | null, readonly message: string | null, readonly changed: boolean, readonly conflicts: ReadonlyArray<{ readonly key: string, readonly override: OverrideState, readonly templateName: string | null, readonly differs: boolean }> }> } };

export type CreateTemplateMutationVariables = Exact<{
  input: AccessTemplateInput;
}>;


export type CreateTemplateMutation = { readonly createAccessTemplate: { readonly id: string } };

export type UpdateTemplateMutationVariables = Exact<{
  id: string;
  change: AccessTemplateChange;
  expectedVersion?: number | null | undefined;
}>;


export type UpdateTemplateMutation = { readonly updateAccessTemplate: { readonly id: string, readonly version: number } };

export type DeleteTemplateMutationVariables = Exact<{
  id: string;
  expectedVersion?: number | null | undefined;
}>;


export type DeleteTemplateMutation = { readonly deleteAccessTemplate: string };

export type ApplyTemplateMutationVariables = Exact<{
  id: string;
  companyIds?: ReadonlyArray<string> | string | null | undefined;
  domainId?: string | null | undefined;
  reason?: string | null | undefined;
  expectedVersion?: number | null | undefined;
}>;


export type ApplyTemplateMutation = { readonly applyAccessTemplate: ReadonlyArray<{ readonly companyId: string, readonly ok: boolean, readonly code: string | null, readonly message: string | null, readonly changed: boolean, readonly operation: string | null }> };

export type ReapplyTemplateMutationVariables = Exact<{
  id: string;
  companyIds?: ReadonlyArray<string> | string | null | undefined;
  reason?: string | null | undefined;
  expectedVersion?: number | null | undefined;
}>;


export type ReapplyTemplateMutation = { readonly reapplyAccessTemplate: ReadonlyArray<{ readonly companyId: string, readonly ok: boolean, readonly code: string | null, readonly message: string | null, readonly changed: boolean, readonly operation: string | null }> };

export type LiftTemplateMutationVariables = Exact<{
  id: string;
  companyIds?: ReadonlyArray<string> | string | null | undefined;
  reason?: string | null | undefined;
  expectedVersion?: number | null | undefined;
}>;


export type LiftTemplateMutation = { readonly liftAccessTemplate: ReadonlyArray<{ readonly companyId: string, readonly ok: boolean, readonly code: string | null, readonly message: string | null, readonly changed: boolean, readonly operation: string | null }> };

export const TemplatesDocument = "query Templates($search: String, $first: Int = 50, $after: String) { accessTemplates(search: $search, first: $first, after: $after) { totalCount nodes { id name description updatedAt companyCount driftedCount overrides { key } } pageInfo { endCursor hasNextPage } } }" as unknown as TypedDocumentNode<TemplatesQuery, TemplatesQueryVariables>

export const TemplateDocument = "query Template($id: ID!) { accessTemplate(id: $id) { id name description version createdAt updatedAt companyCount driftedCount overrides { key override reason validFrom validUntil } } }" as unknown as TypedDocumentNode<TemplateQuery, TemplateQueryVariables>

export const TemplateCompaniesDocument = "query TemplateCompanies($id: ID!, $drifted: Boolean, $first: Int = 50, $after: String) { accessTemplate(id: $id) { companies(drifted: $drifted, first: $first, after: $after) { totalCount nodes { companyId name domainId appliedAt appliedBy differences { key kind } } pageInfo { endCursor hasNextPage } } } }" as unknown as TypedDocumentNode<TemplateCompaniesQuery, TemplateCompaniesQueryVariables>

export const PreviewTemplateDocument = "query PreviewTemplate($id: ID!, $companyIds: [ID!], $domainId: ID, $first: Int = 50, $after: String) { previewAccessTemplate(id: $id, companyIds: $companyIds, domainId: $domainId) { access { companiesChecked companiesChanged warnings differences(first: $first, after: $after) { nodes { companyId name gains loses } pageInfo { endCursor hasNextPage } } } } }" as unknown as TypedDocumentNode<PreviewTemplateQuery, PreviewTemplateQueryVariables>

export const TemplateConflictsDocument = "query TemplateConflicts($id: ID!, $companyIds: [ID!], $domainId: ID) { previewAccessTemplate(id: $id, companyIds: $companyIds, domainId: $domainId) { results { companyId ok code message changed conflicts { key override templateName differs } } } }" as unknown as TypedDocumentNode<TemplateConflictsQuery, TemplateConflictsQueryVariables>

export const CreateTemplateDocument = "mutation CreateTemplate($input: AccessTemplateInput!) { createAccessTemplate(input: $input) { id } }" as unknown as TypedDocumentNode<CreateTemplateMutation, CreateTemplateMutationVariables>

export const UpdateTemplateDocument = "mutation UpdateTemplate($id: ID!, $change: AccessTemplateChange!, $expectedVersion: Int) { updateAccessTemplate( id: $id change: $change expectedVersion: $expectedVersion ) { id version } }" as unknown as TypedDocumentNode<UpdateTemplateMutation, UpdateTemplateMutationVariables>

export const DeleteTemplateDocument = "mutation DeleteTemplate($id: ID!, $expectedVersion: Int) { deleteAccessTemplate(id: $id, expectedVersion: $expectedVersion) }" as unknown as TypedDocumentNode<DeleteTemplateMutation, DeleteTemplateMutationVariables>

export const ApplyTemplateDocument = "mutation ApplyTemplate($id: ID!, $companyIds: [ID!], $domainId: ID, $reason: String, $expectedVersion: Int) { applyAccessTemplate( id: $id companyIds: $companyIds domainId: $domainId reason: $reason expectedVersion: $expectedVersion ) { companyId ok code message changed operation } }" as unknown as TypedDocumentNode<ApplyTemplateMutation, ApplyTemplateMutationVariables>

export const ReapplyTemplateDocument = "mutation ReapplyTemplate($id: ID!, $companyIds: [ID!], $reason: String, $expectedVersion: Int) { reapplyAccessTemplate( id: $id companyIds: $companyIds reason: $reason expectedVersion: $expectedVersion ) { companyId ok code message changed operation } }" as unknown as TypedDocumentNode<ReapplyTemplateMutation, ReapplyTemplateMutationVariables>

export const LiftTemplateDocument = "mutation LiftTemplate($id: ID!, $companyIds: [ID!], $reason: String, $expectedVersion: Int) { liftAccessTemplate( id: $id companyIds: $companyIds reason: $reason expectedVersion: $expectedVersion ) { companyId ok code message changed operation } }" as unknown as TypedDocumentNode<LiftTemplateMutation, LiftTemplateMutationVariables>

