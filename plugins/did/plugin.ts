import { definePlugin } from '../../core/plugin-api.ts'

/** A company's telephone numbers: list, settings, destinations, tags. */
export const did = definePlugin({
  name: 'did',
  version: '0.1.0',
  engine: '^0.1.0',
  owner: 'numbers',
  features: [
    { key: 'did', title: 'DID', group: 'Common/Numbers', kind: 'PAGE', userTypes: ['CUSTOMER', 'CARRIER'], order: 16 },
    {
      key: 'did.edit',
      title: 'DID (Editable)',
      group: 'Common/Numbers',
      kind: 'ABILITY',
      userTypes: ['CUSTOMER'],
      order: 17,
      parents: ['did'],
      parentMode: 'HARD'
    },
    {
      key: 'did.destination-lock',
      title: 'DID Destination Lock',
      group: 'Common/Numbers',
      kind: 'RESTRICTION',
      userTypes: ['CUSTOMER'],
      order: 18,
      parents: ['did.edit'],
      parentMode: 'MOOT'
    },
    {
      key: 'did.tags',
      title: 'DID Tags',
      group: 'Common/Numbers',
      kind: 'ABILITY',
      userTypes: ['CUSTOMER'],
      order: 19,
      parents: ['did'],
      parentMode: 'HARD'
    }
  ]
})
