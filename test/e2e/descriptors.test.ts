/** A system that allows fewer open files than the configuration may come to need is told of at the start. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { afterEach, expect, test } from 'vitest'
import { AVAL, type LogLine, makeDirectory, removeDirectory, siteFor, writeConfig } from '../support/aval.js'
import { consentTo } from '../support/consents.js'
import { describeWith, hasCommand } from '../support/peers.js'

describeWith({ prlimit: hasCommand('prlimit') }, 'open files', () => {
  const directory = makeDirectory()
  let relay: ChildProcess | undefined

  afterEach(() => {
    relay?.kill('SIGKILL')
    removeDirectory(directory)
  })

  /** The lines from the start until it listens. */
  async function start(allowed: number, connections: number): Promise<LogLine[]> {
    consentTo(directory, ['jean.dupont@client.example'])
    const config = writeConfig(directory, {
      ...siteFor(directory, 'smtp://127.0.0.1:1'),
      limits: { connections, bytes_in_flight: '10MiB', message_size: '10MiB' },
      spool: { directory: `${directory}/spool`, memory: '1MiB' },
    })
    const command = [`--nofile=${allowed}:${allowed}`, process.execPath, AVAL, 'serve', '-c', config]
    relay = spawn('prlimit', command, { stdio: ['ignore', 'pipe', 'inherit'] })
    const lines: LogLine[] = []
    for await (const line of createInterface({ input: relay.stdout! })) {
      lines.push(JSON.parse(line) as LogLine)
      if (lines.at(-1)!.event === 'listening') break
    }
    return lines
  }

  test.each([
    { allowed: 700, connections: 500, short: [{ level: 'warn', allowed: 700, needed: 500 + 10 + 20 + 256 }] },
    { allowed: 1_000, connections: 500, short: [] },
  ])('I12: $allowed for $connections connections', async ({ allowed, connections, short }) => {
    const lines = await start(allowed, connections)
    expect(lines.filter(({ event }) => event === 'descriptors_short')).toMatchObject(short)
    expect(lines.at(-1)!.event).toBe('listening')
  })
})
