import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadConfiguration } from '#aval/config/load.js'
import { EXAMPLE_ANSWERS, type SiteAnswers, siteTemplate } from '#aval/config/templates.js'
import { createKeyFile } from '#aval/storage/key-file.js'
import { NOW, SECRET_HASH, accepted, directory } from './support.js'

function write(answers: SiteAnswers) {
  const { files, keyFile } = siteTemplate(answers)
  for (const { path, content } of files) {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content, { mode: 0o600 })
  }
  createKeyFile(keyFile)
  return accepted(loadConfiguration({ file: files[0]!.path, environment: {}, now: NOW }))
}

describe('a new site', () => {
  it('loads as it is written, with everything in its own directory', () => {
    const root = directory()
    const { runtime, site } = write({
      ...EXAMPLE_ANSWERS,
      directory: root,
      credential: { id: 'newsletter', secretHash: SECRET_HASH },
    })
    expect(runtime.storage).toEqual({
      kind: 'sqlite',
      path: join(root, 'data/aval.db'),
      keyFile: join(root, 'secrets/aval.key'),
    })
    expect(runtime.journal.path).toBe(join(root, 'data/journal.db'))
    expect(runtime.spool.directory).toBe(join(root, 'data/spool'))
    expect(runtime.upstream).toMatchObject({ kind: 'smtp', mtas: [{ host: '127.0.0.1', port: 25 }] })
    expect(site.credentials.get('newsletter')).toMatchObject({ secretHash: SECRET_HASH, advertiserIds: ['acme'] })
  })

  it('takes answers with quotes, colons and accents as they are', () => {
    const root = join(directory(), 'a: b # "c"')
    const { site } = write({
      directory: root,
      node: 'relay.example.com',
      listen: '[::1]:2525',
      upstream: 'smtp://mta.example.com:25',
      advertiser: { id: '7', legalName: 'L\'Été: "Bücher" # & Cie', fromDomain: 'bücher.example' },
      credential: { id: 'off', secretHash: SECRET_HASH },
    })
    expect(site.advertisers.get('7')).toMatchObject({
      legalName: 'L\'Été: "Bücher" # & Cie',
      fromDomains: ['xn--bcher-kva.example'],
    })
    expect(site.credentials.get('off')?.advertiserIds).toEqual(['7'])
  })
})
