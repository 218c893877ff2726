/** What a reading thread is asked about a message, as the sample site would ask it. */
import type { ContentQuestion } from '#aval/relay/content.js'
import { NOW } from './facts.js'

export const QUESTION: ContentQuestion = {
  credentialId: 'routix-acme',
  clientAddress: '192.0.2.7',
  transport: 'tls',
  senderDomain: 'bounce.acme.example',
  recipientCount: 1,
  channel: 'email',
  now: NOW,
}
