/** A file an operator uploaded or had made, kept for a week. */
export interface OperatorFile {
  readonly id: string
  readonly name: string
  readonly contentType: string
  readonly bytes: number
  /** SHA-256 of the content, hex. */
  readonly sha256: string
  /** `staff:ID` or `key:ID`. */
  readonly owner: string
  /** Milliseconds since 1970 UTC. */
  readonly createdAt: number
  readonly expiresAt: number
}

/** Files of one operator: large inputs and outputs do not travel in GraphQL. */
export interface OperatorFiles {
  /** Keeps the content as it comes, in bounded memory. @throws PortalError PAYLOAD_TOO_LARGE, CAPACITY_EXCEEDED */
  create(
    input: { readonly name: string; readonly contentType: string },
    content: AsyncIterable<string | Uint8Array>
  ): Promise<OperatorFile>
  /** @throws PortalError NOT_FOUND, also for another operator's file, unless an admin asks */
  open(id: string): Promise<OperatorFile & { readonly content: AsyncIterable<Buffer> }>
}
