import { relative } from 'node:path'
import type { Plugin } from 'vite'

/** Later ones win. What stands in no layer, as a brand's own sheet does, wins over all of them. */
const layers = [
  ['web/portal/', 'portal.base'],
  ['web/portal-kit/', 'portal.kit'],
  ['', 'portal.page']
] as const

// In each sheet, as nobody knows which of them a browser reads first.
const order = `@layer ${layers.map(([, layer]) => layer).join(', ')};`

/**
 * Puts the portal's own style sheets into cascade layers, so that any rule of a brand's sheet wins over any of ours, in
 * whatever order they are loaded and however many names stand in a selector.
 * @param root the folder of the whole source
 */
export const cssLayers = (root: string): Plugin => ({
  name: 'css-layers',
  enforce: 'pre',
  transform(code, id) {
    const file = relative(root, id.split('?')[0]!)
    if (!file.endsWith('.css') || file.startsWith('node_modules/')) return null
    const [, layer] = layers.find(([folder]) => file.startsWith(folder))!
    return { code: `${order}\n@layer ${layer} {\n${code}\n}\n`, map: null }
  }
})
