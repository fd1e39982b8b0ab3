import { badInput, type ExportableGrid, type PortalContext, readGridFilter, readObject } from '../../core/plugin-api.ts'
import type { Destination } from './destination.ts'
import { type Did, type ListInput, listCarrierDids, listDids } from './did-list.ts'

interface ExportColumn {
  readonly name: string
  readonly title: string
  /** Free text, which a spreadsheet must not take for a formula. */
  readonly text: boolean
  readonly feature?: string
}

const column = (name: string, title: string, text = false, feature?: string): ExportColumn => ({
  name,
  title,
  text,
  ...(feature === undefined ? {} : { feature })
})

const customerColumns: readonly ExportColumn[] = [
  column('number', 'Number'),
  column('country', 'Country'),
  column('enabled', 'Enabled'),
  column('destination', 'Destination', true),
  column('retainDisplayName', 'Retain display name'),
  column('channels', 'Channels'),
  column('flowSpeed', 'Flow speed'),
  column('recordingMode', 'Recording'),
  column('packageName', 'Package', true),
  column('nextChargeAt', 'Next charge'),
  column('price', 'Price'),
  column('currency', 'Currency'),
  column('tags', 'Tags', true, 'did.tags'),
  column('stirShakenMinAttest', 'Minimum attestation'),
  column('spamScout', 'Spam check'),
  column('notes', 'Notes', true),
  column('assignedAt', 'Assigned'),
  column('minimumDaysUntil', 'Not before'),
  column('cardName', 'Rate card', true)
]

const carrierColumns: readonly ExportColumn[] = [
  column('number', 'Number'),
  column('enabled', 'Enabled'),
  column('assigned', 'Assigned'),
  column('channels', 'Channels')
]

const columnsOf = (context: PortalContext): readonly ExportColumn[] =>
  (context.viewer.userType === 'CARRIER' ? carrierColumns : customerColumns).filter(
    ({ feature }) => feature === undefined || context.access.has(feature)
  )

/** `URI 1000@pbx.example.com:5080`, as one cell. */
function written({ type, value, port, prefix }: Destination): string {
  const target = `${prefix === null ? '' : `${prefix} `}${value ?? ''}${port === null ? '' : `:${port}`}`
  return `${type} ${target}`.trim()
}

function cellOf(did: Did, name: string): unknown {
  if (name === 'destination') return did.destinations.map(written).join('; ')
  if (name === 'tags') return (did.tags ?? []).join('; ')
  return did[name as keyof Did]
}

/** The filter of the page, come as JSON. */
function readFilter(value: unknown): ListInput['filter'] {
  if (value === undefined || value === null) return null
  const { search, where } = readObject(value, ['search', 'where'], 'filter')
  if (search != null && typeof search !== 'string') throw badInput('filter.search', 'must be a text')
  return { search: search as string | null, where: where == null ? null : readGridFilter(where, 'filter.where') }
}

const pageSize = 500

async function* pagesOf(
  context: PortalContext,
  filter: unknown,
  columns: readonly string[]
): AsyncGenerator<readonly Record<string, unknown>[]> {
  const allowed = new Set(columnsOf(context).map(({ name }) => name))
  columns.forEach((name, index) => {
    if (!allowed.has(name)) throw badInput(`columns[${index}]`, 'is not a column of this list')
  })
  const read = readFilter(filter)
  const list = context.viewer.userType === 'CARRIER' ? listCarrierDids : listDids
  let after: string | null = null
  do {
    const input: ListInput = { filter: read, first: pageSize, after }
    const { nodes, pageInfo } = await list(context, input)
    yield (nodes as readonly Did[]).map(did => Object.fromEntries(columns.map(name => [name, cellOf(did, name)])))
    after = pageInfo.hasNextPage ? pageInfo.endCursor : null
  } while (after !== null)
}

/** The list of numbers as a file: the customer's columns, or the few a carrier sees. */
export const didExport: ExportableGrid = {
  name: 'DID',
  feature: 'did',
  columns: context => columnsOf(context).map(({ name, title, text }) => ({ name, title, text })),
  pages: pagesOf
}
