import { definePlugin } from '../../core/plugin-api.ts'

/** Call recordings: found by day or call, played, and downloaded where that is allowed. So far its keys only; pages follow. */
export const recording = definePlugin({
  name: 'recording',
  version: '0.1.0',
  engine: '^0.1.0',
  owner: 'calls',
  features: [
    {
      key: 'recording',
      title: 'Recording',
      titles: { ar: 'تسجيل المكالمات' },
      group: 'Common/Calls',
      groups: { ar: 'عام/المكالمات' },
      kind: 'PAGE',
      userTypes: ['CUSTOMER'],
      order: 32,
      entitlement: 'call-recording'
    },
    {
      key: 'recording.download',
      title: 'Download Recording',
      titles: { ar: 'تنزيل التسجيلات' },
      group: 'Common/Calls',
      kind: 'ABILITY',
      userTypes: ['CUSTOMER'],
      order: 33,
      parents: ['recording'],
      parentMode: 'HARD',
      entitlement: 'call-recording'
    }
  ]
})
