import { definePlugin } from '../../core/plugin-api.ts'

/** Graphs of the dashboard, and the summary of calls by hour, day and month. So far its keys only; pages follow. */
export const stats = definePlugin({
  name: 'stats',
  version: '0.1.0',
  engine: '^0.1.0',
  owner: 'analytics',
  dependsOn: ['core', 'cdr'],
  features: [
    {
      key: 'stats.customer-acd',
      title: 'Customer ACD',
      titles: { ar: 'متوسط مدة مكالمات العميل (ACD)' },
      group: 'Common/Stats',
      groups: { ar: 'عام/الإحصاءات' },
      kind: 'WIDGET',
      userTypes: ['CUSTOMER'],
      order: 6
    },
    {
      key: 'stats.customer-asr',
      title: 'Customer ASR',
      titles: { ar: 'نسبة الرد لدى العميل (ASR)' },
      group: 'Common/Stats',
      kind: 'WIDGET',
      userTypes: ['CUSTOMER'],
      order: 7
    },
    {
      key: 'stats.customer-cps',
      title: 'Customer CPS',
      titles: { ar: 'مكالمات العميل في الثانية (CPS)' },
      group: 'Common/Stats',
      kind: 'WIDGET',
      userTypes: ['CUSTOMER'],
      order: 8
    },
    {
      key: 'stats.customer-channels',
      title: 'Customer Channels',
      titles: { ar: 'قنوات العميل' },
      group: 'Common/Stats',
      kind: 'WIDGET',
      userTypes: ['CUSTOMER'],
      order: 9
    },
    {
      key: 'stats.customer-dtmf',
      title: 'Customer DTMF',
      titles: { ar: 'نغمات DTMF لدى العميل' },
      group: 'Common/Stats',
      kind: 'WIDGET',
      userTypes: ['CUSTOMER'],
      order: 10
    },
    {
      key: 'stats.carrier-cps',
      title: 'Carrier CPS',
      titles: { ar: 'مكالمات الناقل في الثانية (CPS)' },
      group: 'Common/Stats',
      kind: 'WIDGET',
      userTypes: ['CARRIER'],
      order: 11,
      parents: ['carrier-portal'],
      parentMode: 'HARD'
    },
    {
      key: 'stats.carrier-channels',
      title: 'Carrier Channels',
      titles: { ar: 'قنوات الناقل' },
      group: 'Common/Stats',
      kind: 'WIDGET',
      userTypes: ['CARRIER'],
      order: 12,
      parents: ['carrier-portal'],
      parentMode: 'HARD'
    },
    {
      key: 'stats.carrier-dtmf',
      title: 'Carrier DTMF',
      titles: { ar: 'نغمات DTMF لدى الناقل' },
      group: 'Common/Stats',
      kind: 'WIDGET',
      userTypes: ['CARRIER'],
      order: 13,
      parents: ['carrier-portal'],
      parentMode: 'HARD'
    },
    {
      key: 'summary',
      title: 'Summary',
      titles: { ar: 'الملخص' },
      group: 'Common/Calls',
      groups: { ar: 'عام/المكالمات' },
      kind: 'WIDGET',
      userTypes: ['CUSTOMER', 'CARRIER'],
      order: 29
    }
  ]
})
