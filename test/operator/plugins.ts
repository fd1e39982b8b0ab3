import { definePlugin } from '../../core/define-plugin.ts'
import type { PluginDefinition } from '../../core/plugin-api.ts'

/** A small catalogue with every kind of key, every parent mode, an add-on and a report. */
export const worldPlugins: readonly PluginDefinition[] = [
  definePlugin({
    name: 'base',
    version: '1.0.0',
    engine: '^0.1.0',
    owner: 'test',
    permanent: true,
    features: [
      { key: 'carrier-gate', title: 'Carriers', group: 'Common/Access', kind: 'GATE', userTypes: ['CARRIER'] },
      {
        key: 'page',
        title: 'Page',
        titles: { ar: 'صفحة' },
        group: 'Common/Numbers',
        groups: { ar: 'عام/الأرقام' },
        kind: 'PAGE',
        userTypes: ['CUSTOMER', 'CARRIER']
      },
      {
        key: 'page.edit',
        title: 'Page (Editable)',
        group: 'Common/Numbers',
        kind: 'ABILITY',
        userTypes: ['CUSTOMER'],
        parents: ['page'],
        parentMode: 'HARD'
      },
      {
        key: 'page.lock',
        title: 'Page Lock',
        group: 'Common/Numbers',
        kind: 'RESTRICTION',
        userTypes: ['CUSTOMER'],
        parents: ['page.edit'],
        parentMode: 'MOOT'
      },
      {
        key: 'news',
        title: 'News',
        group: 'Common/Comms',
        kind: 'PAGE',
        userTypes: ['CUSTOMER', 'CARRIER'],
        default: true
      },
      {
        key: 'news.public',
        title: 'Public News',
        group: 'Common/Comms',
        kind: 'PUBLIC',
        userTypes: [],
        parents: ['news'],
        parentMode: 'HARD'
      }
    ]
  }),
  definePlugin({
    name: 'calls',
    version: '1.0.0',
    engine: '^0.1.0',
    owner: 'test',
    dependsOn: ['base'],
    features: [
      { key: 'calls', title: 'Calls', group: 'Common/Calls', kind: 'PAGE', userTypes: ['CUSTOMER', 'CARRIER'] },
      {
        key: 'recorder',
        title: 'Recorder',
        group: 'Common/Calls',
        kind: 'PAGE',
        userTypes: ['CUSTOMER'],
        entitlement: 'studio'
      },
      {
        key: 'calls.sound',
        title: 'Sound',
        group: 'Common/Calls',
        kind: 'WIDGET',
        userTypes: ['CUSTOMER', 'CARRIER'],
        parents: ['calls', 'page'],
        parentMode: 'ANY'
      }
    ],
    columnSets: [
      {
        report: 'CDR',
        title: 'Calls',
        feature: 'calls',
        columns: [
          {
            name: 'startedAt',
            title: 'Started',
            type: 'datetime',
            audience: ['CUSTOMER', 'CARRIER'],
            default: true,
            sortable: true
          },
          {
            name: 'charge',
            title: 'Charge',
            titles: { ar: 'التكلفة' },
            type: 'money',
            unit: 'account currency',
            units: { ar: 'عملة الحساب' },
            audience: ['CUSTOMER'],
            default: true,
            sortable: true,
            filterable: true
          },
          { name: 'cost', title: 'Cost', type: 'money', audience: ['CARRIER'], groupable: true },
          {
            name: 'sound',
            title: 'Sound',
            type: 'boolean',
            audience: ['CUSTOMER', 'CARRIER'],
            requiresFeature: 'calls.sound'
          }
        ]
      }
    ],
    operatorSchema: `
      type Tape { name: String! at: String! who: String! }
      extend type Query { tapes: [Tape!]! @roles(allow: [ADMIN, SUPPORT]) }
      extend type Mutation { wipeTapes: Boolean! @roles(allow: [ADMIN]) }
    `,
    operatorResolvers: {
      Query: {
        tapes: (
          _parent: unknown,
          _args: unknown,
          context: { operator: { actor: string }; at: number; db: unknown }
        ) => [{ name: typeof context.db, at: String(context.at), who: context.operator.actor }]
      },
      Mutation: { wipeTapes: () => true }
    }
  })
]
