/**
 * Loaded before the program by NODE_OPTIONS, in its threads too: faults of the machine that a test turns on and off by
 * files in the directory FAULTS. The program itself runs as it is.
 */
'use strict'
const { existsSync, readFileSync } = require('node:fs')
const { isMainThread } = require('node:worker_threads')
const path = require('node:path')
const dns = require('node:dns')

const directory = process.env.FAULTS
const on = (name) => existsSync(path.join(directory, name))

const isReader = () => !isMainThread && process.argv[1].endsWith('message/reader-thread.js')
const isJournal = () => !isMainThread && process.argv[1].endsWith('journal/writer-thread.js')

const clock = Date.now
let offset = 0
Date.now = () => clock() + offset
const RealDate = Date
globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, self) => Reflect.construct(target, args.length === 0 ? [Date.now()] : args, self),
})

const lookup = dns.lookup
dns.lookup = (name, ...rest) => {
  if (!on('dns')) return lookup(name, ...rest)
  const error = Object.assign(new Error(`getaddrinfo EAI_AGAIN ${name}`), { code: 'EAI_AGAIN', syscall: 'getaddrinfo' })
  process.nextTick(rest.at(-1), error)
}

// Once a thread knows what it is, and before it has loaded what it needs.
process.nextTick(() => {
  if (isReader() && on('reader-slow')) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 4_000)
})

setInterval(() => {
  offset = on('clock') ? Number(readFileSync(path.join(directory, 'clock'), 'utf8')) : 0
  if (isReader() && on('reader-crash')) process.exit(70)
  while (isReader() && on('reader-hang')) for (let i = 0; i < 1e7; i++);
  if (isJournal() && on('journal-crash')) process.exit(70)
}, 20).unref()
