/** Looking for secrets where they must not be: as they are written, and in the spellings they travel in. */
import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

export interface Secret {
  /** What it is, for the one who reads that it leaked. */
  readonly name: string
  readonly octets: Buffer
}

export function secret(name: string, value: string | Buffer): Secret {
  return { name, octets: Buffer.from(value) }
}

/** The private part of a PEM file: its lines, and what they stand for. */
export function secretsOfPem(name: string, pem: string): Secret[] {
  const lines = pem.split('\n').filter((line) => line !== '' && !line.startsWith('-----'))
  // The header of the structure is the same in every key, the end of a long one is public.
  const der = Buffer.from(lines.join(''), 'base64')
  const octets = der.length < 64 ? der.subarray(18) : der.subarray(38, 66)
  return [secret(`${name} (line)`, lines[0]!.slice(-30)), secret(`${name} (octets)`, octets)]
}

/** Plain, in hexadecimal, in base64 wherever it begins within what was encoded, percent-encoded, as JSON writes it. */
export function spellings({ octets }: Secret): string[] {
  const text = octets.toString('latin1')
  const base64 = [0, 1, 2].map((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), octets])
      .toString('base64')
      .replace(/=+$/, '')
    // Its first and last letters depend on what stands beside it.
    return encoded.slice(Math.ceil((before * 8) / 6), -1 - (before + octets.length === 0 ? 0 : 1))
  })
  return [
    ...new Set([
      text,
      octets.toString('hex'),
      octets.toString('hex').toUpperCase(),
      ...base64,
      ...base64.map((encoded) => encoded.replaceAll('+', '-').replaceAll('/', '_')),
      encodeURIComponent(text),
      JSON.stringify(text).slice(1, -1),
    ]),
  ]
}

/** @returns which secrets stand in a text, and how */
export function leaksIn(where: string, text: string | Buffer, secrets: readonly Secret[]): string[] {
  const haystack = Buffer.isBuffer(text) ? text : Buffer.from(text)
  return secrets.flatMap((one) =>
    spellings(one)
      .filter((spelling) => haystack.includes(Buffer.from(spelling, 'latin1')))
      .map((spelling) => `${one.name} is in ${where}, as ${spelling}`),
  )
}

/** Every file at and below a directory. */
export function filesBelow(directory: string): string[] {
  return (
    readdirSync(directory, { recursive: true, encoding: 'utf8' })
      .map((name) => join(directory, name))
      // What was moved away meanwhile is found where it went.
      .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false)
  )
}

export function leaksInFiles(paths: readonly string[], secrets: readonly Secret[]): string[] {
  return paths.flatMap((path) => leaksIn(path, readFileSync(path), secrets))
}
