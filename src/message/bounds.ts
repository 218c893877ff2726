/**
 * How much structure of a message is read (promise I12). A message with more has a problem and cannot be inspected, like one
 * that is malformed: what was not read was not judged.
 */
export interface MessageBounds {
  /** Octets of the header of the message, and of the header of each part. Postfix stops at 100 KiB. */
  readonly headerOctets: number
  /** Fields of such a header. Real messages stay below 200; every rule walks the list. */
  readonly headerFields: number
  /** Law and RFCs set none. Real messages nest up to 6 deep; mail gateways refuse from 20 to 100. */
  readonly mimeDepth: number
  /** Each part costs a header; newsletters with every image inside have about 60. */
  readonly mimeParts: number
}

export const DEFAULT_BOUNDS: MessageBounds = {
  headerOctets: 256 * 1024,
  headerFields: 2_000,
  mimeDepth: 20,
  mimeParts: 200,
}
