import { definePlugin, type PluginDefinition, type PortalContext } from '../core/plugin-api.ts'
import type { GridView } from '../db/grid-view-store.ts'
import type { Installation } from './installation.ts'

const schema = `
extend type Query {
  "The contact's own views of a grid, by name; the one with the empty name is what the contact used last."
  myGridViews(grid: String!): [GridView!] @session
}

extend type Mutation {
  "Keeps how the contact sees a grid, in the place of the view with this name: 1 to 80 characters, or none for what was used last. At most 20 a grid, 8 kB each."
  saveGridView(grid: String!, name: String!, state: JSON!): GridView @session
  "Deletes one of the contact's own views."
  deleteGridView(id: ID!): Boolean @session
}

"How a contact wants to see a grid. The state is the page's own; what it names may be hidden by now."
type GridView { id: ID!, name: String!, state: JSON! }
`

/** A contact's views of grids, kept on the server: roots that every portal has. */
export const createGridViews = ({ gridViews }: Pick<Installation, 'gridViews'>): PluginDefinition => {
  const myGridViews = (_: unknown, { grid }: { grid: string }, { viewer }: PortalContext): Promise<unknown> =>
    gridViews.list(viewer.contactId, grid)

  const saveGridView = async (
    _: unknown,
    view: Pick<GridView, 'grid' | 'name' | 'state'>,
    { viewer, scope }: PortalContext
  ): Promise<unknown> => {
    const saved = await gridViews.save(viewer.contactId, view)
    // What was used last is written every few seconds, and tells nobody anything.
    if (saved.name !== '')
      await scope.audit({
        action: 'saveGridView',
        target: viewer.contactId,
        after: { grid: saved.grid, name: saved.name }
      })
    return saved
  }

  const deleteGridView = async (
    _: unknown,
    { id }: { id: string },
    { viewer, scope }: PortalContext
  ): Promise<boolean> => {
    await gridViews.remove(viewer.contactId, id)
    await scope.audit({ action: 'deleteGridView', target: viewer.contactId, before: { id } })
    return true
  }

  return definePlugin({
    name: 'portal-grid-views',
    version: '0.1.0',
    engine: '^0.1.0',
    owner: 'platform',
    schema,
    resolvers: { Query: { myGridViews }, Mutation: { saveGridView, deleteGridView } }
  })
}
