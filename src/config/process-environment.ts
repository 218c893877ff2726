/** What the environment of the process says beside the configuration: language, colours, the service manager. */

type Variables = Readonly<Record<string, string | undefined>>

/** Of the texts people read: French when `LC_ALL`, `LC_MESSAGES` or `LANG` say so, in that order; else English. */
export function languageOf(variables: Variables = process.env): 'en' | 'fr' {
  const locale = variables['LC_ALL'] || variables['LC_MESSAGES'] || variables['LANG'] || ''
  return /^fr(?:[_.@-]|$)/i.test(locale) ? 'fr' : 'en'
}

/** Colours on a terminal, unless `NO_COLOR` is set to anything (no-color.org). */
export function wantsColour(isTerminal: boolean, variables: Variables = process.env): boolean {
  return isTerminal && !variables['NO_COLOR'] && variables['TERM'] !== 'dumb'
}

/** Whether systemd waits to be told that we are ready (sd_notify). */
export function hasServiceManager(variables: Variables = process.env): boolean {
  return Boolean(variables['NOTIFY_SOCKET'])
}
