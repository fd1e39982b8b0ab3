import type { CsvColumn } from '../core/csv-cell.ts'
import type { PortalError } from '../core/errors.ts'
import type { OperatorFile } from '../core/operator-file.ts'
import type { Page } from '../core/ports.ts'
import type { OperatorRequestContext } from './operator-context.ts'
import { instantText } from './operator-input.ts'

/** Most rows of one file of the audit log. */
export const mostRows = 100_000

interface Entry {
  readonly at: number
  readonly actor: string
}

/** Columns that every such file begins with. */
const actorColumns: readonly CsvColumn[] = [
  { name: 'at', title: 'Time (UTC)', text: false },
  { name: 'actor', title: 'Actor', text: true },
  { name: 'actorName', title: 'Actor name', text: true }
]

/**
 * Writes entries of the audit log into a CSV file, newest first: what is written meanwhile stands in front of the first page
 * and is not in the file.
 * @param read a page of them
 * @param rowsOf the rows of one; time and actor are added
 * @throws PortalError `tooMany` beyond `mostRows`
 */
export const writeCsvFile = async <Node extends Entry>(
  context: OperatorRequestContext,
  file: { readonly name: string; readonly columns: readonly CsvColumn[]; readonly tooMany: PortalError },
  read: (page: { readonly first: number; readonly after: string | null }) => Promise<Page<Node>>,
  rowsOf: (entry: Node) => readonly Readonly<Record<string, unknown>>[]
): Promise<{ readonly file: OperatorFile; readonly rows: number }> => {
  const { csv, scale, files, clock } = context
  const columns = [...actorColumns, ...file.columns]
  let rows = 0
  const pages = async function* (): AsyncGenerator<string> {
    yield csv.header(columns)
    for (let after: string | null = null; ; ) {
      const page = await read({ first: 500, after })
      const names = await scale.auditExports.actorNames([...new Set(page.nodes.map(({ actor }) => actor))])
      const found = page.nodes.flatMap(entry =>
        rowsOf(entry).map(row => ({
          ...row,
          at: instantText(entry.at),
          actor: entry.actor,
          actorName: names.get(entry.actor)
        }))
      )
      rows += found.length
      if (rows > mostRows) throw file.tooMany
      yield csv.rows(columns, found)
      if (!page.hasNextPage) return
      after = page.endCursor
    }
  }
  const name = `${file.name}-${instantText(clock.at).slice(0, 10)}.csv`
  return { file: await files.create({ name, contentType: 'text/csv' }, pages()), rows }
}
