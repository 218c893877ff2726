/** A file as lines with their numbers, in constant memory, whatever is in it. */
import { createReadStream } from 'node:fs'
import { isUtf8 } from 'node:buffer'

export interface SourceLine {
  /** From 1. */
  readonly number: number
  readonly text: string
  /** Set when the line cannot be read; `text` is then empty. */
  readonly problem?: 'encoding' | 'length'
}

/** Longest line, octets: twenty times a record with full proof, short enough to hold a few in memory. */
export const MAX_LINE_OCTETS = 65_536

const LF = 0x0a
const BOM = Buffer.from([0xef, 0xbb, 0xbf])

/** Yields what each read of the file completed: the lines, and how many octets have been read so far. */
export async function* sourceLines(path: string): AsyncGenerator<{ lines: SourceLine[]; bytes: number }> {
  let rest: Buffer = Buffer.alloc(0)
  let tooLong = false
  let number = 0
  let bytes = 0
  const finish = (octets: Buffer): SourceLine => {
    number += 1
    const line = readLine(tooLong ? undefined : octets, number)
    tooLong = false
    return line
  }
  for await (const chunk of createReadStream(path, { highWaterMark: 262_144 }) as AsyncIterable<Buffer>) {
    bytes += chunk.length
    const lines: SourceLine[] = []
    let start = 0
    for (let end = chunk.indexOf(LF); end >= 0; end = chunk.indexOf(LF, start)) {
      const piece = chunk.subarray(start, end)
      lines.push(finish(rest.length > 0 ? Buffer.concat([rest, piece]) : piece))
      rest = Buffer.alloc(0)
      start = end + 1
    }
    const tail = chunk.subarray(start)
    tooLong ||= rest.length + tail.length > MAX_LINE_OCTETS
    rest = tooLong ? Buffer.alloc(0) : Buffer.concat([rest, tail])
    yield { lines, bytes }
  }
  if (rest.length > 0 || tooLong) yield { lines: [finish(rest)], bytes }
}

function readLine(octets: Buffer | undefined, number: number): SourceLine {
  if (octets === undefined || octets.length > MAX_LINE_OCTETS) return { number, text: '', problem: 'length' }
  const hasBom = number === 1 && octets.subarray(0, 3).equals(BOM)
  const end = octets.at(-1) === 0x0d ? octets.length - 1 : octets.length
  const content = octets.subarray(hasBom ? 3 : 0, end)
  if (!isUtf8(content)) return { number, text: '', problem: 'encoding' }
  return { number, text: content.toString('utf8') }
}
