/**
 * The text form of a log line, greppable with the habits of Postfix: `time aval/subsystem[pid]: id: to=<>, key=value,
 * status=… (text)`. It has the same fields as the JSON line it is made from.
 */

type Fields = Readonly<Record<string, unknown>>

/** Fields that have a place of their own at the head of the line. */
const HEAD = new Set(['time', 'level', 'pid', 'event', 'subsystem', 'ref', 'session', 'msg', 'reply', 'hostname'])

/** @param json one line as pino wrote it; returned as it is when it is no JSON object */
export function textLine(json: string): string {
  const fields = parse(json)
  if (fields === undefined) return json.trimEnd()
  const id = text(fields['ref']) || text(fields['session'])
  const level = text(fields['level'])
  const head = `${text(fields['time'])} aval/${text(fields['subsystem']) || 'main'}[${text(fields['pid'])}]:`
  const parts = [
    level === 'info' ? '' : `${level}:`,
    id === '' ? '' : `${id}:`,
    text(fields['event']),
    text(fields['msg']),
    Object.entries(fields)
      .filter(([name, value]) => !HEAD.has(name) && text(value) !== '')
      .map(([name, value]) => (name === 'to' ? `to=<${text(value)}>` : `${name}=${quoted(text(value))}`))
      .join(', '),
    fields['reply'] === undefined || fields['reply'] === '' ? '' : `(${text(fields['reply'])})`,
  ]
  return `${head} ${parts.filter((part) => part !== '').join(' ')}`
}

function parse(json: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(json)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined
  } catch {
    return undefined
  }
}

function text(value: unknown): string {
  if (value === undefined || value === null) return ''
  if (typeof value === 'string') return value.replace(/\p{Cc}/gu, ' ')
  if (Array.isArray(value)) return value.map(text).join('+')
  return JSON.stringify(value)
}

function quoted(value: string): string {
  return /[\s,]/.test(value) ? `"${value}"` : value
}
