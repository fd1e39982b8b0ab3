import { definePlugin } from '../core/plugin-api.ts'

/** Temporary: the keys of `cdr` until plugins/cdr/plugin.ts exists. */
export const cdr = definePlugin({
  name: 'cdr',
  version: '0.1.0',
  engine: '^0.1.0',
  owner: 'calls',
  features: [
    {
      key: 'cdr',
      title: 'Call Detail Record (CDR)',
      group: 'Common/Calls',
      kind: 'PAGE',
      userTypes: ['CUSTOMER', 'CARRIER'],
      order: 2
    },
    {
      key: 'breakout',
      title: 'Breakout',
      group: 'Common/Calls',
      kind: 'PAGE',
      userTypes: ['CUSTOMER', 'CARRIER'],
      order: 3
    }
  ]
})
