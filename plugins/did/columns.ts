import type { CompanyScope, GridColumn, PortalContext } from '../../core/plugin-api.ts'
import { destinationTypes } from './destination.ts'

/** What breaks ties and names a row in cursors. */
export const didKey: readonly GridColumn[] = [{ name: 'id', type: 'id', column: 'did.id' }]

export const numberColumn: GridColumn = { name: 'number', type: 'string', column: 'did.number' }

export const recordingModes = ['OFF', 'SAMPLE_1', 'SAMPLE_5', 'SAMPLE_25', 'SAMPLE_50', 'ALWAYS'] as const
export const attestations = ['NONE', 'A', 'A_B', 'A_B_C'] as const

/** Columns every customer with the list has. `first` is the destination that counts. */
const always: readonly GridColumn[] = [
  numberColumn,
  { name: 'country', type: 'string', column: 'did.country' },
  { name: 'enabled', type: 'boolean', column: 'did.enabled' },
  { name: 'type', type: 'enum', column: 'first.type', nullable: true, values: destinationTypes },
  { name: 'retainDisplayName', type: 'boolean', column: 'did.retain_display_name' },
  { name: 'channels', type: 'int', column: 'did.channels' },
  { name: 'flowSpeed', type: 'int', column: 'did.flow_speed' },
  { name: 'recordingMode', type: 'enum', column: 'did.recording_mode', values: recordingModes },
  { name: 'packageName', type: 'string', column: 'did.package_name', nullable: true },
  { name: 'nextChargeAt', type: 'datetime', column: 'did.next_charge_at', nullable: true },
  { name: 'price', type: 'money', column: 'did.price', nullable: true },
  { name: 'stirShakenMinAttest', type: 'enum', column: 'did.stir_shaken_min_attest', values: attestations },
  { name: 'spamScout', type: 'boolean', column: 'did.spam_scout' },
  { name: 'assignedAt', type: 'datetime', column: 'did.assigned_at', nullable: true },
  { name: 'cardName', type: 'string', column: 'did.card_name', nullable: true }
]

/** A number has many tags: a rule on them asks which numbers have, or have not, the tag. */
function tagsColumn(scope: CompanyScope): GridColumn {
  return {
    name: 'tags',
    type: 'id',
    column: 'did.id',
    sortable: false,
    condition(op, values) {
      const tagged = scope.from('did_tag').select('did_id')
      const wanted = values.map(value => String(value).normalize('NFC').trim().toLowerCase())
      if (op !== 'isNull') tagged.whereIn('tag_lower', wanted)
      const without = op === 'ne' || (op === 'isNull' && values[0] === 1)
      return { sql: `?? ${without ? 'not in' : 'in'} ?`, bindings: ['did.id', tagged] }
    }
  }
}

/** Columns this customer may filter and sort by; `tags` is there only with its feature. */
export const didColumns = (context: PortalContext): readonly GridColumn[] =>
  context.access.has('did.tags') ? [...always, tagsColumn(context.scope)] : always

/** Columns a carrier may filter and sort by. */
export const carrierDidColumns: readonly GridColumn[] = [
  numberColumn,
  { name: 'enabled', type: 'boolean', column: 'did.enabled' },
  {
    name: 'assigned',
    type: 'boolean',
    column: 'did.company_id',
    sortable: false,
    condition(op, values) {
      // Never null, so that asking for null finds nothing.
      if (op === 'isNull') return { sql: values[0] === 1 ? '1 = 0' : '1 = 1', bindings: [] }
      const assigned = (op === 'eq') === (values[0] === 1)
      return { sql: `?? is ${assigned ? 'not ' : ''}null`, bindings: ['did.company_id'] }
    }
  },
  { name: 'channels', type: 'int', column: 'did.channels' }
]
