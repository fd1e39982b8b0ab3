import { readdirSync, readFileSync } from 'node:fs'
import {
  buildASTSchema,
  type DefinitionNode,
  type DocumentNode,
  type EnumTypeDefinitionNode,
  type GraphQLSchema,
  Kind,
  validateSchema
} from 'graphql'
import { ConfigurationError } from '../core/errors.ts'
import { mergeSdl, type SdlPart } from './merge-sdl.ts'

/** What of a plugin joins the operators' schema. */
export interface OperatorSchemaPlugin {
  readonly name: string
  readonly operatorSchema?: string
}

const folder = new URL('./', import.meta.url)

/** The committed parts of the operators' schema, without plugins: `operator-schema.graphql`, then one file an area. */
export const operatorSdl: readonly SdlPart[] = readdirSync(folder)
  .filter(file => /^operator-.*\.graphql$/.test(file))
  .sort((one, other) => Number(other === 'operator-schema.graphql') - Number(one === 'operator-schema.graphql'))
  .map(file => ({ name: `graphql/${file}`, sdl: readFileSync(new URL(file, folder), 'utf8') }))

/** The committed enum names the reports that outside tools know; plugins bring more of them. */
const withReports = (report: EnumTypeDefinitionNode, reports: readonly string[]): EnumTypeDefinitionNode => {
  const known = new Set(report.values?.map(value => value.name.value))
  const added = reports
    .filter(name => !known.has(name))
    .map(value => ({ kind: Kind.ENUM_VALUE_DEFINITION, name: { kind: Kind.NAME, value } }) as const)
  return { ...report, values: [...(report.values ?? []), ...added] }
}

/**
 * One document out of the committed operator schema and what plugins add to it.
 * @param reports names of the catalogue's reports
 * @throws ConfigurationError when a name is taken (naming both owners) or an extended type does not exist
 */
export const mergeOperatorSchema = (
  plugins: readonly OperatorSchemaPlugin[],
  reports: readonly string[]
): DocumentNode => {
  const parts = plugins.flatMap(({ name, operatorSchema }) =>
    operatorSchema === undefined ? [] : [{ name: `Plugin "${name}"`, sdl: operatorSchema }]
  )
  const { document } = mergeSdl([...operatorSdl, ...parts])
  const isReport = (node: DefinitionNode): node is EnumTypeDefinitionNode =>
    node.kind === Kind.ENUM_TYPE_DEFINITION && node.name.value === 'Report'
  return {
    ...document,
    definitions: document.definitions.map(node => (isReport(node) ? withReports(node, reports) : node))
  }
}

/**
 * The schema that such a document describes.
 * @throws ConfigurationError when it is not valid
 */
export const operatorSchemaOf = (document: DocumentNode): GraphQLSchema => {
  const fail = (why: string): never => {
    throw new ConfigurationError(`The operators' schema is not valid: ${why} Correct the plugin's operatorSchema.`)
  }
  let schema: GraphQLSchema
  try {
    schema = buildASTSchema(document)
  } catch (error) {
    return fail((error as Error).message)
  }
  const faults = validateSchema(schema)
  return faults.length > 0 ? fail(faults.map(fault => fault.message).join(' ')) : schema
}
