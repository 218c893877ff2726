/**
 * A URL, or undefined for what is none. Never `URL.canParse`: Node 20 reads a text of Latin-1 as UTF-8 in it once a process has
 * asked some thousand times, and says of `https://société.example/` that it is no URL.
 */
export function parsedUrl(text: string, base?: string): URL | undefined {
  try {
    return new URL(text, base)
  } catch {
    return undefined
  }
}
