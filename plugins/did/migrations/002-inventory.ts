import type { Migration } from '../../../core/plugin-api.ts'

/** What only operators see of a number, their files that come and go, and indexes for a long list. */
export const didInventory: Migration = {
  name: '002-inventory',
  statements: dialect => {
    const text = dialect === 'postgresql' ? 'TEXT COLLATE "C"' : 'TEXT'
    return [
      `ALTER TABLE did ADD COLUMN provider_card ${text}`,
      `ALTER TABLE did ADD COLUMN script ${text}`,
      `ALTER TABLE did ADD COLUMN p_asserted_id ${text}`,
      `ALTER TABLE did ADD COLUMN codecs ${text}`,
      `ALTER TABLE did ADD COLUMN blocked_source_types ${text}`,
      'ALTER TABLE did ADD COLUMN media_proxy SMALLINT NOT NULL DEFAULT 0',
      'ALTER TABLE did ADD COLUMN transcoding SMALLINT NOT NULL DEFAULT 0',
      'ALTER TABLE did ADD COLUMN ipqs SMALLINT NOT NULL DEFAULT 0',
      // With what the list is filtered by at the same time, so that totals need no rows.
      'CREATE INDEX did_country ON did (country, number, company_id, enabled)',
      'CREATE INDEX did_carrier_company ON did (carrier_id, company_id, number)',
      // Few numbers are switched off; without it the page of them reads the whole list. Those that are on need none: an
      // index over both would be taken where country or company find fewer.
      'CREATE INDEX did_off ON did (number) WHERE enabled = 0',
      `CREATE TABLE did_job (
        id TEXT PRIMARY KEY,
        kind ${text} NOT NULL,
        state ${text} NOT NULL,
        actor TEXT NOT NULL,
        role TEXT NOT NULL,
        ip TEXT,
        input TEXT NOT NULL,
        file_id TEXT,
        file_name TEXT,
        created_at BIGINT NOT NULL,
        finished_at BIGINT,
        lines INTEGER NOT NULL DEFAULT 0,
        created INTEGER NOT NULL DEFAULT 0,
        assigned INTEGER NOT NULL DEFAULT 0,
        changed INTEGER NOT NULL DEFAULT 0,
        unchanged INTEGER NOT NULL DEFAULT 0,
        refused INTEGER NOT NULL DEFAULT 0,
        result_file_id TEXT,
        error TEXT
      )`,
      'CREATE INDEX did_job_created ON did_job (created_at, id)',
      `CREATE TABLE did_job_line (
        job_id TEXT NOT NULL REFERENCES did_job (id) ON DELETE CASCADE,
        line INTEGER NOT NULL,
        number TEXT NOT NULL,
        outcome ${text} NOT NULL,
        code ${text},
        message TEXT,
        PRIMARY KEY (job_id, line)
      )`,
      // The report of a job that runs, in the pieces it was done in; `line` is the last of the piece.
      `CREATE TABLE did_job_part (
        job_id TEXT NOT NULL REFERENCES did_job (id) ON DELETE CASCADE,
        line INTEGER NOT NULL,
        report TEXT NOT NULL,
        PRIMARY KEY (job_id, line)
      )`
    ]
  }
}
