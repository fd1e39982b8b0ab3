import { badInput } from '../core/errors.ts'
import type { PageRequest } from '../core/ports.ts'

/** A page request as numbers: rows behind `position` in the list's order. */
export const readPage = (request: PageRequest): { first: number; position: number | null } => {
  if (!Number.isInteger(request.first) || request.first < 1 || request.first > 500)
    throw badInput('first', 'must be 1 to 500')
  if (request.after === null || request.after === undefined) return { first: request.first, position: null }
  const text = Buffer.from(request.after, 'base64url').toString('latin1')
  if (!/^p\d{1,15}$/.test(text)) throw badInput('after', 'is not a cursor of this list')
  return { first: request.first, position: Number(text.slice(1)) }
}

/** Makes a page of `first` out of rows read with one more than that. */
export const pageOf = <Row extends { readonly seq: number }, Node>(
  rows: readonly Row[],
  first: number,
  nodes: readonly Node[]
): { nodes: readonly Node[]; endCursor: string | null; hasNextPage: boolean } => {
  const last = rows.slice(0, first).at(-1)
  return {
    nodes: nodes.slice(0, first),
    endCursor: last ? Buffer.from(`p${last.seq}`, 'latin1').toString('base64url') : null,
    hasNextPage: rows.length > first
  }
}

/** A pattern for `LIKE ? ESCAPE '!'` that finds the text anywhere; null for no search. */
export const containing = (search: string | null | undefined): string | null =>
  search ? `%${search.toLowerCase().replace(/[!%_]/g, sign => `!${sign}`)}%` : null
