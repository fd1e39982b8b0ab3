import { htmlOf } from './built-pages.ts'

/** Nothing is loaded and nothing runs; the form goes to this host only. */
export const passwordPagePolicy = "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

/** What the page of a link shows: a form, or only words. */
export interface PasswordPage {
  /** Whose portal: the brand's name. */
  readonly place: string
  readonly words: string
  readonly form?: { readonly token: string; readonly name: string; readonly email: string }
}

/** The page behind a link that sets a password: plain HTML, for browsers without a front end of one's own. */
export const passwordPage = ({ place, words, form }: PasswordPage): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${htmlOf(place)}: password</title>
</head>
<body>
<main>
<h1>${htmlOf(place)}</h1>
<p role="status">${htmlOf(words)}</p>
${
  form === undefined
    ? ''
    : `<form method="post">
<input type="hidden" name="token" value="${htmlOf(form.token)}">
<p>${htmlOf(form.name)}<br><input type="email" name="username" value="${htmlOf(form.email)}" autocomplete="username" readonly aria-label="E-mail"></p>
<p><label>New password, at least 10 characters<br><input type="password" name="newPassword" minlength="10" maxlength="256" autocomplete="new-password" required></label></p>
<p><label>The same again<br><input type="password" name="repeated" minlength="10" maxlength="256" autocomplete="new-password" required></label></p>
<p><button>Set the password</button></p>
</form>`
}
</main>
</body>
</html>
`
