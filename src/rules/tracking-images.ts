/** Images that report who opened the message: too small to be seen, or from a host made for it, with a token of the person. */
import type { Image } from '../domain/message-facts.js'

const LARGEST_PIXEL = 2
const MOST_HOSTS = 5

/** Hosts and paths of mailing services that serve such images. */
const KNOWN_TRACKER =
  /(?:^|\.)(?:list-manage\.com|mandrillapp\.com|mailchimp\.com|sendgrid\.net|awstrack\.me|mjt\.lu|sendibt\d?\.com|sendinblue\.com|brevo\.com|hubspotemail\.net|hs-sites\.com|klclick\d?\.com|klaviyomail\.com|exct\.net|exacttarget\.com|rs6\.net|constantcontact\.com|createsend\d?\.com|cmail\d+\.com|emltrk\.com|mixmax\.com|yesware\.com|mailtrack\.io|mailgun\.org|sparkpostmail\.com|google-analytics\.com)$/i
const OPEN_PATH = /\/(?:open|opens|wf\/open|track\/open|o|px|pixel|beacon|trk|e\/o|tr\/op)(?:[/?.]|$)/i

/** Hosts of such images, each once, the first ones. */
export function trackingHostsOf(images: readonly Image[]): readonly string[] {
  const hosts = new Set<string>()
  for (const image of images) {
    const url = remote(image.src)
    if (url === undefined || !bearsToken(url)) continue
    const isTracker = KNOWN_TRACKER.test(url.hostname) && OPEN_PATH.test(url.pathname)
    if (isPixel(image) || isTracker) hosts.add(url.hostname)
    if (hosts.size >= MOST_HOSTS) break
  }
  return [...hosts]
}

function remote(src: string): URL | undefined {
  const written = src.startsWith('//') ? `https:${src}` : src
  if (!/^https?:/i.test(written) || !URL.canParse(written)) return undefined
  return new URL(written)
}

function isPixel({ width, height, visible }: Image): boolean {
  return !visible || ((width ?? Infinity) <= LARGEST_PIXEL && (height ?? Infinity) <= LARGEST_PIXEL)
}

/** A spacer is the same file for everybody: it has a plain name and no query worth the word. */
function bearsToken({ pathname, searchParams }: URL): boolean {
  const parts = [...pathname.split('/'), ...searchParams.values()].flatMap((part) => part.split(/[.;,]/))
  return parts.some(isToken) || [...searchParams.values()].some((value) => /@|%40|^\d{5,}$/.test(value))
}

/** Long, and of letters and digits mixed as words are not. */
function isToken(part: string): boolean {
  if (/^\d{8,}$/.test(part)) return true
  if (part.length < 10 || !/\d/.test(part) || !/[A-Za-z]/.test(part)) return false
  const changes = part.match(/\d[A-Za-z]|[A-Za-z]\d|[a-z][A-Z]/g)?.length ?? 0
  return changes >= 3
}
