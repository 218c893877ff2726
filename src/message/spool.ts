/**
 * The spool: where a message waits while it is received and judged. Small messages stay in memory, larger ones go to a
 * file that has no name, so that a crash leaves nothing behind. The spool is no queue: nothing in it was accepted
 * (promise I1), therefore nothing is synced.
 *
 * Octets held by all messages together are bounded (promise I12).
 */
import { createHash, randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, access, mkdir, open, readdir, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { SpooledMessage } from '../relay/ports.js'
import { Budget, type Share } from './budget.js'

export interface SpoolOptions {
  readonly directory: string
  /** Octets of one message held in memory; what is larger goes to a file. */
  readonly memoryLimit?: number
  /** Octets all messages may hold together, in memory and in files. */
  readonly maxBytesInFlight: number
  /** Octets of the largest message: one that has begun can always be received to its end. */
  readonly maxMessageBytes?: number
  /** How long a message waits for room, milliseconds: less than a client waits for 354 (RFC 5321 4.5.3.2.4). */
  readonly patienceMs?: number
}

export interface Spooler {
  /** Makes the directory and removes what an earlier run may have left there. Rejects where no file could be made in it. */
  prepare(): Promise<void>
  /** Whether a message of `size` octets may wait for room: false when it never fits, or when too many wait already. */
  hasRoom(size: number): boolean
  /** A place for about `size` octets of `owner` once there is room; undefined when there was none in time. */
  open(size: number, owner?: string): Promise<SpoolWriter | undefined>
  /** Whether messages wait for room at this moment. */
  readonly isWanted: boolean
  /** Octets held or promised at this moment. */
  readonly bytesInFlight: number
}

/** One message being received. Calls come one at a time, each after the one before it has resolved. */
export interface SpoolWriter {
  /** `full` when the octets have no room: the message is lost and can only be discarded. Rejects when the disk fails. */
  write(chunk: Buffer): SpoolWrite | Promise<SpoolWrite>
  /** Hands the message over; the writer is of no use afterwards. */
  finish(): Promise<SpooledMessage>
  /** Frees everything. Safe to call at any time, and twice. */
  discard(): Promise<void>
}

export type SpoolWrite = 'taken' | 'full'

const DEFAULT_MEMORY_LIMIT = 256 * 1024
const DEFAULT_PATIENCE_MS = 60_000
/** Smaller chunks are copied together: a buffer object for every octet a hostile client sends alone would cost hundreds. */
const SMALL_CHUNK = 2048
const SLAB = 16 * 1024
/** How much is gathered before it is written to the file, and how much is read back at a time. */
const FILE_BLOCK = 128 * 1024
const FILE_NAME = /^aval-[0-9a-f-]{36}\.spool$/

export function createSpooler(options: SpoolOptions): Spooler {
  const budget = new Budget({
    total: options.maxBytesInFlight,
    largest: options.maxMessageBytes ?? 0,
    patienceMs: options.patienceMs ?? DEFAULT_PATIENCE_MS,
  })
  const memoryLimit = options.memoryLimit ?? DEFAULT_MEMORY_LIMIT
  return {
    prepare: () => sweep(options.directory),
    hasRoom: (size) => budget.mayWait(size),
    open: async (size, owner) => {
      const share = await budget.begin(size, owner)
      return share && new Writer(options.directory, memoryLimit, share, size)
    },
    get isWanted() {
      return budget.isWanted
    },
    get bytesInFlight() {
      return budget.taken
    },
  }
}

async function sweep(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  await access(directory, constants.W_OK | constants.X_OK)
  const left = (await readdir(directory)).filter((name) => FILE_NAME.test(name))
  await Promise.all(left.map((name) => unlink(join(directory, name))))
}

class Writer implements SpoolWriter {
  readonly #hash = createHash('sha256')
  #chunks: Buffer[] = []
  /** Octets in `#chunks` and `#slab`. */
  #gathered = 0
  #slab: Buffer | undefined
  #slabUsed = 0
  #size = 0
  #file: SpoolFile | undefined
  #over = false

  constructor(
    private readonly directory: string,
    private readonly memoryLimit: number,
    private readonly share: Share,
    /** Octets of the share nothing was written of yet. */
    private promised: number,
  ) {}

  write(chunk: Buffer): SpoolWrite | Promise<SpoolWrite> {
    if (this.#over) throw new Error('The message was already finished or discarded.')
    const beyond = Math.max(0, chunk.length - this.promised)
    this.promised -= chunk.length - beyond
    this.#size += chunk.length - beyond
    if (beyond === 0 || this.share.takeNow(beyond)) return this.#keep(chunk, beyond)
    return this.#waitForRoom(chunk, beyond)
  }

  async #waitForRoom(chunk: Buffer, beyond: number): Promise<SpoolWrite> {
    if (!(await this.share.take(beyond))) return 'full'
    if (!this.#over) return this.#keep(chunk, beyond)
    this.share.give(beyond)
    return 'taken'
  }

  #keep(chunk: Buffer, beyond: number): SpoolWrite | Promise<SpoolWrite> {
    this.#size += beyond
    this.#hash.update(chunk)
    this.#gather(chunk)
    const most = this.#file ? FILE_BLOCK : this.memoryLimit
    return this.#gathered <= most ? 'taken' : this.#flush()
  }

  async finish(): Promise<SpooledMessage> {
    if (this.#over) throw new Error('The message was already finished or discarded.')
    if (this.#file) await this.#flush()
    else this.#closeSlab()
    this.#over = true
    this.#breakPromise()
    const sha256 = this.#hash.digest('hex')
    const release = (): void => this.share.give(this.#size)
    return this.#file
      ? new FileMessage(this.#size, sha256, this.#file, release)
      : new MemoryMessage(this.#size, sha256, this.#chunks, release)
  }

  async discard(): Promise<void> {
    if (this.#over) return
    this.#over = true
    this.#chunks = []
    this.#slab = undefined
    this.#breakPromise()
    this.share.give(this.#size)
    await this.#file?.close()
  }

  /** A message that came out smaller than its client had said. */
  #breakPromise(): void {
    this.share.give(this.promised)
    this.promised = 0
    this.share.close()
  }

  #gather(chunk: Buffer): void {
    this.#gathered += chunk.length
    if (chunk.length >= SMALL_CHUNK) {
      this.#closeSlab()
      this.#chunks.push(chunk)
      return
    }
    if (this.#slab && this.#slab.length - this.#slabUsed < chunk.length) this.#closeSlab()
    this.#slab ??= Buffer.allocUnsafeSlow(SLAB)
    this.#slabUsed += chunk.copy(this.#slab, this.#slabUsed)
  }

  #closeSlab(): void {
    if (this.#slab && this.#slabUsed > 0) this.#chunks.push(this.#slab.subarray(0, this.#slabUsed))
    this.#slab = undefined
    this.#slabUsed = 0
  }

  async #flush(): Promise<SpoolWrite> {
    this.#closeSlab()
    const chunks = this.#chunks
    this.#chunks = []
    this.#gathered = 0
    if (this.#file === undefined) {
      const file = await SpoolFile.create(this.directory)
      if (this.#over) {
        await file.close()
        return 'taken'
      }
      this.#file = file
    }
    await this.#file.append(chunks)
    return 'taken'
  }
}

/** An open file without a name: closing it is all it takes to remove it. */
class SpoolFile {
  #end = 0
  #closed = false
  #writing: Promise<unknown> = Promise.resolve()

  private constructor(
    private readonly handle: FileHandle,
    private readonly path: string | undefined,
  ) {}

  static async create(directory: string): Promise<SpoolFile> {
    const path = join(directory, `aval-${randomUUID()}.spool`)
    const handle = await open(path, 'wx+', 0o600)
    const unlinked = await unlink(path).then(
      () => true,
      // Some systems keep the name of an open file; then it is removed when the file is closed, or swept at start.
      () => false,
    )
    return new SpoolFile(handle, unlinked ? undefined : path)
  }

  async append(chunks: readonly Buffer[]): Promise<void> {
    const writing = this.#append(chunks)
    this.#writing = writing.catch(() => undefined)
    await writing
  }

  async *read(size: number): AsyncGenerator<Buffer> {
    for (let position = 0; position < size;) {
      const block = await this.#readBlock(position, Math.min(FILE_BLOCK, size - position))
      position += block.length
      yield block
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#writing
    await this.handle.close()
    if (this.path !== undefined) await unlink(this.path).catch(() => undefined)
  }

  async #append(chunks: readonly Buffer[]): Promise<void> {
    for (const chunk of chunks) {
      for (let from = 0; from < chunk.length;) {
        const { bytesWritten } = await this.handle.write(chunk, from, chunk.length - from, this.#end)
        from += bytesWritten
        this.#end += bytesWritten
      }
    }
  }

  async #readBlock(position: number, length: number): Promise<Buffer> {
    const block = Buffer.allocUnsafeSlow(length)
    let filled = 0
    while (filled < length) {
      const { bytesRead } = await this.handle.read(block, filled, length - filled, position + filled)
      if (bytesRead === 0) throw new Error('The spool file is shorter than what was written to it.')
      filled += bytesRead
    }
    return block
  }
}

class MemoryMessage implements SpooledMessage {
  #chunks: readonly Buffer[] | undefined

  constructor(
    readonly size: number,
    readonly sha256: string,
    chunks: readonly Buffer[],
    private readonly release: () => void,
  ) {
    this.#chunks = chunks
  }

  chunks(): Iterable<Buffer> {
    return this.#held()
  }

  async bytes(): Promise<Buffer> {
    const chunks = this.#held()
    return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, this.size)
  }

  dispose(): Promise<void> {
    if (this.#chunks) this.release()
    this.#chunks = undefined
    return Promise.resolve()
  }

  #held(): readonly Buffer[] {
    if (!this.#chunks) throw new Error('The message was disposed of.')
    return this.#chunks
  }
}

class FileMessage implements SpooledMessage {
  #disposed = false

  constructor(
    readonly size: number,
    readonly sha256: string,
    private readonly file: SpoolFile,
    private readonly release: () => void,
  ) {}

  async *chunks(): AsyncGenerator<Buffer> {
    if (this.#disposed) throw new Error('The message was disposed of.')
    yield* this.file.read(this.size)
  }

  async bytes(): Promise<Buffer> {
    const blocks: Buffer[] = []
    for await (const block of this.chunks()) blocks.push(block)
    return Buffer.concat(blocks, this.size)
  }

  async dispose(): Promise<void> {
    if (this.#disposed) return
    this.#disposed = true
    this.release()
    await this.file.close()
  }
}
