/**
 * `aval probe`: unsubscribes the advertiser's canary as a mail program would (RFC 8058), and looks whether the objection
 * arrives. The run is kept; a relay that runs goes on watching it.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { keyFile, subjects } from '../registry/key-source.js'
import { openRegistry } from '../registry/sqlite-registry.js'
import { SILENT, createLinkTest } from '../unsubscribe/link-test.js'
import type { LoopRun } from '../unsubscribe/loop/loop-store.js'
import { ONE_CLICK_FORMS } from '../unsubscribe/loop/one-click.js'
import { VERSION } from '../version.js'
import { COLON } from '../words/language.js'
import { linkFinding } from '../words/link-words.js'
import type { CommandContext } from './command-context.js'
import { CommandError, EXIT, type ExitCode } from './exit-codes.js'
import { advertiserOf, asCommandError, configurationOf } from './site.js'
import type { Bilingual } from './terminal.js'

export interface ProbeOptions {
  readonly config: string | undefined
  readonly advertiser: string
  /** Seconds to wait for the objection. */
  readonly wait: number
  readonly json: boolean
}

const LOOK_AGAIN_MS = 500

/** @returns 0 proven, 1 not taken or not honoured, 2 taken and still being watched */
export async function probe(context: CommandContext, options: ProbeOptions): Promise<ExitCode> {
  const configuration = configurationOf(context, options.config)
  const advertiser = advertiserOf(configuration, options.advertiser)
  const { path, keyFile: keyPath } = configuration.runtime.storage
  const keys = keyFile(keyPath)
  const registry = openRegistry({ path, keys })
  const ended = new Map<string, LoopRun>()
  const linkTest = createLinkTest({
    version: VERSION,
    site: () => configuration.site,
    registry,
    subjects: subjects(keys),
    registryPath: path,
    events: { ...SILENT, ended: (run) => void ended.set(run.id, run) },
    now: () => context.now(),
  })
  try {
    const probed = await linkTest.loop.probeCanary(advertiser)
    if (probed === undefined) throw new CommandError(EXIT.configuration, missing(options.advertiser))
    const deadline = context.now() + options.wait * 1_000
    for (;;) {
      await linkTest.loop.watch()
      if (ended.has(probed.run.id) || context.now() >= deadline) break
      await pause(LOOK_AGAIN_MS)
    }
    const run = ended.get(probed.run.id) ?? probed.run
    const answers = ONE_CLICK_FORMS.map((form, index) => ({ form, ...probed.answers[index]! }))
    if (options.json) context.terminal.printJson({ ...run, answers })
    else {
      const { language } = context.terminal
      for (const { form, detail } of answers)
        context.terminal.print(`POST ${form}${COLON[language]}${linkFinding(language, detail)}`)
      context.terminal.print(context.terminal.say(WORDS[run.state]))
    }
    return EXIT_OF[run.state]
  } catch (cause) {
    throw asCommandError(cause)
  } finally {
    linkTest.close()
    registry.close()
  }
}

const EXIT_OF: Readonly<Record<LoopRun['state'], ExitCode>> = {
  proven: EXIT.done,
  not_honoured: EXIT.no,
  not_taken: EXIT.no,
  waiting: EXIT.undecided,
  undetermined: EXIT.undecided,
}

const WORDS: Readonly<Record<LoopRun['state'], Bilingual>> = {
  proven: { en: 'proven: the objection has arrived', fr: 'prouvé : l’opposition est arrivée' },
  waiting: {
    en: 'taken; the objection has not arrived yet, a running relay goes on watching',
    fr: 'reçue ; l’opposition n’est pas encore arrivée, un relais en marche continue de l’attendre',
  },
  not_honoured: { en: 'not honoured: no objection in time', fr: 'sans effet : aucune opposition à temps' },
  undetermined: {
    en: 'undetermined: an objection from before is in force; the canary has to be subscribed anew, under another address',
    fr: 'indéterminé : une opposition antérieure est en vigueur ; réabonner le témoin, sous une autre adresse',
  },
  not_taken: { en: 'the endpoint did not take the request', fr: 'la demande n’a pas été acceptée' },
}

function missing(advertiser: string): Bilingual {
  const where = `advertisers.${advertiser}.unsubscribe`
  return {
    en: `${where} needs canary_url and canary_address: a subscription that belongs to nobody`,
    fr: `il faut à ${where} canary_url et canary_address : un abonnement qui n’est à personne`,
  }
}
