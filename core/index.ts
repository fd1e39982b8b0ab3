/** The door for the adapters: graphql, db, http, bench and tests. Files inside core never import it. */
export { Abilities } from './ability.ts'
export { Access } from './access.ts'
export type {
  AccessChange,
  AccessGrid,
  AccessGridQuestion,
  AccessPreview,
  CompaniesPage,
  CompaniesQuestion,
  PageQuestion
} from './access-index.ts'
export { checkDomainColumns, checkDomainFeatures, checkOverrideChanges } from './access-input.ts'
export { AccessMirror } from './access-mirror.ts'
export { AccessSet } from './access-set.ts'
export { Catalogue, type CatalogueSource } from './catalogue.ts'
export type { Column, ColumnDefinition, ColumnSet, ColumnSetDefinition, ColumnType } from './column-set.ts'
export { badInput, ConfigurationError, type ErrorCode, type ErrorDetails, errorTable, PortalError } from './errors.ts'
export type { AccessLayer, Explanation, ExplanationStep } from './explain-access.ts'
export {
  type CompanyStatus,
  companyStatuses,
  type Feature,
  type FeatureDefinition,
  type FeatureKind,
  isRestriction,
  type ParentMode,
  type UserType,
  userTypes
} from './feature.ts'
export { createMemoryStores } from './memory-store.ts'
export * from './ports.ts'
export type { Operator, StaffRole, ViewAs, Viewer } from './viewer.ts'
