/** The container image, without an engine: the tree its Dockerfile copies together, and the program run from there. */
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { makeDirectory, removeDirectory, startAval } from '../support/aval.js'
import { consentTo } from '../support/consents.js'
import { mailOnce } from '../support/mailer.js'
import { plainNewsletter } from '../support/plain-newsletter.js'
import { startSink } from '../support/sink.js'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const PERSON = 'jean.dupont@client.example'
/** Where the build stage works; what it builds is what this project has built. */
const BUILD = '/build/'

let root: string
beforeAll(() => {
  root = makeDirectory()
  const lastStage = readFileSync('Dockerfile', 'utf8')
    .split(/^FROM /m)
    .at(-1)!
  for (const [, fromBuild, source = '', target = ''] of lastStage.matchAll(/^COPY (--from=build )?(\S+) (\S+)$/gm)) {
    const from = resolve(fromBuild === undefined ? source : source.slice(BUILD.length))
    const to = join(root, target)
    mkdirSync(dirname(to), { recursive: true })
    if (source.endsWith('node_modules')) symlinkSync(from, to)
    else cpSync(from, to, { recursive: true })
  }
})
afterAll(() => removeDirectory(root))

const inImage = (...args: string[]) =>
  spawnSync(process.execPath, [join(root, 'opt/aval/dist/main.js'), ...args], { encoding: 'utf8', cwd: root })

test('what the Dockerfile copies is let through by .dockerignore', () => {
  const [everything, ...through] = readFileSync('.dockerignore', 'utf8').trim().split('\n')
  expect(everything).toBe('*')
  const copied = [...readFileSync('Dockerfile', 'utf8').matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(
    ([, sources]) => sources!.split(' '),
  )
  expect(copied).not.toEqual([])
  for (const source of copied) {
    expect(existsSync(source), source).toBe(true)
    expect(through).toContain(`!${source}`)
  }
})

test('a relay, its threads, its samples and its evidence packs work from the image', async () => {
  expect(inImage('version')).toMatchObject({ status: 0, stderr: '' })
  expect(inImage('demo', '--json')).toMatchObject({ status: 0, stderr: '' })
  expect(inImage('init', 'site')).toMatchObject({ status: 0 })

  const directory = makeDirectory()
  consentTo(directory, [PERSON])
  const sink = await startSink()
  const aval = await startAval(`smtp://127.0.0.1:${sink.port}`, { directory })
  try {
    expect((await mailOnce(aval.port, { to: PERSON, raw: plainNewsletter('x') })).reply).toMatch(/^250/)
    const period = ['--from', '2000-01-01', '--to', '2099-01-01']
    const pack = inImage('evidence', 'pack', '-c', aval.configFile, '--advertiser', 'acme', ...period, '-o', 'pack.zip')
    expect(pack).toMatchObject({ status: 0 })
    expect(existsSync(join(root, 'pack.zip'))).toBe(true)
  } finally {
    await aval.stop()
    await sink.close()
    removeDirectory(directory)
  }
})
