import type { CsvColumn } from '../core/csv-cell.ts'
import { badInput, PortalError } from '../core/errors.ts'
import {
  definePlugin,
  type ExportableGrid,
  type PluginDefinition,
  type PortalContext,
  type Resolvers
} from '../core/plugin-api.ts'
import type { Viewer } from '../core/viewer.ts'
import type { ExportJob } from '../db/export-store.ts'
import type { Installation } from './installation.ts'
import { sign } from './tokens.ts'

/** What an export was asked for, as it is kept until the file is gone. */
export interface ExportRequest {
  readonly viewer: Viewer
  readonly filter: unknown
  readonly columns: readonly string[]
}

const schema = `
extend type Query {
  "This contact's company's exports, newest first."
  exportJobs(first: Int = 50): [ExportJob!] @session
}
extend type ExportJob {
  "Why a job failed."
  error: String
}
`

const gridNamed = (installation: Installation, name: string): ExportableGrid | undefined =>
  installation.plugins.flatMap(plugin => plugin.grids ?? []).find(grid => grid.name === name)

/**
 * A grid that the viewer may export from.
 * @throws PortalError FEATURE_DISABLED, BAD_USER_INPUT for a name that no grid has
 */
export const gridFor = (installation: Installation, name: string, context: PortalContext): ExportableGrid => {
  const grid = gridNamed(installation, name)
  if (grid === undefined) throw badInput('grid', 'there is no such grid')
  if (!context.access.has(grid.feature)) throw new PortalError('FEATURE_DISABLED')
  return grid
}

/**
 * The named columns as the viewer may export them now; all of them when none are named.
 * @throws PortalError BAD_USER_INPUT, alike for unknown and hidden ones
 */
export const columnsFor = (
  grid: ExportableGrid,
  context: PortalContext,
  names: readonly string[] | null
): readonly CsvColumn[] => {
  const allowed = new Map(grid.columns(context).map(column => [column.name, column]))
  if (names === null) return [...allowed.values()]
  if (names.length === 0) throw badInput('columns', 'name at least one column')
  return names.map((name, index) => {
    const column = allowed.get(name)
    if (column === undefined) throw badInput(`columns.${index}`, 'there is no such column')
    if (names.indexOf(name) !== index) throw badInput(`columns.${index}`, 'is named twice')
    return column
  })
}

/** The path of a ready file on the brand's host; its signature binds job, company and end. */
export const downloadPath = (secret: string, job: Pick<ExportJob, 'id' | 'companyId' | 'expiresAt'>): string =>
  `/exports/${job.id}/${sign(secret, ['export', job.id, job.companyId, String(job.expiresAt)])}`

/** `requestExport`, `exportJob` and `exportJobs`. */
export const createExports = (
  installation: Installation
): { readonly part: PluginDefinition; readonly baseResolvers: Resolvers } => {
  const { exports: store, secret } = installation

  /** A file of a page that was hidden since tells neither how many rows it has nor where it is. */
  const shown = (job: ExportJob, { access }: PortalContext): unknown => {
    const grid = gridNamed(installation, job.grid)
    const open = grid !== undefined && access.has(grid.feature)
    const ready = open && job.state === 'READY'
    return {
      id: job.id,
      grid: job.grid,
      state: job.state,
      rows: open ? job.rows : null,
      url: ready ? downloadPath(secret, job) : null,
      expiresAt: ready && job.expiresAt !== null ? new Date(job.expiresAt).toISOString() : null,
      createdAt: new Date(job.createdAt).toISOString(),
      error: job.error
    }
  }

  const requestExport = async (
    _: unknown,
    args: { grid: string; filter?: unknown; columns?: readonly string[] | null },
    context: PortalContext
  ): Promise<unknown> => {
    const { viewer } = context
    const grid = gridFor(installation, args.grid, context)
    const columns = columnsFor(grid, context, args.columns ?? null).map(column => column.name)
    const filter = args.filter ?? null
    // The first page tells whether filter and columns are right, while there is somebody to tell it to.
    const pages = grid.pages(context, filter, columns)[Symbol.asyncIterator]()
    await pages.next()
    await pages.return?.()
    const request: ExportRequest = { viewer, filter, columns }
    const job = await store.create({
      companyId: viewer.companyId,
      contactId: viewer.contactId,
      domainId: viewer.domainId,
      grid: grid.name,
      request
    })
    await context.scope.audit({
      action: 'export.request',
      target: `export:${job.id}`,
      after: { grid: grid.name, columns, filter }
    })
    installation.jobs.wake()
    return shown(job, context)
  }

  const exportJob = async (_: unknown, { id }: { id: string }, context: PortalContext): Promise<unknown> => {
    const { viewer } = context
    const job = await store.get(id, viewer.companyId)
    // The brand a file was made for is the one whose portal shows it.
    if (job === null || job.domainId !== viewer.domainId) {
      throw new PortalError('NOT_FOUND')
    }
    return shown(job, context)
  }

  const exportJobs = async (_: unknown, { first }: { first: number }, context: PortalContext): Promise<unknown> => {
    if (first < 1 || first > 500) throw badInput('first', 'give 1 to 500')
    const { companyId, domainId } = context.viewer
    return (await store.list(companyId, domainId, first)).map(job => shown(job, context))
  }

  return {
    part: definePlugin({
      name: 'portal-exports',
      version: '0.1.0',
      engine: '^0.1.0',
      owner: 'platform',
      schema,
      resolvers: { Query: { exportJobs } }
    }),
    baseResolvers: { Query: { exportJob }, Mutation: { requestExport } }
  }
}
