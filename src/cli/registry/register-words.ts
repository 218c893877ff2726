/** What the registers say, in words: requests of persons, breaches, the ledgers of the registry. */
import type { Breach } from '../../registry/breaches.js'
import type { RegistryVerification } from '../../registry/check.js'
import type { PersonRequest, RequestKind } from '../../registry/requests.js'
import {
  type Bilingual,
  COLON,
  type Forms,
  type Language,
  labelled,
  listed,
  said,
  type WordTable,
  wordFor,
} from '../../words/language.js'
import { momentsIn, PARIS_TIME } from '../../words/moments.js'
import type { Names } from './record-report.js'

export const REQUESTS: WordTable<RequestKind> = {
  access: { fr: 'accès (RGPD art. 15)', en: 'access (GDPR art. 15)' },
  rectification: { fr: 'rectification (RGPD art. 16)', en: 'rectification (GDPR art. 16)' },
  erasure: { fr: 'effacement (RGPD art. 17)', en: 'erasure (GDPR art. 17)' },
  restriction: { fr: 'limitation (RGPD art. 18)', en: 'restriction (GDPR art. 18)' },
  objection: { fr: 'opposition (RGPD art. 21)', en: 'objection (GDPR art. 21)' },
  portability: { fr: 'portabilité (RGPD art. 20)', en: 'portability (GDPR art. 20)' },
}

/** How a request was closed, as the register has it. */
export const OUTCOMES = {
  exported: { fr: 'données communiquées', en: 'data given' },
  restricted: { fr: 'traitement limité', en: 'processing restricted' },
  'restriction lifted': { fr: 'limitation levée', en: 'restriction lifted' },
  rectified: { fr: 'données rectifiées', en: 'data rectified' },
  'objection on file': { fr: 'opposition inscrite', en: 'objection on file' },
  erased: { fr: 'données effacées', en: 'data erased' },
} as const satisfies WordTable

export type Outcome = keyof typeof OUTCOMES

export const LEDGER_COUNTS: Readonly<Record<keyof RegistryVerification['rows'], Forms>> = {
  form: [
    { fr: '{count} formulaire de collecte', en: '{count} collection form' },
    { fr: '{count} formulaires de collecte', en: '{count} collection forms' },
  ],
  version: [
    { fr: '{count} version de fiche', en: '{count} record version' },
    { fr: '{count} versions de fiches', en: '{count} record versions' },
  ],
  event: [
    { fr: '{count} contact', en: '{count} contact' },
    { fr: '{count} contacts', en: '{count} contacts' },
  ],
  objection: [
    { fr: '{count} opposition', en: '{count} objection' },
    { fr: '{count} oppositions', en: '{count} objections' },
  ],
  canary: [
    { fr: '{count} adresse témoin', en: '{count} canary' },
    { fr: '{count} adresses témoins', en: '{count} canaries' },
  ],
  entry: [
    { fr: '{count} inscription au registre des actes', en: '{count} entry in the register of acts' },
    { fr: '{count} inscriptions au registre des actes', en: '{count} entries in the register of acts' },
  ],
}

/** Forms for one and for several of what was done to a person's data. */
export const DONE = {
  restricted: [
    {
      fr: '{count} fiche limitée : gardée, et inutilisable (RGPD art. 18).',
      en: '{count} record restricted: kept, and not to be used (GDPR art. 18).',
    },
    {
      fr: '{count} fiches limitées : gardées, et inutilisables (RGPD art. 18).',
      en: '{count} records restricted: kept, and not to be used (GDPR art. 18).',
    },
  ],
  lifted: [
    { fr: 'Limitation levée sur {count} fiche.', en: 'Restriction lifted on {count} record.' },
    { fr: 'Limitation levée sur {count} fiches.', en: 'Restriction lifted on {count} records.' },
  ],
  rectified: [
    { fr: '{count} fiche rectifiée, dans une nouvelle version.', en: '{count} record rectified, as a new version.' },
    { fr: '{count} fiches rectifiées, dans une nouvelle version.', en: '{count} records rectified, as new versions.' },
  ],
  withdrawn: [
    { fr: '{count} fiche retirée.', en: '{count} record withdrawn.' },
    { fr: '{count} fiches retirées.', en: '{count} records withdrawn.' },
  ],
  erased: [
    { fr: '{count} fiche effacée.', en: '{count} record erased.' },
    { fr: '{count} fiches effacées.', en: '{count} records erased.' },
  ],
  namedIn: {
    fr: 'À faire encore : {file} contient l’adresse en clair, et n’est pas à Aval : l’y effacer, ou supprimer le fichier.',
    en: 'Still to do: {file} holds the address in clear, and is not Aval’s: delete it there, or the file.',
  },
  contacts: [
    { fr: '{count} contact effacé.', en: '{count} contact erased.' },
    { fr: '{count} contacts effacés.', en: '{count} contacts erased.' },
  ],
  decisions: [
    {
      fr: '{count} décision du journal ne dit plus de qui il s’agit.',
      en: '{count} decision of the journal no longer says about whom it is.',
    },
    {
      fr: '{count} décisions du journal ne disent plus de qui il s’agit.',
      en: '{count} decisions of the journal no longer say about whom they are.',
    },
  ],
  kept: {
    fr: 'L’opposition reste, sous forme d’empreinte : rien ne peut plus être envoyé à cette personne.',
    en: 'The objection stays, as a keyed hash: nothing more may be sent to the person.',
  },
  keptFor: {
    fr: 'L’opposition reste, sous forme d’empreinte : {advertiser} ne peut plus rien envoyer à cette personne.',
    en: 'The objection stays, as a keyed hash: {advertiser} may send nothing more to the person.',
  },
  objected: { fr: 'Opposition {id} inscrite ({advertiser}).', en: 'Objection {id} on file ({advertiser}).' },
  opened: {
    fr: 'Demande {id} ouverte : y répondre avant le {due} ({zone}).',
    en: 'Request {id} opened: to be answered before {due} ({zone}).',
  },
} as const satisfies Readonly<Record<string, Bilingual | Forms>>

const REQUEST = {
  heading: {
    fr: 'Demandes des personnes au {at} ({zone}, comme toutes les dates qui suivent)',
    en: 'Requests of persons on {at} ({zone}, as are all moments below)',
  },
  none: { fr: 'Aucune demande.', en: 'No request.' },
  line: {
    fr: '{id} : {kind}, {advertiser} ; reçue le {received}, réponse due avant le {due} ; {state}',
    en: '{id}: {kind}, {advertiser}; received on {received}, answer due before {due}; {state}',
  },
  everybody: { fr: 'tous les annonceurs', en: 'every advertiser' },
  open: { fr: 'à traiter', en: 'open' },
  late: { fr: 'EN RETARD', en: 'LATE' },
  closed: { fr: 'close le {at} : {outcome}', en: 'closed on {at}: {outcome}' },
  closedLate: { fr: 'close HORS DÉLAI le {at} : {outcome}', en: 'closed LATE on {at}: {outcome}' },
} as const satisfies WordTable

/** One a line, under the moment it was looked. */
export function requestLines(
  language: Language,
  requests: readonly PersonRequest[],
  names: Names,
  now: number,
): string[] {
  if (requests.length === 0) return [said(language, REQUEST.none)]
  const { moment } = momentsIn(language)
  const lines = requests.map(({ id, kind, advertiserId, receivedAt, dueAt, closedAt, outcome = '' }) =>
    said(language, REQUEST.line, {
      id,
      kind: wordFor(language, REQUESTS, kind),
      advertiser: advertiserId === undefined ? said(language, REQUEST.everybody) : names(advertiserId),
      received: moment(receivedAt),
      due: moment(dueAt),
      state:
        closedAt === undefined
          ? said(language, now >= dueAt ? REQUEST.late : REQUEST.open)
          : said(language, closedAt >= dueAt ? REQUEST.closedLate : REQUEST.closed, {
              at: moment(closedAt),
              outcome: wordFor(language, OUTCOMES, outcome),
            }),
    }),
  )
  return [said(language, REQUEST.heading, { at: moment(now), zone: said(language, PARIS_TIME) }), ...lines]
}

const BREACH = {
  heading: {
    fr: 'Violations de données au {at} ({zone}, comme toutes les dates qui suivent)',
    en: 'Data breaches on {at} ({zone}, as are all moments below)',
  },
  none: { fr: 'Aucune violation de données inscrite.', en: 'No data breach entered.' },
  aware: { fr: 'Connue le', en: 'Known on' },
  due: { fr: 'À notifier à la CNIL avant le', en: 'The CNIL to be told before' },
  notified: { fr: 'Notifiée à la CNIL le', en: 'The CNIL was told on' },
  told: { fr: 'Personnes informées le', en: 'People told on' },
  closed: { fr: 'Close le', en: 'Closed on' },
  facts: { fr: 'Faits', en: 'Facts' },
  effects: { fr: 'Effets', en: 'Effects' },
  measures: { fr: 'Mesures', en: 'Measures' },
  stateOpen: { fr: 'à notifier', en: 'to be notified' },
  stateLate: { fr: 'EN RETARD : 72 heures dépassées sans notification', en: 'LATE: past 72 hours and not notified' },
  stateNotified: { fr: 'notifiée', en: 'notified' },
  stateNotifiedLate: { fr: 'notifiée HORS DÉLAI (plus de 72 heures)', en: 'notified LATE (after more than 72 hours)' },
  stateClosed: { fr: 'close', en: 'closed' },
  stateClosedUnnotified: { fr: 'close sans notification', en: 'closed without notification' },
} as const satisfies WordTable

/** Each with what is known of it, under the moment it was looked. */
export function breachLines(language: Language, breaches: readonly Breach[], now: number): string[] {
  if (breaches.length === 0) return [said(language, BREACH.none)]
  const { moment } = momentsIn(language)
  const heading = said(language, BREACH.heading, { at: moment(now), zone: said(language, PARIS_TIME) })
  return [heading, ...breaches.flatMap((breach) => oneBreach(language, breach, now))]
}

function oneBreach(language: Language, breach: Breach, now: number): string[] {
  const { moment } = momentsIn(language)
  const at = (value: number | undefined) => (value === undefined ? '' : moment(value))
  const { id, awareAt, notifyDueAt, notifiedAt, individualsToldAt, closedAt } = breach
  const { facts = '', effects = '', measures = '' } = breach
  return [
    `${id}${COLON[language]}${listed(statesOf(breach, now).map((state) => said(language, BREACH[state])))}`,
    ...[
      ...labelled(language, BREACH.aware, moment(awareAt)),
      ...labelled(language, BREACH.due, moment(notifyDueAt)),
      ...labelled(language, BREACH.notified, at(notifiedAt)),
      ...labelled(language, BREACH.told, at(individualsToldAt)),
      ...labelled(language, BREACH.closed, at(closedAt)),
      ...labelled(language, BREACH.facts, facts),
      ...labelled(language, BREACH.effects, effects),
      ...labelled(language, BREACH.measures, measures),
    ].map((line) => `  ${line}`),
  ]
}

function statesOf({ notifiedAt, closedAt, notifyDueAt }: Breach, now: number): readonly (keyof typeof BREACH)[] {
  if (notifiedAt === undefined) {
    if (closedAt !== undefined) return ['stateClosedUnnotified']
    return [now >= notifyDueAt ? 'stateLate' : 'stateOpen']
  }
  const notified = notifiedAt >= notifyDueAt ? 'stateNotifiedLate' : 'stateNotified'
  return closedAt === undefined ? [notified] : [notified, 'stateClosed']
}
