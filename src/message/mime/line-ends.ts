/**
 * Messages that come from a file rather than from SMTP: mail programs save them with the line ends of the machine and
 * sometimes with the separator line of an mbox in front. Only what reads files uses this; what came by SMTP is judged as
 * it is (promise I4).
 */

const LF = 0x0a
const CR = 0x0d

/** The message a client would have sent: every line ended by CRLF, no mbox separator. Returns `bytes` itself when it is so already. */
export function asSent(bytes: Buffer): Buffer {
  const message = withoutMboxLine(bytes)
  if (!hasOtherLineEnds(message)) return message
  return Buffer.from(message.toString('latin1').replace(/\r\n|\r|\n/g, '\r\n'), 'latin1')
}

function withoutMboxLine(bytes: Buffer): Buffer {
  if (bytes.toString('latin1', 0, 5) !== 'From ') return bytes
  const end = bytes.indexOf(LF)
  return end < 0 ? bytes : bytes.subarray(end + 1)
}

function hasOtherLineEnds(bytes: Buffer): boolean {
  for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, at + 1)) if (bytes[at - 1] !== CR) return true
  for (let at = bytes.indexOf(CR); at >= 0; at = bytes.indexOf(CR, at + 1)) if (bytes[at + 1] !== LF) return true
  return false
}
