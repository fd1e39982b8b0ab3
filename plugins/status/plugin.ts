import { definePlugin } from '../../core/plugin-api.ts'

/** The operator's service status, for signed-in contacts and, where the brand allows it, for everybody. So far its keys only; pages follow. */
export const status = definePlugin({
  name: 'status',
  version: '0.1.0',
  engine: '^0.1.0',
  owner: 'care',
  features: [
    {
      key: 'status',
      title: 'Status',
      titles: { ar: 'حالة الخدمة' },
      group: 'Common/Comms',
      groups: { ar: 'عام/التواصل' },
      kind: 'PAGE',
      userTypes: ['CUSTOMER', 'CARRIER'],
      order: 35,
      whilePending: true
    },
    {
      key: 'status.public',
      title: 'Public Status',
      titles: { ar: 'حالة الخدمة للعموم' },
      group: 'Common/Comms',
      kind: 'PUBLIC',
      userTypes: [],
      order: 36,
      parents: ['status'],
      parentMode: 'HARD'
    }
  ]
})
