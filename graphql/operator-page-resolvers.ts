import type { Resolvers } from '../core/plugin-api.ts'
import { type ConsolePage, fileNameOf, wordIn } from '../core/plugin-page.ts'
import type { OperatorRequestContext } from './operator-context.ts'

export const operatorPageResolvers: Resolvers = {
  Query: {
    consolePages: async (_parent: unknown, _args: unknown, context: OperatorRequestContext) => {
      const { disabledPlugins } = await context.stores.platform.get()
      return context.plugins.flatMap(({ name, consolePages = [] }) =>
        consolePages
          .filter(({ roles }) => !disabledPlugins.includes(name) && (roles?.includes(context.operator.role) ?? true))
          .flatMap(page => {
            const built = context.pageFiles.of('console', name, fileNameOf(page))
            return built === null ? [] : [{ ...page, ...built }]
          })
      )
    }
  },
  ConsolePage: {
    path: ({ path }: ConsolePage) => `/${path}`,
    place: ({ place = 'NAVIGATION' }: ConsolePage) => place,
    title: ({ title }: ConsolePage, { language }: { language: string | null }) => wordIn(title, language)
  }
}
