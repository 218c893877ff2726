/** A file as lines with their numbers, in constant memory, whatever is in it. */
import { createReadStream } from 'node:fs'
import { isUtf8 } from 'node:buffer'

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
const BOM = Buffer.from([0xef, 0xbb, 0xbf])

/** Yields the lines each read of the file completed. */
export async function* sourceLines(path: string, from: Position = START_OF_FILE): AsyncGenerator<SourceLine[]> {
  let rest: Buffer = Buffer.alloc(0)
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
    let start = 0
    for (let end = chunk.indexOf(LF); end >= 0; end = chunk.indexOf(LF, start)) {
      const piece = chunk.subarray(start, end)
      lines.push(finish(rest.length > 0 ? Buffer.concat([rest, piece]) : piece, read + end + 1))
      rest = Buffer.alloc(0)
      start = end + 1
    }
    read += chunk.length
    const tail = chunk.subarray(start)
    tooLong ||= rest.length + tail.length > MAX_LINE_OCTETS
    rest = tooLong ? Buffer.alloc(0) : Buffer.concat([rest, tail])
    yield lines
  }
  if (rest.length > 0 || tooLong) yield [finish(rest, read)]
}

function readLine(octets: Buffer | undefined, number: number, end: number): SourceLine {
  if (octets === undefined || octets.length > MAX_LINE_OCTETS) return { number, end, text: '', problem: 'length' }
  const hasBom = number === 1 && octets.subarray(0, 3).equals(BOM)
  const last = octets.at(-1) === 0x0d ? octets.length - 1 : octets.length
  const content = octets.subarray(hasBom ? 3 : 0, last)
  if (!isUtf8(content)) return { number, end, text: '', problem: 'encoding' }
  return { number, end, text: content.toString('utf8') }
}
