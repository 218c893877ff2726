/**
 * What must be written, in French: in English it is the first sentence of the description. By place, `*` for a name and `[]`
 * for an item of a list.
 */
const CONTRACT = {
  signed: 'jour de la signature, et premier jour où il est en vigueur',
  until: 'premier jour où il n’est plus en vigueur',
  document_sha256: 'SHA-256 du document signé : la preuve qu’il y en a un (RGPD art. 28(3) et (9))',
}
const CHECK = { on: 'jour de l’examen', by: 'qui a regardé', until: 'premier jour où il faut regarder de nouveau' }
const MTA =
  'le vrai MTA : « smtp://hôte:port » (25 par défaut), « smtps://hôte:port » (465), avec « utilisateur@ » devant l’hôte pour se connecter ; ou « capture:RÉPERTOIRE », qui écrit dans des fichiers .eml ce qui passe'
const REFUSALS = 'ce qui est fait d’un refus'

const under = (place: string, words: Readonly<Record<string, string>>): [string, string][] =>
  Object.entries(words).map(([name, text]) => [`${place}.${name}`, text])

export const REQUIRED: ReadonlyMap<string, string> = new Map([
  ['listeners', 'où se connectent les logiciels d’envoi'],
  ['upstream', 'le vrai MTA, auquel vont les messages permis'],
  ['listeners.[].address', 'où écouter'],
  ['upstream.url', MTA],
  ['upstream.fallbacks.[].url', MTA],
  ...under('api.tokens.*', {
    token_sha256: 'SHA-256 du jeton, fait par « aval credential token » ; le jeton lui-même n’est gardé nulle part',
    scopes: 'à quoi il peut servir',
    advertisers: 'pour quels annonceurs',
  }),
  ...under('receivers.*', {
    kind: 'ce que c’est : un webhook à vous, ou l’API d’un logiciel d’envoi',
    url: 'où : l’URL du webhook, ou l’adresse du logiciel',
    advertiser: 'l’annonceur dont les oppositions lui sont transmises',
  }),
  ...under('advertisers.*', {
    legal_name: 'raison sociale de la société dans l’intérêt de laquelle on envoie : le responsable du traitement',
    from_domains: 'domaines d’où ses messages peuvent venir',
  }),
  ...under('advertisers.*.dkim', {
    domain: 'domaine qui signe (« d= »), aligné avec From',
    selector: 'sélecteur (« s= ») : la clé publique est dans le DNS à SÉLECTEUR._domainkey.DOMAINE',
    key_file: 'clé privée, PEM : RSA de 2048 bits (RFC 8301)',
  }),
  ['routers.*.legal_name', 'raison sociale de la société qui envoie pour des annonceurs : le sous-traitant'],
  ['routers.*.contracts.[].advertiser', 'l’annonceur qui l’a signé'],
  ...under('routers.*.contracts.[]', CONTRACT),
  ...under('routers.*.checks.[]', CHECK),
  ['processors.*.legal_name', 'raison sociale'],
  [
    'processors.*.contracts.[].with',
    'l’annonceur pour lequel il travaille, ou le routeur dont il est le sous-traitant',
  ],
  ...under('processors.*.contracts.[]', CONTRACT),
  ...under('processors.*.checks.[]', CHECK),
  ...under('credentials.*', {
    advertisers: 'les annonceurs pour lesquels il peut envoyer',
    classes: 'à quoi ses messages peuvent servir',
  }),
  ...under('campaigns.*', { advertiser: 'pour qui elle part', class: 'à quoi servent ses messages' }),
  ['notices.*.versions', 'ses versions, sous le nom que leur donnent les fiches (« notice_version »)'],
  ...under('notices.*.versions.*', {
    from: 'premier jour où elle a été montrée',
    purposes: 'les finalités qu’elle annonce, dans les mots de « purposes »',
  }),
  ['sources.*.legal_name', 'raison sociale'],
  ...under('sources.*.audits.[]', { on: 'jour où sa collecte a été contrôlée', outcome: 'ce qui a été constaté' }),
  ...under('holds.[]', { scope: 'ce qui est suspendu', from: 'premier jour' }),
  ['policy.modes.rules.*.mode', REFUSALS],
  ['policy.modes.routers.*.mode', REFUSALS],
  ['policy.modes.advertisers.*.mode', REFUSALS],
  ...under('policy.justifications.*', {
    reason: 'pourquoi la loi le permet ici : une phrase qu’un contrôleur lira',
    by: 'qui en répond',
    on: 'jour de la décision',
  }),
])
