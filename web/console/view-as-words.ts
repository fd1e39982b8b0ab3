import { defineMessages } from '../kit/messages.ts'

/** Words of looking at a portal as one of its contacts. */
export const viewAsWords = defineMessages({
  en: {
    viewAs: 'View as this contact',
    writes: 'View and change …',
    opened: 'The portal has opened in a new tab, for 30 minutes at most. End it there.',
    blocked: 'No new tab? The browser kept it from opening.',
    open: 'Open it here',
    title: 'Work in this contact’s portal?',
    warning:
      'Everything you change there is changed for real, in the customer’s name. The audit log names you and the contact for each change.',
    advice: 'To see what the contact sees, looking is enough.',
    confirm: 'Open it, with changes',
    lookOnly: 'Look only',
    cancel: 'Cancel'
  },
  ar: {
    viewAs: 'العرض كجهة الاتصال هذه',
    writes: 'العرض والتغيير …',
    opened: 'فُتحت البوابة في تبويب جديد، لمدة 30 دقيقة على الأكثر. أنهِها من هناك.',
    blocked: 'لا تبويب جديد؟ منعه المتصفح من الفتح.',
    open: 'افتحها من هنا',
    title: 'العمل في بوابة جهة الاتصال هذه؟',
    warning: 'كل ما تغيّره هناك يتغير فعلًا باسم العميل. يذكر سجل التدقيق اسمك واسم جهة الاتصال مع كل تغيير.',
    advice: 'لرؤية ما تراه جهة الاتصال يكفي العرض فقط.',
    confirm: 'افتحها مع التغيير',
    lookOnly: 'عرض فقط',
    cancel: 'إلغاء'
  }
})
