import type { Migration } from '../../core/plugin-api.ts'

/** Onboarding files: their runs, what became of each line, and what files call a company. */
export const onboardingSchema: Migration = {
  name: '003-onboarding',
  statements: dialect => {
    const postgresql = dialect === 'postgresql'
    const serial = postgresql ? 'BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY' : 'INTEGER PRIMARY KEY AUTOINCREMENT'
    const sorted = postgresql ? 'TEXT COLLATE "C"' : 'TEXT'
    const flag = (name: string) => `${name} INTEGER NOT NULL DEFAULT 0 CHECK (${name} IN (0, 1))`
    const count = (name: string) => `${name} BIGINT NOT NULL DEFAULT 0`
    return [
      `CREATE TABLE company_reference (
        reference ${sorted} PRIMARY KEY,
        company_id TEXT NOT NULL REFERENCES company (id) ON DELETE CASCADE
      )`,
      `CREATE INDEX company_reference_company ON company_reference (company_id)`,
      `CREATE TABLE onboarding_run (
        seq ${serial},
        id TEXT NOT NULL UNIQUE,
        kind TEXT NOT NULL CHECK (kind IN ('IMPORT', 'EXPORT')),
        state TEXT NOT NULL CHECK (state IN ('QUEUED', 'RUNNING', 'DONE', 'FAILED')),
        phase TEXT NOT NULL CHECK (phase IN ('READ', 'CHECK', 'COMPARE', 'WRITE', 'END')),
        ${flag('dry_run')},
        actor TEXT NOT NULL,
        actor_name TEXT NOT NULL,
        ip TEXT NOT NULL,
        request TEXT,
        file_id TEXT,
        file_name TEXT,
        file_sha256 TEXT,
        file_bytes BIGINT,
        same_as TEXT,
        ${count('lines')}, ${count('companies')}, ${count('companies_checked')}, ${count('companies_written')},
        ${count('created')}, ${count('updated')}, ${count('unchanged')}, ${count('faulty')}, ${count('refused')}, ${count('warned')},
        error_code TEXT,
        error TEXT,
        created_at BIGINT NOT NULL,
        finished_at BIGINT
      )`,
      `CREATE INDEX onboarding_run_file ON onboarding_run (file_sha256) WHERE file_sha256 IS NOT NULL`,
      // Companies of a file, numbered in the order of their first lines.
      `CREATE TABLE onboarding_company (
        run_id TEXT NOT NULL REFERENCES onboarding_run (id) ON DELETE CASCADE,
        number INTEGER NOT NULL,
        reference TEXT NOT NULL,
        company_id TEXT,
        state TEXT NOT NULL CHECK (state IN ('READ', 'CHECKED', 'REFUSED', 'DONE')),
        lines INTEGER NOT NULL,
        domain_id TEXT,
        ${flag('moves')},
        PRIMARY KEY (run_id, number)
      )`,
      `CREATE TABLE onboarding_line (
        run_id TEXT NOT NULL REFERENCES onboarding_run (id) ON DELETE CASCADE,
        line INTEGER NOT NULL,
        company INTEGER,
        record ${sorted} NOT NULL,
        reference TEXT NOT NULL,
        subject ${sorted} NOT NULL,
        facts TEXT,
        ${flag('shared')},
        outcome ${sorted},
        code TEXT,
        field TEXT,
        message TEXT,
        changes TEXT,
        warnings TEXT,
        PRIMARY KEY (run_id, line)
      )`,
      `CREATE INDEX onboarding_line_company ON onboarding_line (run_id, company, line)`,
      `CREATE INDEX onboarding_line_outcome ON onboarding_line (run_id, outcome, line)`,
      `CREATE INDEX onboarding_line_shared ON onboarding_line (run_id, record, subject) WHERE shared = 1`
    ]
  }
}
