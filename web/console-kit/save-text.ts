/** Fetches a file of this host so that the browser saves it. */
export const saveFile = (name: string, url: string): void =>
  Object.assign(document.createElement('a'), { href: url, download: name }).click()

/** Hands a text over as a file that the browser saves. @param type media type of the content */
export const saveText = (name: string, text: string, type: string): void => {
  const url = URL.createObjectURL(new Blob([text], { type }))
  saveFile(name, url)
  // The browser has taken it by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
