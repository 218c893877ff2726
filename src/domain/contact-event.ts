/**
 * Contacts between a person and an advertiser. Some of them start the retention clock again, most never do: see
 * `retention.ts`. Events are append-only.
 */

export const CONTACT_EVENT_TYPES = [
  'link_click',
  'purchase',
  'order',
  'contract_signed',
  'contract_renewed',
  'contract_end',
  'warranty_end',
  'quote_request',
  'form_submit',
  'event_registration',
  'download_request',
  'account_login',
  'reply',
  'inbound_call',
  'shop_visit',
  'survey_answer',
  'donation',
  'consent_given',
  'consent_reconfirmed',
  'open',
  'pixel_load',
  'image_proxy_fetch',
  'sent',
  'delivered',
  'bounce',
  'complaint',
  'unsubscribe_click',
  'preference_view',
  'bot_click',
  'forwarded_click',
  'import',
  'enrichment',
  'merge',
  'admin_edit',
  'partner_refresh',
] as const
export type ContactEventType = (typeof CONTACT_EVENT_TYPES)[number]

/**
 * Opens: refused on import by name. A message being displayed is no contact from the person (CNIL deliberation 2021-131;
 * SAN-2020-016, Performeclic).
 */
export const OPEN_EVENT_TYPES: readonly ContactEventType[] = ['open', 'pixel_load', 'image_proxy_fetch']

/** The newest event of one kind that an advertiser holds about a person. */
export interface LastContact {
  readonly eventId: string
  readonly type: ContactEventType
  /** For clicks: `offer` when the link led to the product promoted. */
  readonly linkKind: string | undefined
  /** Milliseconds since the epoch. */
  readonly at: number
}
