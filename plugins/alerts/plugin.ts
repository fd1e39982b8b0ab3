import { definePlugin } from '../../core/plugin-api.ts'

/** Threshold watches that tell a company when quality, volume or balance leaves its range. So far its keys only; pages follow. */
export const alerts = definePlugin({
  name: 'alerts',
  version: '0.1.0',
  engine: '^0.1.0',
  owner: 'care',
  features: [
    {
      key: 'alert',
      title: 'Alert',
      titles: { ar: 'التنبيهات' },
      group: 'Common/Comms',
      groups: { ar: 'عام/التواصل' },
      kind: 'PAGE',
      userTypes: ['CUSTOMER', 'CARRIER'],
      order: 37
    },
    {
      key: 'alert.balance-edit',
      title: 'Editable Balance Alert',
      titles: { ar: 'تنبيه الرصيد القابل للتعديل' },
      group: 'Common/Comms',
      kind: 'ABILITY',
      userTypes: ['CUSTOMER'],
      order: 38,
      parents: ['alert'],
      parentMode: 'HARD'
    }
  ]
})
