import { defineMessages } from '../kit/messages.ts'

export const historyWords = defineMessages({
  en: {
    title: 'What changed this company’s access',
    intro:
      'Its own choices, brand and state, what its brand changed while it was at home there, and the platform’s switches.',
    loading: 'Loading …',
    empty: 'Nothing has changed the access of this company yet.',
    more: 'Load more',
    again: 'Try again',
    about_COMPANY: 'Company',
    about_BRAND: 'Brand',
    about_PLATFORM: 'Platform',
    reload: 'Read anew',
    undoOf: '{{action}}, {{at}}'
  },
  ar: {
    title: 'ما غيّر صلاحيات هذه الشركة',
    intro: 'اختياراتها وعلامتها وحالتها، وما غيّرته علامتها وهي تابعة لها، ومفاتيح المنصة.',
    loading: 'جارٍ التحميل …',
    empty: 'لم يغيّر شيء صلاحيات هذه الشركة بعد.',
    more: 'تحميل المزيد',
    again: 'حاول مرة أخرى',
    about_COMPANY: 'الشركة',
    about_BRAND: 'العلامة التجارية',
    about_PLATFORM: 'المنصة',
    reload: 'قراءة من جديد',
    undoOf: '{{action}}، {{at}}'
  }
})
