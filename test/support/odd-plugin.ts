import type { PluginDefinition } from '../../core/plugin-api.ts'

/** A plugin of the tests' own with every kind of column that a table may have, and values at their limits. */
export const oddPlugin: PluginDefinition = {
  name: 'odd',
  version: '1.0.0',
  engine: '^0.1.0',
  owner: 'tests',
  tables: { odd_value: {}, odd_clustered: {} },
  migrations: [
    {
      name: '001-odd',
      statements: dialect => [
        `CREATE TABLE odd_value (
          "the key" TEXT PRIMARY KEY, number BIGINT, small SMALLINT NOT NULL DEFAULT 3, body TEXT,
          bytes ${dialect === 'sqlite' ? 'BLOB' : 'BYTEA'},
          twice BIGINT GENERATED ALWAYS AS (small * 2) STORED)`,
        `CREATE TABLE odd_clustered (a TEXT NOT NULL, b BIGINT NOT NULL, body TEXT, PRIMARY KEY (a, b))${dialect === 'sqlite' ? ' WITHOUT ROWID' : ''}`,
        `CREATE INDEX "odd index?" ON odd_clustered (body) WHERE body <> 'why?'`
      ]
    }
  ]
}

/** Rows of `odd_value`: key, number, body, bytes. */
export const oddValues: readonly (readonly [string, string | null, string | null, Buffer | null])[] = [
  ['largest', '9223372036854775807', 'x', Buffer.from([0, 255, 10, 13])],
  ['least', '-9223372036854775808', '', Buffer.alloc(0)],
  ['beyond a double', '9007199254740993', 'it\'s "quoted" \\ and\nlines\r\n\ttabs', null],
  ['nothing', null, null, null],
  ['not ascii', '0', 'Zoë · 電話 · 📞 · \u2028 · {"json": [1, null]}', Buffer.from('📞')],
  ['["looks like rows"]', '1', '{"table":"company"}', null]
]
