/**
 * Gives checkpoints to others, so that nobody who holds every file and key of this machine can put an older journal in its
 * place: a time-stamping authority (RFC 3161), a webhook, a directory that is on another machine. What was given is an entry
 * of the journal. Runs beside the relay and never holds it up.
 */
import { randomBytes } from 'node:crypto'
import { mkdir, open, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { type AnchorEntry, ENTRY_SCHEMA } from '../../domain/journal-entry.js'
import type { JournalPort } from '../../relay/ports.js'
import { openJournalReader } from '../reader.js'
import { readTimeStamp, REQUEST_TYPE, timeStampRequest } from './time-stamp.js'

export type AnchorTarget =
  | { readonly method: 'rfc3161' | 'webhook'; readonly url: URL }
  | { readonly method: 'file'; readonly directory: string }

export interface Anchor {
  readonly name: string
  readonly target: AnchorTarget
  /** Milliseconds between two checkpoints given to it. */
  readonly every: number
}

export interface AnchorerOptions {
  readonly path: string
  readonly anchors: readonly Anchor[]
  readonly journal: Pick<JournalPort, 'appendSoon'>
  /**
   * @returns the body of an answer with status 2xx
   * @throws Error whose message says what went wrong, without any part of the URL
   */
  readonly post: (url: URL, body: Buffer, type: string) => Promise<Buffer>
  readonly now?: () => number
  /** Milliseconds between two looks at what is due. */
  readonly lookEvery?: number
  readonly events?: AnchorEvents
}

/** Called as things happen; must not throw and must not block. */
export interface AnchorEvents {
  anchored?(name: string, size: number): void
  /** It is tried again at the next look. */
  failed?(name: string, cause: string): void
}

export interface Anchorer {
  /** Gives the newest checkpoint to whoever is due. Never rejects. */
  look(): Promise<void>
  stop(): void
}

const LOOK_EVERY_MS = 60_000

export function startAnchorer(options: AnchorerOptions): Anchorer {
  const { anchors, now = Date.now, lookEvery = LOOK_EVERY_MS, events = {} } = options
  let looking: Promise<void> | undefined
  const timer = anchors.length === 0 ? undefined : setInterval(() => void look(), lookEvery)
  timer?.unref()

  function look(): Promise<void> {
    looking ??= lookOnce().finally(() => (looking = undefined))
    return looking
  }

  async function lookOnce(): Promise<void> {
    let due: readonly DueAnchor[]
    try {
      due = dueAnchors(options, now())
    } catch (error) {
      for (const { name } of anchors) events.failed?.(name, messageOf(error))
      return
    }
    await Promise.all(due.map(give))
  }

  async function give({ anchor, checkpoint }: DueAnchor): Promise<void> {
    const { name, target } = anchor
    try {
      const token = await deliver(target, checkpoint, options.post)
      await options.journal.appendSoon([anchorEntry(name, target.method, checkpoint.size, token, now())])
      events.anchored?.(name, checkpoint.size)
    } catch (error) {
      events.failed?.(name, messageOf(error))
    }
  }

  return { look, stop: () => clearInterval(timer) }
}

interface KnownSize {
  readonly size: number
  readonly note: string
}

interface DueAnchor {
  readonly anchor: Anchor
  readonly checkpoint: KnownSize
}

function dueAnchors({ path, anchors }: AnchorerOptions, now: number): DueAnchor[] {
  const reader = openJournalReader(path)
  try {
    const checkpoint = reader.lastCheckpoint()
    if (!checkpoint) return []
    return anchors.flatMap((anchor) => {
      const last = reader.lastAnchor(anchor.name)
      const isDue = !last || (now - last.at >= anchor.every && checkpoint.size > last.size)
      return isDue ? [{ anchor, checkpoint }] : []
    })
  } finally {
    reader.close()
  }
}

/** @returns the token of a time-stamp; empty for other targets */
async function deliver(
  target: AnchorTarget,
  { size, note }: KnownSize,
  post: AnchorerOptions['post'],
): Promise<string> {
  switch (target.method) {
    case 'rfc3161': {
      const request = timeStampRequest(note)
      return readTimeStamp(await post(target.url, request.query, REQUEST_TYPE), request).token.toString('base64')
    }
    case 'webhook':
      await post(target.url, Buffer.from(note), 'text/plain; charset=utf-8')
      return ''
    case 'file':
      await drop(target.directory, `checkpoint-${String(size).padStart(12, '0')}.txt`, note)
      return ''
  }
}

/** Whole under its name, or not there. */
async function drop(directory: string, name: string, note: string): Promise<void> {
  await mkdir(directory, { recursive: true })
  const draft = join(directory, `.${name}.${randomBytes(4).toString('hex')}`)
  const file = await open(draft, 'wx', 0o644)
  try {
    await file.writeFile(note)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(draft, join(directory, name))
}

function anchorEntry(
  name: string,
  method: AnchorEntry['method'],
  size: number,
  token: string,
  at: number,
): AnchorEntry {
  return { kind: 'anchor', schema: ENTRY_SCHEMA, ref: '', rcpt: 0, at, size, method, name, token }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
