// The password policy: the page, its change, and the check of a password.
import type { Page } from '@playwright/test'
import {
  button,
  enter,
  expect,
  expectNoAxe,
  expectRowVisible,
  heading,
  outcome,
  overfill,
  tableOf,
  test,
  withAndWithoutJavaScript,
} from '../support/fixtures'
import type { Simulator } from '../support/simulator'

const HARMFUL = ['<script>alert(1)</script>', '\u202E٣٠', '🙈', '-1', '99999999999999999999', '8.5']

type Policy = Record<string, unknown>

async function policy(simulator: Simulator): Promise<Policy> {
  const answer = (await (await simulator.asAdmin()).call('GET', '/passwordpolicy')) as { policy: Policy }
  return answer.policy
}

/** The number of updates of the policy. */
async function changes(simulator: Simulator): Promise<number> {
  return (await simulator.calls()).filter((call) => call.method === 'PUT').length
}

const compared = (page: Page) => tableOf(page, 'The values sent and those of the cluster')
const length = (page: Page) => page.getByLabel('Shortest length')

withAndWithoutJavaScript((js) => {
  test('shows the policy in sentences', async ({ page, portal }) => {
    await enter(page, portal, 'auditor', '/password-policy')
    await expect(heading(page)).toHaveText('Password policy')
    for (const [part, row] of [
      ['Length and characters', { Rule: 'Shortest length', Value: '8 characters', Key: 'length' }],
      ['Length and characters', { Rule: 'Digits', Value: '1 digit' }],
      ['Names', { Rule: 'Without the user name', Value: 'Yes' }],
      ['Age and history', { Rule: 'Expires after', Value: '365 days' }],
      ['How passwords are kept', { Rule: 'Hash algorithm', Value: 'pbkdf2-sha256' }],
    ] as const) {
      await expectRowVisible(tableOf(page, part), row)
    }
    await expect(page.getByText('27500 iterations are few')).toBeVisible()
    await expect(button(page, 'Edit')).toHaveAttribute('aria-disabled', 'true')
    await expect(button(page, 'Edit')).toHaveAccessibleDescription(/password_policy_admin/)
    if (js) await expectNoAxe(page)
  })

  test('changes a rule, sends the whole policy, and shows what the cluster stored', async ({ page, portal }) => {
    const before = await policy(portal.simulator)
    await enter(page, portal, 'admin', '/password-policy')
    await page.getByRole('link', { name: 'Edit', exact: true }).click()
    await length(page).fill('12')
    await button(page, 'Save').click()
    await expect(outcome(page, 'status')).toContainText('The password policy is updated.')
    await expect(outcome(page, 'status')).toContainText('as it was sent')
    await expectRowVisible(compared(page), {
      Value: 'Shortest length',
      'You sent': '12 characters',
      'The cluster has': '12 characters',
      Result: 'As sent',
    })
    expect(await policy(portal.simulator)).toEqual({ ...before, length: 12 })
    if (js) await expectNoAxe(page)
    await page.reload()
    await expect(compared(page)).toHaveCount(0)
  })

  test('a weaker rule needs confirmation', async ({ page, portal, watch }) => {
    watch.allowStatus(422)
    await enter(page, portal, 'admin', '/password-policy/edit')
    const confirmed = page.getByLabel('I confirm that passwords may be weaker')
    await expect(confirmed).toBeHidden()
    await length(page).fill('6')
    await page.getByLabel('Not the e-mail address').uncheck()
    await button(page, 'Save').click()
    await expect(confirmed).toBeVisible()
    await expect(confirmed).toHaveAccessibleDescription(/Shortest length, Not the e-mail address/)
    await expect(length(page)).toHaveValue('6')
    await expect(page.getByLabel('Not the e-mail address')).not.toBeChecked()
    expect(await changes(portal.simulator)).toBe(0)
    if (js) await expectNoAxe(page)
    await confirmed.check()
    await button(page, 'Save').click()
    await expect(outcome(page, 'status')).toContainText('The password policy is updated.')
    expect(await policy(portal.simulator)).toMatchObject({ length: 6, notEmail: false })
  })

  test('invalid input shows messages at its fields and stays in the form', async ({ page, portal, watch }) => {
    watch.allowStatus(422)
    await enter(page, portal, 'admin', '/password-policy/edit')
    for (const text of HARMFUL) {
      await overfill(length(page), text)
      await button(page, 'Save').click()
      await expect(length(page)).toHaveAttribute('aria-invalid', 'true')
      await expect(length(page)).toHaveAccessibleDescription(/whole number from 0 to 255/)
      await expect(length(page)).toHaveValue(text)
    }
    await length(page).fill('70')
    await button(page, 'Save').click()
    await expect(length(page)).toHaveAccessibleDescription(/more than the longest length, which is 64/)
    await length(page).fill('8')
    await page.getByLabel('Digits').fill('60')
    await page.getByLabel('Special characters').fill('60')
    await button(page, 'Save').click()
    await expect(page.getByLabel('Longest length')).toHaveAccessibleDescription(/come to 122/)
    await overfill(page.getByLabel('Pattern'), 'x'.repeat(1001))
    await button(page, 'Save').click()
    await expect(page.getByLabel('Pattern')).toHaveAccessibleDescription(/at most 1000/)
    expect(await changes(portal.simulator)).toBe(0)
    if (js) await expectNoAxe(page)
  })

  test('an unsatisfiable policy and few iterations need one confirmation', async ({ page, portal, watch }) => {
    watch.allowStatus(422)
    await enter(page, portal, 'admin', '/password-policy/edit')
    await page.getByLabel('Pattern').fill('[^\\s\\S]')
    await page.getByLabel('Hash iterations').fill('30000')
    await button(page, 'Save').click()
    await expect(page.getByLabel('I confirm that a password can satisfy this')).toBeVisible()
    await expect(page.getByLabel('I confirm that so few iterations are enough')).toBeVisible()
    expect(await changes(portal.simulator)).toBe(0)
  })

  test('shows the values that the cluster changed', async ({ page, portal }) => {
    await portal.simulator.settings({ policy_update: 'clamp' })
    await enter(page, portal, 'admin', '/password-policy/edit')
    await page.getByLabel('Hash iterations').fill('700000')
    await button(page, 'Save').click()
    await expect(outcome(page, 'status')).toContainText('different values for: Hash iterations.')
    await expectRowVisible(compared(page), {
      Value: 'Hash iterations',
      'You sent': '700000 iterations',
      'The cluster has': '27500 iterations',
      Result: 'Differs',
    })
    await expect(page.getByText('The cluster has some values that differ from those sent.')).toBeVisible()
    if (js) await expectNoAxe(page)
  })

  test('shows a removed rule that the cluster kept', async ({ page, portal, watch }) => {
    watch.allowStatus(422)
    await enter(page, portal, 'admin', '/password-policy/edit')
    await page.getByLabel('Password history').fill('')
    await button(page, 'Save').click()
    await page.getByLabel('I confirm that passwords may be weaker').check()
    await button(page, 'Save').click()
    await expect(outcome(page, 'status')).toContainText('keeps what was left out: Password history.')
  })

  test('a concurrent change of another user needs confirmation', async ({ page, portal, watch }) => {
    watch.allowStatus(422)
    await enter(page, portal, 'admin', '/password-policy/edit')
    await (await portal.simulator.asAdmin()).call('PUT', '/passwordpolicy', { policy: { length: 9 } })
    await length(page).fill('10')
    await portal.simulator.clearCalls()
    await button(page, 'Save').click()
    await expect(page.getByLabel('Overwrite the newer changes')).toBeVisible()
    expect(await changes(portal.simulator)).toBe(0)
  })

  test('a password is checked without a call to the cluster', async ({ page, portal, watch }) => {
    watch.allowStatus(422)
    await enter(page, portal, 'auditor', '/password-policy')
    await portal.simulator.clearCalls()
    const box = page.getByLabel('Password to try')
    if (js) {
      await page.getByRole('main').getByLabel('User name', { exact: true }).fill('tulip')
      await box.fill('My-Tulip-7')
      const rule = (words: string) => page.locator('[data-password-rules]').getByRole('listitem').filter({ hasText: words })
      await expect(rule('At least 8 characters')).toContainText('– met')
      await expect(rule('A password without the user name in it')).toContainText('not met yet')
    } else {
      await box.fill('short')
      await button(page, 'Check').click()
      await expect(box).toHaveAccessibleDescription(/at least 8 characters/)
      await expect(box).toHaveValue('')
    }
    await box.fill('Harbor-Tulip-4711')
    await page.getByRole('main').getByLabel('User name', { exact: true }).fill('ana')
    await button(page, 'Check').click()
    await expect(outcome(page, 'status')).toContainText('The policy accepts this password.')
    const calls = await portal.simulator.calls()
    expect(calls.every((call) => `${call.method} ${call.path}` === 'GET /pty/v1/auth/passwordpolicy')).toBe(true)
  })

  test('without permission to view, the page says so', async ({ page, portal, watch }) => {
    watch.allowStatus(403)
    await enter(page, portal, 'helpdesk')
    for (const path of ['/password-policy', '/password-policy/edit']) {
      const response = await page.goto(path)
      expect(response?.status(), path).toBe(403)
      await expect(page.getByRole('main')).toContainText(/password_policy_/)
    }
  })
})

test('without permission to view the policy, no rule shows', async ({ page, portal }) => {
  await enter(page, portal, 'helpdesk')
  await portal.simulator.clearCalls()
  const answer = await page.request.post('/api/password/check', {
    headers: { origin: portal.url, accept: 'application/json' },
    form: { password: 'x' },
  })
  expect(await answer.json()).toEqual({ broken: [] })
  expect(await portal.simulator.calls()).toEqual([])
})
