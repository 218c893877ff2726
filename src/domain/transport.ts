/** How a client is connected. local: from this machine; clear_permitted: from a network where clear text is allowed. */
export type Transport = 'tls' | 'local' | 'clear_permitted' | 'clear'
