/**
 * Octets to text. The names are those of the WHATWG Encoding standard, which is what readers that show HTML use, and the
 * odd ones seen in real mail. Octets that are invalid in their charset become U+FFFD, as every reader shows them.
 */

/** Names real mail uses for charsets that have another one. */
const ALIASES: Readonly<Record<string, string>> = {
  utf8mb4: 'utf-8',
  'utf-8n': 'utf-8',
  utf_8: 'utf-8',
  'x-utf-8': 'utf-8',
  'iso-8859-1-windows-3.1-latin-1': 'windows-1252',
  'iso-8859-8-e': 'iso-8859-8',
  iso8859_1: 'windows-1252',
  'win-1250': 'windows-1250',
  'win-1251': 'windows-1251',
  'win-1252': 'windows-1252',
  win1251: 'windows-1251',
  win1252: 'windows-1252',
  windows1252: 'windows-1252',
  windows1251: 'windows-1251',
  'cp-1251': 'windows-1251',
  'cp-1252': 'windows-1252',
  cp932: 'shift_jis',
  cp936: 'gbk',
  cp949: 'euc-kr',
  cp950: 'big5',
  cp874: 'windows-874',
  ms932: 'shift_jis',
  ms949: 'euc-kr',
  'x-sjis-jp': 'shift_jis',
  'iso-2022-jp-1': 'iso-2022-jp',
  'iso-2022-jp-2': 'iso-2022-jp',
  'iso-2022-jp-ms': 'iso-2022-jp',
  'iso-2022-jp-3': 'iso-2022-jp',
  cp50220: 'iso-2022-jp',
  cp50221: 'iso-2022-jp',
  'gb-2312': 'gbk',
  'gb2312-80': 'gbk',
  mac: 'macintosh',
  'x-mac-roman': 'macintosh',
  macroman: 'macintosh',
}

/** Labels that promise nothing beyond ASCII, or say nothing at all; octets above it are then UTF-8 if they can be. */
const UNSTATED = new Set([
  '',
  'us-ascii',
  'ascii',
  'ansi_x3.4-1968',
  'unknown',
  'unknown-8bit',
  'x-unknown',
  'default',
  'none',
  '7bit',
  '8bit',
  'utf',
  'iso',
  'charset',
  '_charset',
  'text',
])

/** 0x80 to 0x9F of windows-1252 (WHATWG index). */
const WINDOWS_1252_HIGH = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ'

type Decoder = InstanceType<typeof TextDecoder>

const decoders = new Map<string, Decoder>()

/** The text of `octets`; undefined when nobody knows a charset of that name. */
export function decodeText(octets: Buffer, charset: string): string | undefined {
  const name = charset.toLowerCase().replace(/["'\\\s]|^charset=/g, '')
  if (name === 'utf-8' || name === 'utf8') return withoutBom(octets.toString('utf8'))
  if (UNSTATED.has(name)) return decodeUnstated(octets)
  const decoder = decoderOf(name)
  return decoder?.encoding === 'windows-1252' ? decodeWindows1252(octets) : decoder?.decode(octets)
}

function decodeUnstated(octets: Buffer): string {
  const text = octets.toString('utf8')
  return text.includes('\ufffd') ? decodeWindows1252(octets) : withoutBom(text)
}

/** Written out: several releases of Node read 0x80 to 0x9F as control characters, and lose the apostrophe of most French text. */
function decodeWindows1252(octets: Buffer): string {
  return octets.toString('latin1').replace(/[\x80-\x9f]/g, (octet) => WINDOWS_1252_HIGH[octet.charCodeAt(0) - 0x80]!)
}

function withoutBom(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text
}

function decoderOf(name: string): Decoder | undefined {
  const known = decoders.get(name)
  if (known !== undefined) return known
  const label = Object.hasOwn(ALIASES, name) ? ALIASES[name]! : name
  try {
    const decoder = new TextDecoder(label)
    // Only names in use stay: the names come from strangers.
    if (decoders.size < 100) decoders.set(name, decoder)
    return decoder
  } catch {
    return undefined
  }
}
