/** What answers are written in. */
export type AnswerType = 'application/graphql-response+json' | 'application/json'

const graphqlJson = 'application/graphql-response+json'
const plainJson = 'application/json'

interface Range {
  readonly type: string
  readonly quality: number
}

const rangesOf = (accept: string): readonly Range[] =>
  accept.split(',').flatMap(each => {
    const [type = '', ...params] = each.split(';').map(part => part.trim().toLowerCase())
    if (type === '') return []
    const charset = params.find(param => param.startsWith('charset='))
    if (charset !== undefined && !/^charset="?utf-?8"?$/.test(charset)) return []
    const quality = Number(params.find(param => param.startsWith('q='))?.slice(2) ?? 1)
    return [{ type, quality: Number.isFinite(quality) ? quality : 0 }]
  })

/** Quality of the most specific range that covers the type; undefined when none does. */
const qualityOf = (ranges: readonly Range[], type: string): number | undefined =>
  [type, 'application/*', '*/*']
    .map(each => ranges.find(range => range.type === each)?.quality)
    .find(q => q !== undefined)

/**
 * Chooses the answer's media type from `Accept`; null when none of ours is wanted. A wildcard or nothing means
 * `application/json`, which old clients expect.
 */
export const answerType = (accept: string | undefined): AnswerType | null => {
  if (accept === undefined || accept.trim() === '' || accept === '*/*') return plainJson
  if (accept === plainJson || accept === graphqlJson) return accept
  const ranges = rangesOf(accept)
  const graphql = ranges.find(range => range.type === graphqlJson)?.quality ?? 0
  const plain = qualityOf(ranges, plainJson) ?? 0
  if (graphql === 0 && plain === 0) return null
  return graphql >= plain ? graphqlJson : plainJson
}

/** True when the client names `application/json` itself: an old client, which reads 200 only. */
export const namesPlainJson = (accept: string | undefined): boolean =>
  accept !== undefined && rangesOf(accept).some(range => range.type === plainJson && range.quality > 0)

/** True when a browser asks for a page. */
export const wantsPage = (accept: string | undefined): boolean =>
  accept !== undefined &&
  (qualityOf(
    rangesOf(accept).filter(range => range.type === 'text/html'),
    'text/html'
  ) ?? 0) > 0
