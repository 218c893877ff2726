/** `aval evidence pack`: everything an inspection of one advertiser may ask for, in one zip that can be checked without Aval. */
import { createWriteStream, existsSync, readFileSync, renameSync, unlinkSync } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { userInfo } from 'node:os'
import { writePack } from '../evidence/pack.js'
import { type JournalReader, openJournalReader } from '../journal/reader.js'
import { readCheckpoint, readVerifierKey } from '../journal/tree/note.js'
import { checkpointNow } from '../journal/tree/signing-acts.js'
import { openSigningKey } from '../journal/tree/signing-key.js'
import { keyFile } from '../registry/key-source.js'
import { openEvidenceReader } from '../registry/records/record-evidence.js'
import { VERSION } from '../version.js'
import { type Bilingual, counted, type Forms, said } from '../words/language.js'
import type { CommandContext } from './command-context.js'
import { CommandError, EXIT, type ExitCode } from './exit-codes.js'
import { momentOf, withJournal } from './journal-commands.js'
import { readNote } from './journal-verify.js'
import { advertiserOf, asCommandError, configurationOf } from './site.js'
import { systemError } from './system-error.js'
import type { Terminal } from './terminal.js'

export interface PackCommand {
  readonly config: string | undefined
  readonly json: boolean
  readonly advertiser: string
  readonly from: string
  readonly to: string | undefined
  readonly output: string
  /** Files with checkpoints that were kept elsewhere. */
  readonly against: readonly string[]
}

const DECISIONS: Forms = [
  { en: '{count} decision.', fr: '{count} décision.' },
  { en: '{count} decisions.', fr: '{count} décisions.' },
]
const HOW_TO_CHECK: Bilingual = {
  en: 'To check it: unpack, then node verify.mjs --key {key}',
  fr: 'Pour vérifier : décompresser, puis node verify.mjs --key {key}',
}

const NO_CHECKPOINT: Bilingual = {
  en: '{path} is no signed checkpoint: give a file as "aval journal checkpoint" prints it',
  fr: '{path} n’est pas un point de contrôle signé : donner un fichier tel que l’affiche « aval journal checkpoint »',
}
const NOT_OURS: Forms = [
  {
    en: '{path}: this journal never signed that checkpoint over {count} entry; keep both as evidence and run "aval journal verify --against" with it',
    fr: '{path} : ce journal n’a jamais signé ce point de contrôle sur {count} entrée ; conserver les deux comme preuves et lancer « aval journal verify --against » avec ce fichier',
  },
  {
    en: '{path}: this journal never signed that checkpoint over {count} entries; keep both as evidence and run "aval journal verify --against" with it',
    fr: '{path} : ce journal n’a jamais signé ce point de contrôle sur {count} entrées ; conserver les deux comme preuves et lancer « aval journal verify --against » avec ce fichier',
  },
]

const VERIFIER = new URL('../evidence/verify.js', import.meta.url)
const FORMAT = new URL('../../docs/journal-format.md', import.meta.url)

export async function evidencePack(context: CommandContext, options: PackCommand): Promise<ExitCode> {
  const configuration = configurationOf(context, options.config)
  const { runtime } = configuration
  const { terminal } = context
  const advertiser = advertiserOf(configuration, options.advertiser)
  const at = context.now()
  const { from } = momentOf('from', options.from)
  const { to = at } = momentOf('to', options.to)
  if (from === undefined || from >= to)
    throw new CommandError(EXIT.undecided, {
      en: 'the period is empty: --from must come before --to',
      fr: 'la période est vide : --from doit précéder --to',
    })
  if (existsSync(options.output))
    throw new CommandError(EXIT.undecided, {
      en: `${options.output} is there already: nothing was written`,
      fr: `${options.output} existe déjà : rien n’a été écrit`,
    })
  const { checkpoint, signer } = withJournal(configuration, (guest, seal) => {
    const sealed = checkpointNow(guest, seal, at)
    const { name, publicKey } = readVerifierKey(sealed.key)!
    return { checkpoint: sealed, signer: openSigningKey(seal.keyFile, name, publicKey) }
  })
  const journal = openJournalReader(runtime.journal.path, runtime.journal.segments.keyFile)
  try {
    const keptElsewhere = options.against.map((path) => sizeOf(terminal, path, journal))
    const registry = openRegistryEvidence(runtime.storage)
    try {
      const pack = writePack({
        advertiser,
        from,
        to,
        at,
        by: `cli:${userInfo().username}`,
        version: VERSION,
        checkpoint,
        keptElsewhere,
        signer,
        journal,
        registry,
        verifier: readFileSync(VERIFIER, 'utf8'),
        format: readFileSync(FORMAT, 'utf8'),
        onProgress: (entries) => terminal.progress(String(entries)),
      })
      await writeFile(terminal, options.output, pack.output)
      const { verdicts, decisions } = pack.figures()
      if (options.json) terminal.printJson({ file: options.output, key: checkpoint.key, decisions, verdicts })
      else {
        terminal.print(options.output)
        terminal.tell(
          `${counted(terminal.language, decisions, DECISIONS)} ${said(terminal.language, HOW_TO_CHECK, { key: checkpoint.key })}`,
        )
      }
      return EXIT.done
    } finally {
      registry.close()
    }
  } finally {
    journal.close()
  }
}

/** @returns the size of a checkpoint that is one of this journal's own */
function sizeOf(terminal: Terminal, path: string, journal: JournalReader): number {
  const given = readCheckpoint(readNote(terminal, path))
  if (given === undefined) throw new CommandError(EXIT.badInput, said(terminal.language, NO_CHECKPOINT, { path }))
  const own = journal.checkpoints().find(({ size }) => size === given.size)
  const root = own && readCheckpoint(own.note)
  if (root?.origin !== given.origin || !root.root.equals(given.root))
    throw new CommandError(EXIT.no, counted(terminal.language, given.size, NOT_OURS, { path }))
  return given.size
}

function openRegistryEvidence({ path, keyFile: keys }: { readonly path: string; readonly keyFile: string }) {
  try {
    return openEvidenceReader(path, keyFile(keys))
  } catch (cause) {
    throw asCommandError(cause)
  }
}

/** Under its name only once it is whole. */
async function writeFile(terminal: Terminal, path: string, content: NodeJS.ReadableStream): Promise<void> {
  const draft = `${path}.${process.pid}.tmp`
  try {
    await pipeline(content, createWriteStream(draft, { flags: 'wx', mode: 0o600, flush: true }))
    renameSync(draft, path)
  } catch (cause) {
    if (existsSync(draft)) unlinkSync(draft)
    throw systemError(terminal, 'write', path, cause)
  }
}
