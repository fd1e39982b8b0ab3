import { definePlugin } from '../../core/plugin-api.ts'

/** A customer's routes and their notes, allowed caller numbers, and rate cards. So far its keys only; pages follow. */
export const routing = definePlugin({
  name: 'routing',
  version: '0.1.0',
  engine: '^0.1.0',
  owner: 'routing',
  features: [
    {
      key: 'cli',
      title: 'CLI',
      titles: { ar: 'هوية المتصل (CLI)' },
      group: 'Common/Routing',
      groups: { ar: 'عام/التوجيه' },
      kind: 'PAGE',
      userTypes: ['CUSTOMER'],
      order: 5
    },
    {
      key: 'rate-cards',
      title: 'Rate Cards',
      titles: { ar: 'بطاقات الأسعار' },
      group: 'Common/Routing',
      kind: 'PAGE',
      userTypes: ['CUSTOMER', 'CARRIER'],
      order: 15
    },
    {
      key: 'routes',
      title: 'Routes (Editable)',
      titles: { ar: 'المسارات (قابلة للتعديل)' },
      group: 'Common/Routing',
      kind: 'PAGE',
      userTypes: ['CUSTOMER'],
      order: 28
    },
    {
      key: 'routes.public-note',
      title: 'Allow Route Public Note',
      titles: { ar: 'السماح بملاحظة عامة على المسار' },
      group: 'Common/Routing',
      kind: 'ABILITY',
      userTypes: ['CUSTOMER'],
      order: 31,
      parents: ['routes'],
      parentMode: 'HARD'
    }
  ]
})
