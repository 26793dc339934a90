// When `/users` first shows something, by the browser's own clock, with an empty cache: plain, and with the processor of
// the page slowed four times.
import { withBrowser } from './browser.mjs'
import { median, report } from './numbers.mjs'
import { withServers } from './servers.mjs'

const VISITS = 15

/** Milliseconds from the start of the navigation to the first content. */
async function firstPaint(portal, visit, slowdown) {
  return visit(async (page, devtools) => {
    await devtools.send('Emulation.setCPUThrottlingRate', { rate: slowdown })
    await page.goto(`${portal.url}/users`)
    return page.evaluate(
      () =>
        new Promise((resolve) => {
          new PerformanceObserver((list) => {
            const paint = list.getEntriesByName('first-contentful-paint')[0]
            if (paint) resolve(paint.startTime)
          }).observe({ type: 'paint', buffered: true })
        }),
    )
  })
}

const [plain, slowed] = await withServers(10_000, ({ portal }) =>
  withBrowser(portal, async (visit) => {
    // The first visits warm the directory index and the browser itself.
    for (const slowdown of [1, 4]) await firstPaint(portal, visit, slowdown)
    const times = [[], []]
    // In turns, so that a busy moment of the machine meets both.
    for (let count = 0; count < VISITS; count += 1) {
      times[0].push(await firstPaint(portal, visit, 1))
      times[1].push(await firstPaint(portal, visit, 4))
    }
    return times
  }),
)
report({ 'first-paint': median(plain), 'first-paint-slowed': median(slowed) })
