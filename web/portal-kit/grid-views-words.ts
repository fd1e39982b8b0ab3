import { defineMessages } from '../kit/messages.ts'

export const words = defineMessages({
  en: {
    views: 'Views',
    saved: 'Saved views',
    none: 'No view is saved yet.',
    name: 'Name of the view',
    save: 'Save',
    replace: 'Replace',
    remove: 'Delete',
    removeNamed: 'Delete the view {{name}}',
    really: 'Really delete?',
    cancel: 'Cancel',
    savedAs: 'The view {{name}} is saved.',
    removed: 'The view {{name}} is deleted.',
    notSaved: 'Not saved: the server does not answer. Try again.'
  },
  ar: {
    views: 'طرق العرض',
    saved: 'طرق العرض المحفوظة',
    none: 'لم تُحفظ أي طريقة عرض بعد.',
    name: 'اسم طريقة العرض',
    save: 'حفظ',
    replace: 'استبدال',
    remove: 'حذف',
    removeNamed: 'حذف طريقة العرض {{name}}',
    really: 'حذف فعلًا؟',
    cancel: 'إلغاء',
    savedAs: 'حُفظت طريقة العرض {{name}}.',
    removed: 'حُذفت طريقة العرض {{name}}.',
    notSaved: 'لم يُحفظ: الخادم لا يجيب. حاول مرة أخرى.'
  }
})
