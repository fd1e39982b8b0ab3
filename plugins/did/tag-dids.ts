import { badInput, type CompanyScope, type PortalContext, PortalError } from '../../core/plugin-api.ts'
import { type Did, findDids } from './did-list.ts'
import { maxTagsOfCompany, maxTagsOfDid, readTags, type Tag } from './tags.ts'
import { auditDids, changeAll, type DidUpdateResult, ownRow } from './update-dids.ts'

async function checkCompanyTotal(scope: CompanyScope, path: string): Promise<void> {
  // Two calls at once would each not see the other's new tags.
  await scope.lock('did_tag')
  const [row] = await scope.from('did_tag').countDistinct({ count: 'tag_lower' })
  if (Number((row as { count: number | string }).count) > maxTagsOfCompany) {
    throw badInput(path, `would give the company more than ${maxTagsOfCompany} different tags`)
  }
}

async function insertTags(scope: CompanyScope, ids: readonly string[], tags: readonly Tag[]): Promise<void> {
  const rows = ids.flatMap(id => tags.map(({ tag, lower }) => ({ did_id: id, tag, tag_lower: lower })))
  for (let start = 0; start < rows.length; start += 500) await scope.insert('did_tag', rows.slice(start, start + 500))
}

/**
 * Replaces a number's tags. Tags route nothing, so the number's version stays.
 * @throws PortalError BAD_USER_INPUT, NOT_FOUND
 */
export function setDidTags(context: PortalContext, id: string, tags: readonly string[]): Promise<Did> {
  context.authorize('tag', 'Did', ownRow(context))
  const read = readTags(tags, 'tags')
  if (read.length > maxTagsOfDid) throw badInput('tags', `must name at most ${maxTagsOfDid}`)
  return context.scope.transaction(async scope => {
    const before = await findDids(context, [id], scope, true)
    if (before.length === 0) throw new PortalError('NOT_FOUND')
    await scope.delete('did_tag', query => query.where('did_id', id))
    await insertTags(scope, [id], read)
    await checkCompanyTotal(scope, 'tags')
    const after = await findDids(context, [id], scope)
    await auditDids(scope, 'setDidTags', before, after)
    return after[0] as Did
  })
}

const lowerTags = (did: Did): readonly string[] => (did.tags ?? []).map(tag => tag.toLowerCase())

/**
 * Adds and removes tags of many numbers, all or none. A tag a number has already keeps its spelling.
 * @throws PortalError BAD_USER_INPUT for what is wrong whatever the number
 */
export async function bulkTagDids(
  context: PortalContext,
  ids: readonly string[],
  add: readonly string[],
  remove: readonly string[]
): Promise<readonly DidUpdateResult[]> {
  context.authorize('tag', 'Did', ownRow(context))
  const added = readTags(add, 'add')
  const removed = readTags(remove, 'remove').map(({ lower }) => lower)
  if (added.some(({ lower }) => removed.includes(lower))) throw badInput('add', 'names a tag that `remove` names too')
  return changeAll(
    context,
    ids,
    'bulkTagDids',
    async (_, did) => {
      const kept = lowerTags(did).filter(tag => !removed.includes(tag))
      const total = new Set([...kept, ...added.map(({ lower }) => lower)]).size
      if (total > maxTagsOfDid) throw badInput('add', `would give ${did.number} more than ${maxTagsOfDid} tags`)
    },
    async (scope, dids) => {
      await scope.delete('did_tag', query =>
        query
          .whereIn(
            'did_id',
            dids.map(did => did.id)
          )
          .whereIn('tag_lower', removed)
      )
      for (const did of dids) {
        const had = lowerTags(did)
        await insertTags(
          scope,
          [did.id],
          added.filter(({ lower }) => !had.includes(lower))
        )
      }
      await checkCompanyTotal(scope, 'add')
    }
  )
}
