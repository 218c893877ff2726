/** The registry, the journal's history and the keys of a site, opened to judge by and never to write to. */
import type { Configuration } from '../config/configuration.js'
import { openHistory } from '../journal/history.js'
import { keyFile, subjects } from '../registry/key-source.js'
import { openRegistry } from '../registry/sqlite-registry.js'
import type { RehearsalPorts } from '../relay/rehearsal.js'
import { unsubscribeSecrets } from '../storage/key-file.js'
import { createHostedLinks, withHostedLinks } from '../unsubscribe/hosted/links.js'
import { tokenKeys } from '../unsubscribe/hosted/token.js'
import { SILENT, createLinkTest } from '../unsubscribe/link-test.js'
import { VERSION } from '../version.js'
import type { CommandContext } from './command-context.js'
import { asCommandError } from './site.js'

/** @throws CommandError for what is wrong with registry or key */
export async function withRehearsalPorts<T>(
  context: CommandContext,
  { site, runtime: { storage, journal } }: Configuration,
  work: (ports: RehearsalPorts) => Promise<T>,
): Promise<T> {
  const { terminal } = context
  const keys = keyFile(storage.keyFile)
  const registry = openRegistry({ path: storage.path, keys })
  const history = openHistory(journal.path, journal.segments.keyFile)
  const linkTest = createLinkTest({
    version: VERSION,
    site: () => site,
    registry,
    subjects: subjects(keys),
    registryPath: storage.path,
    events: SILENT,
    now: () => context.now(),
  })
  try {
    const tokens = tokenKeys(unsubscribeSecrets(keys.keys()))
    return await work({
      registry,
      history,
      subjects: subjects(keys),
      links: withHostedLinks(linkTest.links, tokens),
      hosted: createHostedLinks(tokens),
      clock: context,
      lookupFailed: (error) => terminal.tell(error instanceof Error ? error.message : String(error)),
    })
  } catch (cause) {
    throw asCommandError(cause)
  } finally {
    linkTest.close()
    history.close()
    registry.close()
  }
}
