/** A zip written as it is read, one file after another, with the digest and size of each kept for the manifest. */
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { ZipFile } from 'yazl'

export interface ArchivedFile {
  readonly sha256: string
  readonly octets: number
}

export interface Archive {
  readonly output: NodeJS.ReadableStream
  /** Files are asked for their content in the order they were added, each once the one before is written. */
  add(name: string, content: () => Iterable<string | Buffer>): void
  /** What was written so far. */
  readonly written: ReadonlyMap<string, ArchivedFile>
  end(): void
}

/** Chunks are gathered: a zip of a million small ones costs more than what they hold. */
const CHUNK_OCTETS = 64 * 1024

/** @param at the moment files are dated with, so that the same content gives the same octets */
export function openArchive(at: number): Archive {
  const zip = new ZipFile()
  const written = new Map<string, ArchivedFile>()
  const mtime = new Date(at)

  function* recorded(name: string, content: () => Iterable<string | Buffer>): Generator<Buffer, void> {
    const digest = createHash('sha256')
    let octets = 0
    for (const chunk of gathered(content())) {
      digest.update(chunk)
      octets += chunk.length
      yield chunk
    }
    written.set(name, { sha256: digest.digest('hex'), octets })
  }

  return {
    output: zip.outputStream,
    written,
    add(name, content) {
      zip.addReadStreamLazy(name, { mtime, mode: 0o100644 }, (give) => {
        give(null, Readable.from(recorded(name, content), { objectMode: false }))
      })
    },
    end: () => zip.end(),
  }
}

function* gathered(content: Iterable<string | Buffer>): Generator<Buffer, void> {
  let waiting: Buffer[] = []
  let octets = 0
  for (const part of content) {
    const chunk = typeof part === 'string' ? Buffer.from(part) : part
    waiting.push(chunk)
    octets += chunk.length
    if (octets < CHUNK_OCTETS) continue
    yield Buffer.concat(waiting)
    waiting = []
    octets = 0
  }
  if (octets > 0) yield Buffer.concat(waiting)
}
