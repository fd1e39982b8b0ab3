import { defineMessages } from './messages.ts'

export const partWords = defineMessages({
  en: {
    loading: 'Loading …',
    notLoaded: 'This part of the page could not be loaded.',
    reload: 'Load the page anew'
  },
  ar: {
    loading: 'جارٍ التحميل …',
    notLoaded: 'تعذّر تحميل هذا الجزء من الصفحة.',
    reload: 'إعادة تحميل الصفحة'
  }
})
