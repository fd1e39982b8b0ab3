import type { PluginDefinition } from '../core/plugin-api.ts'
import type { OperatorRequestContext } from './operator-context.ts'
import { canBeId } from './operator-input.ts'

/** Most companies one plugin may add to a search. */
const mostIds = 100

export interface FoundByPlugins {
  readonly ids: readonly string[]
  /** What failed, in words for the operator. */
  readonly warnings: readonly string[]
}

/** Asks every plugin which companies a text means to it. */
export const companiesByPlugins = async (context: OperatorRequestContext, text: string): Promise<FoundByPlugins> => {
  const ask = async (plugin: PluginDefinition): Promise<FoundByPlugins> => {
    try {
      const ids = (await plugin.companySearch?.(context.databaseOf(plugin), text)) ?? []
      return { ids: ids.slice(0, mostIds).filter(canBeId), warnings: [] }
    } catch (error) {
      context.reply?.log.error({ err: error, plugin: plugin.name }, 'a plugin could not search companies')
      return {
        ids: [],
        warnings: [`What the plugin ${plugin.name} knows could not be searched; companies may be missing. Try again.`]
      }
    }
  }
  const answers = await Promise.all(context.plugins.filter(plugin => plugin.companySearch).map(ask))
  return {
    ids: [...new Set(answers.flatMap(({ ids }) => ids))],
    warnings: answers.flatMap(({ warnings }) => warnings)
  }
}
