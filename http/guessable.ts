// Passwords that were found again and again in what was stolen elsewhere are made of few things: a well-known word or name,
// a row of the keyboard, numbers in order, a year, the address itself. What is made of little else is guessed early on.

/** Words, names and keys that lie together, as guessers begin with them; lower case. */
const known = `
password passwort passw0rd parola senha contrasena motdepasse welcome willkommen bienvenue letmein login signin access
secret secure private default changeme change temporary temp initial admin administrator root superuser manager operator
support service system server master guest user username test testing tester demo example sample public qwerty qwertz
azerty keyboard computer internet network telecom telephone phone mobile voip customer portal portcullis company office
business account billing iloveyou ilove loveyou love lover lovely forever angel baby babygirl princess prince queen king
sunshine flower butterfly rainbow summer winter spring autumn monday friday sunday january february march april june july
august september october november december monkey dragon tiger eagle falcon panther lion horse dolphin kitty puppy pepper
cheese cookie chocolate banana orange purple yellow silver golden diamond crystal shadow phoenix ranger hunter killer
soccer football baseball basketball hockey cricket tennis golf racing ferrari porsche mercedes toyota yamaha harley
liverpool arsenal chelsea barcelona madrid juventus united superman batman spiderman starwars pokemon naruto matrix
hello hallo bonjour google facebook linkedin samsung android iphone apple windows microsoft whatever freedom trustno
thomas michael jordan robert daniel andrew joshua matthew anthony william charlie george jessica jennifer ashley nicole
michelle amanda hannah thunder mohamed mohammed muhammad ahmed mustafa ibrahim fatima abdullah london paris berlin dubai
america canada india germany france england egypt nothing buster
1qaz 2wsx 3edc 4rfv 5tgb 6yhn qaz wsx edc rfv 1q2w 2w3e 3e4r 4r5t 5t6y q1w2 w2e3 e3r4 zaq1 xsw2
`
  .trim()
  .split(/\s+/)

/** Keys side by side. */
const rows = ['1234567890', 'qwertyuiop', 'qwertzuiop', 'azertyuiop', 'asdfghjkl', 'zxcvbnm', 'yxcvbnm']
const sides = [...rows, ...rows.map(row => [...row].reverse().join(''))]

const letters: Readonly<Record<string, string>> = {
  '@': 'a',
  '4': 'a',
  '3': 'e',
  '0': 'o',
  $: 's',
  '5': 's',
  '7': 't',
  '!': 'i'
}
/** Signs read as the letters they stand for; a one may be an i or an l. */
const spelled = (text: string, one: 'i' | 'l'): string =>
  [...text].map(sign => (sign === '1' ? one : (letters[sign] ?? sign))).join('')

/** How many characters from `start` on go up or down one by one, are the same, or lie side by side on a keyboard. */
const runAt = (text: string, start: number): number => {
  const step = text.charCodeAt(start + 1) - text.charCodeAt(start)
  let length = 1
  if (Math.abs(step) <= 1)
    while (text.charCodeAt(start + length) - text.charCodeAt(start + length - 1) === step) length += 1
  for (const side of sides) {
    const from = side.indexOf(text[start]!)
    let same = 0
    while (from >= 0 && from + same < side.length && text[start + same] === side[from + same]) same += 1
    length = Math.max(length, same)
  }
  return length
}

/**
 * Of how many pieces a password is made: a known word, a row of keys, a year and a part of the address count as one, and so
 * does every other character. A text that is repeated counts once.
 */
export const piecesOf = (password: string, email: string): number => {
  const whole = password.toLowerCase()
  const text = /^(.{3,}?)\1+$/s.exec(whole)?.[1] ?? whole
  const address = email.toLowerCase()
  const words = [...known, address, ...address.split('@'), ...address.split(/[^\p{L}\p{N}]+/u)].filter(
    word => word.length >= 3
  )
  const readings = [text, spelled(text, 'i'), spelled(text, 'l')]
  const best = Array.from({ length: text.length + 1 }, (_, index) => index)
  for (let start = 0; start < text.length; start += 1) {
    const reach = (length: number): void => {
      best[start + length] = Math.min(best[start + length]!, best[start]! + 1)
    }
    reach(1)
    const run = runAt(text, start)
    for (let length = 3; length <= run; length += 1) reach(length)
    if (/^(19|20)\d\d/.test(text.slice(start, start + 4))) reach(4)
    for (const word of words) if (readings.some(reading => reading.startsWith(word, start))) reach(word.length)
  }
  return best[text.length]!
}
