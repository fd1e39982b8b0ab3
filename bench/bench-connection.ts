import { connect, type Socket } from 'node:net'

const headEnd = Buffer.from('\r\n\r\n')

interface Waiting {
  resolve(answer: Buffer): void
  reject(error: Error): void
}

/**
 * One kept-alive connection that sends the same bytes again and again. It reads no more of an answer than where it ends,
 * so that the client costs little beside the server it measures.
 */
export class BenchConnection {
  readonly #socket: Socket
  readonly #request: Buffer
  #chunks: Buffer[] = []
  #received = 0
  /** Length of head and body; unknown until the head is there. */
  #expected = -1
  #waiting: Waiting | null = null

  /** @param request a whole HTTP/1.1 request */
  constructor(port: number, request: Buffer) {
    this.#request = request
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true })
    this.#socket.on('data', chunk => this.#take(chunk))
    this.#socket.on('error', error => this.#fail(error))
    this.#socket.on('close', () => this.#fail(new Error('The server closed the connection.')))
  }

  /** The answer's bytes, head included. One at a time. */
  ask(): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
      this.#socket.write(this.#request)
    })
  }

  close(): void {
    this.#waiting = null
    this.#socket.destroy()
  }

  #take(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#received += chunk.length
    if (this.#expected < 0) {
      const answer = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks)
      const end = answer.indexOf(headEnd)
      if (end < 0) return
      const length = /\r\ncontent-length: *(\d+)/i.exec(answer.toString('latin1', 0, end))?.[1]
      if (length === undefined) {
        this.#fail(new Error('An answer without content-length.'))
        return
      }
      this.#expected = end + headEnd.length + Number(length)
    }
    if (this.#received < this.#expected) return
    const answer = Buffer.concat(this.#chunks)
    const waiting = this.#waiting
    this.#chunks = []
    this.#received = 0
    this.#expected = -1
    this.#waiting = null
    waiting?.resolve(answer)
  }

  #fail(error: Error): void {
    this.#waiting?.reject(error)
    this.#waiting = null
  }
}

/** The bytes of a POST of JSON. */
export const jsonPost = (
  port: number,
  path: string,
  body: string,
  headers: Readonly<Record<string, string>>
): Buffer => {
  const all = {
    host: `127.0.0.1:${port}`,
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    ...headers
  }
  const head = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.from(`POST ${path} HTTP/1.1\r\n${head.join('')}\r\n${body}`)
}

/** Status line's code and parsed body of an answer's bytes. */
export const readAnswer = (answer: Buffer): { readonly status: number; readonly body: unknown } => {
  const end = answer.indexOf(headEnd)
  return {
    status: Number(answer.toString('latin1', 9, 12)),
    body: JSON.parse(answer.toString('utf8', end + headEnd.length))
  }
}
