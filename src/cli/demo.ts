/** `aval demo`: a dozen messages, good and bad, through a real relay of their own, and what became of each. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTransport } from 'nodemailer'
import { stringify } from 'yaml'
import { startApp } from '../app.js'
import { SAMPLE_ADDRESSES, SAMPLE_ADVERTISER, writeSampleRegistry } from '../registry/sample.js'
import { createKeyFile } from '../storage/key-file.js'
import { createLogger } from '../telemetry/logger.js'
import type { CommandContext } from './command-context.js'
import { EXIT, type ExitCode } from './exit-codes.js'
import { type Flaw, SAMPLE_SENDER, sampleMessage } from './sample-message.js'
import { configurationOf, withNewRegistry } from './site.js'
import { type Bilingual, type Terminal, styled } from './terminal.js'

interface Scene {
  readonly title: Bilingual
  readonly to: string
  readonly flaw?: Flaw
}

const { permitted, withdrawn, expired, objected } = SAMPLE_ADDRESSES

const SCENES: readonly Scene[] = [
  {
    title: {
      en: 'consent by double opt-in, a click last month',
      fr: 'consentement par double opt-in, un clic le mois dernier',
    },
    to: permitted,
  },
  { title: { en: 'nothing on record', fr: 'rien au registre' }, to: 'inconnu@example.com' },
  { title: { en: 'consent withdrawn', fr: 'consentement retiré' }, to: withdrawn },
  { title: { en: 'no contact for four years', fr: 'aucun contact depuis quatre ans' }, to: expired },
  { title: { en: 'the person has objected', fr: 'la personne s’est opposée' }, to: objected },
  {
    title: { en: 'the same person, spelled otherwise', fr: 'la même personne, écrite autrement' },
    to: objected.replace('@', '+promo@'),
  },
  { title: { en: 'no unsubscribe link', fr: 'pas de lien de désinscription' }, to: permitted, flaw: 'no_link' },
  {
    title: { en: 'no List-Unsubscribe field', fr: 'pas d’en-tête List-Unsubscribe' },
    to: permitted,
    flaw: 'no_header',
  },
  {
    title: { en: 'no one-click unsubscribe', fr: 'pas de désinscription en un clic' },
    to: permitted,
    flaw: 'no_one_click',
  },
  { title: { en: 'advertiser not named', fr: 'annonceur non nommé' }, to: permitted, flaw: 'hidden_identity' },
  {
    title: { en: 'From cannot be recognised as the advertiser', fr: 'From n’est pas reconnaissable comme l’annonceur' },
    to: permitted,
    flaw: 'foreign_from',
  },
  { title: { en: 'two From fields', fr: 'deux champs From' }, to: permitted, flaw: 'two_from' },
]

export async function demo(context: CommandContext, options: { readonly json: boolean }): Promise<ExitCode> {
  const home = mkdtempSync(join(tmpdir(), 'aval-demo-'))
  try {
    const file = join(home, 'aval.yaml')
    writeFileSync(file, stringify(demoSite(home)))
    createKeyFile(join(home, 'aval.key'))
    const configuration = configurationOf(context, file)
    await withNewRegistry(configuration, (registry) => writeSampleRegistry(registry, context.now()))
    const app = await startApp(configuration, createLogger({ format: 'json', level: 'silent' }).logger)
    try {
      const { port } = app.listening[0]!
      for (const scene of SCENES) play(context.terminal, scene, await send(port, scene), options.json)
    } finally {
      await app.close()
    }
    return EXIT.done
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

async function send(port: number, { to, flaw }: Scene): Promise<string> {
  const transport = createTransport({ host: '127.0.0.1', port, ignoreTLS: true })
  try {
    const { response } = await transport.sendMail({
      envelope: { from: SAMPLE_SENDER, to },
      raw: await sampleMessage(to, flaw),
    })
    return response
  } catch (error) {
    if (error instanceof Error && 'response' in error && typeof error.response === 'string') return error.response
    throw error
  }
}

function play(terminal: Terminal, { title, to }: Scene, reply: string, json: boolean): void {
  if (json) {
    terminal.printJson({ title: terminal.say(title), to, reply })
    return
  }
  const [mark, style] = reply.startsWith('2')
    ? (['+', 'good'] as const)
    : reply.startsWith('4')
      ? (['?', 'doubt'] as const)
      : (['-', 'bad'] as const)
  terminal.print(`${styled(terminal, style, mark)} ${terminal.say(title)}`)
  terminal.print(`    ${reply}`)
}

function demoSite(home: string): unknown {
  return {
    node: { name: 'demo' },
    listeners: [{ address: '127.0.0.1:0' }],
    upstream: { url: `capture:${home}/outbox` },
    storage: { url: `sqlite:${home}/aval.db`, key_file: `${home}/aval.key` },
    journal: { url: `sqlite:${home}/journal.db` },
    spool: { directory: `${home}/spool` },
    parser: { threads: 1 },
    http: { address: 'off' },
    advertisers: {
      [SAMPLE_ADVERTISER]: {
        legal_name: 'Acme SAS',
        brands: ['Acme'],
        privacy_url: 'https://www.acme.example/privacy',
        contact_email: 'contact@acme.example',
        from_domains: ['news.acme.example'],
      },
    },
    policy: {
      unsub: { min_assurance: 0 },
      justifications: {
        'unsub.min_assurance': { reason: 'links at .example lead nowhere', by: 'the demo', on: '2026-01-10' },
      },
    },
    credentials: {
      demo: { advertisers: [SAMPLE_ADVERTISER], classes: ['prospecting_b2c'], networks: ['127.0.0.0/8'] },
    },
  }
}
