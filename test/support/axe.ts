import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

// Colours are judged as they stay: half way through a fade, text is fainter than anybody reads it. What is just being put
// there begins to fade in a frame or two later.
const standsStill = `(async () => {
  const moves = ({ effect, playState }) =>
    playState === 'running' && effect?.getComputedTiming().iterations !== Infinity
  for (let still = 0; still < 3; still = document.getAnimations().some(moves) ? 0 : still + 1)
    await new Promise(requestAnimationFrame)
})()`

/** What axe calls serious or critical on the page once it stands still: rule, and the elements that break it. */
export const seriousFaults = async (page: Page): Promise<readonly string[]> => {
  await page.evaluate(standsStill)
  await page.evaluate(source)
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: {
        run(): Promise<{
          violations: { id: string; impact: string; nodes: { target: string[]; failureSummary: string }[] }[]
        }>
      }
    }
    const { violations } = await axe.run()
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(
        ({ id, nodes }) => `${id}: ${nodes.map(each => `${each.target.join(' ')} (${each.failureSummary})`).join('; ')}`
      )
  })
}
