import { defineMessages } from '../../../web/kit/messages.ts'

/** Sentences for the reasons of refusals about calls. */
export const reasonWords = defineMessages({
  en: { CALLS_ARCHIVED: 'This period reaches back before the calls that are kept here. Choose a later one.' },
  ar: { CALLS_ARCHIVED: 'تبدأ هذه الفترة قبل المكالمات المحفوظة هنا. اختر فترة أحدث.' }
})
