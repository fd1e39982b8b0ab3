import { defineMessages } from '../../../web/kit/messages.ts'

/** Sentences for the reasons of refusals about the inventory of numbers. */
export const reasonWords = defineMessages({
  en: {
    CHANGED_SINCE: 'It was changed since.',
    COMPANY: 'There is no such company.',
    COMPANY_CLOSED: 'The company is closed.',
    CURRENCY: 'Its price is in another currency than the company pays.',
    MINIMUM_TERM: 'Its minimum term has not ended.',
    NOT_REVERSIBLE: 'This was no such change of numbers, so it cannot be taken back as a whole.',
    NUMBER: 'The number is not in the inventory.',
    NUMBER_ASSIGNED: 'A company has it.',
    NUMBER_EXISTS: 'It exists already.',
    NUMBER_UNASSIGNED: 'That company does not have it.',
    WRONG_USER_TYPE: 'Only a customer can have it.'
  },
  ar: {
    CHANGED_SINCE: 'تغير بعد ذلك.',
    COMPANY: 'لا توجد شركة كهذه.',
    COMPANY_CLOSED: 'الشركة مغلقة.',
    CURRENCY: 'سعره بعملة غير عملة الشركة.',
    MINIMUM_TERM: 'لم تنتهِ مدته الدنيا.',
    NOT_REVERSIBLE: 'لم يكن هذا تغييرًا للأرقام من هذا النوع، فلا يمكن التراجع عنه كاملًا.',
    NUMBER: 'الرقم ليس بين الأرقام المتوفرة.',
    NUMBER_ASSIGNED: 'لدى شركة.',
    NUMBER_EXISTS: 'موجود من قبل.',
    NUMBER_UNASSIGNED: 'ليس لدى تلك الشركة.',
    WRONG_USER_TYPE: 'لا يكون إلا لعميل.'
  }
})
