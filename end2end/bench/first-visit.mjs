// The downloads of a first visit of `/users` until it is hydrated: the requests, and the transferred bytes of script,
// WASM and style with the headers of the answers.
import { withBrowser } from './browser.mjs'
import { report } from './numbers.mjs'
import { withServers } from './servers.mjs'

const WEIGHED = /javascript|wasm|css/

const downloads = await withServers(10_000, ({ portal }) =>
  withBrowser(portal, (visit) =>
    visit(async (page, devtools) => {
      const seen = new Map()
      devtools.on('Network.responseReceived', ({ requestId, response }) =>
        seen.set(requestId, { path: new URL(response.url).pathname, kind: response.mimeType, bytes: 0 }),
      )
      devtools.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
        const download = seen.get(requestId)
        if (download) download.bytes = encodedDataLength
      })
      await devtools.send('Network.enable')
      await page.goto(`${portal.url}/users`)
      await page.locator('body[data-hydrated]').waitFor({ state: 'attached' })
      await page.waitForLoadState('networkidle')
      return [...seen.values()]
    }),
  ),
)
for (const { path, kind, bytes } of downloads) {
  console.error(`      ${String(bytes).padStart(9)} bytes  ${path} (${kind})`)
}
const weighed = downloads.filter(({ kind }) => WEIGHED.test(kind))
report({
  'first-visit-bytes': weighed.reduce((sum, { bytes }) => sum + bytes, 0),
  'first-visit-requests': downloads.length,
})
