/** Images that report who opened the message: too small to be seen, and of nobody's template; or of a service made for it, with a token of the person. */
import { parsedUrl } from '../domain/parsed-url.js'
import type { Image } from '../domain/message-facts.js'

const LARGEST_PIXEL = 2
const MOST_HOSTS = 5

/** Hosts and paths of mailing services that serve such images. */
const KNOWN_TRACKER =
  /(?:^|\.)(?:list-manage\.com|mandrillapp\.com|mailchimp\.com|sendgrid\.net|awstrack\.me|mjt\.lu|sendibt\d?\.com|sendinblue\.com|brevo\.com|hubspotemail\.net|hs-sites\.com|klclick\d?\.com|klaviyomail\.com|exct\.net|exacttarget\.com|rs6\.net|constantcontact\.com|createsend\d?\.com|cmail\d+\.com|emltrk\.com|mixmax\.com|yesware\.com|mailtrack\.io|mailgun\.org|sparkpostmail\.com|google-analytics\.com)$/i
const OPEN_PATH = /\/(?:open|opens|wf\/open|track\/open|o|px|pixel|beacon|trk|e\/o|tr\/op)(?:[/?.]|$)/i

/** Words by which an image says that it is there to be counted. */
const COUNTS = /(?:track|pixel|beacon|open(?:ed|ing)?s?(?![a-z]))/i
/** A picture of the template: it has a word for a name. */
const PLAIN_FILE = /^[\w.-]*[a-z]{3}[\w.-]*\.(?:gif|png|jpe?g|webp|svg|bmp)$/i
/** How a picture is to be served, which is the same for everybody. */
const SERVED = /^(?:v|ver|version|w|h|width|height|size|q|quality|format|fm|auto|fit)$/i
const YEAR = /^(?:19|20)\d\d$/

/** Hosts of such images, each once, the first ones. */
export function trackingHostsOf(images: readonly Image[]): readonly string[] {
  const hosts = new Set<string>()
  for (const image of images) {
    const url = remote(image.src)
    if (url === undefined) continue
    if (isPixel(image) ? !isForEverybody(url) : isTracker(url)) hosts.add(url.hostname)
    if (hosts.size >= MOST_HOSTS) break
  }
  return [...hosts]
}

function remote(src: string): URL | undefined {
  const written = src.startsWith('//') ? `https:${src}` : src
  return /^https?:/i.test(written) ? parsedUrl(written) : undefined
}

function isPixel({ width, height, visible }: Image): boolean {
  return !visible || ((width ?? Infinity) <= LARGEST_PIXEL && (height ?? Infinity) <= LARGEST_PIXEL)
}

/** A picture large enough to be looked at, from a service that counts, with a token of the person. */
function isTracker({ hostname, pathname, searchParams }: URL): boolean {
  if (!KNOWN_TRACKER.test(hostname)) return false
  const asked = [...searchParams.values()]
  return asked.some(isPersonal) || (OPEN_PATH.test(pathname) && pathname.split('/').some(isPersonal))
}

/** A spacer of the template is the same file for everybody, and its address has nothing in it that could be anybody's. */
function isForEverybody({ pathname, searchParams, hash }: URL): boolean {
  const directories = pathname.split('/')
  const file = directories.pop() ?? ''
  return (
    hash === '' &&
    [...searchParams].every(([name, value]) => SERVED.test(name) && value !== '' && !isPersonal(value)) &&
    PLAIN_FILE.test(file) &&
    !isPersonal(file) &&
    !COUNTS.test(file) &&
    directories.every((part) => !isPersonal(part) && !COUNTS.test(part) && (YEAR.test(part) || !/^\d{3,}$/.test(part)))
  )
}

function isPersonal(part: string): boolean {
  return /@|%40|^\d{5,}$/.test(part) || part.split(/[.;,]/).some(isToken)
}

/** Long, and of letters and digits mixed as words are not. */
function isToken(part: string): boolean {
  if (/^\d{8,}$/.test(part)) return true
  if (part.length < 10 || !/\d/.test(part) || !/[A-Za-z]/.test(part)) return false
  const changes = part.match(/\d[A-Za-z]|[A-Za-z]\d|[a-z][A-Z]/g)?.length ?? 0
  return changes >= 3
}
