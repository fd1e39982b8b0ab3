import { htmlOf } from './built-pages.ts'
import { type PasswordPageLanguage, passwordPageWords } from './password-page-words.ts'

/** Nothing is loaded and nothing runs; the form goes to this host only. */
export const passwordPagePolicy = "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

/** What the page of a link shows: a form, or only words. */
export interface PasswordPage {
  readonly language: PasswordPageLanguage
  /** Whose portal: the brand's name. */
  readonly place: string
  /** In that language. */
  readonly words: string
  readonly form?: { readonly token: string; readonly name: string; readonly email: string }
}

/** The page behind a link that sets a password: plain HTML, for browsers without a front end of one's own. */
export const passwordPage = ({ language, place, words, form }: PasswordPage): string => {
  const t = passwordPageWords[language]
  const password = (name: string, label: string): string =>
    `<p><label>${label}<br><input type="password" name="${name}" minlength="10" maxlength="256" autocomplete="new-password" dir="ltr" required></label></p>`
  return `<!doctype html>
<html lang="${language}" dir="${t.direction}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${htmlOf(place)}: ${t.title}</title>
</head>
<body>
<main>
<h1><bdi>${htmlOf(place)}</bdi></h1>
<p role="status">${htmlOf(words)}</p>
${
  form === undefined
    ? ''
    : `<form method="post">
<input type="hidden" name="token" value="${htmlOf(form.token)}">
<p><bdi>${htmlOf(form.name)}</bdi><br><input type="email" name="username" value="${htmlOf(form.email)}" autocomplete="username" dir="ltr" readonly aria-label="${t.email}"></p>
${password('newPassword', t.newPassword)}
${password('repeated', t.repeated)}
<p><button>${t.set}</button></p>
</form>`
}
</main>
</body>
</html>
`
}
