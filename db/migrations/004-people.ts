import type { Migration } from '../../core/plugin-api.ts'

/** More about contacts, links that set a password, two-factor sign-in of staff, keys that end and rotate. */
export const peopleSchema: Migration = {
  name: '004-people',
  statements: dialect => {
    const sorted = dialect === 'postgresql' ? 'TEXT COLLATE "C"' : 'TEXT'
    return [
      // Empty where a process of the version before wrote the row; the name itself counts then.
      `ALTER TABLE contact ADD COLUMN name_lower ${sorted}`,
      // Of the expression that lists and searches compare, with all that they compare: see db/name-page.ts.
      `CREATE INDEX contact_name ON contact (
        (COALESCE(name_lower, lower(name))${dialect === 'postgresql' ? ' COLLATE "C"' : ''}), id, email_lower)`,
      `ALTER TABLE contact ADD COLUMN phone TEXT`,
      `ALTER TABLE contact ADD COLUMN department TEXT`,
      `ALTER TABLE staff ADD COLUMN name_lower ${sorted}`,
      // One link a person: a new one takes the place of the old one.
      `CREATE TABLE password_link (
        token_hash TEXT PRIMARY KEY,
        contact_id TEXT UNIQUE REFERENCES contact (id) ON DELETE CASCADE,
        staff_id TEXT UNIQUE REFERENCES staff (id) ON DELETE CASCADE,
        domain_id TEXT REFERENCES portal_domain (id) ON DELETE CASCADE,
        created_at BIGINT NOT NULL,
        expires_at BIGINT NOT NULL,
        CHECK ((contact_id IS NULL) <> (staff_id IS NULL)),
        CHECK ((contact_id IS NULL) = (domain_id IS NULL))
      )`,
      `CREATE INDEX password_link_expires ON password_link (expires_at)`,
      `CREATE TABLE staff_two_factor (
        staff_id TEXT PRIMARY KEY REFERENCES staff (id) ON DELETE CASCADE,
        secret TEXT NOT NULL,
        confirmed_at BIGINT,
        last_step BIGINT,
        created_at BIGINT NOT NULL
      )`,
      `CREATE TABLE staff_recovery_code (
        staff_id TEXT NOT NULL REFERENCES staff (id) ON DELETE CASCADE,
        code_hash TEXT NOT NULL,
        PRIMARY KEY (staff_id, code_hash)
      )`,
      `ALTER TABLE api_key ADD COLUMN expires_at BIGINT`,
      // Kept for good, so that a secret that was rotated out never becomes a key again.
      `CREATE TABLE api_key_former_secret (
        key_hash TEXT PRIMARY KEY,
        key_id TEXT NOT NULL REFERENCES api_key (id) ON DELETE CASCADE,
        valid_until BIGINT NOT NULL,
        last_used_at BIGINT
      )`,
      `CREATE INDEX api_key_former_secret_key ON api_key_former_secret (key_id)`
    ]
  }
}
