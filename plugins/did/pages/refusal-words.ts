import { defineMessages } from '../../../web/kit/messages.ts'

/** Sentences for the reasons of refusals about numbers. */
export const reasonWords = defineMessages({
  en: { DESTINATION_LOCKED: 'Destinations are locked; ask your operator to change them.' },
  ar: { DESTINATION_LOCKED: 'الوجهات مقفلة؛ اطلب من مشغّلك تغييرها.' }
})
