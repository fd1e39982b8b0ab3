import { definePlugin } from '../../core/plugin-api.ts'

/** What belongs to the portal as a whole and no family owns: the admission of carriers. So far its keys only; pages follow. */
export const core = definePlugin({
  name: 'core',
  version: '0.1.0',
  engine: '^0.1.0',
  owner: 'platform',
  permanent: true,
  features: [
    {
      key: 'carrier-portal',
      title: 'Carrier Portal',
      titles: { ar: 'بوابة الناقلين' },
      group: 'Common/Access',
      groups: { ar: 'عام/الوصول' },
      kind: 'GATE',
      userTypes: ['CARRIER'],
      order: 14
    }
  ]
})
