/** Writes the pages of docs/ that are made from the code. Needs the built code. */
import './generate-config-doc.mjs'
import './generate-rules-doc.mjs'
