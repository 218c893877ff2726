/** How texts are written in each language: spaces that do not break, forms that go with numbers, moments in Paris. */
import { describe, expect, test } from 'vitest'
import { CATALOGUE } from '#aval/rules/catalogue.js'
import { factsIn } from '#aval/words/fact-words.js'
import { counted, type Forms, labelled, quotedIn, said, wordFor } from '#aval/words/language.js'
import { lawIn } from '#aval/words/law-words.js'
import { momentsIn } from '#aval/words/moments.js'
import { purposeIn } from '#aval/words/record-words.js'
import { typeset } from '#aval/words/typography.js'

describe('French typography', () => {
  test.each([
    ['Source : collecte', 'Source\u00a0: collecte'],
    ['quoi ? oui ! non ; fin', 'quoi\u202f? oui\u202f! non\u202f; fin'],
    ['« mots »', '«\u00a0mots\u00a0»'],
    [
      'destinataire n° 1, RGPD art. 21, 36 mois, 5 ans',
      'destinataire n°\u00a01, RGPD art.\u00a021, 36\u00a0mois, 5\u00a0ans',
    ],
    ['fin :', 'fin\u00a0:'],
    ['https://a.example/x?y=1 a:b ::1', 'https://a.example/x?y=1 a:b ::1'],
  ])('%s', (plain, set) => expect(typeset(plain)).toBe(set))

  test('sets the text, not what is put into it', () => {
    expect(said('fr', { fr: 'motif : {reason}', en: '' }, { reason: 'a : b' })).toBe('motif\u00a0: a : b')
    expect(said('en', { en: 'reason : {reason}', fr: '' }, { reason: 'x' })).toBe('reason : x')
  })

  test('labels and quotes', () => {
    const label = { fr: 'Source', en: 'Source' }
    expect(labelled('fr', label, 'x')).toEqual(['Source\u00a0: x'])
    expect(labelled('en', label, 'x')).toEqual(['Source: x'])
    expect(labelled('fr', label, '')).toEqual([])
    expect([quotedIn('fr', 'mots'), quotedIn('en', 'words')]).toEqual(['«\u00a0mots\u00a0»', '“words”'])
  })

  test('every text of a rule can be set', () => {
    for (const { fr } of CATALOGUE)
      for (const text of Object.values(fr)) expect(typeset(text)).not.toMatch(/ [:;!?](?:\s|$)|« | »/)
  })
})

test('numbers: zero is singular in French and plural in English, thousands do not break', () => {
  const forms: Forms = [
    { fr: '{count} fiche', en: '{count} record' },
    { fr: '{count} fiches', en: '{count} records' },
  ]
  expect([0, 1, 2, 12_345].map((count) => counted('fr', count, forms))).toEqual([
    '0 fiche',
    '1 fiche',
    '2 fiches',
    '12\u202f345 fiches',
  ])
  expect([0, 1, 2, 12_345].map((count) => counted('en', count, forms))).toEqual([
    '0 records',
    '1 record',
    '2 records',
    '12,345 records',
  ])
})

test('moments are those of Paris, whatever the season, and what is no moment is said to be none', () => {
  const [fr, en] = [momentsIn('fr'), momentsIn('en')]
  expect(fr.moment('2026-01-31T23:30:00.000Z')).toBe('1er\u00a0février 2026 à 00:30')
  expect(fr.precise(Date.UTC(2026, 6, 14, 22, 0, 5))).toBe('15\u00a0juillet 2026 à 00:00:05')
  expect(fr.day('2026-03-11T12:00:00Z')).toBe('11\u00a0mars 2026')
  expect(en.moment('2026-01-31T23:30:00.000Z')).toBe('1 February 2026 at 00:30')
  expect([fr.moment(8_640_000_000_000_000), en.moment('not a moment'), fr.moment('')]).toEqual([
    'date illisible',
    'unreadable date',
    'date illisible',
  ])
})

test('facts are told with their names, moments in Paris, nothing for what is empty', () => {
  const evidence = {
    since: '2026-03-31T22:00:00.000Z',
    reason: 'reply_stop',
    column: 'given_at',
    links: 1200,
    domain: '',
  }
  expect(factsIn('fr', evidence)).toBe(
    'depuis le\u00a0: 1er\u00a0avril 2026 à 00:00\u202f; motif\u00a0: réponse STOP\u202f; donnée\u00a0: consentement donné le (colonne given_at)\u202f; liens\u00a0: 1\u202f200',
  )
  expect(factsIn('en', { restricted: true, missing: ['siren', 'audit'], loosened: ['x'] })).toBe(
    'processing restricted: yes; missing: SIREN, audits',
  )
  expect(factsIn('fr', { held: 'spring' }, 'INCIDENT-HOLD')).toBe('suspendu\u00a0: spring')
  expect(factsIn('fr', { domains: ['reply mail.acme.example'], weekday: 7, since: 'never' })).toBe(
    'domaines\u00a0: mail.acme.example (réponse)\u202f; jour\u00a0: dimanche\u202f; depuis le\u00a0: jamais',
  )
})

test('what a later version wrote is shown as it is', () => {
  expect(wordFor('fr', { known: { fr: 'connu', en: 'known' } }, 'constructor')).toBe('constructor')
  expect(purposeIn('fr', 'newsletter:hebdo:2')).toBe('lettre d’information hebdo:2')
  expect(purposeIn('en', 'something_new')).toBe('something_new')
})

test('sources of law are cited in French without a word of English', () => {
  const cited = CATALOGUE.flatMap(({ sources }) => sources.map((source) => lawIn('fr', source)))
  const english =
    /GDPR|CJEU|EDPB|\b(?:recital|guidelines|deliberation|penal|Libertes|by|of|and|no\.|sec\.|Jan|February|March|December|partners|sender|charter)\b/
  expect(cited.filter((source) => english.test(source))).toEqual([])
  expect(cited).toContain('RGPD art. 21(2)-(3)')
  expect(lawIn('en', 'GDPR art. 5(2)')).toBe('GDPR art. 5(2)')
})
