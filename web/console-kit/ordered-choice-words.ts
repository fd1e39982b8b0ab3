import { defineMessages } from '../kit/messages.ts'

export const orderedChoiceWords = defineMessages({
  en: {
    chosen_one: 'Shown, in this order ({{count}})',
    chosen_other: 'Shown, in this order ({{count}})',
    available_one: 'Not shown ({{count}})',
    available_other: 'Not shown ({{count}})',
    how: 'Drag to order. By keyboard: arrow keys on the handle move, Delete takes out.',
    find: 'Find a column',
    allChosen: 'Everything there is is shown.',
    noneFound: 'Nothing of this name.',
    add: 'Add',
    addOf: 'Add {{title}}',
    remove: 'Remove',
    removeOf: 'Remove {{title}}',
    handle: '{{title}}, place {{place}} of {{of}}: move',
    moved: '{{title}} is now {{place}} of {{of}}',
    removed: '{{title}} is no longer shown',
    added: '{{title}} is shown, place {{place}}'
  },
  ar: {
    chosen_zero: 'المعروض بهذا الترتيب (0)',
    chosen_one: 'المعروض بهذا الترتيب ({{count}})',
    chosen_two: 'المعروض بهذا الترتيب ({{count}})',
    chosen_few: 'المعروض بهذا الترتيب ({{count}})',
    chosen_many: 'المعروض بهذا الترتيب ({{count}})',
    chosen_other: 'المعروض بهذا الترتيب ({{count}})',
    available_zero: 'غير المعروض (0)',
    available_one: 'غير المعروض ({{count}})',
    available_two: 'غير المعروض ({{count}})',
    available_few: 'غير المعروض ({{count}})',
    available_many: 'غير المعروض ({{count}})',
    available_other: 'غير المعروض ({{count}})',
    how: 'اسحب للترتيب. بلوحة المفاتيح: الأسهم على المقبض تنقل العنصر، وDelete تزيله.',
    find: 'البحث عن عمود',
    allChosen: 'كل الموجود معروض.',
    noneFound: 'لا شيء بهذا الاسم.',
    add: 'إضافة',
    addOf: 'إضافة {{title}}',
    remove: 'إزالة',
    removeOf: 'إزالة {{title}}',
    handle: '{{title}}، الموضع {{place}} من {{of}}: نقل',
    moved: '{{title}} الآن {{place}} من {{of}}',
    removed: 'لم يعد {{title}} معروضًا',
    added: '{{title}} معروض، الموضع {{place}}'
  }
})
