import { badInput, PortalError } from '../core/errors.ts'
import type { Database } from './connect.ts'
import { readName } from './input.ts'
import { newId, rowOf, rowsOf, wordsOf } from './sql.ts'

/** How a contact wants to see a grid. */
export interface GridView {
  readonly id: string
  /** As the pages call the grid. */
  readonly grid: string
  /** Empty: what the contact used last. */
  readonly name: string
  /** The page's own: filter, columns, order and so on. */
  readonly state: unknown
}

/** A contact's views of grids. */
export interface GridViewStore {
  /** By name; what was used last comes first. */
  list(contactId: string, grid: string): Promise<readonly GridView[]>
  /**
   * Makes a view, or takes the place of the one with this name.
   * @throws PortalError BAD_USER_INPUT naming the argument; CAPACITY_EXCEEDED; NOT_FOUND for a contact that is gone
   */
  save(contactId: string, view: Pick<GridView, 'grid' | 'name' | 'state'>): Promise<GridView>
  /** @throws PortalError NOT_FOUND, for views of others too */
  remove(contactId: string, id: string): Promise<void>
}

const mostViews = 20
/** All of a contact's, with those used last: nobody fills the database with grids that do not exist. */
const mostInAll = 500
const mostBytes = 8_192

interface Row {
  readonly id: string
  readonly grid: string
  readonly name: string
  readonly state: string
}

const viewFrom = ({ id, grid, name, state }: Row): GridView => ({ id, grid, name, state: JSON.parse(state) })

const isGrid = (grid: string): boolean => /^[A-Za-z][\w.-]{0,63}$/.test(grid)

const readState = (state: unknown): string => {
  const text = JSON.stringify(state ?? null)
  if (Buffer.byteLength(text) > mostBytes) throw badInput('state', `must have at most ${mostBytes} bytes as JSON`)
  return text
}

export const createGridViewStore = (db: Database): GridViewStore => ({
  list: async (contactId, grid) => {
    if (!isGrid(grid)) return []
    const rows = await rowsOf<Row>(
      db.reader,
      'SELECT id, grid, name, state FROM grid_view WHERE contact_id = ? AND grid = ?',
      [contactId, grid]
    )
    // Sorted here, so that both databases agree.
    return rows.map(viewFrom).sort((a, b) => (a.name < b.name ? -1 : 1))
  },

  save: async (contactId, { grid, name: given, state }) => {
    if (!isGrid(grid)) throw badInput('grid', 'must be a name of letters, digits, dots and dashes, at most 64')
    const name = given === '' ? '' : readName('name', given, 80).normalize('NFC')
    const text = readState(state)
    return db.transaction(async trx => {
      // The contact's row is the lock: of two at once, the second counts the first.
      const contact = await rowOf(trx, `SELECT id FROM contact WHERE id = ?${wordsOf(trx).forUpdate}`, [contactId])
      if (contact === undefined) throw new PortalError('NOT_FOUND')
      const own = await rowsOf<Pick<Row, 'grid' | 'name'>>(
        trx,
        'SELECT grid, name FROM grid_view WHERE contact_id = ?',
        [contactId]
      )
      if (!own.some(each => each.grid === grid && each.name === name)) {
        const named = own.filter(each => each.grid === grid && each.name !== '')
        if ((name !== '' && named.length >= mostViews) || own.length >= mostInAll)
          throw new PortalError('CAPACITY_EXCEEDED', `There are ${named.length} views already; delete one first.`)
      }
      const row = await rowOf<Row>(
        trx,
        `INSERT INTO grid_view (id, contact_id, grid, name, state, saved_at) VALUES (?, ?, ?, ?, ?, ${wordsOf(trx).now})
         ON CONFLICT (contact_id, grid, name) DO UPDATE SET state = excluded.state, saved_at = excluded.saved_at
         RETURNING id, grid, name, state`,
        [newId(), contactId, grid, name, text]
      )
      return viewFrom(row!)
    })
  },

  remove: async (contactId, id) => {
    const gone = /^[\w-]{1,64}$/.test(id)
      ? await rowOf(db.writer, 'DELETE FROM grid_view WHERE id = ? AND contact_id = ? RETURNING id', [id, contactId])
      : undefined
    if (gone === undefined) throw new PortalError('NOT_FOUND')
  }
})
