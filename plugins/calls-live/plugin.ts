import { definePlugin } from '../../core/plugin-api.ts'

/** Calls as they happen: latest attempts with their SIP traces, and the calls in progress. So far its keys only; pages follow. */
export const callsLive = definePlugin({
  name: 'calls-live',
  version: '0.1.0',
  engine: '^0.1.0',
  owner: 'calls',
  features: [
    {
      key: 'latest-calls',
      title: 'Latest Calls',
      titles: { ar: 'أحدث المكالمات' },
      group: 'Common/Calls',
      groups: { ar: 'عام/المكالمات' },
      kind: 'PAGE',
      userTypes: ['CUSTOMER', 'CARRIER'],
      order: 4
    },
    {
      key: 'dialog',
      title: 'Dialog',
      titles: { ar: 'المكالمات الجارية' },
      group: 'Common/Calls',
      kind: 'PAGE',
      userTypes: ['CUSTOMER', 'CARRIER'],
      order: 44
    }
  ]
})
