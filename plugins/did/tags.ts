import { badInput } from '../../core/plugin-api.ts'

export const maxTagsOfDid = 20
export const maxTagsOfCompany = 500

/** A tag as written, and the form in which two spellings are the same. */
export interface Tag {
  readonly tag: string
  readonly lower: string
}

/**
 * Trims tags and keeps the first spelling of each.
 * @param path argument name for what is refused
 * @throws PortalError BAD_USER_INPUT
 */
export function readTags(tags: readonly string[], path: string): readonly Tag[] {
  const byLower = new Map<string, Tag>()
  // More than any call can use; refused before each is looked at.
  if (tags.length > maxTagsOfCompany) throw badInput(path, `must name at most ${maxTagsOfCompany} tags`)
  tags.forEach((text, index) => {
    const tag = text.normalize('NFC').trim()
    const length = [...tag].length
    if (length < 1 || length > 32) throw badInput(`${path}[${index}]`, 'must have 1 to 32 characters')
    if (/\p{C}/u.test(tag)) throw badInput(`${path}[${index}]`, 'must hold no control characters')
    const lower = tag.toLowerCase()
    if (!byLower.has(lower)) byLower.set(lower, { tag, lower })
  })
  return [...byLower.values()]
}
