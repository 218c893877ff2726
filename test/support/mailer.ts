/** The simplest mailing software: one connection, plain commands, and an exact account of what it was told. Not made of Aval's own code. */
import { type Socket, connect } from 'node:net'
import { connect as connectTls } from 'node:tls'

export type MailStep = 'connect' | 'greeting' | 'ehlo' | 'auth' | 'mail' | 'rcpt' | 'data' | 'dot'

/** What became of one message as its sender sees it. */
export interface Attempt {
  /** The step whose reply decided. `dot`: the whole message was handed over. */
  readonly step: MailStep
  /** All lines of that reply; undefined when the connection ended without one. */
  readonly reply: string | undefined
}

export interface Mail {
  readonly from?: string
  readonly to: string | readonly string[]
  /** CRLF line ends; dots are stuffed here. */
  readonly raw: Buffer
  /** ESMTP parameters as they are sent, for MAIL and for RCPT: for every one, or for each in order. */
  readonly mailParameters?: string
  readonly rcptParameters?: string | readonly string[]
}

export interface Login {
  readonly user: string
  readonly secret: string
}

const SENDER = 'bonjour@news.acme.example'

export class Mailer {
  #socket: Socket
  readonly #patienceMs: number
  #text = ''
  #ended = false
  #wake: (() => void) | undefined

  private constructor(socket: Socket, patienceMs: number) {
    this.#socket = socket
    this.#patienceMs = patienceMs
    this.#listen(socket)
  }

  /**
   * Connects without saying anything.
   *
   * @param patienceMs how long a reply is waited for
   * @param localAddress of loopback, to come from
   */
  static async open(port: number, patienceMs = 30_000, localAddress = '127.0.0.1'): Promise<Mailer> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true, localAddress })
    const mailer = new Mailer(socket, patienceMs)
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve)
      socket.once('error', reject)
    })
    return mailer
  }

  get ended(): boolean {
    return this.#ended
  }

  /** STARTTLS, whoever answers, and EHLO again. @returns undefined when all is well */
  async startTls(): Promise<Attempt | undefined> {
    const go = await this.ask('STARTTLS')
    if (!go?.startsWith('220')) return { step: 'ehlo', reply: go }
    this.#socket.removeAllListeners('data')
    const secure = connectTls({ socket: this.#socket, rejectUnauthorized: false })
    await new Promise<void>((resolve, reject) => {
      secure.once('secureConnect', resolve)
      secure.once('error', reject)
    })
    this.#socket = secure
    this.#listen(secure)
    const hello = await this.ask('EHLO client.example')
    return hello?.startsWith('250') ? undefined : { step: 'ehlo', reply: hello }
  }

  send(octets: string | Buffer): void {
    this.#socket.write(octets)
  }

  /** The next reply, its lines joined by `\n`; undefined when the connection ends before it does. */
  async reply(): Promise<string | undefined> {
    const lines: string[] = []
    for (;;) {
      const line = await this.#line()
      if (line === undefined) return undefined
      lines.push(line)
      if (line[3] !== '-') return lines.join('\n')
    }
  }

  async ask(command: string): Promise<string | undefined> {
    this.send(`${command}\r\n`)
    return this.reply()
  }

  /** @returns undefined when all is well */
  async greet(): Promise<Attempt | undefined> {
    const greeting = await this.reply()
    if (!greeting?.startsWith('220')) return { step: 'greeting', reply: greeting }
    const hello = await this.ask('EHLO client.example')
    return hello?.startsWith('250') ? undefined : { step: 'ehlo', reply: hello }
  }

  /** @returns undefined when all is well */
  async login({ user, secret }: Login): Promise<Attempt | undefined> {
    const reply = await this.ask(`AUTH PLAIN ${Buffer.from(`\0${user}\0${secret}`).toString('base64')}`)
    return reply?.startsWith('235') ? undefined : { step: 'auth', reply }
  }

  /** MAIL to the dot; RSET follows where the message was not handed over. */
  async mail(mail: Mail): Promise<Attempt> {
    const attempt = await this.#upToDot(mail)
    if (attempt.step !== 'dot' && attempt.reply !== undefined && !this.#ended) await this.ask('RSET')
    return attempt
  }

  async #upToDot({ from = SENDER, to, raw, mailParameters = '', rcptParameters = '' }: Mail): Promise<Attempt> {
    const recipients = typeof to === 'string' ? [to] : to
    const line = (path: string, parameters: string) => `${path} ${parameters}`.trim()
    const commands: [MailStep, string, string][] = [
      ['mail', line(`MAIL FROM:<${from}>`, mailParameters), '250'],
      ...recipients.map((address, index): [MailStep, string, string] => [
        'rcpt',
        line(
          `RCPT TO:<${address}>`,
          typeof rcptParameters === 'string' ? rcptParameters : (rcptParameters[index] ?? ''),
        ),
        '250',
      ]),
      ['data', 'DATA', '354'],
    ]
    for (const [step, command, expected] of commands) {
      const reply = await this.ask(command)
      if (!reply?.startsWith(expected)) return { step, reply }
    }
    this.send(stuffed(raw))
    this.send(raw.toString('latin1').endsWith('\r\n') ? '.\r\n' : '\r\n.\r\n')
    return { step: 'dot', reply: await this.reply() }
  }

  async quit(): Promise<void> {
    if (!this.#ended) await this.ask('QUIT')
    this.destroy()
  }

  destroy(): void {
    this.#socket.destroy()
  }

  #listen(socket: Socket): void {
    socket.on('data', (octets: Buffer) => {
      this.#text += octets.toString('latin1')
      this.#wake?.()
    })
    const end = () => {
      this.#ended = true
      this.#wake?.()
    }
    socket.on('end', end).on('close', end).on('error', end)
  }

  async #line(): Promise<string | undefined> {
    for (;;) {
      const end = this.#text.indexOf('\r\n')
      if (end >= 0) {
        const line = this.#text.slice(0, end)
        this.#text = this.#text.slice(end + 2)
        return line
      }
      if (this.#ended) return undefined
      await this.#more()
    }
  }

  #more(): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`no reply within ${this.#patienceMs} ms; read so far: "${this.#text}"`)),
        this.#patienceMs,
      )
      this.#wake = () => {
        clearTimeout(timer)
        this.#wake = undefined
        resolve()
      }
    })
  }
}

/** One message over a connection of its own. */
export async function mailOnce(port: number, mail: Mail & { readonly login?: Login }): Promise<Attempt> {
  const mailer = await Mailer.open(port)
  try {
    return (await mailer.greet()) ?? (mail.login && (await mailer.login(mail.login))) ?? (await mailer.mail(mail))
  } finally {
    mailer.destroy()
  }
}

/** `ref` of a reply of Aval's. */
export function refOf(reply: string | undefined): string {
  const ref = /ref=([0-9A-Z]{26})/.exec(reply ?? '')?.[1]
  if (ref === undefined) throw new Error(`no reference in "${reply ?? 'no reply'}"`)
  return ref
}

function stuffed(raw: Buffer): Buffer {
  return Buffer.from(raw.toString('latin1').replace(/^\./gm, '..'), 'latin1')
}
