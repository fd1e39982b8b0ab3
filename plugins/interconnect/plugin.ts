import { definePlugin } from '../../core/plugin-api.ts'

/** Where to send calls, where they come from, and which media servers carry them. So far its keys only; pages follow. */
export const interconnect = definePlugin({
  name: 'interconnect',
  version: '0.1.0',
  engine: '^0.1.0',
  owner: 'routing',
  dependsOn: ['cdr', 'calls-live'],
  features: [
    {
      key: 'interconnect',
      title: 'Interconnect Info',
      titles: { ar: 'معلومات الربط البيني' },
      group: 'Common/Routing',
      groups: { ar: 'عام/التوجيه' },
      kind: 'PAGE',
      userTypes: ['CUSTOMER', 'CARRIER'],
      order: 25
    },
    {
      key: 'rtp-servers',
      title: 'Show RTP Servers',
      titles: { ar: 'إظهار خوادم RTP' },
      group: 'Common/Routing',
      kind: 'WIDGET',
      userTypes: ['CUSTOMER', 'CARRIER'],
      order: 27,
      parents: ['interconnect', 'cdr', 'dialog'],
      parentMode: 'ANY'
    }
  ]
})
