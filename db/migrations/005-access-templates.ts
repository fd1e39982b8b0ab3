import type { Migration } from '../../core/plugin-api.ts'

/** Named sets of overrides, the companies they are applied to, which override belongs to which; indexes for reading the audit log. */
export const accessTemplateSchema: Migration = {
  name: '005-access-templates',
  statements: dialect => {
    const sorted = dialect === 'postgresql' ? 'TEXT COLLATE "C"' : 'TEXT'
    return [
      `INSERT INTO creation_counter (kind, value) VALUES ('access_template', 0)`,
      `CREATE TABLE access_template (
        id TEXT PRIMARY KEY,
        seq BIGINT NOT NULL UNIQUE,
        name TEXT NOT NULL,
        name_lower ${sorted} NOT NULL UNIQUE,
        description TEXT,
        version INTEGER NOT NULL DEFAULT 1,
        created_at BIGINT NOT NULL,
        updated_at BIGINT NOT NULL
      )`,
      `CREATE TABLE access_template_override (
        template_id TEXT NOT NULL REFERENCES access_template (id) ON DELETE CASCADE,
        key TEXT NOT NULL,
        override TEXT NOT NULL CHECK (override IN ('SHOW', 'HIDE')),
        reason TEXT,
        valid_from BIGINT,
        valid_until BIGINT,
        PRIMARY KEY (template_id, key),
        CHECK (valid_from IS NULL OR valid_until IS NULL OR valid_from < valid_until)
      )`,
      `CREATE TABLE access_template_company (
        template_id TEXT NOT NULL REFERENCES access_template (id),
        company_id TEXT NOT NULL REFERENCES company (id) ON DELETE CASCADE,
        applied_at BIGINT NOT NULL,
        applied_by TEXT NOT NULL,
        PRIMARY KEY (template_id, company_id)
      )`,
      `CREATE INDEX access_template_company_company ON access_template_company (company_id)`,
      // The template in whose hands an override is; whoever else writes the override leaves it empty.
      `ALTER TABLE company_override ADD COLUMN template_id TEXT`,
      `CREATE INDEX audit_entry_company ON audit_entry (company_id, seq) WHERE company_id IS NOT NULL`,
      `CREATE INDEX audit_entry_domain ON audit_entry (domain_id, seq) WHERE domain_id IS NOT NULL`,
      `CREATE INDEX audit_entry_action ON audit_entry (action, seq)`,
      `CREATE INDEX audit_entry_at ON audit_entry (at)`
    ]
  }
}
