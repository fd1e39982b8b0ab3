import { defineMessages } from '../kit/messages.ts'

/** Sentences for the reasons of refusals that every page of the portal may meet. */
export const reasonWords = defineMessages({
  en: {
    VIEW_AS: 'Staff who look at this portal change nothing here.',
    USER_TYPE: 'This is not for your kind of account.',
    COMPANY_STATUS: 'The state your company is in does not allow this.',
    ROW_REQUIRED: 'This is not allowed without naming what it is about.',
    STATEMENT_TIMEOUT: 'This takes too long to look up; ask for less.'
  },
  ar: {
    VIEW_AS: 'من يعاين هذه البوابة من الموظفين لا يغيّر فيها شيئًا.',
    USER_TYPE: 'هذا ليس لنوع حسابك.',
    COMPANY_STATUS: 'حالة شركتك لا تسمح بهذا.',
    ROW_REQUIRED: 'لا يُسمح بهذا دون تحديد ما يخصّه.',
    STATEMENT_TIMEOUT: 'يستغرق البحث وقتًا طويلًا؛ اطلب أقل.'
  }
})
