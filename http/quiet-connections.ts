import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'

/**
 * Lets a server that closes end as soon as its requests are answered. By itself it would wait for connections that browsers open
 * ahead and never use, and for those whose last answer came after it began to close, until the other side ends them.
 */
export const endQuietConnections = (app: FastifyInstance): void => {
  const { server } = app
  const connections = new Set<Socket>()
  let closing = false
  server.on('connection', connection => {
    connections.add(connection)
    connection.once('close', () => connections.delete(connection))
  })
  server.on('request', (_request, response) => {
    response.once('close', () => {
      if (closing) setImmediate(() => server.closeIdleConnections())
    })
  })
  app.addHook('preClose', async () => {
    closing = true
    for (const connection of connections) if (connection.bytesRead === 0) connection.destroy()
  })
}
