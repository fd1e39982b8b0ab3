import { defineMessages } from '../kit/messages.ts'

/** Sentences for the reasons of refusals that operators may meet. */
export const reasonWords = defineMessages({
  en: {
    BRAND_DISABLED: 'The brand is disabled.',
    BRAND_IN_USE: 'Companies are at home on this brand.',
    COMPANY_INACTIVE: 'The company is closed.',
    COMPANY_STATUS: 'The state the company is in does not allow this.',
    CONTACT_DISABLED: 'The contact is disabled.',
    DEFAULT_BRAND: 'This is the default brand. Make another one the default first.',
    GATE_CLOSED: 'The portal is not open to this company.',
    KEY_ENDED: 'The key has ended.',
    LAST_ADMIN: 'This is the last administrator who can sign in. Make somebody else one first.',
    NOT_A_PERSON: 'A key cannot do this; sign in as a person.',
    NO_WAY_IN: 'Meanwhile the contact cannot sign in there any more.',
    OTHER_FILE: 'This is another file than the one of this run. Try it first.',
    OWN_ACCOUNT: 'Nobody does this to the own account. Another administrator can.',
    PERMANENT_PLUGIN: 'This plugin cannot be turned off.',
    ROLE: 'Your role may not do this.',
    SECRET_NOT_SET: 'Two-factor sign-in is not set up on this server.',
    STATEMENT_TIMEOUT: 'This takes too long to look up; ask for less.',
    TEMPLATE_APPLIED: 'Companies have this template.',
    TWO_FACTOR_NOT_STARTED: 'Setting up two-factor sign-in was not begun, or too long ago. Begin again.',
    TWO_FACTOR_OFF: 'Two-factor sign-in is not on.',
    TWO_FACTOR_ON: 'Two-factor sign-in is on already.'
  },
  ar: {
    BRAND_DISABLED: 'العلامة التجارية معطّلة.',
    BRAND_IN_USE: 'لهذه العلامة التجارية شركات تنتمي إليها.',
    COMPANY_INACTIVE: 'الشركة مغلقة.',
    COMPANY_STATUS: 'حالة الشركة لا تسمح بهذا.',
    CONTACT_DISABLED: 'جهة الاتصال معطّلة.',
    DEFAULT_BRAND: 'هذه هي العلامة التجارية الافتراضية. اجعل غيرها افتراضية أولًا.',
    GATE_CLOSED: 'البوابة ليست مفتوحة لهذه الشركة.',
    KEY_ENDED: 'انتهى المفتاح.',
    LAST_ADMIN: 'هذا آخر مدير يستطيع الدخول. عيّن مديرًا آخر أولًا.',
    NOT_A_PERSON: 'لا يستطيع مفتاح فعل هذا؛ سجّل الدخول بحساب شخص.',
    NO_WAY_IN: 'لم يعد بإمكان جهة الاتصال الدخول من هناك.',
    OTHER_FILE: 'هذا ملف غير ملف هذه العملية. جرّبه أولًا.',
    OWN_ACCOUNT: 'لا أحد يفعل هذا بحسابه. مدير آخر يستطيع.',
    PERMANENT_PLUGIN: 'لا يمكن إيقاف هذه الإضافة.',
    ROLE: 'دورك لا يسمح بهذا.',
    SECRET_NOT_SET: 'الدخول بخطوتين غير مُعدّ على هذا الخادم.',
    STATEMENT_TIMEOUT: 'يستغرق البحث وقتًا طويلًا؛ اطلب أقل.',
    TEMPLATE_APPLIED: 'لدى شركات هذا القالب.',
    TWO_FACTOR_NOT_STARTED: 'لم يبدأ إعداد الدخول بخطوتين، أو بدأ منذ وقت طويل. ابدأ من جديد.',
    TWO_FACTOR_OFF: 'الدخول بخطوتين غير مفعّل.',
    TWO_FACTOR_ON: 'الدخول بخطوتين مفعّل من قبل.'
  }
})
