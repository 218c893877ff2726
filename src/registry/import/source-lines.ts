/** A file as lines with their numbers, in constant memory, whatever is in it. */
import { createReadStream } from 'node:fs'
import { isAscii, isUtf8 } from 'node:buffer'

/** Between two lines of a file. */
export interface Position {
  /** Lines before it. */
  readonly line: number
  /** Octets before it. */
  readonly bytes: number
}

export const START_OF_FILE: Position = { line: 0, bytes: 0 }

export interface SourceLine {
  /** From 1. */
  readonly number: number
  readonly text: string
  /** Octets of the file up to its end, line end included. */
  readonly end: number
  /** Set when the line cannot be read; `text` is then empty. */
  readonly problem?: 'encoding' | 'length'
}

/** Longest line, octets: twenty times a record with full proof, short enough to hold a few in memory. */
export const MAX_LINE_OCTETS = 65_536

const LF = 0x0a
const CR = 0x0d
const NOTHING: Buffer = Buffer.alloc(0)
const BOM = Buffer.from([0xef, 0xbb, 0xbf])

/** Yields the lines each read of the file completed. */
export async function* sourceLines(path: string, from: Position = START_OF_FILE): AsyncGenerator<SourceLine[]> {
  let rest = NOTHING
  let tooLong = false
  let number = from.line
  let read = from.bytes
  const finish = (octets: Buffer, end: number): SourceLine => {
    number += 1
    const line = readLine(tooLong ? undefined : octets, number, end)
    tooLong = false
    return line
  }
  const file = createReadStream(path, { start: from.bytes, highWaterMark: 262_144 }) as AsyncIterable<Buffer>
  for await (const chunk of file) {
    const lines: SourceLine[] = []
    // Asked once for all of its lines, most of which lie in one read.
    const plain = isAscii(chunk)
    let start = 0
    for (let end = chunk.indexOf(LF); end >= 0; end = chunk.indexOf(LF, start)) {
      if (plain && rest.length === 0 && !tooLong && end - start <= MAX_LINE_OCTETS) {
        number += 1
        const last = end > start && chunk[end - 1] === CR ? end - 1 : end
        lines.push({ number, text: chunk.toString('latin1', start, last), end: read + end + 1 })
      } else {
        const piece = chunk.subarray(start, end)
        lines.push(finish(rest.length > 0 ? Buffer.concat([rest, piece]) : piece, read + end + 1))
        rest = NOTHING
      }
      start = end + 1
    }
    read += chunk.length
    const tail = chunk.subarray(start)
    tooLong ||= rest.length + tail.length > MAX_LINE_OCTETS
    rest = tooLong ? NOTHING : Buffer.concat([rest, tail])
    yield lines
  }
  if (rest.length > 0 || tooLong) yield [finish(rest, read)]
}

function readLine(octets: Buffer | undefined, number: number, end: number): SourceLine {
  if (octets === undefined || octets.length > MAX_LINE_OCTETS) return { number, end, text: '', problem: 'length' }
  const hasBom = number === 1 && octets.subarray(0, 3).equals(BOM)
  const last = octets.at(-1) === CR ? octets.length - 1 : octets.length
  const content = octets.subarray(hasBom ? 3 : 0, last)
  if (!isUtf8(content)) return { number, end, text: '', problem: 'encoding' }
  return { number, end, text: content.toString('utf8') }
}
