import type { Migration } from '../../../core/plugin-api.ts'

/**
 * Calls, clustered by company and start; their hourly roll-ups; archives. Texts order bytewise on both databases.
 * Times are milliseconds, money 10^-6, rates 10^-9, ratings and losses hundredths.
 */
export const cdrTables: Migration = {
  name: '001-cdr',
  statements: dialect => {
    const text = dialect === 'sqlite' ? 'TEXT' : 'TEXT COLLATE "C"'
    const clustered = dialect === 'sqlite' ? 'WITHOUT ROWID' : ''
    return [
      `CREATE TABLE cdr_call (
        company_id ${text} NOT NULL,
        started_at BIGINT NOT NULL,
        id ${text} NOT NULL,
        leg ${text} NOT NULL,
        source ${text} NOT NULL,
        call_id ${text} NOT NULL,
        direction ${text} NOT NULL,
        answered_at BIGINT,
        ended_at BIGINT NOT NULL,
        cli ${text} NOT NULL,
        asserted_id ${text},
        destination ${text} NOT NULL,
        tech_prefix ${text},
        lrn ${text},
        destination_code ${text},
        destination_name ${text},
        jurisdiction ${text},
        card_id ${text},
        card_name ${text},
        duration INTEGER NOT NULL,
        billed_duration INTEGER NOT NULL,
        ring_duration INTEGER,
        pdd INTEGER,
        pdd_in INTEGER,
        rate BIGINT,
        connect_cost BIGINT,
        charge BIGINT,
        currency ${text} NOT NULL,
        sip_code INTEGER,
        sip_reason ${text},
        q850_cause INTEGER,
        release_reason ${text} NOT NULL,
        source_ip ${text},
        gateway_ip ${text},
        auth_name ${text},
        dtmf ${text},
        dtmf_count INTEGER,
        codec ${text},
        rtp_server ${text},
        mos INTEGER,
        jitter_ms INTEGER,
        packet_loss INTEGER,
        rtt_ms INTEGER,
        recording_id ${text},
        stir_shaken_attest ${text},
        dnc_status ${text},
        PRIMARY KEY (company_id, started_at, id)
      ) ${clustered}`,
      // A leg is loaded once, whatever company or start a later load gives it.
      'CREATE UNIQUE INDEX cdr_call_identity ON cdr_call (id)',
      'CREATE INDEX cdr_call_call_id ON cdr_call (company_id, call_id)',
      `CREATE TABLE cdr_hourly (
        company_id ${text} NOT NULL,
        hour BIGINT NOT NULL,
        leg ${text} NOT NULL,
        direction ${text} NOT NULL,
        destination_code ${text} NOT NULL,
        destination_name ${text} NOT NULL,
        card ${text} NOT NULL,
        tech_prefix ${text} NOT NULL,
        currency ${text} NOT NULL,
        attempts BIGINT NOT NULL,
        connected BIGINT NOT NULL,
        duration BIGINT NOT NULL,
        billed BIGINT NOT NULL,
        rated_billed BIGINT NOT NULL,
        charge BIGINT NOT NULL,
        effective BIGINT NOT NULL,
        pdd_sum BIGINT NOT NULL,
        pdd_count BIGINT NOT NULL,
        dtmf_calls BIGINT NOT NULL,
        short_calls BIGINT NOT NULL,
        unrated BIGINT NOT NULL,
        PRIMARY KEY (company_id, hour, leg, direction, destination_code, destination_name, card, tech_prefix, currency)
      ) ${clustered}`,
      // Legs that left cdr_call for an archive: they are not loaded again.
      `CREATE TABLE cdr_archived_leg (id ${text} PRIMARY KEY) ${clustered}`,
      `CREATE TABLE cdr_archive (
        company_id ${text} NOT NULL,
        month ${text} NOT NULL,
        part INTEGER NOT NULL,
        calls INTEGER NOT NULL,
        created_at BIGINT NOT NULL,
        content TEXT NOT NULL,
        PRIMARY KEY (company_id, month, part)
      )`,
      // From when on a company's calls are live; written by the archive job.
      `CREATE TABLE cdr_window (company_id ${text} PRIMARY KEY, live_from BIGINT NOT NULL)`,
      `CREATE TABLE cdr_setting (name ${text} PRIMARY KEY, value BIGINT NOT NULL)`
    ]
  }
}
