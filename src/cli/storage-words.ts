/** In French, what keeps a relay from its registry, its journal or their keys. The English is the message of the error itself. */
import { type JournalFaultCode, JournalUnavailableError } from '../journal/journal-error.js'
import { SegmentKeyError } from '../journal/segments/key-file.js'
import { SigningKeyError } from '../journal/tree/signing-key.js'
import { type RegistryTrouble, RegistryUnavailableError } from '../registry/registry-unavailable.js'
import { KeyFileError } from '../storage/key-file.js'

const JOURNAL: Readonly<Record<JournalFaultCode, string>> = {
  disk_full: 'le disque est plein : libérer de la place sur son volume',
  read_only: 'le fichier ou son volume est en lecture seule : voir le propriétaire, le mode et les options de montage',
  locked:
    'un autre programme tient le fichier verrouillé : mettre fin à la sauvegarde, au shell ou à l’outil qui l’a ouvert',
  second_writer: 'un autre relais y écrit : arrêter celui-là, ou donner à celui-ci un journal à lui',
  io: 'la lecture ou l’écriture a échoué : le disque est peut-être plein ou défaillant, voir le log du système',
  cannot_open:
    'le fichier ne peut pas être ouvert : voir si le chemin est juste et si cet utilisateur peut écrire dans le répertoire',
  missing: 'le fichier a disparu : le remettre en place, ou redémarrer le relais pour commencer un nouveau journal',
  replaced: 'le fichier a été remplacé par un autre ou par une copie plus ancienne : remettre le bon',
  log_alone:
    'ce n’est pas le fichier auquel appartient le log d’écriture (-wal) à côté : remettre ce fichier, ou garder le log ailleurs et commencer un nouveau journal',
  damaged:
    'son contenu n’est pas ce qui a été écrit : lancer « aval journal verify » et garder le fichier comme preuve',
  segment_keys:
    'ce fichier n’est pas celui des clés avec lesquelles les segments du journal sont écrits, ou n’est pas lisible ou inscriptible : en nommer un autre, le restaurer de sa sauvegarde ou, s’il est perdu pour de bon, le dire par « aval journal purge --keys-lost »',
  schema_newer: 'il a été écrit par une version plus récente d’Aval : mettre celle-ci à jour',
  writer_crashed: 'son fil d’écriture a pris fin : il est relancé, le log dit pourquoi',
  deadline: 'le disque n’a pas répondu à temps : voir la charge et l’état du volume',
  overload: 'trop d’entrées attendent d’être écrites : le disque est plus lent que le trafic',
  closed: 'il a été fermé : le relais s’arrête',
}

const REGISTRY: Readonly<Record<Exclude<RegistryTrouble, 'key'>, string>> = {
  missing:
    'ce registre n’existe pas : le restaurer de sa sauvegarde, corriger storage.url s’il a changé de place ou, pour un nouveau site, en faire un vide par « aval registry create »',
  replaced: 'ce registre a été remplacé par un autre ou par une copie : « aval registry verify » dit ce qui manque',
  locked: 'un autre programme tient ce registre verrouillé : attendre la fin de la sauvegarde, ou l’arrêter',
  damaged: 'ce fichier est endommagé ou n’est pas une base SQLite : le restaurer de sa sauvegarde',
  unreadable: 'ce registre ne peut pas être lu : voir le chemin, le propriétaire, le mode et le disque',
  schema: 'ce fichier n’a pas les tables d’un registre que cette version connaît : mettre Aval à jour, ou le restaurer',
  tampered: 'quelqu’un a changé les tables de ce registre : lancer « aval registry verify »',
}

const KEY_FILE: Readonly<Record<KeyFileError['code'], string>> = {
  missing:
    'ce fichier de clés n’existe pas : le restaurer de sa sauvegarde, car sans lui personne n’est retrouvable dans le registre ; un nouveau site en reçoit un par « aval init » ou « aval registry create »',
  unreadable: 'ce fichier de clés ne peut pas être lu : voir son propriétaire et son mode',
  malformed: 'ce n’est pas un fichier de clés, ou il est endommagé : le restaurer de sa sauvegarde',
}

const SIGNING_KEY =
  'cette clé de signature ne peut pas servir : il faut la clé privée Ed25519 au format PEM que nomme le journal, lisible par cet utilisateur ; la restaurer de sa sauvegarde ou, si elle est perdue, le dire par « aval journal rotate-key --lost »'

/** @returns undefined for what is none of these; the file is not named */
export function inFrench(cause: unknown): string | undefined {
  if (cause instanceof SigningKeyError) return SIGNING_KEY
  if (cause instanceof KeyFileError) return KEY_FILE[cause.code]
  if (cause instanceof JournalUnavailableError)
    return JOURNAL[cause.cause instanceof SegmentKeyError ? 'segment_keys' : cause.code]
  if (!(cause instanceof RegistryUnavailableError)) return undefined
  return cause.code === 'key' ? inFrench(cause.cause) : REGISTRY[cause.code]
}
