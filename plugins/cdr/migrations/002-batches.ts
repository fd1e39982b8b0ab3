import type { Migration } from '../../../core/plugin-api.ts'

/** Where calls came from: batches, what they replaced, what they could not load; feeds and their silence. */
export const cdrBatches: Migration = {
  name: '002-batches',
  statements: dialect => {
    const text = dialect === 'sqlite' ? 'TEXT' : 'TEXT COLLATE "C"'
    const clustered = dialect === 'sqlite' ? 'WITHOUT ROWID' : ''
    const serial =
      dialect === 'sqlite' ? 'INTEGER PRIMARY KEY AUTOINCREMENT' : 'BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY'
    const count = (name: string) => `${name} BIGINT NOT NULL DEFAULT 0`
    return [
      // No index: an undo walks the clustered key between the first and the last start of each company.
      'ALTER TABLE cdr_call ADD COLUMN batch INTEGER',
      `CREATE TABLE cdr_batch (
        number ${serial},
        id ${text} NOT NULL UNIQUE,
        open_key ${text} UNIQUE,
        source ${text} NOT NULL,
        format ${text} NOT NULL,
        origin ${text} NOT NULL CHECK (origin IN ('CLI', 'API', 'INGEST', 'RERUN')),
        actor ${text} NOT NULL,
        file_name ${text},
        file_id ${text},
        sha256 ${text},
        options ${text} NOT NULL,
        dry_run INTEGER NOT NULL DEFAULT 0,
        rerun_of BIGINT,
        state ${text} NOT NULL CHECK (state IN ('RUNNING', 'DONE', 'FAILED', 'BROKEN_OFF', 'UNDOING', 'UNDONE')),
        error ${text},
        started_at BIGINT NOT NULL,
        touched_at BIGINT NOT NULL,
        ended_at BIGINT,
        ${['row_count', 'loaded', 'replaced', 'duplicates', 'unrated', 'rejected'].map(count).join(', ')},
        ${['rejects_kept', 'rejects_bytes', 'undone', 'archived'].map(count).join(', ')},
        archived_to ${text},
        first_start BIGINT,
        last_start BIGINT,
        purged INTEGER NOT NULL DEFAULT 0
      )`,
      'CREATE INDEX cdr_batch_sha256 ON cdr_batch (sha256) WHERE sha256 IS NOT NULL',
      `CREATE INDEX cdr_batch_active ON cdr_batch (state) WHERE state IN ('RUNNING', 'UNDOING')`,
      'CREATE INDEX cdr_batch_kept ON cdr_batch (ended_at) WHERE purged < 2',
      // Where a batch's calls are to be found.
      `CREATE TABLE cdr_batch_company (
        batch BIGINT NOT NULL,
        company_id ${text} NOT NULL,
        first_start BIGINT NOT NULL,
        last_start BIGINT NOT NULL,
        PRIMARY KEY (batch, company_id)
      ) ${clustered}`,
      // Legs as they stood before a batch replaced them, the whole row as JSON.
      `CREATE TABLE cdr_replaced (
        batch BIGINT NOT NULL,
        id ${text} NOT NULL,
        from_batch BIGINT,
        content ${text} NOT NULL,
        PRIMARY KEY (batch, id)
      ) ${clustered}`,
      'CREATE INDEX cdr_replaced_from ON cdr_replaced (from_batch)',
      `CREATE TABLE cdr_reject (
        batch BIGINT NOT NULL,
        position BIGINT NOT NULL,
        line BIGINT NOT NULL,
        reason ${text} NOT NULL,
        account_code ${text},
        identity ${text},
        header ${text},
        raw ${text} NOT NULL,
        settled_by BIGINT,
        PRIMARY KEY (batch, position)
      ) ${clustered}`,
      `CREATE TABLE cdr_feed (
        source ${text} PRIMARY KEY,
        received_at BIGINT,
        last_start BIGINT,
        day BIGINT NOT NULL,
        day_calls BIGINT NOT NULL,
        silence_minutes INTEGER,
        version INTEGER NOT NULL DEFAULT 1
      )`,
      `CREATE TABLE cdr_feed_alarm (
        id ${text} PRIMARY KEY,
        kind ${text} NOT NULL CHECK (kind IN ('SOURCE', 'COMPANY')),
        subject ${text} NOT NULL,
        from_at BIGINT NOT NULL,
        until_at BIGINT
      )`,
      'CREATE UNIQUE INDEX cdr_feed_alarm_open ON cdr_feed_alarm (kind, subject) WHERE until_at IS NULL',
      'CREATE INDEX cdr_feed_alarm_subject ON cdr_feed_alarm (kind, subject, from_at)',
      `CREATE TABLE cdr_company_feed (
        company_id ${text} PRIMARY KEY,
        received_at BIGINT NOT NULL,
        last_start BIGINT NOT NULL,
        silence_minutes INTEGER,
        version INTEGER NOT NULL DEFAULT 1
      ) ${clustered}`
    ]
  }
}
