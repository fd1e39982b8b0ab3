import { defineMessages } from './messages.ts'

/** A sentence for every code of a refusal, in English as the server has it; UNREACHABLE is the pages' own, FIELD is for one input. */
export const refusalWords = defineMessages({
  en: {
    UNAUTHENTICATED: 'Sign in to continue.',
    FEATURE_DISABLED: 'This feature is not available.',
    FORBIDDEN: 'This action is not allowed.',
    NOT_FOUND: 'There is no such object.',
    BAD_USER_INPUT: 'Some of the input is not valid; see the named fields.',
    CONFLICT: 'This was changed by someone else; load it again and repeat.',
    PRECONDITION_FAILED: 'Something has to be done before this is possible.',
    CAPACITY_EXCEEDED: 'The quota is exhausted.',
    RATE_LIMITED: 'Too many requests; try again later.',
    PAYMENT_DECLINED: 'The payment was declined.',
    UPSTREAM_UNAVAILABLE: 'A connected system does not answer; try again later.',
    QUERY_INVALID: 'The document is not a valid query.',
    QUERY_TOO_COMPLEX: 'The query asks for too much at once; ask for less.',
    PAYLOAD_TOO_LARGE: 'The request is too large.',
    UNAVAILABLE: 'The service is not available at the moment; try again shortly.',
    INTERNAL: 'Something went wrong; quote the incident id to support.',
    UNREACHABLE: 'The server does not answer. Try again in a moment.',
    FIELD: 'This is not accepted.'
  },
  ar: {
    UNAUTHENTICATED: 'سجّل الدخول للمتابعة.',
    FEATURE_DISABLED: 'هذه الميزة غير متاحة.',
    FORBIDDEN: 'هذا الإجراء غير مسموح به.',
    NOT_FOUND: 'لا يوجد شيء كهذا.',
    BAD_USER_INPUT: 'بعض المدخلات غير صالح؛ انظر إلى الحقول المذكورة.',
    CONFLICT: 'غيّر شخص آخر هذا؛ أعد تحميله ثم كرّر.',
    PRECONDITION_FAILED: 'لا بد من خطوة أخرى قبل أن يصبح هذا ممكنًا.',
    CAPACITY_EXCEEDED: 'استُنفدت الحصة.',
    RATE_LIMITED: 'الطلبات كثيرة جدًا؛ حاول لاحقًا.',
    PAYMENT_DECLINED: 'رُفض الدفع.',
    UPSTREAM_UNAVAILABLE: 'نظام متصل لا يجيب؛ حاول لاحقًا.',
    QUERY_INVALID: 'لم يفهم الخادم هذا الطلب.',
    QUERY_TOO_COMPLEX: 'يطلب هذا الكثير دفعة واحدة؛ اطلب أقل.',
    PAYLOAD_TOO_LARGE: 'الطلب كبير جدًا.',
    UNAVAILABLE: 'الخدمة غير متاحة الآن؛ حاول بعد قليل.',
    INTERNAL: 'حدث خطأ ما؛ أخبر فريق الدعم.',
    UNREACHABLE: 'الخادم لا يجيب. حاول مرة أخرى بعد قليل.',
    FIELD: 'هذا غير مقبول.'
  }
})
