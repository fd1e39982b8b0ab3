import { defineMessages } from '../../../web/kit/messages.ts'

/** Sentences for the reasons of refusals about imports of calls. */
export const reasonWords = defineMessages({
  en: {
    BATCH_TOO_OLD: 'The batch ended too long ago; what an undo needs is gone.',
    BATCH_UNDOING: 'A batch is being undone. Wait until that is over.',
    BATCH_UNDONE: 'The batch was undone; import the file again.',
    CALLS_ARCHIVED: 'Some of its calls went into archives, which are not changed.',
    DELIVERED_BEFORE: 'A file of the same content was imported before.',
    DELIVERY_RUNNING: 'The same file is being imported already.',
    DRY_RUN: 'A dry run loads nothing; import the file.',
    NOTHING_REJECTED: 'No rejected record of the batch is kept and waiting.',
    REPLACED_SINCE: 'Later batches replaced some of its calls; undo these first.',
    RERUN: 'Records that are rejected again stay with the batch they came with; run that one again.',
    RERUN_RUNNING: 'Its rejected records are being read already.'
  },
  ar: {
    BATCH_TOO_OLD: 'انتهت الدفعة منذ وقت طويل؛ لم يعد ما يلزم للتراجع موجودًا.',
    BATCH_UNDOING: 'يجري التراجع عن دفعة. انتظر حتى ينتهي.',
    BATCH_UNDONE: 'تم التراجع عن الدفعة؛ استورد الملف من جديد.',
    CALLS_ARCHIVED: 'بعض مكالماتها في الأرشيف، والأرشيف لا يتغير.',
    DELIVERED_BEFORE: 'استُورد ملف بالمحتوى نفسه من قبل.',
    DELIVERY_RUNNING: 'يجري استيراد الملف نفسه الآن.',
    DRY_RUN: 'التجربة لا تحمّل شيئًا؛ استورد الملف.',
    NOTHING_REJECTED: 'لا سجل مرفوضًا من الدفعة محفوظ في الانتظار.',
    REPLACED_SINCE: 'استبدلت دفعات لاحقة بعض مكالماتها؛ تراجع عنها أولًا.',
    RERUN: 'ما يُرفض ثانيةً يبقى مع الدفعة التي جاء معها؛ أعد تشغيل تلك.',
    RERUN_RUNNING: 'تُقرأ سجلاتها المرفوضة الآن.'
  }
})
