import type { CountedPage, Page } from '../core/ports.ts'

/** `first` and `after` as the schema hands them over. */
export interface PageArguments {
  readonly first?: number | null
  readonly after?: string | null
}

/** A store's page in the shape of the schema's connections; `totalCount` where the store counts. */
export const connection = <T>(page: Page<T> | CountedPage<T>) => ({
  nodes: page.nodes,
  pageInfo: { endCursor: page.endCursor, hasNextPage: page.hasNextPage },
  ...('totalCount' in page ? { totalCount: page.totalCount } : {})
})
