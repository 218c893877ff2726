/** As much of Express as the sites of the tests are made with; it brings no types of its own. */
declare module 'express' {
  import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'

  interface Request extends IncomingMessage {
    readonly params: Readonly<Record<string, string>>
    readonly ip: string
  }
  interface Response extends ServerResponse {
    send(body: string): Response
    json(body: unknown): Response
    status(code: number): Response
    sendStatus(code: number): Response
  }
  type Handler = (request: Request, response: Response, next: () => void) => void
  interface App extends RequestListener {
    get(path: string, handler: Handler): void
    post(path: string, handler: Handler): void
    use(handler: Handler): void
  }
  export default function express(): App
}
