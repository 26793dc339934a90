// Sign-in and sign-out: the accepted accounts, the messages of a refusal, and the redirects.
import { chromium } from '@playwright/test'
import {
  button,
  enter,
  expect,
  expectNoAxe,
  expectRowVisible,
  fillSignIn,
  heading,
  PASSWORD,
  passSignIn,
  signIn,
  test,
  withAndWithoutJavaScript,
} from '../support/fixtures'

/** The statuses of a refused sign-in with JavaScript. */
const REFUSALS = [403, 422]

withAndWithoutJavaScript(() => {
  test('the help desk signs in and out', async ({ page, portal }) => {
    await signIn(page, 'helpdesk')

    await page.getByRole('button', { name: 'Sign out', exact: true }).click()
    await expect(page).toHaveURL((url) => url.pathname === '/sign-in')
    await page.goto('/users')
    await expect(page).toHaveURL((url) => url.pathname === '/sign-in')

    const logins = (await portal.simulator.calls()).filter((call) => call.path.endsWith('/login/token'))
    expect(logins.some((call) => call.status === 200)).toBe(true)
  })

  for (const [title, user, password] of [
    ['a wrong password', 'helpdesk', 'Not-the-Passw0rd!'],
    ['a user who does not exist', 'no-such-user', PASSWORD],
  ] as const) {
    test(`${title} is refused`, async ({ page, watch }) => {
      watch.allowStatus(...REFUSALS)
      await page.goto('/sign-in')
      await fillSignIn(page, user, password)
      await expect(page.getByRole('alert')).toContainText('The user name or the password is wrong.')
      await expect(page).toHaveURL((url) => url.pathname === '/sign-in')
      await expect(page.getByLabel('User name', { exact: true })).toHaveValue(user)
    })
  }

  test('the server does not return a refused password', async ({ page, watch }) => {
    watch.allowStatus(...REFUSALS)
    await page.goto('/sign-in')
    await fillSignIn(page, 'helpdesk', 'Not-the-Passw0rd!')
    await expect(page.getByRole('alert')).toBeVisible()
    await page.reload()
    await expect(page.getByLabel('Password', { exact: true })).toHaveValue('')
  })

  test('the sign-in page redirects a signed-in user', async ({ page, portal }) => {
    await enter(page, portal, 'helpdesk', '/sign-in')
    await expect(page).toHaveURL('/')
    await page.goto('/sign-in?next=%2Fusers%3Fq%3Dlind%26sort%3D-email')
    await expect(page).toHaveURL('/users?q=lind&sort=-email')
  })

  test('the theme is stored, and applies from the first bytes of a page', async ({ page, portal }) => {
    await enter(page, portal, 'helpdesk', '/users?q=a')
    for (const [name, theme] of [['Dark', 'dark'], ['Light', 'light'], ['System', 'system']] as const) {
      await button(page, `${name} theme`).click()
      await expect(button(page, `${name} theme`)).toHaveAttribute('aria-pressed', 'true')
      await expect(page).toHaveURL('/users?q=a')
      await expect(page.locator('html')).toHaveAttribute('data-theme', theme)
      for (const path of ['/', '/users', '/nowhere']) {
        const html = await (await page.request.get(path)).text()
        expect(html.slice(0, 200), path).toContain(`data-theme="${theme}"`)
      }
    }
    await button(page, 'Dark theme').click()
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark')
    expect(await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme)).toBe('dark')
    await button(page, 'Sign out').click()
    await expect(heading(page)).toHaveText('Sign in')
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark')
  })

  test('after signing out, Back shows nothing', async ({ page, portal }) => {
    await enter(page, portal, 'helpdesk', '/users')
    await expectRowVisible(page.getByRole('table'), { 'User name': 'admin' })
    await button(page, 'Sign out').click()
    await expect(page.getByRole('status')).toContainText('You are signed out.')
    await page.goBack()
    await expect(heading(page)).toHaveText('Sign in')
    await expect(page.getByRole('table')).toHaveCount(0)
  })

  test('a locked account shows that it is locked', async ({ page, portal, watch }) => {
    watch.allowStatus(...REFUSALS)
    await (await portal.simulator.asAdmin()).lock('auditor')
    await page.goto('/sign-in')
    await fillSignIn(page, 'auditor')
    await expect(page.getByRole('alert')).toContainText(/locked|disabled/i)
  })

  test('an account without the permission shows which one is missing', async ({ page, watch }) => {
    watch.allowStatus(...REFUSALS)
    await page.goto('/sign-in')
    await fillSignIn(page, 'nologin')
    await expect(page.getByRole('alert')).toContainText('can_create_token')
  })

  test('a temporary password has to be changed outside the portal first', async ({ page, portal, watch }) => {
    watch.allowStatus(...REFUSALS)
    const cluster = await portal.simulator.asAdmin()
    await cluster.lock('auditor')
    await cluster.unlock('auditor', 'Temp0rary-Word!')
    await page.goto('/sign-in')
    await fillSignIn(page, 'auditor', 'Temp0rary-Word!')
    await expect(page.getByRole('alert')).toContainText(/temporary/i)
  })

  test('an unreachable cluster and a wrong password show different messages', async ({ page, portal, watch }) => {
    watch.allowStatus(502, 503, 504)
    await portal.simulator.faults([
      { path: '/pty/v1/auth/login', fault: 'drop' },
      { path: '/api/v1/auth/login', fault: 'drop' },
    ])
    await page.goto('/sign-in')
    await fillSignIn(page, 'helpdesk')
    const alert = page.getByRole('alert')
    await expect(alert).toContainText(/cluster|Protegrity/)
    await expect(alert).not.toContainText(/the password is wrong|127\.0\.0\.1/i)

    await portal.simulator.clearFaults()
    await signIn(page, 'helpdesk')
  })

  test('signing in leads to the requested page', async ({ page }) => {
    await page.goto('/users?q=smith&sort=email')
    await expect(page).toHaveURL((url) => url.pathname === '/sign-in')
    await fillSignIn(page, 'helpdesk')
    await expect(page).toHaveURL(
      (url) => url.pathname === '/users' && url.searchParams.get('q') === 'smith' && url.searchParams.get('sort') === 'email',
    )
  })

  for (const next of ['//evil.example', 'https://evil.example/', '/\\evil.example', '/\t/evil.example', 'javascript:alert(1)']) {
    test(`signing in never leads to ${JSON.stringify(next)}`, async ({ page, portal }) => {
      const elsewhere: string[] = []
      page.on('request', (request) => {
        if (new URL(request.url()).origin !== portal.url) elsewhere.push(request.url())
      })
      await page.goto(`/sign-in?next=${encodeURIComponent(next)}`)
      await fillSignIn(page, 'helpdesk')
      await expect(page.getByRole('button', { name: 'Sign out', exact: true })).toBeVisible()
      expect(new URL(page.url()).origin).toBe(portal.url)
      expect(elsewhere).toEqual([])
    })
  }
})

test('the session cookie is hidden from scripts and new after signing in', async ({ page, context }) => {
  await page.goto('/sign-in')
  const before = new Set((await context.cookies()).map((cookie) => cookie.value))
  await signIn(page, 'helpdesk')
  const fresh = (await context.cookies()).filter((cookie) => cookie.httpOnly && !before.has(cookie.value))
  // Beside the session's, the mark of the account that signed in last.
  expect(fresh.map(({ name }) => name).sort()).toEqual(['account', 'postern'])
  for (const { sameSite } of fresh) expect(sameSite).toMatch(/Lax|Strict/)
})

test('a signed-out session stays invalid', async ({ page, context }) => {
  await signIn(page, 'helpdesk')
  const cookies = await context.cookies()
  await page.getByRole('button', { name: 'Sign out', exact: true }).click()
  await expect(page).toHaveURL((url) => url.pathname === '/sign-in')

  await context.clearCookies()
  await context.addCookies(cookies)
  await page.goto('/users')
  await expect(page).toHaveURL((url) => url.pathname === '/sign-in')
})

test('the back-forward cache keeps no page with data', async ({ portal, launchOptions }) => {
  // Playwright turns the back-forward cache off, unlike the browsers of users.
  const browser = await chromium.launch({ ...launchOptions, ignoreDefaultArgs: ['--disable-back-forward-cache'] })
  try {
    const context = await browser.newContext({ baseURL: portal.url })
    const page = await context.newPage()
    await passSignIn(context.request, portal, 'helpdesk')
    await page.goto('/users')
    await expectRowVisible(page.getByRole('table'), { 'User name': 'admin' })
    await button(page, 'Sign out').click()
    await expect(heading(page)).toHaveText('Sign in')
    await page.goBack()
    await expect(heading(page)).toHaveText('Sign in')
    await expect(page.getByRole('table')).toHaveCount(0)
  } finally {
    await browser.close()
  }
})

test('a form from another origin is refused', async ({ request, portal }) => {
  const origins: Record<string, string>[] = [
    { origin: 'https://evil.example' },
    { 'sec-fetch-site': 'cross-site', origin: portal.url },
    { origin: 'null' },
  ]
  for (const headers of origins) {
    const form = { user_name: 'helpdesk', password: PASSWORD }
    const response = await request.post('/api/sign-in', { headers, form, maxRedirects: 0 })
    expect(response.status(), JSON.stringify(headers)).toBe(403)
    expect(response.headers()['set-cookie'] ?? '').not.toContain('postern=')
  }
  expect(await portal.simulator.calls()).toEqual([])
})

test('the sign-in page has no accessibility violations', async ({ page, watch }) => {
  watch.allowStatus(...REFUSALS)
  await page.goto('/sign-in')
  await expectNoAxe(page)
  await fillSignIn(page, 'helpdesk', 'Not-the-Passw0rd!')
  await expect(page.getByRole('alert')).toBeVisible()
  await expectNoAxe(page)
})
