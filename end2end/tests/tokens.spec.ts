// The user's own tokens and password, and the lifespan of the cluster's tokens.
import type { Page } from '@playwright/test'
import {
  button,
  enter,
  expect,
  expectNoAxe,
  facts,
  heading,
  outcome,
  overfill,
  PASSWORD,
  test,
  withAndWithoutJavaScript,
} from '../support/fixtures'
import type { Simulator } from '../support/simulator'

const NEW = 'Harbor-Tulip-4711'
const HARMFUL = ['<script>alert(1)</script>', '\u202E٣٠٠', '🙈', '59', '86401', '-5', '1e3', ' ']

async function sent(simulator: Simulator, method: string, path: RegExp): Promise<number> {
  return (await simulator.calls()).filter((call) => call.method === method && path.test(call.path)).length
}

// These options give the tests a portal of their own. The portal remembers the login path: after a fault of another test
// it may use the path without refresh tokens, and these tests would have no token to refresh.
test.use({ users: 51 })

const refreshes = (simulator: Simulator) => sent(simulator, 'POST', /\/login\/token\/refresh$/)
const lifespans = (simulator: Simulator) => sent(simulator, 'POST', /\/token\/lifespan\/update$/)
const passwords = (simulator: Simulator) => sent(simulator, 'PUT', /\/password$/)

const lifespan = (page: Page) => page.getByLabel('Access token lifespan (seconds)')

withAndWithoutJavaScript((js) => {
  test("refreshes the user's own tokens", async ({ page, portal }) => {
    for (const user of ['helpdesk', 'officer']) {
      await enter(page, portal, user, '/session')
      expect(await facts(page)).toMatchObject({ Lifespan: '5 minutes (300 seconds)' })
      await portal.simulator.clearCalls()
      await button(page, 'Refresh now').click()
      await expect(outcome(page, 'status')).toContainText('Your session is refreshed.')
      await expect(outcome(page, 'status')).toContainText(/good until \d{4}-\d\d-\d\d/)
      expect(await refreshes(portal.simulator)).toBe(1)
    }
    if (js) await expectNoAxe(page)
  })

  test("changes the user's own password", async ({ page, portal, watch }) => {
    watch.allowStatus(422)
    await enter(page, portal, 'helpdesk', '/session')
    await page.getByRole('link', { name: 'Change your password' }).click()
    await expect(heading(page)).toHaveText('Change your password')
    const [old, fresh, repeat] = ['Old password', 'New password', 'Repeat the new password'].map((label) =>
      page.getByLabel(label, { exact: true }),
    ) as [ReturnType<Page['getByLabel']>, ReturnType<Page['getByLabel']>, ReturnType<Page['getByLabel']>]
    const fill = async (one: string, two: string, three: string) => {
      await overfill(old, one)
      await fresh.fill(two)
      await repeat.fill(three)
      await button(page, 'Change password').click()
    }
    if (js) await expectNoAxe(page)
    await fill('wrong-password', NEW, `${NEW}x`)
    await expect(repeat).toHaveAccessibleDescription(/differs from the new password above/)
    await fill('same', 'same', 'same')
    await expect(fresh).toHaveAccessibleDescription(/This is your present password/)
    await fill('x'.repeat(256), NEW, NEW)
    await expect(old).toHaveAccessibleDescription(/longer than 255/)
    expect(await passwords(portal.simulator)).toBe(0)

    await fill('wrong-password', NEW, NEW)
    await expect(old).toHaveAttribute('aria-invalid', 'true')
    await expect(old).toHaveAccessibleDescription(/Invalid old password/)
    await fill(PASSWORD, 'short', 'short')
    await expect(fresh).toHaveAccessibleDescription(/Invalid password|minimum length/i)
    if (js) await expectNoAxe(page)

    await fill(PASSWORD, NEW, NEW)
    await expect(outcome(page, 'status')).toContainText('Your password is changed.')
    expect(await portal.simulator.answerToLogin('helpdesk', NEW)).toBe('signed in')
    expect(await portal.simulator.answerToLogin('helpdesk', PASSWORD)).not.toBe('signed in')
    await page.reload()
    await expect(heading(page)).toHaveText('My session')
  })

  test('an empty old password is not sent', async ({ page, portal }) => {
    await enter(page, portal, 'officer', '/session/password')
    const answer = await page.request.post('/api/session/password', {
      headers: { origin: portal.url, accept: 'application/json' },
      form: { old_password: '', new_password: NEW, repeat_password: NEW },
    })
    expect(answer.status()).toBe(422)
    expect(((await answer.json()) as { fields: { field: string }[] }).fields[0]?.field).toBe('old_password')
    expect(await passwords(portal.simulator)).toBe(0)
  })

  test('shows the rules to users with permission to view them', async ({ page, portal }) => {
    await enter(page, portal, 'auditor', '/session/password')
    const rule = page.getByRole('listitem').filter({ hasText: 'At least 1 digit' })
    await expect(rule).toBeVisible()
    if (js) {
      await page.getByLabel('New password', { exact: true }).fill('no-digit-here')
      await expect(rule).toContainText('not met yet')
    }
  })

  test('sets the lifespan of tokens after a confirmation', async ({ page, portal, watch }) => {
    watch.allowStatus(422)
    await enter(page, portal, 'admin')
    await page.getByRole('navigation', { name: 'Areas' }).getByRole('link', { name: 'Tokens' }).click()
    await expect(lifespan(page)).toHaveValue('300')
    const effect = page.getByRole('list', { name: 'Effects of this lifespan' })
    await expect(effect).toContainText('lives 15 minutes')
    await lifespan(page).fill('600')
    if (js) await expect(effect).toContainText('lives 20 minutes')
    if (js) await expectNoAxe(page)
    await button(page, 'Change lifespan').click()
    const confirmed = page.getByLabel('I confirm this lifespan for every account')
    await expect(confirmed).toBeVisible()
    await expect(confirmed).toHaveAccessibleDescription(/every account of this cluster/)
    await expect(effect).toContainText('lives 20 minutes')
    expect(await lifespans(portal.simulator)).toBe(0)
    await confirmed.check()
    await button(page, 'Change lifespan').click()
    await expect(outcome(page, 'status')).toContainText('Access tokens now live 10 minutes.')
    await expect(outcome(page, 'status')).toContainText('Tokens that were given before keep their lifespan.')
    expect(await lifespans(portal.simulator)).toBe(1)

    expect(await facts(page)).toMatchObject({ 'Your access token lives': '5 minutes (300 seconds)' })
    await enter(page, portal, 'helpdesk', '/session')
    expect(await facts(page)).toMatchObject({ Lifespan: '10 minutes (600 seconds)' })
  })

  test('an invalid lifespan shows a message and stays in the form', async ({ page, portal, watch }) => {
    watch.allowStatus(422)
    await enter(page, portal, 'admin', '/tokens')
    for (const text of HARMFUL) {
      await overfill(lifespan(page), text)
      await button(page, 'Change lifespan').click()
      await expect(lifespan(page)).toHaveAttribute('aria-invalid', 'true')
      await expect(lifespan(page)).toHaveAccessibleDescription(/whole number from 60 to 86400|must not be empty/)
      await expect(lifespan(page)).toHaveValue(text)
    }
    expect(await lifespans(portal.simulator)).toBe(0)
    if (js) await expectNoAxe(page)
  })

  for (const user of ['helpdesk', 'auditor']) {
    test(`${user} may not set the lifespan`, async ({ page, portal, watch }) => {
      watch.allowStatus(403)
      await enter(page, portal, user)
      await expect(page.getByRole('navigation', { name: 'Areas' }).getByRole('link', { name: 'Tokens' })).toHaveCount(0)
      const response = await page.goto('/tokens')
      expect(response?.status()).toBe(403)
      await expect(page.getByRole('main')).toContainText('web_admin')
    })
  }
})

withAndWithoutJavaScript(() => {
  test('a session without a refresh token continues', async ({ page, portal, watch }) => {
    watch.allowStatus(409)
    await portal.simulator.settings({ token_mode: 'no-refresh' })
    await enter(page, portal, 'helpdesk', '/session')
    expect((await facts(page))['Refresh token good until']).toContain('None')
    await button(page, 'Refresh now').click()
    await expect(page.getByRole('alert')).toContainText('Your session cannot be refreshed.')
    await page.reload()
    await expect(heading(page)).toHaveText('My session')
  })
})
