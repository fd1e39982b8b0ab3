import { defineMessages } from '../kit/messages.ts'

export const exportWords = defineMessages({
  en: {
    export: 'Export as CSV',
    download: 'Download {{name}}',
    size: '{{size}} kB, kept until {{at}}',
    dismiss: 'Close'
  },
  ar: {
    export: 'تصدير CSV',
    download: 'تنزيل {{name}}',
    size: '{{size}} ك.ب، محفوظ حتى {{at}}',
    dismiss: 'إغلاق'
  }
})
