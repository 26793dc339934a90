// Checks of every page in the table of addresses: accessibility, keyboard, layout, headers; and the size of the first
// visit.
import type { Page, Response } from '@playwright/test'
import { addressOf, ADDRESSES, LONG_NAME, passSystems, SERVED, visit } from '../support/addresses'
import { enter, expect, expectNoAxe, heading, passSignIn, test, type Portal } from '../support/fixtures'
import { PAGES } from '../support/routes'

const WIDTHS = [320, 1280]

async function expectPage(page: Page): Promise<void> {
  await expect(heading(page)).toHaveCount(1)
  const title = await heading(page).innerText()
  expect(await page.title()).toMatch(/^.+ – Postern$/)
  expect(await page.title()).toContain(title)
  await expectNoAxe(page)
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 800 })
    const wider = await page.evaluate(() => {
      const { scrollWidth, clientWidth } = document.documentElement
      const cut = [...document.querySelectorAll('body *')].filter((element) => {
        const { right, width } = element.getBoundingClientRect()
        return width > 1 && right > clientWidth + 1 && !element.closest('.table-wrap, dialog:not([open])')
      })
      return scrollWidth > clientWidth ? cut.map((element) => `${element.tagName}.${element.className}`).slice(0, 5) : []
    })
    expect(wider, `wider than ${width} px`).toEqual([])
  }
}

async function expectSkipLink(page: Page): Promise<void> {
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur())
  await page.keyboard.press('Tab')
  const skip = page.getByRole('link', { name: 'Skip to the content' })
  await expect(skip).toBeFocused()
  await expect(skip).toBeInViewport()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('main')).toBeFocused()
}

test('every page with a parameter has an address', () => {
  const paths = SERVED.map((route) => route.path)
  expect(Object.keys(ADDRESSES).filter((path) => !paths.includes(path)), 'addresses of no page').toEqual([])
  expect(paths.filter((path) => path.includes('{') && !(path in ADDRESSES)), 'pages without an address').toEqual([])
})

test.describe('no accessibility violations for admin on', () => {
  for (const route of SERVED) {
    test(route.path, async ({ page, portal }) => {
      await visit(page, portal, route)
      await expectPage(page)
      if (route.needs !== 'nothing') await expectSkipLink(page)
    })
  }
})

test.describe('the keyboard reaches every control for admin on', () => {
  for (const route of SERVED) {
    test(route.path, async ({ page, portal }) => {
      await visit(page, portal, route)
      expect(await tabThrough(page)).toEqual({ missed: [], dim: [] })
    })
  }
})

/** The pages that users with fewer permissions visit. A user who may not view one gets the refusal as a page. */
const PERSONA_PATHS = {
  overview: () => '/',
  'the list of users': () => '/users',
  'a user': (portal: Portal) => portal.userPath(LONG_NAME),
  services: () => '/services',
  'my session': () => '/session',
  'an unknown address': () => '/nowhere/at-all?q=1',
} as const

for (const user of ['helpdesk', 'auditor', 'officer', 'admin'] as const) {
  test.describe(`no accessibility violations for ${user} on`, () => {
    for (const [name, path] of Object.entries(PERSONA_PATHS)) {
      // The pages of the table are visited as admin above.
      if (user === 'admin' && name !== 'an unknown address') continue
      test(name, async ({ page, portal, watch }) => {
        watch.allowStatus(403, 404)
        await enter(page, portal, user, await path(portal))
        await expectPage(page)
        await expectSkipLink(page)
      })
    }
  })
}

/** Presses Tab through the page, and returns the controls without focus and those that do not show their focus. */
async function tabThrough(page: Page): Promise<{ missed: string[]; dim: string[] }> {
  const count = await page.evaluate(() => {
    const controls = [...document.querySelectorAll<HTMLElement>('a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]')]
    // Tab leads to the chosen one of several radio buttons, and the arrow keys to the others.
    const isPassed = (element: HTMLElement) => {
      if (!(element instanceof HTMLInputElement) || element.type !== 'radio' || element.checked) return false
      const others = document.querySelectorAll<HTMLInputElement>(`input[type=radio][name="${element.name}"]`)
      return [...others].some((other) => other.checked && other.form === element.form)
    }
    const visible = controls.filter(
      (element) =>
        element.checkVisibility({ visibilityProperty: true }) &&
        element.getBoundingClientRect().width > 0 &&
        !isPassed(element),
    )
    visible.forEach((element, index) => element.setAttribute('data-reach', String(index)))
    ;(document.activeElement as HTMLElement | null)?.blur()
    return visible.length
  })
  const reached = new Set<string>()
  const dim: string[] = []
  for (let step = 0; step < count + 2; step += 1) {
    await page.keyboard.press('Tab')
    const at = await page.evaluate(() => {
      const element = document.activeElement as HTMLElement | null
      if (!element || element === document.body) return undefined
      const shows = (other: Element | null) => {
        if (!other) return false
        const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(other)
        return (outlineStyle !== 'none' && outlineWidth !== '0px') || boxShadow !== 'none'
      }
      return {
        reach: element.dataset.reach,
        name: `${element.tagName} ${element.getAttribute('aria-label') ?? element.innerText ?? ''}`.trim(),
        bright: shows(element) || shows(element.parentElement),
        inView: (() => {
          const box = element.getBoundingClientRect()
          return box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth
        })(),
      }
    })
    if (!at) continue
    if (at.reach !== undefined) reached.add(at.reach)
    if (!at.bright || !at.inView) dim.push(at.name)
  }
  const missed = await page.evaluate(
    (seen) => [...document.querySelectorAll<HTMLElement>('[data-reach]')].filter((element) => !seen.includes(element.dataset.reach ?? '')).map((element) => element.outerHTML.slice(0, 120)),
    [...reached],
  )
  return { missed, dim }
}

test.describe('the keyboard reaches every control of other users on', () => {
  for (const [name, user, path] of [
    ['the overview', 'helpdesk', () => '/'],
    ['the list of users', 'helpdesk', () => '/users?page=2'],
    ['a user', 'helpdesk', (portal: Portal) => portal.userPath('alpha')],
    ['a user without permission to change it', 'auditor', (portal: Portal) => portal.userPath('alpha')],
    ['the services', 'helpdesk', () => '/services'],
    ['my session', 'helpdesk', () => '/session'],
    ['a refused page', 'officer', () => '/users'],
  ] as const) {
    test(name, async ({ page, portal, watch }) => {
      watch.allowStatus(403)
      await enter(page, portal, user, await path(portal))
      expect(await tabThrough(page)).toEqual({ missed: [], dim: [] })
    })
  }
})

test('the component gallery exists in demo mode only', async ({ page, portal, watch }) => {
  watch.allowStatus(404)
  await enter(page, portal, 'admin')
  // `demo.spec.ts` visits the gallery in demo mode.
  expect(PAGES.filter((route) => route.demo_only).map((route) => route.path)).toEqual(['/ui'])
  const response = await page.goto('/ui')
  expect(response?.status()).toBe(404)
  await expect(heading(page)).toHaveText('Not found')
})

test('the navigation has the areas of the table', async ({ page, portal }) => {
  await enter(page, portal, 'admin')
  const links = page.getByRole('navigation', { name: 'Areas' }).getByRole('listitem').getByRole('link')
  const shown = await links.evaluateAll((all) =>
    all.map((link) => [(link as HTMLElement).innerText.trim(), link.getAttribute('href')]),
  )
  const areas = SERVED.filter((route) => route.navigation !== null)
  expect(areas.length).toBeGreaterThan(0)
  expect(shown).toEqual(areas.map((route) => [route.navigation, route.path]))
})

test('an unknown address has a page, signed in or not', async ({ page, portal, watch }) => {
  watch.allowStatus(404)
  for (const path of ['/nowhere', '/users/a/b', '/%2e%2e/etc', '/sign-in/x']) {
    const response = await page.goto(path)
    expect(response?.status(), path).toBe(404)
    await expect(heading(page)).toHaveText('Not found')
  }
  await enter(page, portal, 'helpdesk', '/nowhere')
  await expect(page.getByText('There is no such page.')).toBeVisible()
  await expect(page.getByRole('navigation', { name: 'Areas' })).toBeVisible()
})

test('the first visit of a list stays within its budget', async ({ page, portal, context }) => {
  await passSignIn(context.request, portal, 'helpdesk')
  const client = await context.newCDPSession(page)
  await client.send('Network.enable')
  const sent = new Map<string, { url: string; bytes: number }>()
  client.on('Network.requestWillBeSent', ({ requestId, request }) => sent.set(requestId, { url: request.url, bytes: 0 }))
  client.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const request = sent.get(requestId)
    if (request) request.bytes = encodedDataLength
  })
  const encodings = new Map<string, string | undefined>()
  page.on('response', (response: Response) => encodings.set(response.url(), response.headers()['content-encoding']))

  await page.goto('/users')
  await expect(page.locator('body[data-hydrated]')).toBeAttached()
  await page.waitForLoadState('networkidle')

  const requests = [...sent.values()].filter(({ url }) => url.startsWith(portal.url))
  const code = requests.filter(({ url }) => /\.(js|wasm|css)$/.test(url))
  test.info().annotations.push({ type: 'first visit', description: JSON.stringify(requests) })
  expect(requests.length, JSON.stringify(requests)).toBeLessThanOrEqual(12)
  expect(new Set(code.map(({ url }) => url)).size, 'nothing is fetched twice').toBe(code.length)
  expect(code.map(({ url }) => url.split('.').pop()).sort()).toEqual(expect.arrayContaining(['css', 'js', 'wasm']))
  for (const { url } of code) expect(encodings.get(url), url).toBe('br')
  expect(code.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(200_000)

  // The second page loads no further files.
  const before = sent.size
  await page.goto('/session')
  await expect(page.locator('body[data-hydrated]')).toBeAttached()
  const later = [...sent.values()].slice(before).filter(({ bytes }) => bytes > 0)
  expect(later.map(({ url }) => new URL(url).pathname)).toEqual(['/session'])
})

test('responses have security and caching headers', async ({ request, playwright, portal }) => {
  await passSystems(request, portal)
  const stranger = await playwright.request.newContext({ baseURL: portal.url })
  const visits = [{ path: '/nowhere', visitor: request }]
  for (const route of SERVED) {
    // Who is signed in is led on from the page to sign in.
    const visitor = route.needs === 'nothing' ? stranger : request
    visits.push({ path: await addressOf(route, portal, request), visitor })
  }
  const nonces = new Set<string>()
  for (const { path, visitor } of visits) {
    const response = await visitor.get(path)
    // A redirect to another page would show that page's headers.
    expect(new URL(response.url()).pathname, path).toBe(new URL(path, portal.url).pathname)
    const headers = response.headers()
    const policy = headers['content-security-policy'] ?? ''
    expect(policy, path).toContain("default-src 'none'")
    expect(policy, path).not.toMatch(/unsafe-inline|'unsafe-eval'|\*/)
    nonces.add(/'nonce-([^']+)'/.exec(policy)?.[1] ?? '')
    expect(headers, path).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'same-origin',
      'cache-control': 'no-store',
    })
  }
  await stranger.dispose()
  expect(nonces.size, 'each response has its own nonce').toBe(visits.length)
})
