/**
 * `aval consent receipt`: what a person consented to, as a receipt of ISO/IEC TS 27560 in JSON-LD with the terms of the Data
 * Privacy Vocabulary (DPV 2, guide "Consent Records and Receipts", w3c/dpv guides/consent-27560).
 */
import type { Configuration } from '../../config/configuration.js'
import type { ConsentRecord } from '../../domain/consent-record.js'
import { retentionClock } from '../../domain/retention.js'
import { BASES, METHODS, PURPOSES, SOURCES } from '../../words/record-words.js'
import type { CommandContext } from '../command-context.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { configurationOf, withRegistry } from '../site.js'
import type { Bilingual } from '../terminal.js'
import { iso, personOf, type SiteOptions } from './common.js'
import { legalNamesOf } from './record-report.js'

const CONTEXT = {
  dpv: 'https://w3id.org/dpv#',
  'eu-gdpr': 'https://w3id.org/dpv/legal/eu/gdpr#',
  dct: 'http://purl.org/dc/terms/',
}

const STATUS: Readonly<Record<string, string>> = {
  requested: 'dpv:ConsentRequested',
  given: 'dpv:ConsentGiven',
  reconfirmed: 'dpv:RenewedConsentGiven',
  refused: 'dpv:ConsentRefused',
  withdrawn: 'dpv:ConsentWithdrawn',
  expired: 'dpv:ConsentExpired',
  invalidated: 'dpv:ConsentInvalidated',
}

const LEGAL_BASIS: Readonly<Record<string, string>> = {
  consent: 'eu-gdpr:A6-1-a',
  consent_partner: 'eu-gdpr:A6-1-a',
  b2b_legitimate_interest: 'eu-gdpr:A6-1-f',
  non_commercial_legitimate_interest: 'eu-gdpr:A6-1-f',
  contract: 'eu-gdpr:A6-1-b',
  pre_contractual: 'eu-gdpr:A6-1-b',
  legal_obligation: 'eu-gdpr:A6-1-c',
}

/** One receipt a record, as a JSON array. @returns 1 when there is none */
export async function receiptCommand(
  context: CommandContext,
  address: string,
  options: SiteOptions & { readonly advertiser: string | undefined },
): Promise<ExitCode> {
  const configuration = configurationOf(context, options.config)
  const person = personOf(address)
  const now = context.now()
  const receipts = await withRegistry(configuration, (registry) => {
    const contacts = registry.events(person)
    return registry
      .records(person)
      .filter(({ advertiserId }) => options.advertiser === undefined || advertiserId === options.advertiser)
      .map(({ advertiserId, versions }) => {
        const { record } = versions.at(-1)!
        const known = contacts
          .filter((contact) => contact.advertiserId === advertiserId && !contact.botSuspected)
          .map(({ id, type, linkKind, at }) => ({ eventId: id, type, linkKind, at }))
        const dueAt = retentionClock(record, known, configuration.site.policy, now)?.dueAt
        return receipt(
          configuration,
          record,
          versions.map((version) => version.record),
          dueAt,
          now,
        )
      })
  })
  context.terminal.print(JSON.stringify(receipts, null, 2))
  return receipts.length === 0 ? EXIT.no : EXIT.done
}

function receipt(
  { site, runtime }: Configuration,
  record: ConsentRecord,
  versions: readonly ConsentRecord[],
  dueAt: number | undefined,
  now: number,
): Readonly<Record<string, unknown>> {
  const advertiser = site.advertisers.get(record.advertiserId)
  const { sourcePartyId } = record
  const supplier = sourcePartyId === undefined ? undefined : legalNamesOf(site)(sourcePartyId)
  return {
    '@context': CONTEXT,
    '@type': ['dpv:ConsentReceipt'],
    'dct:title': inBoth({ en: 'Consent receipt', fr: 'Reçu de consentement' }),
    'dct:conformsTo': 'ISO/IEC TS 27560:2023',
    'dct:identifier': `${record.id}/${record.version}/${now}`,
    'dct:issued': iso(now),
    'dct:publisher': runtime.node,
    'dpv:hasConsentRecord': {
      '@type': 'dpv:ConsentRecord',
      'dct:identifier': record.id,
      'dct:hasVersion': record.version,
      'dpv:hasDataSubject': { '@id': `urn:aval:subject:${record.keyId}:${record.subjectKey}` },
      'dpv:hasJurisdiction': 'FR',
      'dpv:hasDataController': {
        '@id': record.advertiserId,
        'dpv:hasName': advertiser?.legalName ?? record.advertiserId,
        'dpv:hasContact': advertiser?.contactEmail ?? '',
        ...(advertiser?.dpoContact !== undefined && { 'dpv:hasDataProtectionOfficer': advertiser.dpoContact }),
        'dpv:hasAddress': advertiser?.seat ?? '',
      },
      'dpv:hasProcess': {
        '@type': 'dpv:Process',
        'dpv:hasPurpose': record.purposes.map((purpose) => ({
          'dct:identifier': purpose,
          'dct:title': inBoth(PURPOSES[purpose.split(':')[0]!]),
        })),
        'dpv:hasLegalBasis': LEGAL_BASIS[record.legalBasis] ?? inBoth(BASES[record.legalBasis]),
        'dpv:hasPersonalData': inBoth({ en: 'e-mail address', fr: 'adresse électronique' }),
        'dpv:hasProcessing': ['dpv:Collect', 'dpv:Store', 'dpv:Use'],
        'dpv:hasRecipient': record.namedRecipients ?? [],
        'dpv:hasDataSource':
          record.sourceLabel ?? supplier ?? (record.sourceKind === undefined ? '' : inBoth(SOURCES[record.sourceKind])),
        'dpv:hasStorageCondition': {
          'dpv:hasLocation': runtime.node,
          ...(dueAt === undefined ? {} : { 'dct:valid': iso(dueAt) }),
        },
      },
      'dpv:hasNotice': {
        '@type': 'dpv:ConsentNotice',
        'dct:identifier': record.noticeId ?? '',
        'dct:hasVersion': record.noticeVersion ?? '',
        'dct:language': record.noticeLang ?? '',
        'dpv:hasHash': record.noticeSha256 ?? '',
        'dct:description': inLanguage(record.wording, record.noticeLang),
        'dct:source': advertiser?.privacyUrl ?? '',
      },
      'dpv:hasRight': [
        'eu-gdpr:A7-3',
        'eu-gdpr:A15',
        'eu-gdpr:A16',
        'eu-gdpr:A17',
        'eu-gdpr:A18',
        'eu-gdpr:A20',
        'eu-gdpr:A21',
        'eu-gdpr:A77',
      ],
      'dpv:hasWithdrawalMethod': advertiser?.contactEmail ?? '',
      'dpv:hasConsentStatus': versions.map((version) => ({
        '@type': STATUS[version.status] ?? version.status,
        'dct:hasVersion': version.version,
        'dct:date': iso(version.givenAt ?? version.collectedAt ?? version.createdAt),
        'dpv:hasIndicationMethod': version.method === undefined ? '' : inBoth(METHODS[version.method]),
        'dpv:isIndicatedBy': version.createdBy,
      })),
    },
  }
}

/** A text and its language (JSON-LD 1.1, 4.2.4), for whoever shows the receipt to the person. */
interface LanguageText {
  readonly '@value': string
  readonly '@language': string
}

function inBoth(text: Bilingual | undefined): LanguageText[] {
  return text === undefined
    ? []
    : (['fr', 'en'] as const).map((language) => ({ '@value': text[language], '@language': language }))
}

function inLanguage(text: string | undefined, language: string | undefined): string | LanguageText {
  return text === undefined || language === undefined ? (text ?? '') : { '@value': text, '@language': language }
}
