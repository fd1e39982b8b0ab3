import type { Alive } from '../core/alive.ts'
import { PortalError } from '../core/errors.ts'
import { csvHeader, csvRows } from './csv.ts'
import { columnsFor, type ExportRequest, gridFor } from './exports.ts'
import type { Installation } from './installation.ts'
import { portalContext } from './portal-context.ts'
import { gateIsOpen } from './sign-in.ts'

/** Rows of one file; the rest is left out, and the job says how many it has. */
const mostRows = 500_000
/** Milliseconds for which a file can be fetched. */
const fileLife = 15 * 60_000
/** Characters collected before they are stored as a chunk. */
const chunkSize = 262_144

/**
 * Writes one export's file in chunks. Access is decided anew: what was hidden since the request fails the job. May be
 * run again after a process was killed in the middle; then it starts over.
 * @param alive asked between pages
 */
export const runExport = async (installation: Installation, exportId: string, alive: Alive): Promise<void> => {
  const { exports: store, mirror, access } = installation
  const job = await store.take(exportId)
  if (job === null || (job.state !== 'QUEUED' && job.state !== 'RUNNING')) return
  const { viewer, filter, columns: names } = job.request as ExportRequest
  await store.begin(exportId)
  try {
    const at = await mirror.refresh()
    if (!gateIsOpen(access, viewer, at)) throw new PortalError('FEATURE_DISABLED')
    const context = portalContext(installation, viewer, at, `export-${exportId}`)
    const grid = gridFor(installation, job.grid, context)
    const columns = columnsFor(grid, context, names)
    let rows = 0
    let part = 0
    let text = csvHeader(columns)
    for await (const page of grid.pages(context, filter, names)) {
      if (!(await alive())) return
      const taken = page.slice(0, mostRows - rows)
      rows += taken.length
      text += csvRows(columns, taken)
      if (text.length >= chunkSize) {
        await store.append(exportId, part, Buffer.from(text))
        part += 1
        text = ''
      }
      if (rows >= mostRows) break
    }
    if (!(await alive())) return
    if (text !== '') await store.append(exportId, part, Buffer.from(text))
    await store.finish(exportId, rows, fileLife)
  } catch (error) {
    const mapped = installation.database.mapError(error)
    // A database that is away for a moment is no fault of the export: the job is tried again.
    if (!(mapped instanceof PortalError) || mapped.code === 'UNAVAILABLE') throw mapped
    // Who lost the job may have tripped over the pieces of its new owner.
    if (await alive()) await store.fail(exportId, mapped.code)
  }
}
