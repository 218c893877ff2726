/** The ways in and out of objections beside a link and a command: what an API token may do, what kinds of receivers there are. */

export const API_SCOPES = [
  'objections:write',
  'events:write',
  'consents:write',
  'keys:read',
  'links:read',
  'decide',
  'decisions:read',
] as const
export type ApiScope = (typeof API_SCOPES)[number]

export const PUSH_KINDS = ['webhook', 'listmonk', 'mautic', 'phplist'] as const
export type PushKind = (typeof PUSH_KINDS)[number]
