/** The facts a finding or a certificate rests on, in words: `depuis : 1er mars 2026 à 09:30`. */
import type { Evidence } from '../domain/verdict.js'
import { ALTERNATIVES, CLASSES, CLAUSES, CONTACT_PLACES, PLACES, SECTORS } from './decision-words.js'
import { findingIn } from './finding-words.js'
import {
  type Language,
  COLON,
  listed,
  numberIn,
  said,
  SEMICOLON,
  type WordTable,
  wordFor,
  yesOrNo,
} from './language.js'
import { lawIn } from './law-words.js'
import { momentsIn } from './moments.js'
import { COLUMNS } from './record-fields.js'
import {
  CHANNELS,
  CLOCK_STARTS,
  CONTEXTS,
  METHODS,
  PROOFS,
  REASONS,
  SCOPES,
  OPPOSED_FOR,
  SOURCES,
  SUBJECTS,
} from './record-words.js'
import { DISGUISES, EXEMPTIONS, KINDS_OF_IMPORT, MISSING, PUT, SIGN_WORDS, WEEKDAYS, WHY } from './value-words.js'

/** What each fact is called. */
export const FACTS: WordTable = {
  added: { fr: 'lignes ajoutées', en: 'rows added' },
  unchanged: { fr: 'lignes déjà connues', en: 'rows known already' },
  stale: { fr: 'lignes plus anciennes que le registre', en: 'rows older than on file' },
  objected: { fr: 'lignes écartées par une opposition', en: 'rows against an objection' },
  refused: { fr: 'lignes refusées', en: 'rows refused' },
  rows: { fr: 'lignes', en: 'rows' },
  seconds: { fr: 'secondes', en: 'seconds' },
  act: { fr: 'acte', en: 'act' },
  advertiser: { fr: 'annonceur', en: 'advertiser' },
  advertisers: { fr: 'annonceurs', en: 'advertisers' },
  after: { fr: 'après', en: 'after' },
  alternative: { fr: 'partie', en: 'part' },
  as: { fr: 'déguisement', en: 'disguise' },
  asked: { fr: 'question posée le', en: 'asked on' },
  assumed: { fr: 'classe supposée', en: 'class assumed' },
  assurance: { fr: 'niveau d’assurance du lien (0 à 3)', en: 'assurance of the link (0 to 3)' },
  at: { fr: 'le', en: 'on' },
  attested: { fr: 'attesté', en: 'attested' },
  audited: { fr: 'auditée le', en: 'audited on' },
  aware: { fr: 'connue le', en: 'known on' },
  batch: { fr: 'lot d’import', en: 'import batch' },
  before: { fr: 'avant', en: 'before' },
  bought: { fr: 'acheté', en: 'bought' },
  campaign: { fr: 'campagne', en: 'campaign' },
  cap: { fr: 'maximum', en: 'maximum' },
  captured: { fr: 'preuve établie le', en: 'proof made on' },
  chain: { fr: 'transmis par', en: 'handed on by' },
  changed: { fr: 'pratiques changées le', en: 'practices changed on' },
  channel: { fr: 'canal', en: 'channel' },
  class: { fr: 'nature du message', en: 'class of message' },
  collectionContext: { fr: 'occasion de la collecte', en: 'occasion of the collection' },
  column: { fr: 'donnée', en: 'datum' },
  contact: { fr: 'contact', en: 'contact' },
  credential: { fr: 'identifiant', en: 'credential' },
  domain: { fr: 'domaine', en: 'domain' },
  domains: { fr: 'domaines', en: 'domains' },
  due: { fr: 'échéance', en: 'due' },
  earlier: { fr: 'messages précédents', en: 'earlier messages' },
  events: { fr: 'contacts', en: 'contacts' },
  exempt: { fr: 'connexion', en: 'connection' },
  fields: { fr: 'champs présents', en: 'fields present' },
  flags: { fr: 'secteurs', en: 'trades' },
  form: { fr: 'formulaire', en: 'form' },
  from: { fr: 'à partir du', en: 'from' },
  function: { fr: 'fonction', en: 'function' },
  given: { fr: 'consentement donné le', en: 'consent given on' },
  held: { fr: 'au registre', en: 'on record' },
  'INCIDENT-HOLD held': { fr: 'suspendu', en: 'held' },
  hosts: { fr: 'hôtes', en: 'hosts' },
  hour: { fr: 'heure', en: 'hour' },
  id: { fr: 'identifiant', en: 'id' },
  indistinct: { fr: 'l’hôte répond pareil à tout', en: 'the host answers everything alike' },
  key: { fr: 'clé', en: 'key' },
  kind: { fr: 'contenu', en: 'contents' },
  law: { fr: 'texte', en: 'law' },
  limit: { fr: 'maximum', en: 'maximum' },
  links: { fr: 'liens', en: 'links' },
  loosened: { fr: 'assoupli par', en: 'loosened by' },
  method: { fr: 'recueilli par', en: 'collected by' },
  missing: { fr: 'manque', en: 'missing' },
  months: { fr: 'mois de conservation', en: 'months of retention' },
  named: { fr: 'destinataires nommés', en: 'recipients named' },
  names: { fr: 'noms cherchés', en: 'names looked for' },
  needed: { fr: 'version exigée', en: 'version needed' },
  notice: { fr: 'mention d’information', en: 'notice' },
  notified: { fr: 'notifiée le', en: 'notified on' },
  notify_due: { fr: 'à notifier avant le', en: 'to be notified before' },
  number: { fr: 'rang du destinataire', en: 'number of the recipient' },
  objection: { fr: 'opposition', en: 'objection' },
  objections: { fr: 'oppositions', en: 'objections' },
  obtained: { fr: 'obtenue le', en: 'obtained on' },
  of: { fr: 'valant pour', en: 'holds for' },
  offered: { fr: 'offre', en: 'offer' },
  origin: { fr: 'origine', en: 'origin' },
  origins: { fr: 'sites', en: 'sites' },
  problems: { fr: 'défauts', en: 'faults' },
  proof: { fr: 'preuve', en: 'proof' },
  put: { fr: 'ajouté par Aval', en: 'put in by Aval' },
  reason: { fr: 'motif', en: 'reason' },
  recipients: { fr: 'destinataires', en: 'recipients' },
  record: { fr: 'fiche', en: 'record' },
  records: { fr: 'fiches', en: 'records' },
  request: { fr: 'demande', en: 'request' },
  restricted: { fr: 'traitement limité', en: 'processing restricted' },
  router: { fr: 'routeur', en: 'router' },
  schemes: { fr: 'sortes de liens', en: 'kinds of links' },
  scope: { fr: 'portée', en: 'scope' },
  sector: { fr: 'secteur', en: 'trade' },
  seededFor: { fr: 'semée pour', en: 'seeded for' },
  seller: { fr: 'vendeur', en: 'seller' },
  sent: { fr: 'messages envoyés', en: 'messages sent' },
  'CONSENT-PROOF-MISSING sent': { fr: 'premier message le', en: 'first message on' },
  sent_after: { fr: 'écrit malgré elle le', en: 'written to in spite of it on' },
  sent_sha256: { fr: 'SHA-256 du message envoyé', en: 'SHA-256 of the message sent' },
  shown: { fr: 'adresses visibles', en: 'addresses shown' },
  signers: { fr: 'signataires', en: 'signers' },
  signs: { fr: 'indices', en: 'signs' },
  since: { fr: 'depuis le', en: 'since' },
  source: { fr: 'source', en: 'source' },
  sourceKind: { fr: 'source', en: 'source' },
  started: { fr: 'compté depuis le', en: 'counted from' },
  startedBy: { fr: 'point de départ', en: 'started by' },
  subjectKind: { fr: 'qualité de la personne', en: 'kind of person' },
  synced: { fr: 'dernier import le', en: 'last import on' },
  targeted: { fr: 'fonctions visées', en: 'functions it is for' },
  until: { fr: 'jusqu’au', en: 'until' },
  version: { fr: 'version', en: 'version' },
  weekday: { fr: 'jour', en: 'day' },
  where: { fr: 'endroit', en: 'place' },
  why: { fr: 'raison', en: 'reason' },
}

/** What the values of each fact are called; values of other facts are names, ids, numbers and digests. */
const VALUES: Readonly<Record<string, readonly WordTable[]>> = {
  alternative: [ALTERNATIVES],
  as: [DISGUISES],
  assumed: [CLASSES],
  attested: [MISSING],
  channel: [CHANNELS],
  class: [CLASSES],
  collectionContext: [CONTEXTS],
  contact: [CLOCK_STARTS],
  exempt: [EXEMPTIONS],
  flags: [SECTORS],
  held: [CHANNELS],
  kind: [KINDS_OF_IMPORT],
  method: [METHODS],
  missing: [MISSING, CLAUSES],
  of: [OPPOSED_FOR],
  origin: [SOURCES, CONTEXTS],
  proof: [PROOFS],
  put: [PUT],
  reason: [REASONS],
  scope: [SCOPES],
  sector: [SECTORS],
  signs: [SIGN_WORDS],
  sourceKind: [SOURCES],
  startedBy: [CLOCK_STARTS],
  subjectKind: [SUBJECTS],
  weekday: [WEEKDAYS],
  why: [WHY],
  where: [PLACES],
}

const COLUMN = { fr: '{what} (colonne {column})', en: '{what} (column {column})' }
const NEVER = { fr: 'jamais', en: 'never' }
const ISO_MOMENT = /^(?:\d{4}|[+-]\d{6})-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/
const MOMENTS: ReadonlySet<string> = new Set([
  'since',
  'until',
  'from',
  'at',
  'changed',
  'audited',
  'given',
  'obtained',
])

/** Every fact of a finding or a certificate; empty values are left out, and what is told elsewhere (`loosened`). */
export function factsIn(language: Language, evidence: Evidence = {}, rule = ''): string {
  const told = Object.entries(evidence)
    .filter(([name, value]) => name !== 'loosened' && value !== '' && !(Array.isArray(value) && value.length === 0))
    .map(
      ([name, value]) => `${nameOf(language, name, rule)}${COLON[language]}${factValue(language, name, value, rule)}`,
    )
  return told.join(SEMICOLON[language])
}

function nameOf(language: Language, name: string, rule: string): string {
  const own = `${rule} ${name}`
  return wordFor(language, FACTS, Object.hasOwn(FACTS, own) ? own : name)
}

export function factValue(language: Language, name: string, value: Evidence[string], rule = ''): string {
  if (typeof value === 'number')
    return name === 'weekday' ? oneValue(language, name, String(value)) : numberIn(language, value)
  if (typeof value === 'boolean') return yesOrNo(language, value)
  if (typeof value === 'string') return oneValue(language, name, value, rule)
  return listed(value.map((one) => oneValue(language, name, one, rule)))
}

function oneValue(language: Language, name: string, value: string, rule = ''): string {
  if (ISO_MOMENT.test(value)) return momentsIn(language).moment(value)
  if (value === 'never' && MOMENTS.has(name)) return said(language, NEVER)
  if (name === 'law') return lawIn(language, value)
  if (name === 'problems') return findingIn(language, rule, value)
  if (name === 'column') return said(language, COLUMN, { what: wordFor(language, COLUMNS, value), column: value })
  // `reply mail.acme.example`: the place, then the domain.
  if (name === 'domains' && value.includes(' ')) {
    const [place = '', ...domain] = value.split(' ')
    return listed([domain.join(' '), `(${wordFor(language, CONTACT_PLACES, place)})`], ' ')
  }
  const table = VALUES[name]?.find((words) => Object.hasOwn(words, value))
  return table === undefined ? value : wordFor(language, table, value)
}
