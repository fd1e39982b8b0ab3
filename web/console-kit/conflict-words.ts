import { defineMessages } from '../kit/messages.ts'

export const conflictWords = defineMessages({
  en: {
    title: 'Somebody else changed this meanwhile',
    body: 'Nothing is saved yet, and what you changed is still here. Compare, then decide.',
    elsewhere: 'Nothing of what stands here was changed, so nothing is overwritten. Nothing is saved yet.',
    what: 'What',
    before: 'Before',
    theirs: 'Saved by the other',
    mine: 'Yours',
    keepMine: 'Save mine',
    takeTheirs: 'Take theirs, drop mine'
  },
  ar: {
    title: 'غيّر شخص آخر هذا في هذه الأثناء',
    body: 'لم يُحفظ شيء بعد، وما غيّرته ما زال هنا. قارن ثم قرّر.',
    elsewhere: 'لم يتغير شيء مما هو هنا، فلن يُستبدل شيء. لم يُحفظ شيء بعد.',
    what: 'ماذا',
    before: 'قبل',
    theirs: 'ما حفظه الآخر',
    mine: 'ما لديك',
    keepMine: 'احفظ ما لديّ',
    takeTheirs: 'خذ ما حفظه الآخر واترك ما لديّ'
  }
})
