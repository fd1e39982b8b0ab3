import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { FastifyPluginAsync } from 'fastify'
import { ConfigurationError } from '../core/errors.ts'

/** Scripts and styles come from packages installed for development; none from another host. */
const files: Readonly<Record<string, readonly [packageName: string, file: string, type: string]>> = {
  'react.js': ['react-18', 'umd/react.production.min.js', 'text/javascript'],
  'react-dom.js': ['react-dom-18', 'umd/react-dom.production.min.js', 'text/javascript'],
  'graphiql.js': ['graphiql', 'graphiql.min.js', 'text/javascript'],
  'graphiql.css': ['graphiql', 'graphiql.min.css', 'text/css']
}

/** GraphiQL writes style attributes and draws its pictures and fonts from data addresses. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  'font-src data:',
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'"
].join('; ')

const page = (base: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>GraphiQL</title>
<link rel="stylesheet" href="${base}/graphiql.css">
</head>
<body style="margin: 0">
<div id="graphiql" style="height: 100vh">Loading …</div>
<script src="${base}/react.js"></script>
<script src="${base}/react-dom.js"></script>
<script src="${base}/graphiql.js"></script>
<script src="${base}/start.js"></script>
</body>
</html>
`

const start = (endpoint: string): string => `
const url = new URL(${JSON.stringify(endpoint)}, location.href).href
const fetcher = async (request, { headers = {} } = {}) => {
  const response = await fetch(url, {
    method: 'POST',
    credentials: 'same-origin',
    headers: { accept: 'application/graphql-response+json', 'content-type': 'application/json', ...headers },
    body: JSON.stringify(request)
  })
  return response.json()
}
ReactDOM.createRoot(document.getElementById('graphiql')).render(React.createElement(GraphiQL, { fetcher }))
`

const readAsset = async (packageName: string, file: string): Promise<Buffer> => {
  try {
    const home = dirname(createRequire(import.meta.url).resolve(`${packageName}/package.json`))
    return await readFile(join(home, file))
  } catch (cause) {
    throw new ConfigurationError(
      `GraphiQL needs the package ${packageName}, which is not installed: install the development packages, or switch GraphiQL off. ${cause}`
    )
  }
}

/** A GraphiQL page of the server's own at `PATH/graphiql`. */
export const graphiqlRoutes: FastifyPluginAsync<{ readonly path: string }> = async (app, { path }) => {
  const base = `${path}/graphiql`
  const serve = (url: string, type: string, body: string | Buffer): void => {
    app.get(url, { exposeHeadRoute: false }, async (_request, reply) =>
      reply
        .header('content-type', `${type}; charset=utf-8`)
        .header('content-security-policy', policy)
        .header('x-content-type-options', 'nosniff')
        .send(body)
    )
  }
  serve(base, 'text/html', page(base))
  serve(`${base}/start.js`, 'text/javascript', start(path))
  for (const [name, [packageName, file, type]] of Object.entries(files))
    serve(`${base}/${name}`, type, await readAsset(packageName, file))
}
