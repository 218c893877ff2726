/**
 * The one-click request of RFC 8058 3.2, for a subscription that belongs to nobody: as mail programs send it, without cookie
 * or context, and a redirect is no success.
 */
import type { Fetcher } from '../../fetch/fetcher.js'

/** RFC 8058 3.2: either must be taken. */
export const ONE_CLICK_FORMS = ['urlencoded', 'multipart'] as const
export type OneClickForm = (typeof ONE_CLICK_FORMS)[number]

export interface OneClickAnswer {
  readonly taken: boolean
  /** Stable code: `status_200`, `redirect_302`, `timeout`. */
  readonly detail: string
}

const BOUNDARY = 'aval-one-click'

const FORMS: Readonly<Record<OneClickForm, { readonly type: string; readonly body: string }>> = {
  urlencoded: { type: 'application/x-www-form-urlencoded', body: 'List-Unsubscribe=One-Click' },
  multipart: {
    type: `multipart/form-data; boundary=${BOUNDARY}`,
    body: `--${BOUNDARY}\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--${BOUNDARY}--\r\n`,
  },
}

/** Never rejects. */
export async function unsubscribeOneClick(fetcher: Fetcher, url: URL, form: OneClickForm): Promise<OneClickAnswer> {
  const { type, body } = FORMS[form]
  const result = await fetcher.fetch(url, { method: 'POST', headers: { 'content-type': type }, body })
  if (result.kind === 'failure') return { taken: false, detail: result.fault }
  const { status } = result
  if (status >= 300 && status < 400) return { taken: false, detail: `redirect_${status}` }
  return { taken: status >= 200 && status < 300, detail: `status_${status}` }
}
