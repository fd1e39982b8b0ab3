import type { Migration } from '../../core/plugin-api.ts'

/** Brands, companies, their access, the change log, people, sessions, jobs and exports. */
export const coreSchema: Migration = {
  name: '001-core',
  statements: dialect => {
    const postgresql = dialect === 'postgresql'
    const serial = postgresql ? 'BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY' : 'INTEGER PRIMARY KEY AUTOINCREMENT'
    // Byte order on both, so that sorted pages are the same.
    const sorted = postgresql ? 'TEXT COLLATE "C"' : 'TEXT'
    const bytes = postgresql ? 'BYTEA' : 'BLOB'
    const flag = (name: string, value = 0) => `${name} INTEGER NOT NULL DEFAULT ${value} CHECK (${name} IN (0, 1))`
    return [
      // Numbers brands and companies in the order of their commits; a sequence of the database would not.
      `CREATE TABLE creation_counter (kind TEXT PRIMARY KEY, value BIGINT NOT NULL)`,
      `INSERT INTO creation_counter (kind, value) VALUES ('company', 0), ('portal_domain', 0)`,

      `CREATE TABLE portal_domain (
        id TEXT PRIMARY KEY,
        seq BIGINT NOT NULL UNIQUE,
        fqdn ${sorted} NOT NULL UNIQUE CHECK (fqdn = lower(fqdn)),
        brand_name TEXT NOT NULL,
        brand_name_lower ${sorted} NOT NULL,
        ${flag('is_default')},
        ${flag('enabled', 1)},
        currencies TEXT NOT NULL,
        version INTEGER NOT NULL DEFAULT 1,
        created_at BIGINT NOT NULL
      )`,
      `CREATE UNIQUE INDEX portal_domain_one_default ON portal_domain (is_default) WHERE is_default = 1`,
      `CREATE TABLE domain_feature (
        domain_id TEXT NOT NULL REFERENCES portal_domain (id) ON DELETE CASCADE,
        key TEXT NOT NULL,
        ${flag('enabled')},
        PRIMARY KEY (domain_id, key)
      )`,
      `CREATE TABLE domain_column (
        domain_id TEXT NOT NULL REFERENCES portal_domain (id) ON DELETE CASCADE,
        report TEXT NOT NULL,
        user_type TEXT NOT NULL CHECK (user_type IN ('CUSTOMER', 'CARRIER')),
        columns TEXT NOT NULL,
        PRIMARY KEY (domain_id, report, user_type)
      )`,

      `CREATE TABLE company (
        id TEXT PRIMARY KEY,
        seq BIGINT NOT NULL UNIQUE,
        name TEXT NOT NULL,
        name_lower ${sorted} NOT NULL,
        user_type TEXT NOT NULL CHECK (user_type IN ('CUSTOMER', 'CARRIER')),
        status TEXT NOT NULL CHECK (status IN ('ACTIVE', 'PENDING_APPROVAL', 'PENDING', 'PENALTY', 'INACTIVE')),
        currency TEXT NOT NULL,
        domain_id TEXT REFERENCES portal_domain (id),
        version INTEGER NOT NULL DEFAULT 1,
        created_at BIGINT NOT NULL
      )`,
      `CREATE INDEX company_domain ON company (domain_id, seq)`,
      `CREATE INDEX company_name ON company (name_lower, id)`,
      `CREATE TABLE company_account_code (
        code TEXT PRIMARY KEY,
        company_id TEXT NOT NULL REFERENCES company (id) ON DELETE CASCADE
      )`,
      `CREATE INDEX company_account_code_company ON company_account_code (company_id)`,
      `CREATE TABLE company_override (
        company_id TEXT NOT NULL REFERENCES company (id) ON DELETE CASCADE,
        key TEXT NOT NULL,
        override TEXT NOT NULL CHECK (override IN ('SHOW', 'HIDE')),
        reason TEXT,
        valid_from BIGINT,
        valid_until BIGINT,
        set_by TEXT NOT NULL,
        set_at BIGINT NOT NULL,
        PRIMARY KEY (company_id, key),
        CHECK (valid_from IS NULL OR valid_until IS NULL OR valid_from < valid_until)
      )`,

      `CREATE TABLE platform_switch (
        kind TEXT NOT NULL CHECK (kind IN ('plugin', 'entitlement')),
        name TEXT NOT NULL,
        ${flag('present')},
        PRIMARY KEY (kind, name)
      )`,
      `CREATE TABLE access_counter (scope TEXT PRIMARY KEY, revision BIGINT NOT NULL)`,
      `INSERT INTO access_counter (scope, revision) VALUES ('registry', 0), ('unassigned', 0)`,
      // company_id '' says that the brand or the platform itself changed.
      `CREATE TABLE access_change (
        scope TEXT NOT NULL,
        revision BIGINT NOT NULL,
        company_id TEXT NOT NULL,
        PRIMARY KEY (scope, revision, company_id)
      )`,
      `CREATE TABLE audit_entry (
        seq ${serial},
        id TEXT NOT NULL UNIQUE,
        at BIGINT NOT NULL,
        actor TEXT NOT NULL,
        action TEXT NOT NULL,
        target TEXT NOT NULL,
        company_id TEXT,
        domain_id TEXT,
        ip TEXT,
        before TEXT,
        after TEXT,
        reason TEXT
      )`,
      `CREATE INDEX audit_entry_target ON audit_entry (target, seq)`,
      `CREATE INDEX audit_entry_actor ON audit_entry (actor, seq)`,

      // One row an address ever used: locking it makes "one contact per address and brand" safe against a race.
      `CREATE TABLE contact_email (email_lower TEXT PRIMARY KEY, uses INTEGER NOT NULL DEFAULT 1)`,
      `CREATE TABLE contact (
        id TEXT PRIMARY KEY,
        company_id TEXT NOT NULL REFERENCES company (id) ON DELETE CASCADE,
        name TEXT NOT NULL,
        email TEXT NOT NULL,
        email_lower TEXT NOT NULL REFERENCES contact_email (email_lower),
        password_hash TEXT,
        ${flag('disabled')},
        ip_allow_list TEXT NOT NULL DEFAULT '[]',
        locked_until BIGINT,
        last_sign_in_at BIGINT,
        version INTEGER NOT NULL DEFAULT 1,
        created_at BIGINT NOT NULL
      )`,
      `CREATE INDEX contact_email_lower ON contact (email_lower)`,
      `CREATE INDEX contact_company ON contact (company_id)`,
      `CREATE TABLE contact_session (
        id TEXT PRIMARY KEY,
        token_hash TEXT NOT NULL UNIQUE,
        contact_id TEXT NOT NULL REFERENCES contact (id) ON DELETE CASCADE,
        domain_id TEXT NOT NULL REFERENCES portal_domain (id) ON DELETE CASCADE,
        ip TEXT NOT NULL,
        created_at BIGINT NOT NULL,
        last_seen_at BIGINT NOT NULL,
        expires_at BIGINT NOT NULL,
        view_as_staff_id TEXT,
        view_as_staff_name TEXT,
        ${flag('write_through')}
      )`,
      `CREATE INDEX contact_session_contact ON contact_session (contact_id)`,
      `CREATE INDEX contact_session_expires ON contact_session (expires_at)`,

      `CREATE TABLE staff (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        email TEXT NOT NULL,
        email_lower TEXT NOT NULL UNIQUE,
        password_hash TEXT NOT NULL,
        role TEXT NOT NULL CHECK (role IN ('ADMIN', 'SUPPORT', 'AUDITOR', 'INGEST')),
        ${flag('disabled')},
        locked_until BIGINT,
        last_sign_in_at BIGINT,
        version INTEGER NOT NULL DEFAULT 1,
        created_at BIGINT NOT NULL
      )`,
      `CREATE TABLE staff_session (
        id TEXT PRIMARY KEY,
        token_hash TEXT NOT NULL UNIQUE,
        staff_id TEXT NOT NULL REFERENCES staff (id) ON DELETE CASCADE,
        ip TEXT NOT NULL,
        created_at BIGINT NOT NULL,
        last_seen_at BIGINT NOT NULL,
        expires_at BIGINT NOT NULL
      )`,
      `CREATE INDEX staff_session_staff ON staff_session (staff_id)`,
      `CREATE INDEX staff_session_expires ON staff_session (expires_at)`,
      `CREATE TABLE api_key (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        key_hash TEXT NOT NULL UNIQUE,
        role TEXT NOT NULL CHECK (role IN ('ADMIN', 'SUPPORT', 'AUDITOR', 'INGEST')),
        created_at BIGINT NOT NULL,
        last_used_at BIGINT,
        revoked_at BIGINT
      )`,
      `CREATE TABLE view_as_ticket (
        token_hash TEXT PRIMARY KEY,
        contact_id TEXT NOT NULL REFERENCES contact (id) ON DELETE CASCADE,
        domain_id TEXT NOT NULL REFERENCES portal_domain (id) ON DELETE CASCADE,
        staff_id TEXT NOT NULL,
        staff_name TEXT NOT NULL,
        ${flag('write_through')},
        expires_at BIGINT NOT NULL,
        used_at BIGINT
      )`,
      `CREATE TABLE sign_in_failure (
        seq ${serial},
        kind TEXT NOT NULL,
        subject TEXT NOT NULL,
        at BIGINT NOT NULL
      )`,
      `CREATE INDEX sign_in_failure_subject ON sign_in_failure (kind, subject, at)`,
      `CREATE INDEX sign_in_failure_at ON sign_in_failure (at)`,

      `CREATE TABLE job (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        payload TEXT,
        every_seconds INTEGER,
        run_at BIGINT NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 0,
        lease_token TEXT,
        lease_until BIGINT,
        failed_at BIGINT,
        last_error TEXT
      )`,
      `CREATE INDEX job_due ON job (run_at) WHERE failed_at IS NULL`,
      `CREATE TABLE export_job (
        id TEXT PRIMARY KEY,
        company_id TEXT NOT NULL REFERENCES company (id) ON DELETE CASCADE,
        contact_id TEXT NOT NULL,
        domain_id TEXT NOT NULL,
        grid TEXT NOT NULL,
        request TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('QUEUED', 'RUNNING', 'READY', 'FAILED', 'EXPIRED')),
        row_count BIGINT,
        byte_count BIGINT,
        error TEXT,
        created_at BIGINT NOT NULL,
        finished_at BIGINT,
        expires_at BIGINT
      )`,
      `CREATE INDEX export_job_company ON export_job (company_id, created_at)`,
      `CREATE INDEX export_job_expires ON export_job (expires_at)`,
      `CREATE TABLE export_chunk (
        job_id TEXT NOT NULL REFERENCES export_job (id) ON DELETE CASCADE,
        part INTEGER NOT NULL,
        bytes ${bytes} NOT NULL,
        PRIMARY KEY (job_id, part)
      )`
    ]
  }
}
