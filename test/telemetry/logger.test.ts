import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createLogger } from '#aval/telemetry/logger.js'
import { AVAL, makeDirectory, removeDirectory, siteFor, writeConfig } from '../support/aval.js'
import { until } from '../support/until.js'

let directory: string
beforeAll(() => {
  directory = makeDirectory()
})
afterAll(() => removeDirectory(directory))

test('lines come out whole and in order, those in flight and those held back at the end too', async () => {
  const file = join(directory, 'log')
  const { logger, flush } = createLogger({ format: 'json', level: 'info', target: openSync(file, 'a') })
  for (let n = 0; n < 5_000; n++) logger.info({ n })
  await until(() => readFileSync(file).length > 0, 'the first lines')
  await pause(150)
  for (let n = 5_000; n < 5_010; n++) logger.info({ n })
  flush()
  const numbers = readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { n: number }).n)
  expect(numbers).toEqual(Array.from({ length: 5_010 }, (_, n) => n))
})

describe.skipIf(!existsSync('/dev/full'))('a log on a full disk', () => {
  test('keeps nobody waiting, whatever the level', async () => {
    const { logger, flush } = createLogger({ format: 'json', level: 'info', target: openSync('/dev/full', 'w') })
    logger.info('lost')
    logger.fatal('lost')
    await pause(150)
    flush()
  })

  test('stops neither the mail nor the stop', async () => {
    const home = join(directory, 'full')
    mkdirSync(home)
    const config = writeConfig(home, siteFor(home, `capture:${home}/outbox`))
    const full = openSync('/dev/full', 'w')
    const child = spawn(process.execPath, [AVAL, 'serve', '--sample', '-c', config], {
      stdio: ['ignore', full, 'pipe'],
      env: { ...process.env, LANG: 'en' },
    })
    try {
      let said = ''
      child.stderr!.setEncoding('utf8').on('data', (words: string) => (said += words))
      await until(() => /listens on \S+:\d+/.test(said), 'aval to listen')
      await pause(500)
      const socket = connect(Number(/listens on \S+:(\d+)/.exec(said)![1]), '127.0.0.1')
      socket.write('QUIT\r\n')
      expect(await text(socket)).toMatch(/^220 [^\r]*\r\n221 /)
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGTERM')
      expect(await ended).toBe(0)
    } finally {
      child.kill('SIGKILL')
    }
  }, 15_000)
})
