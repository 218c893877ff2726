/** What stands between a person and the opt-out: a login, a puzzle, a page of preferences (GDPR art. 7(3), 12(2)). */
import type { FetchAnswer, Hop } from '../../fetch/fetch-result.js'

/** Parts of a path or host that a person is sent to in order to log in. */
const LOGIN =
  /(?:^|[/._-])(?:log-?in|sign-?in|sso|connexion|se-connecter|identification|oauth2?|saml2?|authorize|anmelden)(?:[/._?-]|$)/i
const CAPTCHA = /captcha|(?:^|[/._-])challenge(?:[/._-]|$)|turnstile/i

const PASSWORD_FIELD = /<input\b[^>]*\btype\s*=\s*["']?password/i
const PUZZLE = /g-recaptcha|h-captcha|hcaptcha\.com|cf-turnstile|recaptcha\/api/i

/** Stable codes, the one that keeps most people out first. */
export type Obstacle = 'login' | 'captcha' | 'status_403'

/** @param answer to a link that is nobody's; of a living page that says so, it is the page everybody sees first */
export function obstacleOf(answer: FetchAnswer): Obstacle | undefined {
  const { status, hops, body } = answer
  const sentTo = hops.slice(1)
  const page = body.toString('latin1')
  if (status === 401 || sentTo.some((hop) => leadsTo(hop, LOGIN))) return 'login'
  if (status < 400 && PASSWORD_FIELD.test(page)) return 'login'
  if (sentTo.some((hop) => leadsTo(hop, CAPTCHA)) || (status < 400 && PUZZLE.test(page))) return 'captcha'
  return status === 403 ? 'status_403' : undefined
}

function leadsTo({ url }: Hop, pattern: RegExp): boolean {
  return pattern.test(url.pathname) || pattern.test(url.hostname)
}
