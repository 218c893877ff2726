import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, readFileSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createKeyFile } from '#aval/storage/key-file.js'
import { MINIMAL, NOW, SECRET_HASH, copyTls, directory, good, load, problemsOf } from './support.js'

const TLS = `
listeners:
  - address: 127.0.0.1:2525
    tls: { mode: starttls, cert_file: DIR/server.cert, key_file: DIR/server.key }
upstream:
  url: smtps://mta.example.com
  ca_file: DIR/other.cert
  cert_file: DIR/other.cert
  key_file: DIR/other.key
`

function tlsDirectory(): string {
  const root = directory()
  copyTls(root, ['server.cert', 'server.key', 'other.cert', 'other.key'])
  for (const name of ['server.cert', 'server.key', 'other.cert', 'other.key']) chmodSync(join(root, name), 0o640)
  return root
}

describe('certificates', () => {
  it('are read with their keys, once, into the secrets', () => {
    const root = tlsDirectory()
    const { secrets, runtime, settings } = good(TLS.replaceAll('DIR', root))
    const key = readFileSync(join(root, 'server.key'), 'utf8')
    expect(secrets.listenerTls).toEqual([{ cert: readFileSync(join(root, 'server.cert'), 'utf8'), key }])
    expect(secrets.upstreams[0]?.tls).toEqual({
      cert: readFileSync(join(root, 'other.cert'), 'utf8'),
      key: readFileSync(join(root, 'other.key'), 'utf8'),
    })
    expect(secrets.upstreams[0]?.ca).toBe(secrets.upstreams[0]?.tls?.cert)
    expect(JSON.stringify([runtime, settings])).not.toContain('PRIVATE KEY')
  })

  const said = (change: (yaml: string) => string, now = NOW) => {
    const root = tlsDirectory()
    return problemsOf(load(change(TLS.replaceAll('DIR', root)), { now })).map((line) => line.replaceAll(root, 'DIR'))
  }

  it.each([
    [
      'the key of another',
      'server.key',
      'other.key',
      ['listeners[0].tls.key_file: is not the key of the certificate in cert_file'],
    ],
    [
      'a certificate for a key',
      'server.key',
      'server.cert',
      ['listeners[0].tls.key_file: is not a private key in PEM, or is protected by a passphrase'],
    ],
    [
      'a key for a certificate',
      'server.cert',
      'server.key',
      ['listeners[0].tls.cert_file: is not a certificate in PEM'],
    ],
    ['a directory', 'server.key', '', ['listeners[0].tls.key_file: the file DIR/ is a directory']],
    ['no file', 'server.cert', 'none.cert', ['listeners[0].tls.cert_file: the file DIR/none.cert does not exist']],
  ])('%s', (_, from, to, expected) => {
    expect(said((yaml) => yaml.replace(from, to))).toEqual(expected)
  })

  it('must be valid at the moment they are put in force', () => {
    expect(said((yaml) => yaml, Date.UTC(2040, 0, 1))).toEqual([
      'listeners[0].tls.cert_file: the certificate expired on 2036-11-18',
      'upstream.cert_file: the certificate expired on 2036-11-18',
    ])
    expect(said((yaml) => yaml, Date.UTC(2020, 0, 1))).toEqual([
      'listeners[0].tls.cert_file: the certificate is valid from 2026-11-21 only',
      'upstream.cert_file: the certificate is valid from 2026-11-21 only',
    ])
  })

  it('must be files: nothing waits for a pipe', () => {
    const root = tlsDirectory()
    spawnSync('mkfifo', ['-m', '600', join(root, 'pipe')])
    const pipe = TLS.replaceAll('DIR', root).replace('server.key', 'pipe')
    expect(problemsOf(load(pipe))).toEqual([`listeners[0].tls.key_file: the file ${root}/pipe is no regular file`])
  })

  it('must be readable', () => {
    const root = tlsDirectory()
    chmodSync(root, 0o755)
    chmodSync(join(root, 'server.key'), 0)
    const problems = asAnybody(() => problemsOf(load(TLS.replaceAll('DIR', root))))
    expect(problems).toContain(
      `listeners[0].tls.key_file: the file ${root}/server.key cannot be read: check its owner and mode`,
    )
  })
})

const SECRETS = `
listeners:
  - address: 127.0.0.1:2525
upstream: { url: smtps://relay@mta.example.com, password_file: DIR/password }
storage: { key_file: DIR/aval.key }
advertisers:
  acme: { legal_name: Acme, from_domains: [acme.example] }
credentials:
  web: { advertisers: [acme], classes: [newsletter], secret_hash_file: DIR/web.hash }
`

describe('secrets in files of their own', () => {
  const files = { password: 'hunter2 hunter2\n', 'web.hash': `${SECRET_HASH}\r\n` }
  const said = (changed: Partial<typeof files>) => {
    const root = directory({ ...files, ...changed })
    return problemsOf(load(SECRETS.replaceAll('DIR', root))).map((line) => line.replaceAll(root, 'DIR'))
  }

  it('are read without the line end', () => {
    const root = directory(files)
    const { secrets, site } = good(SECRETS.replaceAll('DIR', root))
    expect(secrets.upstreams[0]?.password).toBe('hunter2 hunter2')
    expect(secrets.secretHashes).toEqual(new Map([['web', SECRET_HASH]]))
    expect(site.credentials.get('web')?.secretHash).toBe(SECRET_HASH)
  })

  it('come from the environment as well', () => {
    const root = directory(files)
    const environment = { AVAL__UPSTREAM__PASSWORD_FILE: join(root, 'password') }
    const yaml = MINIMAL.replace('capture:var/outbox', 'smtps://relay@mta.example.com')
    expect(good(yaml, { environment }).secrets.upstreams[0]?.password).toBe('hunter2 hunter2')
  })

  it.each([
    ['empty', { password: '\n' }, 'upstream.password_file: the file DIR/password is empty'],
    ['of two lines', { password: 'a\nb\n' }, 'upstream.password_file: the file DIR/password has more than one line'],
    [
      'huge',
      { password: 'a'.repeat(2 ** 20 + 1) },
      'upstream.password_file: the file DIR/password is larger than 1 MiB: it is not the right one',
    ],
    [
      'no hash',
      { 'web.hash': 'hunter2' },
      'credentials.web.secret_hash_file: does not hold a secret hash made by "aval credential hash" (scrypt$N$r$p$salt$hash)',
    ],
  ])('are refused when they are %s', (_, changed, message) => {
    expect(said(changed)).toEqual([message])
  })

  it('are refused when everybody can read them', () => {
    const root = directory(files)
    createKeyFile(join(root, 'aval.key'))
    const yaml = SECRETS.replaceAll('DIR', root)
    expect(problemsOf(load(yaml))).toEqual([])
    for (const name of ['password', 'web.hash', 'aval.key']) chmodSync(join(root, name), 0o644)
    expect(problemsOf(load(yaml)).map((line) => line.replaceAll(root, 'DIR'))).toEqual([
      'upstream.password_file: everybody on this machine can read the file DIR/password: chmod o-rwx DIR/password',
      'storage.key_file: everybody on this machine can read the file DIR/aval.key: chmod o-rwx DIR/aval.key',
      'credentials.web.secret_hash_file: everybody on this machine can read the file DIR/web.hash: chmod o-rwx DIR/web.hash',
    ])
  })

  it('may be missing only where the first start makes them', () => {
    const root = directory({ password: 'x' })
    writeFileSync(join(root, 'web.hash'), SECRET_HASH, { mode: 0o600 })
    expect(problemsOf(load(SECRETS.replaceAll('DIR', root)))).toEqual([])
  })
})

/** Modes mean nothing to root. */
function asAnybody<T>(work: () => T): T {
  if (process.geteuid?.() !== 0) return work()
  process.seteuid!(65_534)
  try {
    return work()
  } finally {
    process.seteuid!(0)
  }
}

describe('what is no file', () => {
  const NO_FILE = 'is no regular file'
  const FILES = {
    'aval.yaml': '',
    'more.yaml': 'node: { name: relay-7 }\n',
    password: 'hunter2\n',
    'web.hash': SECRET_HASH,
  }

  function site(): { readonly root: string; readonly said: () => string[] } {
    const root = directory(FILES)
    copyTls(root, ['other.cert'])
    const yaml = `include: [more.yaml]\n${SECRETS.replaceAll('DIR', root)}`
    const withAuthorities = yaml.replace('password_file:', `ca_file: ${root}/other.cert, password_file:`)
    writeFileSync(join(root, 'aval.yaml'), withAuthorities)
    const said = () =>
      problemsOf(load('', { file: join(root, 'aval.yaml') })).map((line) => line.replaceAll(root, 'DIR'))
    return { root, said }
  }

  const NAMED: readonly [string, string][] = [
    ['aval.yaml', 'the file'],
    ['more.yaml', 'the file DIR/more.yaml'],
    ['password', 'upstream.password_file: the file DIR/password'],
    ['web.hash', 'credentials.web.secret_hash_file: the file DIR/web.hash'],
    ['other.cert', 'upstream.ca_file: the file DIR/other.cert'],
  ]

  it.each(NAMED)('is not waited for: a pipe named as %s', (name, words) => {
    const { root, said } = site()
    rmSync(join(root, name))
    expect(spawnSync('mkfifo', ['-m', '600', join(root, name)]).status).toBe(0)
    expect(said()).toEqual([expect.stringContaining(`${words} ${NO_FILE}`)])
  })

  it.each(NAMED)('is not read for ever: a device named as %s', (name, words) => {
    const { root, said } = site()
    rmSync(join(root, name))
    symlinkSync('/dev/zero', join(root, name))
    expect(said()).toContainEqual(expect.stringContaining(`${words} ${NO_FILE}`))
  })

  it.each(NAMED)('is said of a socket named as %s', async (name, words) => {
    const { root, said } = site()
    rmSync(join(root, name))
    const server = createServer().listen(join(root, name))
    await once(server, 'listening')
    try {
      chmodSync(join(root, name), 0o600)
      expect(said()).toEqual([expect.stringContaining(`${words} ${NO_FILE}`)])
    } finally {
      server.close()
    }
  })

  it.each(NAMED)('is another matter than a link, which is followed: %s', (name) => {
    const { root, said } = site()
    renameSync(join(root, name), join(root, 'elsewhere'))
    symlinkSync('elsewhere', join(root, 'between'))
    symlinkSync('between', join(root, name))
    expect(said()).toEqual([])
  })

  it.each([
    ['aval.yaml', 'the file is larger than 8 MiB'],
    ['more.yaml', 'the file DIR/more.yaml is larger than 8 MiB'],
  ])('is left unread, as is a %s of a gigabyte', (name, words) => {
    const { root, said } = site()
    truncateSync(join(root, name), 2 ** 30)
    expect(said()).toEqual([expect.stringContaining(words)])
  })
})
