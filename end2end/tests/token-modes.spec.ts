// The same tasks with every format of the cluster's tokens.
import {
  button,
  enter,
  expect,
  expectRowVisible,
  facts,
  heading,
  outcome,
  signIn,
  test,
  TOKEN_MODES,
} from '../support/fixtures'

/** The source of the permissions, as `/session` shows it. */
const ORIGIN = {
  claims: /token names them/,
  'no-claims': /those of your roles/,
  opaque: /those of your roles/,
  'header-only': /token names them/,
  'no-refresh': /token names them/,
} as const

for (const mode of TOKEN_MODES) {
  test.describe(`tokens: ${mode}`, () => {
    // The fixture `watch` resets the cluster first.
    test.beforeEach(async ({ portal, watch: _reset }) => portal.simulator.settings({ token_mode: mode }))

    test('the help desk can do its tasks', async ({ page, portal }) => {
      await signIn(page, 'helpdesk')
      await page.goto('/users?q=alpha@&fresh=1')
      await page.getByRole('table').getByRole('link', { name: 'alpha' }).click()
      await expect(heading(page)).toHaveText('alpha')
      for (const [verb, said, state] of [
        ['Lock', 'alpha is locked.', 'Locked'],
        ['Unlock', 'alpha is unlocked.', 'Open'],
      ] as const) {
        await button(page, verb).click()
        await button(page.getByRole('dialog', { name: `${verb} alpha?` }), verb).click()
        await expect(outcome(page, 'status')).toContainText(said)
        expect((await facts(page)).State).toBe(state)
        expect(await (await portal.simulator.asAdmin()).isLocked('alpha')).toBe(verb === 'Lock')
      }
      await page.goto('/session')
      await expect(page.getByRole('main')).toContainText(ORIGIN[mode])
      expect(await facts(page)).toMatchObject({ 'User name': 'helpdesk', Roles: 'helpdesk_operator' })
      await button(page, 'Sign out').click()
      await expect(heading(page)).toHaveText('Sign in')
      await page.goto('/users')
      await expect(page).toHaveURL('/sign-in?next=%2Fusers')
    })

    test('the auditor can view', async ({ page, portal }) => {
      await enter(page, portal, 'auditor', '/users?q=alpha@&fresh=1')
      await expectRowVisible(page.getByRole('table'), { 'User name': 'alpha', State: 'Open' })
      await page.goto(await portal.userPath('alpha'))
      for (const verb of ['Lock', 'Unlock']) {
        await expect(button(page, verb)).toHaveAttribute('aria-disabled', 'true')
        await expect(button(page, verb)).toHaveAccessibleDescription(/user_manager_admin/)
      }
      await page.goto('/session')
      await expect(page.getByRole('main')).toContainText(ORIGIN[mode])
      await button(page, 'Sign out').click()
      await expect(heading(page)).toHaveText('Sign in')
    })
  })
}

test('without a refresh token, the user signs in again and continues', async ({ page, portal, watch }) => {
  watch.allowStatus(401)
  await portal.simulator.settings({ token_mode: 'no-refresh' })
  await enter(page, portal, 'helpdesk', await portal.userPath('alpha'))
  await portal.simulator.expire('access')
  await button(page, 'Lock').click()
  await button(page.getByRole('dialog', { name: 'Lock alpha?' }), 'Lock').click()
  await expect(page.getByRole('dialog', { name: 'Sign in again' })).toBeVisible()
})

test('with unknown permissions, nothing is hidden and the cluster decides', async ({ page, portal, watch }) => {
  watch.allowStatus(403)
  await portal.simulator.settings({ token_mode: 'opaque' })
  // The officer may view neither roles nor users, so the portal cannot determine the permissions.
  await enter(page, portal, 'officer')
  await expect(page.getByRole('navigation', { name: 'Areas' }).getByRole('link', { name: 'Users' })).toBeVisible()
  const response = await page.goto('/users?fresh=1')
  expect(response?.status()).toBe(403)
  await expect(outcome(page, 'alert')).toContainText('The cluster did not let you list and search users.')
  await page.goto('/session')
  await expect(page.getByRole('main')).toContainText(/Unknown\s*Nothing is hidden from you\. The cluster decides each time/)
})
