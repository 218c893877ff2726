/**
 * `aval ropa export`: the record of processing activities (GDPR art. 30) as far as this relay knows it, one entry for each
 * advertiser as controller (art. 30(1)) and one for the relay as processor (art. 30(2)).
 */
import type { Configuration } from '../../config/configuration.js'
import { isProspecting } from '../../domain/message-class.js'
import { CLASSES } from '../../words/decision-words.js'
import { type Bilingual, COLON, counted, type Forms, listed, said, SEMICOLON, wordFor } from '../../words/language.js'
import { PURPOSES } from '../../words/record-words.js'
import type { CommandContext } from '../command-context.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { configurationOf } from '../site.js'
import type { Terminal } from '../terminal.js'
import { iso, type SiteOptions } from './common.js'

/** What is not a name is in the language of the terminal. */
interface Activity {
  readonly article: '30(1)' | '30(2)'
  readonly controller: string
  readonly contact: string
  /** Of the controller, where it has one (GDPR art. 37). */
  readonly dpo: string
  readonly siren: string
  readonly purposes: readonly string[]
  readonly dataSubjects: readonly string[]
  readonly dataCategories: readonly string[]
  readonly recipients: readonly string[]
  readonly transfers: string
  readonly retention: string
  readonly security: readonly string[]
}

const LABELS: Readonly<Record<keyof Activity, Bilingual>> = {
  article: { en: 'GDPR article', fr: 'Article du RGPD' },
  controller: { en: 'Controller', fr: 'Responsable du traitement' },
  contact: { en: 'Contact', fr: 'Contact' },
  dpo: { en: 'Data protection officer', fr: 'Délégué à la protection des données' },
  siren: { en: 'SIREN', fr: 'SIREN' },
  purposes: { en: 'Purposes', fr: 'Finalités' },
  dataSubjects: { en: 'Data subjects', fr: 'Personnes concernées' },
  dataCategories: { en: 'Categories of data', fr: 'Catégories de données' },
  recipients: { en: 'Recipients', fr: 'Destinataires' },
  transfers: { en: 'Transfers outside the EU', fr: 'Transferts hors UE' },
  retention: { en: 'Retention', fr: 'Durées de conservation' },
  security: { en: 'Security measures', fr: 'Mesures de sécurité' },
}

const YEARS: Forms = [
  { en: '{count} year', fr: '{count} an' },
  { en: '{count} years', fr: '{count} ans' },
]
const MONTHS: Forms = [
  { en: '{count} month', fr: '{count} mois' },
  { en: '{count} months', fr: '{count} mois' },
]
const RETENTION: Bilingual = {
  en: '{consumers} after the last contact that came from the person; generic addresses {generic}; objections without end; decisions {decisions}',
  fr: '{consumers} après le dernier contact venu de la personne ; adresses génériques {generic} ; oppositions sans limite ; décisions {decisions}',
}
const CUSTOMERS: Bilingual = { en: 'customers', fr: 'clients' }
const PROSPECTS: Bilingual = { en: 'prospects', fr: 'prospects' }
const NO_TRANSFER: Bilingual = { en: 'none by this relay', fr: 'aucun par ce relais' }
const CHECKING: Bilingual = {
  en: 'checking messages against consent, objections and the law of prospecting before they are relayed',
  fr: 'contrôler les messages avant leur envoi : consentement, oppositions, droit de la prospection',
}
const DATA: readonly Bilingual[] = [
  { en: 'keyed hash of the e-mail address', fr: 'empreinte à clé de l’adresse électronique' },
  {
    en: 'proof, wording and circumstances of consent',
    fr: 'preuve, formulation et circonstances du consentement',
  },
  {
    en: 'contacts that came from the person (clicks, purchases, answers)',
    fr: 'contacts venus de la personne (clics, achats, réponses)',
  },
  { en: 'objections', fr: 'oppositions' },
  { en: 'decisions about messages, without their content', fr: 'décisions sur les messages, sans leur contenu' },
]
const SECURITY: readonly Bilingual[] = [
  {
    en: 'addresses kept as keyed hashes (HMAC-SHA-256), keys in a file outside the database',
    fr: 'adresses gardées sous forme d’empreintes à clé (HMAC-SHA-256), clés dans un fichier hors de la base',
  },
  {
    en: 'every row under an integrity code, the whole registry under a sealed head',
    fr: 'chaque ligne sous un code d’intégrité, le registre entier sous une tête scellée',
  },
  {
    en: 'journal of decisions chained and signed, what leads to persons in it encrypted (AES-256-GCM)',
    fr: 'journal des décisions chaîné et signé, ce qui y mène aux personnes chiffré (AES-256-GCM)',
  },
  { en: 'TLS and authentication for every sender', fr: 'TLS et authentification de chaque expéditeur' },
]

export function ropaExport(context: CommandContext, options: SiteOptions): ExitCode {
  const configuration = configurationOf(context, options.config)
  const { terminal } = context
  const activities = activitiesOf(configuration, terminal)
  if (options.json) terminal.printJson({ exportedAt: iso(context.now()), activities })
  else for (const activity of activities) terminal.print(words(activity, terminal))
  return EXIT.done
}

function activitiesOf({ site, runtime }: Configuration, terminal: Terminal): Activity[] {
  const { language } = terminal
  const say = (text: Bilingual) => terminal.say(text)
  const all = (texts: readonly Bilingual[]) => texts.map((text) => say(text))
  const { retention, generic } = site.policy
  const common = {
    dataCategories: all(DATA),
    transfers: say(NO_TRANSFER),
    retention: said(language, RETENTION, {
      consumers: counted(language, retention.months, MONTHS),
      generic: counted(language, generic.retentionMonths, MONTHS),
      decisions: counted(language, runtime.journal.keepYears, YEARS),
    }),
    security: all(SECURITY),
  }
  const purposeOf = (text: string) => {
    const [kind = '', ...rest] = text.split(':')
    const table = Object.hasOwn(PURPOSES, kind) ? PURPOSES : CLASSES
    return listed([wordFor(terminal.language, table, kind), rest.join(':')], ' ')
  }
  const controllers = [...site.advertisers.values()].map((advertiser): Activity => {
    const credentials = [...site.credentials.values()].filter(({ advertiserIds }) =>
      advertiserIds.includes(advertiser.id),
    )
    const classes = [...new Set(credentials.flatMap((credential) => credential.classes))]
    const routers = new Set(credentials.map(({ routerId }) => routerId).filter((id) => id !== undefined))
    const processors = [...site.processors.values()].filter(({ contracts }) =>
      contracts.some(({ principalId }) => principalId === advertiser.id || routers.has(principalId)),
    )
    return {
      article: '30(1)',
      controller: advertiser.legalName,
      contact: advertiser.contactEmail ?? '',
      dpo: advertiser.dpoContact ?? '',
      siren: advertiser.siren ?? '',
      purposes: [...new Set([...advertiser.registeredPurposes, ...classes].map(purposeOf))],
      dataSubjects: all(classes.some(isProspecting) ? [CUSTOMERS, PROSPECTS] : [CUSTOMERS]),
      recipients: [
        ...[...routers].map((id) => site.routers.get(id)?.legalName ?? id),
        ...processors.map(({ legalName }) => legalName),
      ],
      ...common,
    }
  })
  const relay: Activity = {
    article: '30(2)',
    controller: controllers.map(({ controller }) => controller).join(', '),
    contact: runtime.node,
    dpo: '',
    siren: '',
    purposes: [say(CHECKING)],
    dataSubjects: all([CUSTOMERS, PROSPECTS]),
    recipients: [...site.processors.values()].map(({ legalName }) => legalName),
    ...common,
  }
  return [...controllers, relay]
}

function words(activity: Activity, { language }: Terminal): string {
  const lines = (Object.keys(LABELS) as (keyof Activity)[]).map((name) => {
    const value = activity[name]
    const text = typeof value === 'string' ? value : value.join(SEMICOLON[language])
    return `${said(language, LABELS[name])}${COLON[language]}${text || '-'}`
  })
  return `${lines.join('\n')}\n`
}
