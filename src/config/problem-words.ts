/** Everything that can be wrong with a configuration, in words of both languages, by kind. */
import { type Bilingual, LANGUAGES, said, type WordTable } from '../words/language.js'

export const PROBLEMS = {
  // What is written, whatever it means.
  file_unreadable: { en: 'the file {failure}', fr: 'le fichier {failure}' },
  named_file_unreadable: { en: 'the file {file} {failure}', fr: 'le fichier {file} {failure}' },
  file_empty: { en: 'the file is empty', fr: 'le fichier est vide' },
  not_a_map: {
    en: 'expected keys and values, such as "node: { name: relay-1 }"',
    fr: 'attendu : des clés et des valeurs, comme « node: { name: relay-1 } »',
  },
  included_twice: { en: '{file} is included twice', fr: '{file} est inclus deux fois' },
  key_not_plain: { en: 'a key must be a plain name', fr: 'une clé doit être un simple nom' },
  set_twice: { en: 'is set twice: here and in {elsewhere}', fr: 'figure deux fois : ici et dans {elsewhere}' },
  no_aliases: {
    en: 'aliases such as "*name" are not used here: write the value out',
    fr: 'les alias tels que « *name » ne servent pas ici : écrire la valeur en entier',
  },
  tab: { en: 'a tab cannot indent YAML: use spaces', fr: 'une tabulation ne peut pas indenter du YAML : des espaces' },
  duplicate_key: { en: 'this key stands twice in the same map', fr: 'cette clé figure deux fois au même endroit' },
  several_documents: {
    en: 'one document only: remove the "---" between documents',
    fr: 'un seul document : ôter le « --- » qui en sépare plusieurs',
  },
  no_tags: {
    en: 'tags such as "!name" are not used here',
    fr: 'les étiquettes telles que « !name » ne servent pas ici',
  },
  unexpected: {
    en: 'not valid YAML: something unexpected stands here; texts with special characters need quotes',
    fr: 'YAML non valide : quelque chose d’inattendu ici ; un texte à caractères spéciaux se met entre guillemets',
  },
  not_yaml: { en: 'not valid YAML: {parser}', fr: 'YAML non valide : {parser}' },

  // Variables of the environment.
  by_variable: { en: '{variable}: {problem}', fr: '{variable} : {problem}' },
  variable_twice: { en: 'sets {name}, and so does {other}', fr: 'fixe {name}, et {other} aussi' },
  variable_nowhere: {
    en: '{name} cannot be set: what is above it is no map or list',
    fr: '{name} ne peut pas être fixé : ce qui le contient n’est ni une liste ni des clés',
  },
  variable_include: { en: 'only a file can include files', fr: 'seul un fichier peut en inclure' },
  variable_form: { en: 'expected AVAL__SECTION__KEY', fr: 'attendu : AVAL__SECTION__CLÉ' },
  variable_list: {
    en: '{name} is a list: expected a number after it',
    fr: '{name} est une liste : un nombre est attendu après',
  },
  variable_ambiguous: { en: 'may be any of {names}', fr: 'peut désigner {names}' },

  // Held against the schema.
  unknown_key: { en: 'unknown key{meant}', fr: 'clé inconnue{meant}' },
  unknown_key_of: { en: 'unknown key{meant}; known are {names}', fr: 'clé inconnue{meant} ; il y a {names}' },
  elsewhere: { en: 'no key here: {instead}', fr: 'pas de telle clé ici : {instead}' },
  missing: { en: 'missing', fr: 'manque' },
  missing_what: { en: 'missing: {what}', fr: 'manque : {what}' },
  null: { en: 'is empty: fill it in or remove the key', fr: 'est vide : remplir, ou ôter la clé' },
  list_empty: { en: 'is empty: name at least one', fr: 'est vide : en nommer au moins un' },
  at_least: { en: 'expected at least {minimum}', fr: 'attendu : au moins {minimum}' },
  at_most: { en: 'expected at most {maximum}', fr: 'attendu : au plus {maximum}' },
  retention_at_most: {
    en: 'at most 36: three years after the last contact (CNIL deliberation 2021-131)',
    fr: 'au plus 36 : trois ans après le dernier contact (CNIL, délibération 2021-131)',
  },
  secret_not_text: {
    en: 'expected a text: put it in quotes',
    fr: 'attendu : un texte, à mettre entre guillemets',
  },
  got: { en: '{expected}, got {got}', fr: '{expected} ; trouvé : {got}' },
  got_unquoted: {
    en: '{expected}, got {got}: put it in quotes',
    fr: '{expected} ; trouvé : {got}, à mettre entre guillemets',
  },
  only: { en: 'only {names} is available in this version', fr: 'seul {names} existe dans cette version' },
  one_of: { en: 'expected one of {names}, got {got}', fr: 'attendu : {names} ; trouvé : {got}' },
  schema: { en: '{reason}', fr: 'ne convient pas ({reason})' },

  // Notations.
  expected_text: { en: 'expected a text', fr: 'attendu : un texte' },
  expected_map: { en: 'expected keys and values', fr: 'attendu : des clés et des valeurs' },
  expected_list: { en: 'expected a list, such as [a, b]', fr: 'attendu : une liste, comme [a, b]' },
  expected_flag: { en: 'expected true or false', fr: 'attendu : true ou false' },
  expected_number: { en: 'expected a number', fr: 'attendu : un nombre' },
  expected_whole: { en: 'expected a whole number', fr: 'attendu : un nombre entier' },
  expected_type: { en: 'expected {type}', fr: 'attendu : {type}' },
  expected_duration: {
    en: 'expected a duration with its unit, such as 500ms, 30s, 5m, 24h or 7d',
    fr: 'attendu : une durée avec son unité, comme 500ms, 30s, 5m, 24h ou 7d',
  },
  expected_timeout: {
    en: 'expected a duration with its unit from 1ms to 24d, such as 500ms, 30s or 5m',
    fr: 'attendu : une durée avec son unité, de 1ms à 24d, comme 500ms, 30s ou 5m',
  },
  expected_size: {
    en: 'expected a size with its unit, such as 512B, 256KiB, 25MiB or 1GiB',
    fr: 'attendu : une taille avec son unité, comme 512B, 256KiB, 25MiB ou 1GiB',
  },
  expected_day: {
    en: 'expected a day that exists, written year-month-day, such as 2026-01-10',
    fr: 'attendu : un jour qui existe, écrit année-mois-jour, comme 2026-01-10',
  },
  expected_moment: {
    en: 'expected a moment with its time zone, such as 2026-01-10T09:30:00+01:00 or 2026-01-10T08:30:00Z',
    fr: 'attendu : un moment avec son fuseau, comme 2026-01-10T09:30:00+01:00 ou 2026-01-10T08:30:00Z',
  },
  expected_endpoint: {
    en: 'expected an IP address (or localhost) and a port, such as 127.0.0.1:2525 or "[::1]:2525"',
    fr: 'attendu : une adresse IP (ou localhost) et un port, comme 127.0.0.1:2525 ou "[::1]:2525"',
  },
  expected_endpoint_or_off: {
    en: 'expected an IP address (or localhost) and a port, such as 127.0.0.1:9464, or off',
    fr: 'attendu : une adresse IP (ou localhost) et un port, comme 127.0.0.1:9464, ou off',
  },
  expected_domain: {
    en: 'expected a domain name, such as news.example.com',
    fr: 'attendu : un nom de domaine, comme news.example.com',
  },
  expected_network: {
    en: 'expected a network such as 10.0.0.0/24 or 2001:db8::/48, or one IP address',
    fr: 'attendu : un réseau comme 10.0.0.0/24 ou 2001:db8::/48, ou une adresse IP',
  },
  expected_siren: {
    en: 'expected a SIREN: nine digits whose check digit (Luhn) is right, in quotes',
    fr: 'attendu : un SIREN, neuf chiffres dont la clé (Luhn) est juste, entre guillemets',
  },
  expected_sha256: {
    en: 'expected a SHA-256: 64 hexadecimal digits, as printed by sha256sum',
    fr: 'attendu : un SHA-256, 64 chiffres hexadécimaux tels que les affiche sha256sum',
  },
  expected_url: {
    en: 'expected a web address that starts with https:// or http://',
    fr: 'attendu : une adresse web qui commence par https:// ou http://',
  },
  expected_mail_address: {
    en: 'expected an e-mail address, such as contact@example.com',
    fr: 'attendu : une adresse électronique, comme contact@example.com',
  },
  expected_secret_hash: {
    en: 'expected a secret hash made by "aval credential hash" (scrypt$N$r$p$salt$hash)',
    fr: 'attendu : une empreinte de secret faite par « aval credential hash » (scrypt$N$r$p$sel$empreinte)',
  },
  expected_path: { en: 'expected a path', fr: 'attendu : un chemin' },
  expected_some_text: { en: 'expected a text that is not empty', fr: 'attendu : un texte qui n’est pas vide' },
  expected_short_code: {
    en: 'expected five digits of which the first is 3 to 8, in quotes',
    fr: 'attendu : cinq chiffres dont le premier va de 3 à 8, entre guillemets',
  },
  expected_hours: {
    en: 'expected first day, last day and hours, such as Mon-Sat 08-22',
    fr: 'attendu : premier jour, dernier jour et heures, comme Mon-Sat 08-22',
  },
  not_a_name: {
    en: 'not a name: lower-case letters, digits, "-", "_" and "." only, at most 64, a letter or digit at both ends',
    fr: 'n’est pas un nom : minuscules sans accent, chiffres, « - », « _ » et « . » seulement, 64 au plus, une lettre ou un chiffre aux deux bouts',
  },

  // One part against another.
  undeclared_advertiser: {
    en: 'no advertiser "{name}" is declared{meant}',
    fr: 'aucun annonceur « {name} » n’est déclaré{meant}',
  },
  undeclared_router: {
    en: 'no router "{name}" is declared{meant}',
    fr: 'aucun routeur « {name} » n’est déclaré{meant}',
  },
  undeclared_principal: {
    en: 'no advertiser or router "{name}" is declared{meant}',
    fr: 'aucun annonceur ni routeur « {name} » n’est déclaré{meant}',
  },
  undeclared_credential: {
    en: 'no credential "{name}" is declared{meant}',
    fr: 'aucun identifiant « {name} » n’est déclaré{meant}',
  },
  undeclared_campaign: {
    en: 'no campaign "{name}" is declared{meant}',
    fr: 'aucune campagne « {name} » n’est déclarée{meant}',
  },
  undeclared_source: {
    en: 'no source "{name}" is declared{meant}',
    fr: 'aucune source « {name} » n’est déclarée{meant}',
  },
  undeclared_list: { en: 'no list "{name}" is declared{meant}', fr: 'aucune liste « {name} » n’est déclarée{meant}' },
  undeclared_rule: { en: 'no rule "{name}" is declared{meant}', fr: 'aucune règle « {name} » n’existe{meant}' },
  address_taken: { en: '{address} is already taken by {other}', fr: '{address} est déjà pris par {other}' },
  nobody_could_send: {
    en: '{address} can be reached from other machines and no credential is declared: nobody could send',
    fr: '{address} est joignable d’autres machines et aucun identifiant n’est déclaré : personne ne pourrait envoyer',
  },
  trust_anybody: {
    en: '{network} lets anybody say who they are: name the systems in front',
    fr: '{network} laisse n’importe qui dire qui il est : nommer les systèmes placés devant',
  },
  passwords_in_clear: {
    en: 'passwords would travel in clear from {network}, which is not a private network',
    fr: 'des mots de passe viendraient en clair de {network}, qui n’est pas un réseau privé',
  },
  no_tls: {
    en: 'without TLS passwords would travel in clear, so nobody from another machine could log in: set tls.mode, or name the private networks you trust in auth.allow_without_tls_from',
    fr: 'sans TLS les mots de passe passeraient en clair, et personne ne pourrait se connecter d’une autre machine : fixer tls.mode, ou nommer les réseaux privés sûrs dans auth.allow_without_tls_from',
  },
  message_size: {
    en: 'expected at least 64KiB, which every server must take (RFC 5321 4.5.3.1.7)',
    fr: 'attendu : au moins 64KiB, que tout serveur doit accepter (RFC 5321 4.5.3.1.7)',
  },
  line_length: {
    en: 'expected at least 998B, which every line may have (RFC 5322 2.1.1)',
    fr: 'attendu : au moins 998B, qu’une ligne peut toujours avoir (RFC 5322 2.1.1)',
  },
  command_length: {
    en: 'expected at least 2KiB, which MAIL, RCPT and AUTH with their parameters may need',
    fr: 'attendu : au moins 2KiB, que MAIL, RCPT et AUTH peuvent demander avec leurs paramètres',
  },
  header_size: { en: 'expected between 32KiB and 4MiB', fr: 'attendu : entre 32KiB et 4MiB' },
  bytes_in_flight: {
    en: 'is less than limits.message_size: the largest message could never be received',
    fr: 'est inférieur à limits.message_size : le plus grand message ne pourrait jamais être reçu',
  },
  above_connections: { en: 'is more than limits.connections', fr: 'dépasse limits.connections' },
  above_bytes_in_flight: { en: 'is more than limits.bytes_in_flight', fr: 'dépasse limits.bytes_in_flight' },
  capture_alone: {
    en: '"capture:" takes everything: nothing stands beside it',
    fr: '« capture: » prend tout : rien ne va à côté',
  },
  password_twice: {
    en: 'the password is given twice: here and in {other}',
    fr: 'le mot de passe est donné deux fois : ici et dans {other}',
  },
  needs_beside: { en: 'needs {other} beside it', fr: 'demande aussi {other}' },
  leads_back: {
    en: 'leads back to listeners[{index}]: no message would ever get out; name the real MTA',
    fr: 'ramène à listeners[{index}] : aucun message ne sortirait ; nommer le vrai MTA',
  },
  another_user: { en: 'is not the user named in {other}', fr: 'n’est pas l’utilisateur nommé dans {other}' },
  no_password: {
    en: 'has a user and no password: add password_file',
    fr: 'a un utilisateur sans mot de passe : ajouter password_file',
  },
  no_user: {
    en: 'has a password and no user: add username',
    fr: 'a un mot de passe sans utilisateur : ajouter username',
  },
  smtps_encrypted: {
    en: 'smtps:// is always encrypted: expected "require" or "verify"',
    fr: 'smtps:// est toujours chiffré : attendu « require » ou « verify »',
  },
  password_in_clear: {
    en: 'with "{tls}" the password could travel in clear: expected "require" or "verify"',
    fr: 'avec « {tls} » le mot de passe pourrait passer en clair : attendu « require » ou « verify »',
  },
  anchor_target: {
    en: 'needs one of timestamp_url, webhook_url and directory',
    fr: 'demande l’un de timestamp_url, webhook_url et directory',
  },
  same_file: {
    en: 'is the same file as {other}: {what} needs one of its own',
    fr: 'est le même fichier que {other} : {what} demande le sien',
  },

  // URLs.
  capture_nowhere: { en: 'expected a directory after "capture:"', fr: 'attendu : un répertoire après « capture: »' },
  upstream_scheme: {
    en: 'unknown kind of upstream: expected smtp://HOST:PORT, smtps://HOST:PORT or capture:DIRECTORY',
    fr: 'genre inconnu : attendu smtp://HÔTE:PORT, smtps://HÔTE:PORT ou capture:RÉPERTOIRE',
  },
  upstream_url: {
    en: 'expected smtp://HOST:PORT, with USER@ before the host to log in',
    fr: 'attendu : smtp://HÔTE:PORT, avec UTILISATEUR@ devant l’hôte pour se connecter',
  },
  password_in_url: {
    en: 'a password does not belong in a URL: use upstream.password_file',
    fr: 'un mot de passe n’a pas sa place dans une URL : le mettre dans upstream.password_file',
  },
  upstream_host: {
    en: 'the host is neither a domain nor an IP address',
    fr: 'l’hôte n’est ni un domaine ni une adresse IP',
  },
  upstream_port: { en: 'expected a port from 1 to 65535', fr: 'attendu : un port de 1 à 65535' },
  upstream_user: {
    en: 'the user name is not percent-encoded UTF-8',
    fr: 'le nom d’utilisateur n’est pas de l’UTF-8 codé en pourcents',
  },
  no_postgresql: {
    en: 'PostgreSQL is not available in this version: expected sqlite:FILE',
    fr: 'PostgreSQL n’existe pas dans cette version : attendu sqlite:FICHIER',
  },
  database_scheme: {
    en: 'unknown kind of database: expected sqlite:FILE',
    fr: 'genre de base inconnu : attendu sqlite:FICHIER',
  },
  database_nowhere: { en: 'expected a file after "sqlite:"', fr: 'attendu : un fichier après « sqlite: »' },

  // Files that are pointed to.
  tls_needs: { en: 'missing: tls.mode "{mode}" needs it', fr: 'manque : tls.mode « {mode} » le demande' },
  no_certificate: { en: 'is not a certificate in PEM', fr: 'n’est pas un certificat en PEM' },
  no_private_key: {
    en: 'is not a private key in PEM, or is protected by a passphrase',
    fr: 'n’est pas une clé privée en PEM, ou une phrase de passe la protège',
  },
  another_key: {
    en: 'is not the key of the certificate in cert_file',
    fr: 'n’est pas la clé du certificat de cert_file',
  },
  tls_unusable: {
    en: 'TLS cannot use the certificates in it: {reason}',
    fr: 'TLS ne peut pas se servir des certificats qu’il contient : {reason}',
  },
  certificate_expired: { en: 'the certificate expired on {day}', fr: 'le certificat a expiré le {day}' },
  certificate_early: {
    en: 'the certificate is valid from {day} only',
    fr: 'le certificat n’est valable qu’à partir du {day}',
  },
  no_secret_hash: {
    en: 'does not hold a secret hash made by "aval credential hash" (scrypt$N$r$p$salt$hash)',
    fr: 'ne contient pas d’empreinte faite par « aval credential hash » (scrypt$N$r$p$sel$empreinte)',
  },
  no_rsa_key: { en: 'is not a private RSA key in PEM', fr: 'n’est pas une clé privée RSA en PEM' },
  secret_empty: { en: 'the file {file} is empty', fr: 'le fichier {file} est vide' },
  secret_lines: { en: 'the file {file} has more than one line', fr: 'le fichier {file} a plus d’une ligne' },
  secret_too_large: {
    en: 'the file {file} is larger than 1 MiB: it is not the right one',
    fr: 'le fichier {file} dépasse 1 Mio : ce n’est pas le bon',
  },
  secret_open: {
    en: 'everybody on this machine can read the file {file}: chmod o-rwx {file}',
    fr: 'tout le monde sur cette machine peut lire le fichier {file} : chmod o-rwx {file}',
  },

  // Ways of objections.
  pages_url: {
    en: 'expected https://HOST or https://HOST/PATH, without port, query or fragment',
    fr: 'attendu : https://HÔTE ou https://HÔTE/CHEMIN, sans port, requête ni fragment',
  },
  nobody_answers: {
    en: 'nobody would answer: set unsubscribe.address',
    fr: 'personne ne répondrait : fixer unsubscribe.address',
  },
  links_need_address: {
    en: 'links need an address: set unsubscribe.url',
    fr: 'les liens demandent une adresse : fixer unsubscribe.url',
  },
  placeholder_unused: { en: 'is only filled with hosted: true', fr: 'n’est rempli qu’avec hosted: true' },
  lists_unused: { en: 'are only shown with hosted: true', fr: 'ne sont montrées qu’avec hosted: true' },
  placeholder_form: {
    en: 'expected https:// and then letters, digits, ".", "/", "-" and "_" only, which no encoding of mail changes',
    fr: 'attendu : https:// puis seulement lettres, chiffres, « . », « / », « - » et « _ », qu’aucun codage du courrier ne change',
  },
  dkim_key: {
    en: '"relay" needs a key for "{id}": add advertisers.{id}.dkim',
    fr: '« relay » demande une clé pour « {id} » : ajouter advertisers.{id}.dkim',
  },
  dkim_unused: {
    en: 'is never used: set policy.dkim.where to "relay"',
    fr: 'ne sert jamais : mettre policy.dkim.where à « relay »',
  },
  tokens_in_clear: {
    en: 'without TLS tokens would travel in clear: set api.tls, or api.trusted_proxies',
    fr: 'sans TLS les jetons passeraient en clair : fixer api.tls, ou api.trusted_proxies',
  },
  decide_as_whom: {
    en: 'asks whether messages may be sent: say as whom in credential',
    fr: 'demande si des messages peuvent partir : dire sous quel identifiant, dans credential',
  },
  credential_not_for: {
    en: 'the credential "{name}" sends nothing for {others}',
    fr: 'l’identifiant « {name} » n’envoie rien pour {others}',
  },
  secret_twice: {
    en: 'the secret is given twice: here and in {other}',
    fr: 'le secret est donné deux fois : ici et dans {other}',
  },
  no_secret: { en: 'has no secret: add secret_file', fr: 'n’a pas de secret : ajouter secret_file' },
  receiver_user: {
    en: 'needs the username of an API user of {kind}',
    fr: 'demande le username d’un utilisateur de l’API de {kind}',
  },
  receiver_list: {
    en: 'expected the number that {kind} gives it, as in "3"',
    fr: 'attendu : le numéro que lui donne {kind}, comme "3"',
  },
  secret_in_clear: {
    en: 'the secret would travel in clear: expected https://, or allow_private on your own network',
    fr: 'le secret passerait en clair : attendu https://, ou allow_private sur votre propre réseau',
  },

  // Parties.
  looked_at_later: {
    en: 'is still to come: name the day it was looked at',
    fr: 'est à venir : donner le jour de l’examen',
  },
  looked_at_ends: { en: 'is not after the day it was looked at', fr: 'ne suit pas le jour de l’examen' },
  until_signed: { en: 'is not after the day it was signed', fr: 'ne suit pas le jour de la signature' },
  from_signed: {
    en: 'is before the day it was signed: no contract is in force before that',
    fr: 'précède le jour de la signature : aucun contrat n’est en vigueur avant',
  },
  until_from: {
    en: 'is not after the first day it is in force',
    fr: 'ne suit pas le premier jour où il est en vigueur',
  },
  no_router: {
    en: 'has several advertisers and no router: whoever sends for one of them is the processor of the others (GDPR art. 28(3)); name it in router, or make a credential for each that sends for itself',
    fr: 'a plusieurs annonceurs et pas de routeur : qui envoie pour l’un est le sous-traitant des autres (RGPD art. 28(3)) ; le nommer dans router, ou faire un identifiant pour chacun de ceux qui envoient pour eux-mêmes',
  },
  valid_until: { en: 'is not after valid_from', fr: 'ne suit pas valid_from' },
  open_credential: {
    en: 'has neither a secret nor networks: anybody could use it; add secret_hash_file or networks',
    fr: 'n’a ni secret ni réseaux : n’importe qui pourrait s’en servir ; ajouter secret_hash_file ou networks',
  },
  vast_network: {
    en: '{network} without a secret lets half the internet in: name a smaller network or add a secret',
    fr: '{network} sans secret laisse entrer la moitié d’internet : nommer un réseau plus petit ou ajouter un secret',
  },
  network_taken: {
    en: '{network} already belongs to "{other}", also without a secret: a client there could be either',
    fr: '{network} est déjà à « {other} », sans secret non plus : un client y serait l’un ou l’autre',
  },
  defer_rest_data: {
    en: 'defers a message that only some may get until each recipient is told at RCPT, which never happens with replies.stage "data": choose another replies.mixed',
    fr: 'diffère un message que seuls certains peuvent recevoir jusqu’à ce que chacun ait sa réponse à RCPT, ce qui n’arrive jamais avec replies.stage « data » : choisir un autre replies.mixed',
  },
  defer_rest_several: {
    en: 'defers a message that only some may get until each recipient is told at RCPT, which never happens with several advertisers or classes: one credential for each, or another replies.mixed',
    fr: 'diffère un message que seuls certains peuvent recevoir jusqu’à ce que chacun ait sa réponse à RCPT, ce qui n’arrive jamais avec plusieurs annonceurs ou classes : un identifiant pour chacun, ou un autre replies.mixed',
  },
  no_contract: {
    en: 'router "{router}" has no contract with "{advertiser}" (GDPR art. 28(3)): add it to routers.{router}.contracts',
    fr: 'le routeur « {router} » n’a pas de contrat avec « {advertiser} » (RGPD art. 28(3)) : l’ajouter à routers.{router}.contracts',
  },

  // Campaigns and what is held.
  purpose_of_class: {
    en: '{class} can never be sent for "{purpose}" (GDPR art. 5(1)(b)): choose the class that is, or leave this out',
    fr: '{class} ne part jamais pour « {purpose} » (RGPD art. 5(1)(b)) : choisir la classe qui le fait, ou ôter ceci',
  },
  no_sender: {
    en: 'no credential may send for "{advertiser}"',
    fr: 'aucun identifiant ne peut envoyer pour « {advertiser} »',
  },
  no_sender_of_class: {
    en: 'no credential of "{advertiser}" may send {class}',
    fr: 'aucun identifiant de « {advertiser} » ne peut envoyer {class}',
  },
  promotes_nothing: {
    en: '{class} promotes nothing: choose a prospecting class, or leave this out',
    fr: '{class} ne promeut rien : choisir une classe de prospection, ou ôter ceci',
  },
  hold_all: {
    en: 'everything is held: leave this out, or name another scope',
    fr: 'tout est suspendu : ôter ceci, ou nommer une autre étendue (scope)',
  },
  hold_which: { en: 'which {scope}? add id', fr: 'lequel ({scope}) ? ajouter id' },

  // Policy.
  feed_max_age: {
    en: 'at most 48h: an opt-out is honoured within two days',
    fr: 'au plus 48h : une opposition est respectée en deux jours',
  },
  no_rule: { en: 'no such rule{meant}', fr: 'pas de telle règle{meant}' },
  answers_as: {
    en: 'always answered like {rule}, so that no one learns the difference: set that rule',
    fr: 'répond toujours comme {rule}, pour que nul ne voie la différence : régler cette règle-là',
  },
  hard_floor: {
    en: '"{action}" is milder than "{least}", and this rule can never be loosened',
    fr: '« {action} » est plus doux que « {least} », et cette règle ne s’assouplit jamais',
  },
  nothing_tolerated: {
    en: '{class} may promote: nothing to tolerate in "{name}"',
    fr: '{class} peut promouvoir : rien à tolérer dans « {name} »',
  },
  unjustified: {
    en: 'looser than the default: say why, by whom and when in policy.justifications."{setting}"',
    fr: 'plus souple que le défaut : dire pourquoi, par qui et quand dans policy.justifications."{setting}"',
  },
  justified_later: {
    en: 'is still to come: name the day it was decided, before which nothing is looser than the default',
    fr: 'est à venir : donner le jour de la décision, avant lequel rien n’est plus souple que le défaut',
  },
  nothing_to_justify: {
    en: 'nothing to justify: this is not looser than its default{meant}',
    fr: 'rien à justifier : ce n’est pas plus souple que le défaut{meant}',
  },
} as const satisfies WordTable

export type ProblemKind = keyof typeof PROBLEMS

/** What of a problem stands in one language is put into the text of that language. */
export type ProblemValues = Readonly<Record<string, string | number | Bilingual>>

/** A problem in both languages, its values put in. */
export function problemWords(kind: ProblemKind, values: ProblemValues = {}): Bilingual {
  const [en, fr] = LANGUAGES.map((language) => {
    const texts = Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'object' ? value[language] : String(value),
    ])
    return said(language, PROBLEMS[kind], Object.fromEntries(texts) as Record<string, string>)
  })
  return { en: en!, fr: fr! }
}

export function isProblemKind(text: string): text is ProblemKind {
  return Object.hasOwn(PROBLEMS, text)
}
