/** What a link leads to, read from its target alone; nothing here is ever requested (promise I7). */

/** Scheme in lower case; empty when there is none. */
export function schemeOf(uri: string): string {
  return /^([a-z][a-z0-9+.-]*):/i.exec(uri.trim())?.[1]?.toLowerCase() ?? ''
}

/** Whether a reader who follows it gets somewhere: an http(s) URL with a host, or a mail address. */
export function isUsableTarget(uri: string): boolean {
  switch (schemeOf(uri)) {
    case 'http':
    case 'https':
      return URL.canParse(uri.trim())
    case 'mailto':
      return /^mailto:\s*[^?]*[^\s?@]+(?:@|%40)[^\s?@]+/i.test(uri.trim())
    default:
      return false
  }
}

/** One spelling for targets that are the same; the text itself where it is no URL. */
export function sameTargetKey(uri: string): string {
  const text = uri.trim()
  return URL.canParse(text) ? new URL(text).href : text
}
