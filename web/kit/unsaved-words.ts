import { defineMessages } from './messages.ts'

export const unsavedWords = defineMessages({
  en: {
    unsaved: 'Your changes are not saved.',
    stay: 'Keep editing',
    leave: 'Discard'
  },
  ar: {
    unsaved: 'تغييراتك غير محفوظة.',
    stay: 'متابعة التحرير',
    leave: 'تجاهل'
  }
})
