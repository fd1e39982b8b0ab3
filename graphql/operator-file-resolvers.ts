import type { OperatorFile } from '../core/operator-file.ts'
import type { Resolvers } from '../core/plugin-api.ts'
import type { OperatorRequestContext } from './operator-context.ts'
import { idInput, instantText } from './operator-input.ts'

export const operatorFileResolvers: Resolvers = {
  Query: {
    operatorFile: (_parent: unknown, args: { id: string }, context: OperatorRequestContext) =>
      context.files.open(idInput(args.id, 'file'))
  },
  OperatorFile: {
    url: (file: OperatorFile) => `/operator/files/${file.id}`,
    createdAt: (file: OperatorFile) => instantText(file.createdAt),
    expiresAt: (file: OperatorFile) => instantText(file.expiresAt)
  }
}
