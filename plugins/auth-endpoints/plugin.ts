import { definePlugin } from '../../core/plugin-api.ts'

/** How a company's equipment identifies itself: addresses, SIP users, live registrations. So far its keys only; pages follow. */
export const authEndpoints = definePlugin({
  name: 'auth-endpoints',
  version: '0.1.0',
  engine: '^0.1.0',
  owner: 'access',
  features: [
    {
      key: 'auth.ip',
      title: 'IP Auth (Editable)',
      titles: { ar: 'المصادقة بعنوان IP (قابلة للتعديل)' },
      group: 'Common/Access',
      groups: { ar: 'عام/الوصول' },
      kind: 'PAGE',
      userTypes: ['CUSTOMER', 'CARRIER'],
      order: 20
    },
    {
      key: 'auth.sip',
      title: 'SIP Auth (Editable)',
      titles: { ar: 'مصادقة SIP (قابلة للتعديل)' },
      group: 'Common/Access',
      kind: 'PAGE',
      userTypes: ['CUSTOMER', 'CARRIER'],
      order: 21
    },
    {
      key: 'user-registration',
      title: 'User Registration',
      titles: { ar: 'تسجيل المستخدمين' },
      group: 'Common/Access',
      kind: 'PAGE',
      userTypes: ['CUSTOMER', 'CARRIER'],
      order: 22
    }
  ]
})
