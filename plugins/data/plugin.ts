import { definePlugin } from '../../core/plugin-api.ts'

/** A customer's own key/value stores and lead sets. So far its keys only; pages follow. */
export const data = definePlugin({
  name: 'data',
  version: '0.1.0',
  engine: '^0.1.0',
  owner: 'data',
  features: [
    {
      key: 'data-management',
      title: 'Data Management (Data Suite)',
      titles: { ar: 'إدارة البيانات (حزمة البيانات)' },
      group: 'Common/Data',
      groups: { ar: 'عام/البيانات' },
      kind: 'PAGE',
      userTypes: ['CUSTOMER'],
      order: 30
    }
  ]
})
