/** What a connector is given. */
import type { Fetcher } from '../fetch/fetcher.js'

export interface ToolOptions {
  readonly fetcher: Fetcher
  /** Of the tool, without a path of its API. */
  readonly url: string
  readonly username: string
  /** Password or token of that user. */
  readonly secret: string
  /** The tool's own name of each list that can be left. */
  readonly lists: ReadonlyMap<string, string>
}
