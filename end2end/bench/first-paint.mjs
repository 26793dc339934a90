// The first contentful paint of `/users` by the browser's clock, at full speed and with the processor of the page slowed
// four times. The cache is empty, as at a first visit, but the tab has shown the portal's shortest answer before, so that
// the start of a browser process does not count. Two more figures put these into proportion: the paint of that shortest
// answer, which no page of this browser on this machine can beat, and the paint of the page in a new process.
import { withBrowser } from './browser.mjs'
import { median, report } from './numbers.mjs'
import { withServers } from './servers.mjs'

const VISITS = 11
const SHORTEST = '/healthz'

const MEASURED = {
  'first-paint': { path: '/users' },
  'first-paint-slowed': { path: '/users', slowdown: 4 },
  'first-paint-floor': { path: SHORTEST },
  'first-paint-floor-slowed': { path: SHORTEST, slowdown: 4 },
  'first-paint-new-process': { path: '/users', before: 'about:blank' },
}

/** The milliseconds from the start of the navigation to the first contentful paint. */
async function firstPaint(portal, visit, { path, slowdown = 1, before = portal.url + SHORTEST }) {
  return visit(async (page, devtools) => {
    await page.goto(before)
    await devtools.send('Emulation.setCPUThrottlingRate', { rate: slowdown })
    await page.goto(portal.url + path)
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

const times = await withServers(10_000, ({ portal }) =>
  withBrowser(portal, async (visit) => {
    const ids = Object.keys(MEASURED)
    // The first visits warm the directory index and the browser up.
    for (const id of ids) await firstPaint(portal, visit, MEASURED[id])
    const times = Object.fromEntries(ids.map((id) => [id, []]))
    // The measurements alternate, so that a busy moment of the machine affects all of them.
    for (let count = 0; count < VISITS; count += 1) {
      for (const id of ids) times[id].push(await firstPaint(portal, visit, MEASURED[id]))
    }
    return times
  }),
)
report(Object.fromEntries(Object.entries(times).map(([id, values]) => [id, median(values)])))
