/** What the dialogue has to know of its connection. */
export interface Wire {
  readonly id: string
  readonly address: string
  readonly port: number
  readonly secure: boolean
  /** The session is older than it may become. */
  readonly overdue: boolean
  /** The listener is being closed. */
  readonly draining: boolean
}
