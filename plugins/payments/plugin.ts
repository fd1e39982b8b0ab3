import { definePlugin } from '../../core/plugin-api.ts'

/** Balance, payments, vouchers, invoices and packages. So far its keys only; pages follow. */
export const payments = definePlugin({
  name: 'payments',
  version: '0.1.0',
  engine: '^0.1.0',
  owner: 'finance',
  features: [
    {
      key: 'balance',
      title: 'Balance',
      titles: { ar: 'الرصيد' },
      group: 'Common/Finance',
      groups: { ar: 'عام/المالية' },
      kind: 'WIDGET',
      userTypes: ['CUSTOMER', 'CARRIER'],
      order: 1
    },
    {
      key: 'packages',
      title: 'Packages',
      titles: { ar: 'الباقات' },
      group: 'Common/Finance',
      kind: 'PAGE',
      userTypes: ['CUSTOMER'],
      order: 26
    },
    {
      key: 'invoice',
      title: 'Invoice',
      titles: { ar: 'الفواتير' },
      group: 'Common/Finance',
      kind: 'PAGE',
      userTypes: ['CUSTOMER'],
      order: 34
    },
    {
      key: 'payments',
      title: 'Payments',
      titles: { ar: 'المدفوعات' },
      group: 'Common/Finance',
      kind: 'PAGE',
      userTypes: ['CUSTOMER', 'CARRIER'],
      order: 39,
      changeableInPenalty: true
    },
    {
      key: 'payments.pending-bank',
      title: 'Pending Bank Payments',
      titles: { ar: 'الحوالات المصرفية المعلّقة' },
      group: 'Common/Finance',
      kind: 'WIDGET',
      userTypes: ['CUSTOMER'],
      order: 40,
      parents: ['payments'],
      parentMode: 'HARD'
    },
    {
      key: 'payments.block-paypal',
      title: 'Block PayPal',
      titles: { ar: 'حظر PayPal' },
      group: 'Common/Finance',
      kind: 'RESTRICTION',
      userTypes: ['CUSTOMER'],
      order: 41,
      parents: ['payments'],
      parentMode: 'MOOT'
    },
    {
      key: 'payments.block-stripe',
      title: 'Block Stripe',
      titles: { ar: 'حظر Stripe' },
      group: 'Common/Finance',
      kind: 'RESTRICTION',
      userTypes: ['CUSTOMER'],
      order: 42,
      parents: ['payments'],
      parentMode: 'MOOT'
    },
    {
      key: 'voucher',
      title: 'Voucher',
      titles: { ar: 'القسائم' },
      group: 'Common/Finance',
      kind: 'PAGE',
      userTypes: ['CUSTOMER'],
      order: 43,
      parents: ['payments'],
      parentMode: 'SOFT',
      changeableInPenalty: true
    }
  ]
})
