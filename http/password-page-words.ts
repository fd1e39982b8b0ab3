import type { PasswordFault } from './passwords.ts'

/** What the page of a link says in one language. */
export interface PasswordPageWords {
  readonly direction: 'ltr' | 'rtl'
  readonly title: string
  readonly choose: string
  readonly email: string
  readonly newPassword: string
  readonly repeated: string
  readonly set: string
  readonly done: string
  readonly notSet: string
  readonly faults: Readonly<Record<PasswordFault | 'NOT_SAME', string>>
  readonly linkGone: string
  readonly tooMany: string
  readonly failed: string
}

/** In every language the pages speak. */
export const passwordPageWords = {
  en: {
    direction: 'ltr',
    title: 'password',
    choose: 'Choose your password.',
    email: 'E-mail',
    newPassword: 'New password, at least 10 characters',
    repeated: 'The same again',
    set: 'Set the password',
    done: 'Your password is set. Sign in with it from now on; this page can be closed.',
    notSet: 'Not set:',
    faults: {
      SHORT: 'use at least 10 characters.',
      LONG: 'use at most 256 characters.',
      EMAIL: 'do not use the e-mail address.',
      SIMPLE: 'use more than a few different characters.',
      COMMON: 'this is among what is guessed first; use several words that do not belong together.',
      NOT_SAME: 'the two passwords are not the same.'
    },
    linkGone: 'This link is used up, too old, or not for this host; ask for a new one.',
    tooMany: 'Too many requests; try again later.',
    failed: 'This does not work now; try again later.'
  },
  ar: {
    direction: 'rtl',
    title: 'كلمة المرور',
    choose: 'اختر كلمة مرورك.',
    email: 'البريد الإلكتروني',
    newPassword: 'كلمة المرور الجديدة، 10 أحرف على الأقل',
    repeated: 'كلمة المرور نفسها مرة أخرى',
    set: 'تعيين كلمة المرور',
    done: 'عُيّنت كلمة مرورك. سجّل الدخول بها من الآن؛ يمكن إغلاق هذه الصفحة.',
    notSet: 'لم تُعيَّن:',
    faults: {
      SHORT: 'استخدم 10 أحرف على الأقل.',
      LONG: 'استخدم 256 حرفًا على الأكثر.',
      EMAIL: 'لا تستخدم عنوان البريد الإلكتروني.',
      SIMPLE: 'استخدم أحرفًا مختلفة أكثر.',
      COMMON: 'هذه من أول ما يُخمَّن؛ استخدم عدة كلمات لا صلة بينها.',
      NOT_SAME: 'كلمتا المرور غير متطابقتين.'
    },
    linkGone: 'هذا الرابط مستخدَم أو قديم أو ليس لهذا الموقع؛ اطلب رابطًا جديدًا.',
    tooMany: 'الطلبات كثيرة جدًا؛ حاول لاحقًا.',
    failed: 'لا يعمل هذا الآن؛ حاول لاحقًا.'
  }
} as const satisfies Readonly<Record<string, PasswordPageWords>>

export type PasswordPageLanguage = keyof typeof passwordPageWords

/** The language a browser likes best of those there are; English where it names none of them. @param accepted Accept-Language */
export const pageLanguageOf = (accepted: string | undefined): PasswordPageLanguage => {
  const liked = (accepted ?? '')
    .slice(0, 1_000)
    .split(',')
    .flatMap(range => {
      const [tag = '', ...parameters] = range
        .trim()
        .toLowerCase()
        .split(/\s*;\s*/)
      const weight = Number(parameters.find(each => each.startsWith('q='))?.slice(2) ?? 1)
      return weight > 0 ? [{ base: tag.split('-')[0]!, weight }] : []
    })
    .sort((one, other) => other.weight - one.weight)
  const isSpoken = (base: string): base is PasswordPageLanguage => Object.hasOwn(passwordPageWords, base)
  return liked.map(({ base }) => base).find(isSpoken) ?? 'en'
}
