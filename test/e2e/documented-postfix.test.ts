/** The settings of docs/clients.md in a real Postfix: it logs in over TLS, and what it is told reaches whoever sent. */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createTransport } from 'nodemailer'
import { expect, test } from 'vitest'
import { makeDirectory, removeDirectory, siteFor, startAval } from '../support/aval.js'
import { consentTo } from '../support/consents.js'
import { describeWith } from '../support/peers.js'
import { plainNewsletter } from '../support/plain-newsletter.js'
import { POSTFIX_PRESENT, type Postfix, startPostfix } from '../support/postfix.js'
import { sha256, startSink } from '../support/sink.js'
import { until } from '../support/until.js'
import { hashSecret } from '#aval/smtp/login/secret-hash.js'

const GOOD = 'jean.dupont@client.example'
const STRANGER = 'inconnu@client.example'
const PASSWORD = 'a-password-of-some-length'
const HAS_PLAIN = spawnSync('sh', ['-c', 'ls /usr/lib/*/sasl2/libplain.so']).status === 0

/** The blocks of the section, as they are copied. */
function documented(): readonly [settings: string, password: string] {
  const page = readFileSync('docs/clients.md', 'utf8')
  const [, section = ''] = /^## Postfix\n(.*?)^## /ms.exec(page) ?? []
  const [settings = '', password = ''] = [...section.matchAll(/^```\n(.*?)^```$/gms)].map(([, block]) => block!)
  return [settings, password]
}

describeWith(
  { Postfix: POSTFIX_PRESENT, 'libsasl2-modules': HAS_PLAIN },
  'Postfix with the documented settings',
  () => {
    test('sends what is lawful and bounces the rest', async () => {
      const directory = makeDirectory()
      consentTo(directory, [GOOD])
      const sink = await startSink()
      let postfix: Postfix | undefined
      const upstream = `smtp://127.0.0.1:${sink.port}`
      const [cert_file, key_file] = ['cert', 'key'].map((end) => resolve('test/config/tls', `server.${end}`))
      const copy = join(directory, 'server.key')
      writeFileSync(copy, readFileSync(key_file!), { mode: 0o600 })
      const config = {
        ...siteFor(directory, upstream),
        listeners: [{ address: '127.0.0.1:0', tls: { mode: 'starttls', cert_file, key_file: copy } }],
        credentials: {
          newsletters: {
            router: 'routix',
            advertisers: ['acme'],
            classes: ['prospecting_b2c'],
            secret_hash: await hashSecret(PASSWORD),
          },
        },
      }
      const aval = await startAval(upstream, { directory, config })
      try {
        const map = join(directory, 'sasl_passwd')
        const here = (text: string) =>
          text
            .replaceAll('[aval.internal]:2525', `[127.0.0.1]:${aval.port}`)
            .replaceAll('/etc/postfix/sasl_passwd', map)
        const [settings, password] = documented()
        writeFileSync(map, here(password).replace('PASSWORD', PASSWORD), { mode: 0o600 })
        expect(spawnSync('postmap', [`hash:${map}`]).status).toBe(0)
        expect(existsSync(`${map}.db`)).toBe(true)
        postfix = await startPostfix({
          relayTo: aval.port,
          main: [...here(settings).trim().split('\n'), 'bounce_notice_recipient = nobody'],
        })
        const transport = createTransport({ host: '127.0.0.1', port: postfix.port, ignoreTLS: true })
        const raw = plainNewsletter(sha256('documented'))
        await transport.sendMail({ envelope: { from: 'bonjour@news.acme.example', to: [GOOD, STRANGER] }, raw })
        const log = () => postfix!.log()
        await until(() => (log().match(/client\.example>.*status=/g) ?? []).length >= 2, 'two results', 60_000)
        expect(log()).toMatch(new RegExp(`to=<${GOOD}>.*status=sent .*ref=`))
        expect(log()).toMatch(new RegExp(`to=<${STRANGER}>.*status=bounced .*550 5\\.7\\.1 AVAL CONSENT-MISSING`))
        expect(sink.recipients()).toContain(GOOD)
      } finally {
        postfix?.stop()
        await aval.stop()
        await sink.close()
        removeDirectory(directory)
      }
    }, 120_000)
  },
)
