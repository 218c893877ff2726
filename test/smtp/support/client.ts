/** A client that sends octets and reads reply lines; it knows nothing of SMTP. */
import { connect, type Socket } from 'node:net'
import { connect as connectTls, type TLSSocket } from 'node:tls'

const PATIENCE_MS = 5000

export class Client {
  #buffer = ''
  #closed = false
  #ended = false
  #wake: (() => void)[] = []

  private constructor(public socket: Socket) {
    this.#listen(socket)
  }

  static async open(port: number): Promise<Client> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    const client = new Client(socket)
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve)
      socket.once('error', reject)
    })
    return client
  }

  static async openTls(port: number): Promise<Client> {
    const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false })
    const client = new Client(socket)
    await new Promise<void>((resolve, reject) => {
      socket.once('secureConnect', resolve)
      socket.once('error', reject)
    })
    return client
  }

  /** Begins TLS on the connection. */
  async secure(): Promise<TLSSocket> {
    const plain = this.socket
    plain.removeAllListeners('data')
    plain.removeAllListeners('end')
    const socket = connectTls({ socket: plain, rejectUnauthorized: false })
    await new Promise<void>((resolve, reject) => {
      socket.once('secureConnect', resolve)
      socket.once('error', reject)
    })
    this.socket = socket
    this.#listen(socket)
    return socket
  }

  send(octets: string | Buffer): void {
    this.socket.write(typeof octets === 'string' ? Buffer.from(octets, 'latin1') : octets)
  }

  /** The next reply line, without CRLF; undefined when the server closes instead. */
  async line(): Promise<string | undefined> {
    await this.#until(() => this.#buffer.includes('\r\n') || this.#ended, 'a reply')
    const end = this.#buffer.indexOf('\r\n')
    if (end < 0) return undefined
    const line = this.#buffer.slice(0, end)
    this.#buffer = this.#buffer.slice(end + 2)
    return line
  }

  /** All lines of the next reply. */
  async reply(): Promise<string[]> {
    const lines: string[] = []
    for (;;) {
      const line = await this.line()
      if (line === undefined) return lines
      lines.push(line)
      if (line[3] !== '-') return lines
    }
  }

  async ask(line: string): Promise<string> {
    this.send(`${line}\r\n`)
    return (await this.reply()).at(-1) ?? 'closed'
  }

  /** Resolves once the server has closed; what it said before is kept. */
  async closed(): Promise<void> {
    await this.#until(() => this.#ended, 'the server to close')
  }

  get unread(): string {
    return this.#buffer
  }

  get gone(): boolean {
    return this.#closed
  }

  destroy(): void {
    this.socket.destroy()
  }

  #listen(socket: Socket): void {
    socket.on('data', (data: Buffer) => {
      this.#buffer += data.toString('latin1')
      this.#notify()
    })
    socket.on('end', () => {
      this.#ended = true
      this.#notify()
    })
    socket.on('close', () => {
      this.#ended = true
      this.#closed = true
      this.#notify()
    })
    socket.on('error', () => undefined)
  }

  #notify(): void {
    for (const wake of this.#wake.splice(0)) wake()
  }

  async #until(holds: () => boolean, what: string): Promise<void> {
    const deadline = Date.now() + PATIENCE_MS
    while (!holds()) {
      const left = deadline - Date.now()
      if (left <= 0) throw new Error(`Waited for ${what} in vain; read so far: ${JSON.stringify(this.#buffer)}`)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left)
        this.#wake.push(() => {
          clearTimeout(timer)
          resolve()
        })
      })
    }
  }
}

/** A session that has said EHLO. */
export async function greeted(port: number): Promise<Client> {
  const client = await Client.open(port)
  await client.line()
  await client.ask('EHLO client.example')
  return client
}

/** One of which a message is awaited. */
export async function inData(port: number, recipient = 'b@example.com'): Promise<Client> {
  const client = await greeted(port)
  await client.ask('MAIL FROM:<a@example.com>')
  await client.ask(`RCPT TO:<${recipient}>`)
  const answer = await client.ask('DATA')
  if (!answer.startsWith('354 ')) throw new Error(`no go-ahead: ${answer}`)
  return client
}

/** Resolves once a condition holds. */
export async function eventually(holds: () => boolean, what: string): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`Waited for ${what} in vain.`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
