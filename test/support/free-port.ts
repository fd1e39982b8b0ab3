import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

/** A port that nobody listens on, below those that systems give to outgoing connections: one of these may take it meanwhile. */
export const freePort = async (): Promise<number> => {
  for (;;) {
    const port = randomInt(10_000, 32_000)
    const free = await new Promise<boolean>(resolve => {
      const server = createServer()
      server.once('error', () => resolve(false))
      server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
    })
    if (free) return port
  }
}
