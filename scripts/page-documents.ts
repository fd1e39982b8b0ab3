import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { codegen } from '@graphql-codegen/core'
import * as operations from '@graphql-codegen/typescript-operations'
import { type DocumentNode, parse, print } from 'graphql'

const root = fileURLToPath(new URL('..', import.meta.url))

const documentsBelow = (folder: string): string[] =>
  readdirSync(join(root, folder), { withFileTypes: true }).flatMap(entry => {
    const path = `${folder}/${entry.name}`
    if (entry.isDirectory()) return /^(built.*|node_modules)$/.test(entry.name) ? [] : documentsBelow(path)
    return entry.name.endsWith('.graphql') ? [path] : []
  })

const optionsOf = (schema: DocumentNode, path: string, document: DocumentNode) => ({
  filename: path,
  schema,
  documents: [{ location: path, document }],
  config: {
    scalars: { ID: 'string', DateTime: 'string', Date: 'string', Money: 'string', Rate: 'string', JSON: 'unknown' },
    immutableTypes: true,
    skipTypename: true
  },
  plugins: [{ operations: {} }],
  pluginMap: { operations }
})

/** The documents of a file as texts, each with the types of its variables and its answer. */
const sourceOf = async (schema: DocumentNode, path: string): Promise<string> => {
  const document = parse(readFileSync(join(root, path), 'utf8'), { noLocation: true })
  const types = await codegen(optionsOf(schema, path, document))
  const fragments = document.definitions.filter(each => each.kind === 'FragmentDefinition')
  const texts = document.definitions.flatMap(each => {
    if (each.kind !== 'OperationDefinition') return []
    const name = each.name!.value
    const kind = `${each.operation.charAt(0).toUpperCase()}${each.operation.slice(1)}`
    const reached = new Set<string>()
    const reach = (text: string): void => {
      for (const [, fragment] of text.matchAll(/\.\.\.\s*(?!on\b)(\w+)/g))
        if (!reached.has(fragment!)) {
          reached.add(fragment!)
          reach(print(fragments.find(known => known.name.value === fragment)!))
        }
    }
    reach(print(each))
    const used = fragments.filter(fragment => reached.has(fragment.name.value))
    const text = [each, ...used].map(print).join('\n').replaceAll(/\s+/g, ' ')
    return [
      `export const ${name}Document = ${JSON.stringify(text)} as unknown as TypedDocumentNode<${name}${kind}, ${name}${kind}Variables>`
    ]
  })
  return [
    "import type { TypedDocumentNode } from 'urql'",
    `// Made from ${path.split('/').at(-1)} by \`npm run generate\`.`,
    types.trim(),
    ...texts,
    ''
  ].join('\n\n')
}

/**
 * Path → content of what is generated for the documents of pages: a plugin's `pages` ask the portal, its `console` asks
 * the operators' endpoint.
 */
export const pageDocuments = async (schemas: {
  readonly portal: string
  readonly console: DocumentNode
}): Promise<ReadonlyMap<string, string>> => {
  const folders = ['web/portal', 'web/portal-kit', 'web/console', 'web/console-kit', 'plugins']
  const portal = parse(schemas.portal)
  const made = new Map<string, string>()
  for (const path of folders.flatMap(documentsBelow)) {
    const own = /^plugins\/[^/]+\/(pages|console)\//.exec(path)?.[1]
    if (path.startsWith('plugins/') && own === undefined) continue
    const site = own === 'pages' || path.startsWith('web/portal') ? portal : schemas.console
    made.set(`${path}.ts`, await sourceOf(site, path))
  }
  return made
}
