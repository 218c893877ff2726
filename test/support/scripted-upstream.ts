/**
 * An MTA that does as it is told: polite by default, and at any verb able to refuse, close, reset, fall silent, talk
 * nonsense, answer late, early, by half or twice. It remembers every octet it was given. Not made of Aval's own code.
 *
 * ```ts
 * const upstream = await startScriptedUpstream({ extensions: ['PIPELINING'] })
 * upstream.on('rcpt', ({ argument }) => (argument.includes('<full@') ? '452 4.2.2 mailbox full' : undefined))
 * upstream.on('dot', inTurn(taking(close()), '250 2.0.0 queued'))
 * ...
 * upstream.taken[0].sha256
 * await upstream.close()
 * ```
 */
import { createHash } from 'node:crypto'
import { type AddressInfo, type Server, type Socket, createServer } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { type TLSSocket, type TlsOptions, createServer as createTlsServer } from 'node:tls'

export const STEPS = [
  'greeting',
  'ehlo',
  'helo',
  'starttls',
  'auth',
  'mail',
  'rcpt',
  'data',
  'dot',
  'rset',
  'quit',
  'other',
] as const
export type Step = (typeof STEPS)[number]

/** A reply without its last CRLF; lines of a multi-line reply are separated by `\r\n`. Or one of the actions below. */
export type Action =
  | string
  | { readonly do: 'raw'; readonly octets: string | Buffer }
  | { readonly do: 'close' }
  | { readonly do: 'reset' }
  | { readonly do: 'silence' }
  | { readonly do: 'late'; readonly ms: number; readonly action: Action }
  | { readonly do: 'both'; readonly first: Action; readonly second: Action }
  /** At the dot: the message counts as taken, whatever the client gets to read. */
  | { readonly do: 'taking'; readonly action: Action }

/** FIN, without a word. */
export const close = (): Action => ({ do: 'close' })
/** RST, without a word. */
export const reset = (): Action => ({ do: 'reset' })
/** Never an answer; the connection stays open. */
export const silence = (): Action => ({ do: 'silence' })
/** Exactly these octets, CRLF or not: garbage, half a reply, two replies. */
export const raw = (octets: string | Buffer): Action => ({ do: 'raw', octets })
export const late = (ms: number, action: Action): Action => ({ do: 'late', ms, action })
/** E.g. `both('421 4.3.2 going down', close())`. */
export const both = (first: Action, second: Action): Action => ({ do: 'both', first, second })
export const taking = (action: Action): Action => ({ do: 'taking', action })

export interface StepContext {
  /** What follows the verb, as sent: `FROM:<a@b.example> SIZE=3`. */
  readonly argument: string
  /** Number of the connection, from 1. */
  readonly session: number
  /** How often this step has come, over all connections, from 1. */
  readonly nth: number
}

/** Undefined: the polite default. */
export type Plan = Action | ((context: StepContext) => Action | undefined)

/** Each action once, in order, then the default. */
export function inTurn(...actions: readonly (Action | undefined)[]): Plan {
  let next = 0
  return () => actions[next++]
}

/** What happens while content comes in. */
export interface BodyPlan {
  /** Octets of content after which `action` is done. */
  readonly after?: number
  readonly action?: Action
  /** Whether content is read on after `action`; else the socket is left unread. */
  readonly readOn?: boolean
  /** Reads at most this many octets every 10 ms. */
  readonly octetsPerTick?: number
}

export interface ReceivedMessage {
  /** Arguments as sent: `FROM:<a@b.example>`, `TO:<c@d.example> NOTIFY=NEVER`. */
  readonly mail: string
  readonly rcpt: readonly string[]
  /** Dots unstuffed. */
  readonly content: Buffer
  /** Lower-case hexadecimal, of `content`. */
  readonly sha256: string
  readonly session: number
  readonly secure: boolean
  /** Whether the server took it over, i.e. answered 2xx or was told to be `taking`. */
  readonly taken: boolean
}

export interface TlsSession {
  readonly version: string | null
  /** The name the client asked for (SNI); undefined when it named none. */
  readonly servername: string | undefined
  /** Common name of the client certificate; undefined when there was none. */
  readonly clientName: string | undefined
}

export interface SessionRecord {
  /** Every command line in order, content left out. */
  readonly commands: readonly string[]
  readonly secure: boolean
  /** Once TLS is on. */
  readonly tls: TlsSession | undefined
  readonly closed: boolean
  /** Chunks as they arrived, to see what came in one write. */
  readonly writes: readonly Buffer[]
}

export interface ScriptedUpstreamOptions {
  /** Any free one when left out. */
  readonly port?: number
  /** EHLO keywords with parameters. STARTTLS and AUTH are added when `tls` and `auth` are given. */
  readonly extensions?: readonly string[]
  readonly script?: Partial<Record<Step, Plan>>
  readonly body?: BodyPlan
  readonly tls?: TlsOptions & { readonly implicit?: boolean }
  readonly auth?: { readonly user: string; readonly password: string; readonly mechanisms?: string }
}

export interface ScriptedUpstream {
  readonly port: number
  readonly sessions: readonly SessionRecord[]
  /** Every message that came with its final dot, refused ones too. */
  readonly received: readonly ReceivedMessage[]
  readonly taken: readonly ReceivedMessage[]
  /** Content that came without its final dot, as on the wire; known once its connection has ended. */
  readonly partial: readonly Buffer[]
  /** Connections open now. */
  readonly open: number
  on(step: Step, plan: Plan | undefined): void
  duringBody(plan: BodyPlan | undefined): void
  offer(extensions: readonly string[]): void
  /** Says something on every open connection out of turn. */
  interject(octets: string): void
  /** Ends every open connection. */
  hangUp(how?: 'close' | 'reset'): void
  forget(): void
  close(): Promise<void>
}

export async function startScriptedUpstream(options: ScriptedUpstreamOptions = {}): Promise<ScriptedUpstream> {
  const state = new State(options)
  const server = createServer({ noDelay: true }, (socket) => new Session(socket, state).start())
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  return handle(state, server)
}

function handle(state: State, server: Server): ScriptedUpstream {
  return {
    port: (server.address() as AddressInfo).port,
    sessions: state.sessions,
    received: state.received,
    partial: state.partial,
    get taken() {
      return state.received.filter((message) => message.taken)
    },
    get open() {
      return state.open.size
    },
    on: (step, plan) => void (plan === undefined ? state.script.delete(step) : state.script.set(step, plan)),
    duringBody: (plan) => void (state.body = plan),
    offer: (extensions) => void (state.extensions = extensions),
    interject: (octets) => state.open.forEach((session) => session.socket.write(octets)),
    hangUp: (how = 'close') =>
      state.open.forEach(({ socket }) => (how === 'close' ? socket.end() : socket.resetAndDestroy())),
    forget: () => {
      for (const list of [state.sessions, state.received, state.partial]) list.length = 0
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const { bare } of state.open) bare.destroy()
      }),
  }
}

class State {
  readonly script: Map<Step, Plan>
  readonly counts = new Map<Step, number>()
  readonly sessions: SessionRecord[] = []
  readonly received: ReceivedMessage[] = []
  readonly partial: Buffer[] = []
  readonly open = new Set<Session>()
  readonly options: ScriptedUpstreamOptions
  extensions: readonly string[]
  body: BodyPlan | undefined
  connections = 0

  constructor(options: ScriptedUpstreamOptions) {
    this.options = options
    this.script = new Map(Object.entries(options.script ?? {}) as [Step, Plan][])
    this.extensions = options.extensions ?? ['PIPELINING', '8BITMIME', 'SMTPUTF8', 'DSN', 'SIZE 52428800']
    this.body = options.body
  }

  plan(step: Step, argument: string, session: number): Action | undefined {
    const nth = (this.counts.get(step) ?? 0) + 1
    this.counts.set(step, nth)
    const plan = this.script.get(step)
    return typeof plan === 'function' ? plan({ argument, session, nth }) : plan
  }
}

const END = Buffer.from('\r\n.\r\n')
const VERBS: Readonly<Record<string, Step>> = {
  EHLO: 'ehlo',
  HELO: 'helo',
  STARTTLS: 'starttls',
  AUTH: 'auth',
  MAIL: 'mail',
  RCPT: 'rcpt',
  DATA: 'data',
  RSET: 'rset',
  QUIT: 'quit',
}

class Ended extends Error {}

class Session {
  readonly bare: Socket
  socket: Socket
  readonly #state: State
  readonly #number: number
  readonly #record: {
    commands: string[]
    secure: boolean
    tls: TlsSession | undefined
    closed: boolean
    writes: Buffer[]
  }
  #input: Buffer = Buffer.alloc(0)
  #wake: (() => void) | undefined
  #ended = false
  #mail: string | undefined
  #rcpt: string[] = []
  #content: Buffer[] | undefined

  constructor(socket: Socket, state: State) {
    this.bare = socket
    this.socket = socket
    this.#state = state
    this.#number = ++state.connections
    this.#record = { commands: [], secure: false, tls: undefined, closed: false, writes: [] }
  }

  start(): void {
    this.#state.open.add(this)
    this.#state.sessions.push(this.#record)
    this.bare.on('error', () => {})
    this.bare.once('close', () => this.#end())
    this.#run().catch((error: unknown) => {
      if (!(error instanceof Ended)) throw error
    })
  }

  async #run(): Promise<void> {
    if (this.#state.options.tls?.implicit) await this.#secure()
    else this.#listen(this.bare)
    await this.#perform('greeting', '', '220 upstream.example ESMTP')
    for (;;) await this.#command(await this.#line())
  }

  async #command(line: string): Promise<void> {
    this.#record.commands.push(line)
    const verb = line.split(/[ :]/, 1)[0]!.toUpperCase()
    const step = VERBS[verb] ?? 'other'
    const argument = line.slice(verb.length + 1)
    switch (step) {
      case 'ehlo':
        await this.#perform(step, argument, this.#greetBack())
        return this.#resetEnvelope()
      case 'starttls':
        return this.#startTls(argument)
      case 'auth':
        return this.#auth(argument)
      case 'mail': {
        const reply = await this.#perform(
          step,
          argument,
          this.#mail === undefined ? '250 2.1.0 Ok' : '503 5.5.1 nested MAIL',
        )
        if (reply.startsWith('2')) this.#mail = argument
        return
      }
      case 'rcpt': {
        const polite = this.#mail === undefined ? '503 5.5.1 MAIL first' : '250 2.1.5 Ok'
        if ((await this.#perform(step, argument, polite)).startsWith('2')) this.#rcpt.push(argument)
        return
      }
      case 'data':
        return this.#data(argument)
      case 'rset':
        await this.#perform(step, argument, '250 2.0.0 Ok')
        return this.#resetEnvelope()
      case 'quit':
        await this.#perform(step, argument, '221 2.0.0 Bye')
        this.socket.end()
        throw new Ended()
      default:
        await this.#perform(step, argument, step === 'helo' ? '250 upstream.example' : '502 5.5.2 unknown')
    }
  }

  #greetBack(): string {
    const { tls, auth } = this.#state.options
    const lines = ['upstream.example', ...this.#state.extensions]
    if (tls && !this.#record.secure) lines.push('STARTTLS')
    if (auth) lines.push(`AUTH ${auth.mechanisms ?? 'PLAIN LOGIN'}`)
    return lines.map((line, index) => `250${index === lines.length - 1 ? ' ' : '-'}${line}`).join('\r\n')
  }

  async #startTls(argument: string): Promise<void> {
    const reply = await this.#perform('starttls', argument, this.#state.options.tls ? '220 2.0.0 go' : '502 5.5.1 no')
    if (reply === '220 2.0.0 go') await this.#secure()
  }

  /** As a TLS server of Node does it: a client certificate that is demanded and not there, or not trusted, ends it. */
  async #secure(): Promise<void> {
    this.bare.removeAllListeners('data')
    this.#record.secure = true
    this.#input = Buffer.alloc(0)
    const server = createTlsServer(this.#state.options.tls ?? {})
    const secured = new Promise<TLSSocket>((resolve, reject) => {
      server.once('secureConnection', resolve)
      server.once('tlsClientError', () => reject(new Ended()))
      this.bare.once('close', () => reject(new Ended()))
    })
    server.emit('connection', this.bare)
    const secure = await secured.catch((ended: unknown) => {
      this.bare.destroy()
      throw ended
    })
    secure.on('error', () => this.bare.destroy())
    const { servername } = secure as { servername?: string | false }
    this.#record.tls = {
      version: secure.getProtocol(),
      servername: servername === false ? undefined : servername,
      clientName: secure.getPeerX509Certificate()?.subject.replace(/^CN=/, ''),
    }
    this.socket = secure
    this.#listen(secure)
  }

  async #auth(argument: string): Promise<void> {
    const { user, password } = this.#state.options.auth ?? { user: '', password: '' }
    const [mechanism, initial] = argument.split(' ')
    let given: string[]
    if (mechanism?.toUpperCase() === 'PLAIN')
      given = decode(initial ?? '')
        .split('\0')
        .slice(1)
    else given = [decode(await this.#ask('VXNlcm5hbWU6')), decode(await this.#ask('UGFzc3dvcmQ6'))]
    const right = given[0] === user && given[1] === password
    await this.#perform('auth', argument, right ? '235 2.7.0 welcome' : '535 5.7.8 no')
  }

  async #ask(question: string): Promise<string> {
    this.socket.write(`334 ${question}\r\n`)
    const line = await this.#line()
    this.#record.commands.push(line)
    return line
  }

  async #data(argument: string): Promise<void> {
    const polite = this.#rcpt.length > 0 ? '354 go on' : '554 5.5.1 no valid recipients'
    const reply = await this.#perform('data', argument, polite)
    if (!reply.startsWith('354')) return
    const content = unstuff(await this.#body())
    const plan = this.#state.plan('dot', '', this.#number) ?? '250 2.0.0 Ok: queued as SCRIPT1'
    this.#state.received.push({
      mail: this.#mail ?? '',
      rcpt: this.#rcpt,
      content,
      sha256: createHash('sha256').update(content).digest('hex'),
      session: this.#number,
      secure: this.#record.secure,
      taken: isTaking(plan),
    })
    this.#resetEnvelope()
    await this.#act(plan)
  }

  /** The content as on the wire, up to the line of the final dot. */
  async #body(): Promise<Buffer> {
    const plan = this.#state.body
    const pieces: Buffer[] = []
    this.#content = pieces
    let length = 0
    let tail = Buffer.from('\r\n')
    let acted = false
    for (;;) {
      if (this.#input.length === 0) await this.#more()
      const piece = plan?.octetsPerTick === undefined ? this.#input : this.#input.subarray(0, plan.octetsPerTick)
      if (plan?.octetsPerTick !== undefined) await pause(10)
      const seam = Buffer.concat([tail, piece])
      const end = seam.indexOf(END)
      if (end >= 0) {
        const consumed = end + END.length - tail.length
        pieces.push(piece.subarray(0, consumed))
        this.#input = this.#input.subarray(consumed)
        this.#content = undefined
        return Buffer.concat(pieces).subarray(0, -3)
      }
      pieces.push(piece)
      this.#input = this.#input.subarray(piece.length)
      length += piece.length
      tail = seam.subarray(-4)
      if (plan?.action !== undefined && !acted && length >= (plan.after ?? 1)) {
        acted = true
        if (plan.readOn !== true) this.socket.pause()
        await this.#act(plan.action)
        if (plan.readOn !== true) await this.#forever()
      }
    }
  }

  #resetEnvelope(): void {
    this.#mail = undefined
    this.#rcpt = []
  }

  /** Returns the reply that was given; empty when there was none. */
  async #perform(step: Step, argument: string, polite: Action): Promise<string> {
    return this.#act(this.#state.plan(step, argument, this.#number) ?? polite)
  }

  async #act(action: Action): Promise<string> {
    if (typeof action === 'string') {
      this.socket.write(action + '\r\n')
      return action
    }
    switch (action.do) {
      case 'raw':
        this.socket.write(action.octets)
        return action.octets.toString()
      case 'close':
        this.socket.end()
        throw new Ended()
      case 'reset':
        this.bare.resetAndDestroy()
        throw new Ended()
      case 'silence':
        return this.#forever()
      case 'late':
        await pause(action.ms)
        return this.#act(action.action)
      case 'both':
        await this.#act(action.first)
        return this.#act(action.second)
      case 'taking':
        return this.#act(action.action)
    }
  }

  async #forever(): Promise<never> {
    const unread = this.socket.isPaused()
    for (;;) await this.#more(unread)
  }

  async #line(): Promise<string> {
    for (;;) {
      const end = this.#input.indexOf('\r\n')
      if (end >= 0) {
        const line = this.#input.toString('utf8', 0, end)
        this.#input = this.#input.subarray(end + 2)
        return line
      }
      await this.#more()
    }
  }

  async #more(unread = false): Promise<void> {
    if (this.#ended) throw new Ended()
    if (!unread) this.socket.resume()
    await new Promise<void>((resolve) => {
      this.#wake = resolve
    })
    if (this.#ended) throw new Ended()
  }

  #listen(socket: Socket): void {
    socket.on('data', (octets: Buffer) => {
      this.#record.writes.push(octets)
      // A slow reader must not read ahead, or the sender would never feel it.
      if (this.#content && this.#state.body?.octetsPerTick !== undefined) socket.pause()
      this.#input = this.#input.length === 0 ? octets : Buffer.concat([this.#input, octets])
      this.#wake?.()
    })
  }

  #end(): void {
    this.#ended = true
    this.#record.closed = true
    if (this.#content) this.#state.partial.push(Buffer.concat([...this.#content, this.#input]))
    this.#state.open.delete(this)
    this.#wake?.()
  }
}

function isTaking(plan: Action): boolean {
  if (typeof plan === 'string') return plan.startsWith('2')
  if (plan.do === 'late') return isTaking(plan.action)
  return plan.do === 'both' ? isTaking(plan.first) || isTaking(plan.second) : plan.do === 'taking'
}

/** RFC 5321 4.5.2: the first dot of a line that has more is taken off. */
function unstuff(wire: Buffer): Buffer {
  const out = Buffer.allocUnsafe(wire.length)
  let length = 0
  for (let at = 0; at < wire.length; at++) {
    const lineStart = at === 0 || (wire[at - 1] === 0x0a && wire[at - 2] === 0x0d)
    if (lineStart && wire[at] === 0x2e) continue
    out[length++] = wire[at]!
  }
  return out.subarray(0, length)
}

function decode(base64: string): string {
  return Buffer.from(base64, 'base64').toString()
}
