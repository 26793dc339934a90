// The installed Chromium, which connects to the portal alone.
import { chromium } from '@playwright/test'
import { Client, signIn } from './client.mjs'

const ARGUMENTS = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Runs `measure(visit)`; `visit(use)` opens an empty page with a session and an empty cache. */
export async function withBrowser(portal, measure) {
  const browser = await chromium.launch({ executablePath: process.env.POSTERN_CHROMIUM, args: ARGUMENTS })
  const client = new Client(portal.url)
  try {
    // The sign-in uses no page, because the sign-in page would fill the cache.
    const cookie = await signIn(client)
    const cookies = cookie.split('; ').map((pair) => {
      const [name, value] = pair.split('=')
      return { name, value, url: portal.url }
    })
    return await measure(async (use) => {
      const context = await browser.newContext()
      await context.addCookies(cookies)
      const page = await context.newPage()
      try {
        return await use(page, await context.newCDPSession(page))
      } finally {
        await context.close()
      }
    })
  } finally {
    client.close()
    await browser.close()
  }
}
