/** `aval config check` through the real binary: not only whether the file is in order, but whether anything could be sent. */
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { beforeEach, expect, test } from 'vitest'
import { type CommandResult, runAval } from '../support/aval.js'
import { file } from '../support/scratch.js'

let home: string
let sites = 0

beforeEach(() => {
  home = file(`checked${sites++}`)
  expect(runAval(['init', home]).status).toBe(0)
})

/** The site as `aval init` made it, with lines of its configuration put otherwise, checked. */
function checked(changes: Readonly<Record<string, string>> = {}, ...more: string[]): CommandResult {
  const path = `${home}/aval.yaml`
  let text = readFileSync(path, 'utf8')
  for (const [from, to] of Object.entries(changes)) {
    expect(text).toContain(from)
    text = text.replace(from, to)
  }
  writeFileSync(path, text)
  return runAval(['config', 'check', '-c', path, ...more])
}

const NOTICE = '    privacy_url: "https://news.acme.example/privacy"\n'
const REGISTER = '    # register: [prospecting]'

/** What `aval init` puts for the advertiser, and what stands for its own: a name that is kept for machines, not for examples. */
const OWN = {
  'legal_name: "Acme SAS"': 'legal_name: "Boutique SARL"',
  '"https://news.acme.example/privacy"': '"https://www.boutique.localhost/privacy"',
  '"contact@news.acme.example"': '"contact@boutique.localhost"',
  'from_domains: ["news.acme.example"]': 'from_domains: ["boutique.localhost"]',
}

test('a site as it is made is in order; each example in it is named with its line, and nothing is said to leave before', () => {
  const { status, stdout } = checked()
  expect(status).toBe(0)
  const lineOf = (key: string) =>
    readFileSync(`${home}/aval.yaml`, 'utf8')
      .split('\n')
      .findIndex((line) => line.includes(`    ${key}: `)) + 1
  const example = (key: string, value: string, where = key) =>
    `${home}/aval.yaml:${lineOf(key)} advertisers.acme.${where}: ${value} is an example: put the advertiser's own`
  expect(stdout.split('\n').slice(0, 8)).toEqual([
    `${home}/aval.yaml: in order, but examples are to be replaced before real mail can be sent`,
    example('legal_name', 'Acme SAS'),
    example('privacy_url', 'https://news.acme.example/privacy'),
    example('contact_email', 'contact@news.acme.example'),
    example('from_domains', 'news.acme.example', 'from_domains[0]'),
    '',
    'mailer, acme, prospecting of consumers: can be sent once the examples are replaced',
    '',
  ])
  expect(checked({}, '--lang', 'fr').stdout).toContain(
    'advertisers.acme.legal_name : Acme SAS est un exemple : mettez ce qui est à l’annonceur\n',
  )
})

test('with the advertiser filled in, what is still missing is a warning', () => {
  const { status, stdout } = checked(OWN)
  expect(status).toBe(0)
  expect(stdout.split('\n').slice(0, 4)).toEqual([
    `${home}/aval.yaml: in order`,
    '',
    'mailer, acme, prospecting of consumers: can be sent',
    '',
  ])
  expect(stdout).toContain('ROPA-MISSING')
  expect(checked({ [REGISTER]: '    register: [prospecting]' })).toEqual({
    status: 0,
    stdout: `${home}/aval.yaml: in order\n`,
    stderr: '',
  })
})

test('an advertiser without its notice: nothing of it could be sent, said first, with what to do; exit 1', () => {
  const { status, stdout } = checked({ [NOTICE]: '' })
  expect(status).toBe(1)
  expect(stdout).toMatch(/^\S+aval\.yaml: in order, but some of what it declares could not be sent now\n/)
  expect(stdout).toContain('mailer, acme, prospecting of consumers: would be put off (451)\n')
  expect(stdout).toMatch(/ADVERTISER-UNDECLARED[^]*missing: privacy page[^]*What to do: .*complete the advertiser/)
})

test('in French', () => {
  const { status, stdout } = checked({ [NOTICE]: '' }, '--lang', 'fr')
  expect(status).toBe(1)
  expect(stdout).toContain(': en règle, mais une partie de ce qui y est déclaré ne pourrait pas partir à présent\n')
  expect(stdout).toContain('\n\nmailer, acme, prospection de particuliers : serait différé (451)\n')
})

test('in observe mode it can be sent, and what enforcing would do is said', () => {
  const observe = 'mode: observe\n  justifications: { mode: { reason: first weeks, by: DPO, on: 2026-01-10 } }'
  const { status, stdout } = checked({ [NOTICE]: '', 'mode: enforce': observe })
  expect(status).toBe(0)
  expect(stdout).toContain('can be sent once the examples are replaced (enforced, it would be put off (451))')
})

test('a contract that has ended; streams of which the same is to be said stand together, the worst first', () => {
  const routers = [
    'routers:',
    '  routix:',
    '    legal_name: Routix SARL',
    '    contracts:',
    '      - { advertiser: acme, signed: 2020-01-10, until: 2021-01-10, document_sha256: "' + 'ab'.repeat(32) + '" }',
    '',
    'credentials:\n  own: { advertisers: [acme], classes: [transactional], secret_hash_file: HASH }',
  ].join('\n')
  const { status, stdout, stderr } = checked({
    '\ncredentials:': `\n${routers.replace('HASH', `${home}/secrets/mailer.hash`)}`,
    '    # router: routix': '    router: routix',
    'classes: [prospecting_b2c]': 'classes: [prospecting_b2c, prospecting_customer]',
  })
  expect(stderr).toBe('')
  expect(status).toBe(1)
  expect(stdout).toMatch(
    /could not be sent now\n[^]*\n\nmailer, acme, prospecting of consumers; mailer, acme, [^;]*customer[^;:]*: would be refused\n[^]*CONTRACT-MISSING/,
  )
  expect(stdout).not.toContain('own, acme')
})

test('a key file that is not there or holds none: exit 78; a registry that is not there: 74, and none is made', () => {
  const key = `${home}/secrets/aval.key`
  cpSync(key, `${key}.away`)
  rmSync(key)
  expect(checked()).toMatchObject({ status: 78, stdout: '', stderr: expect.stringContaining(key) })
  writeFileSync(key, 'nothing of the kind\n', { mode: 0o600 })
  expect(checked()).toMatchObject({ status: 78, stdout: '', stderr: expect.stringContaining(key) })
  cpSync(`${key}.away`, key)
  rmSync(`${home}/data/aval.db`)
  const { status, stdout, stderr } = checked()
  expect([status, stdout]).toEqual([74, ''])
  expect(stderr).toMatch(/aval registry create/)
  expect(existsSync(`${home}/data/aval.db`)).toBe(false)
})
