import type { Migration } from '../../../core/plugin-api.ts'

/** Numbers, their destinations in order, and their tags. */
export const didTables: Migration = {
  name: '001-did',
  statements: dialect => {
    // Ordered and folded alike on both databases.
    const text = dialect === 'postgresql' ? 'TEXT COLLATE "C"' : 'TEXT'
    return [
      `CREATE TABLE did (
      id ${text} PRIMARY KEY,
      number ${text} NOT NULL UNIQUE,
      country ${text} NOT NULL,
      company_id TEXT,
      carrier_id TEXT,
      enabled SMALLINT NOT NULL,
      retain_display_name SMALLINT NOT NULL,
      channels INTEGER NOT NULL,
      channels_ceiling INTEGER NOT NULL,
      flow_speed INTEGER NOT NULL,
      flow_speed_ceiling INTEGER NOT NULL,
      recording_mode ${text} NOT NULL,
      package_name ${text},
      next_charge_at BIGINT,
      price BIGINT,
      currency ${text},
      stir_shaken_min_attest ${text} NOT NULL,
      spam_scout SMALLINT NOT NULL,
      notes TEXT,
      assigned_at BIGINT,
      minimum_days_until BIGINT,
      card_name ${text},
      version INTEGER NOT NULL
    )`,
      'CREATE INDEX did_company ON did (company_id, number)',
      'CREATE INDEX did_carrier ON did (carrier_id, number)',
      `CREATE TABLE did_destination (
      did_id TEXT NOT NULL REFERENCES did (id) ON DELETE CASCADE,
      company_id TEXT NOT NULL,
      position INTEGER NOT NULL,
      type ${text} NOT NULL,
      value TEXT,
      port INTEGER,
      prefix TEXT,
      PRIMARY KEY (did_id, position)
    )`,
      'CREATE INDEX did_destination_company ON did_destination (company_id, type)',
      `CREATE TABLE did_tag (
      did_id TEXT NOT NULL REFERENCES did (id) ON DELETE CASCADE,
      company_id TEXT NOT NULL,
      tag ${text} NOT NULL,
      tag_lower ${text} NOT NULL,
      PRIMARY KEY (did_id, tag_lower)
    )`,
      'CREATE INDEX did_tag_company ON did_tag (company_id, tag_lower)'
    ]
  }
}
