/** Why the message reader could not do its work. */

/** The reader could not do its work; nothing follows from it for the message. */
export class MessageReaderError extends Error {
  override name = 'MessageReaderError'
  readonly temporary = true

  constructor(
    readonly code: 'deadline' | 'died' | 'not_started' | 'fault' | 'overload' | 'closed',
    message: string,
  ) {
    super(message)
  }
}

export function closedError(): MessageReaderError {
  return new MessageReaderError('closed', 'the message reader is closed')
}
