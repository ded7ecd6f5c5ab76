// One violation from the danmaku to the ledger: held, rejected, sanctioned by the ladder, appealed, reversed by somebody else; the writer reads why, and
// what came of it, in the writer's own language.
import AxeBuilder from "@axe-core/playwright"
import { expect, test, type APIRequestContext, type Locator, type Page } from "@playwright/test"
import { Encoder, makeRoom } from "./encoder"
import { appearance, call, colleague, server, signIn } from "./server"

interface Item {
  position: number
  text: string
}

async function say(page: Page, text: string): Promise<void> {
  await page.locator(".composer input").fill(text)
  await page.locator(".composer .send").click()
}

async function itemOf(request: APIRequestContext, room: string, text: string): Promise<Item> {
  let item: Item | undefined
  await expect(async () => {
    const { items } = await call<{ items: Item[] }>(request, "GET", `/api/moderation/items?room=${room}`)
    item = items.find((one) => one.text === text)
    expect(item).toBeDefined()
  }).toPass()
  return item ?? { position: 0, text }
}

async function accessible(page: Page, what: string): Promise<void> {
  const found = await new AxeBuilder({ page }).analyze()
  expect.soft(found.violations.filter((one) => one.impact === "serious" || one.impact === "critical").map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`), what).toEqual([])
}

/** A film is there, and goes on when it is played. */
async function plays(film: Locator): Promise<void> {
  await film.evaluate((video: HTMLVideoElement) => {
    video.muted = true
    return video.play()
  })
  await expect.poll(() => film.evaluate((video: HTMLVideoElement) => video.currentTime), { timeout: 30_000 }).toBeGreaterThan(0.3)
}

/** Danmaku of a crowd, two of each viewer, in a room where all are held; their positions. */
async function crowd(page: Page, room: string, texts: string[]): Promise<number[]> {
  return await page.evaluate(async ({ room, texts }) => {
    const positions: number[] = []
    for (let at = 0; at < texts.length; at += 2) {
      const answer = await fetch(`/api/rooms/${room}/viewer-token`, { method: "POST", headers: { "content-type": "application/json" }, body: "{}" })
      const { socket } = await answer.json() as { socket: string }
      const line = new WebSocket(new URL(socket, location.href.replace(/^http/, "ws")))
      await new Promise<void>((done, fail) => {
        const wanted = texts.slice(at, at + 2)
        let known = 0
        line.onmessage = ({ data }) => {
          const said = JSON.parse(String(data)) as { type: string, pos: number }
          if (said.type === "hello") wanted.forEach((text, id) => { line.send(JSON.stringify({ type: "danmaku", id: `${id}`, text })) })
          if (said.type === "refused") fail(new Error(String(data)))
          if (said.type !== "ack") return
          positions.push(said.pos)
          if (++known === wanted.length) done()
        }
        line.onclose = () => { fail(new Error("closed")) }
      })
      line.onclose = null
      line.close()
    }
    return positions
  }, { room, texts })
}

interface Version {
  id: string
  number: number
  bad: number
  measured?: { all: { bad: number } }
}

/** A candidate of what people decided until now, and how many of them were bad: those that teach, and those that measure. */
async function learn(request: APIRequestContext): Promise<Version & { all: number }> {
  const version = await call<Version>(request, "POST", "/api/moderation/models/learn", { category: "contact" })
  return { ...version, all: version.bad + (version.measured?.all.bad ?? 0) }
}

/** Rejects what waits and imposes what the ladder says, on the screens. */
async function sanctioned(page: Page, request: APIRequestContext, room: string, text: string): Promise<void> {
  const { position } = await itemOf(request, room, text)
  await call(request, "POST", "/api/moderation/verdicts", { positions: [position], outcome: "reject", clause: "contact" })
  await page.goto("/console/moderation?tab=items")
  await page.getByTestId("items").locator("li", { hasText: text }).first().getByRole("button", { name: "处罚这位观众" }).click()
  const dialog = page.getByTestId("impose")
  await expect(dialog).toContainText("30 天内首次违反该条款")
  await expect(dialog.locator(".ladder-steps li").first()).toHaveAttribute("aria-current", "true")
}

test("a violation goes from the danmaku through sanction and appeal to the ledger", async ({ browser, page, request }, info) => {
  test.slow()
  const text = `加薇信看货 ${info.retry}`
  const room = (await makeRoom(request, "处罚专场")).id
  const writer = await (await browser.newContext()).newPage()
  await writer.goto(`/r/${room}`)
  await expect(writer.locator(".composer input")).toHaveAttribute("placeholder", /说点什么/)
  await say(writer, text)
  await expect(writer.locator(".line", { hasText: text })).toContainText("审核中")
  await signIn(page)
  await sanctioned(page, request, room, text)
  // Not by the ladder: then somebody says why.
  const modal = page.getByRole("dialog")
  await modal.getByRole("combobox").nth(1).click()
  await page.getByTitle("禁言", { exact: true }).click()
  await expect(modal.getByRole("button", { name: "实施处罚" })).toBeDisabled()
  await modal.getByRole("textbox").last().fill("三个房间发同样的话")
  await accessible(page, "the form")
  await page.screenshot({ path: "out/sanctions-form.png" })
  await modal.getByRole("button", { name: "实施处罚" }).click()
  await expect(modal).toBeHidden()

  const told = writer.getByTestId("sanction")
  await expect(told).toContainText("您已被禁言")
  await expect(writer.locator(".line", { hasText: text })).toContainText("审核未通过：引流到站外")
  await say(writer, "还能说话吗")
  await expect(writer.locator(".line", { hasText: "还能说话吗" })).toContainText("禁言")
  await told.getByRole("button", { name: "查看与申诉" }).click()
  const own = writer.getByTestId("own-sanctions")
  await expect(own).toContainText("引流到站外")
  await expect(own).toContainText(text)
  await own.getByRole("textbox", { name: "说明为什么不应处罚" }).fill("我只是报了自己店铺的名字")
  await accessible(writer, "the appeal")
  await writer.screenshot({ path: "out/sanctions-viewer.png" })
  await own.getByRole("button", { name: "提交申诉" }).click()
  await expect(own.getByTestId("appeal-state")).toContainText("申诉已提交，等待裁决")

  // Models learn what people decided.
  const other = (await makeRoom(request, "学习专场")).id
  await call(request, "PUT", `/api/rooms/${other}/chat`, { mode: "before_review" })
  const lured = await crowd(writer, other, Array.from({ length: 30 }, (_, at) => `加我薇信看货${at}号`))
  const asked = await crowd(writer, other, Array.from({ length: 30 }, (_, at) => `${at}号链接还有货吗`))
  await call(request, "POST", "/api/moderation/verdicts", { positions: lured, outcome: "reject", clause: "contact" })
  await call(request, "POST", "/api/moderation/verdicts", { positions: asked, outcome: "pass" })
  let before = { all: 0 }
  await expect(async () => {
    before = await learn(request)
    expect(before.all).toBeGreaterThanOrEqual(lured.length + 1)
  }).toPass()

  // Whoever imposed it does not decide.
  await page.goto("/console/moderation?tab=appeals")
  const mine = page.getByTestId("appeal").filter({ hasText: text })
  await expect(mine).toContainText("须由其他人裁决")
  await accessible(page, "the appeals")
  const senior = await colleague(browser, request, "senior_moderator")
  await senior.goto("/console/moderation?tab=appeals")
  const appeal = senior.getByTestId("appeal").filter({ hasText: text })
  await expect(appeal).toContainText("我只是报了自己店铺的名字")
  await senior.screenshot({ path: "out/sanctions-appeals.png" })
  await senior.setViewportSize({ width: 390, height: 844 })
  await senior.screenshot({ path: "out/sanctions-appeals-phone.png", fullPage: true })
  expect.soft(await senior.evaluate(() => document.documentElement.scrollWidth - innerWidth), "it fits").toBeLessThanOrEqual(0)
  await senior.setViewportSize({ width: 1280, height: 720 })
  await appeal.getByRole("textbox").fill("未违反条款，予以撤销")
  await appeal.getByRole("button", { name: "撤销处罚" }).click()
  await expect(appeal).toHaveCount(0)

  await told.getByRole("button", { name: "查看与申诉" }).click()
  await told.getByRole("button", { name: "查看与申诉" }).click()
  await expect(writer.getByTestId("own-sanctions")).toContainText("申诉成功，处罚已撤销：未违反条款，予以撤销")
  await say(writer, "又能说话了")
  await expect(writer.locator(".line[data-delivery=sent]", { hasText: "又能说话了" })).toBeVisible()

  await page.goto("/console/moderation?tab=sanctions")
  const row = page.getByTestId("sanctions").locator("li", { hasText: text })
  await expect(row).toContainText("申诉撤销")
  await accessible(page, "the sanctions")
  await page.screenshot({ path: "out/sanctions-list.png" })
  // What was reversed teaches the opposite from then on; the new version is a candidate beside the others.
  let number = 0
  await expect(async () => {
    const after = await learn(request)
    expect(after.all).toBe(before.all - 1)
    number = after.number
  }).toPass()
  await page.goto("/console/moderation?tab=models")
  await expect(page.getByTestId("models").getByRole("row").filter({ has: page.locator("td:first-child", { hasText: new RegExp(`^${number}$`) }) })).toContainText("影子")
  await page.screenshot({ path: "out/sanctions-model.png" })
  const { items } = await call<{ items: { id: string, state: string }[] }>(request, "GET", "/api/moderation/models?limit=100")
  for (const { id } of items.filter(({ state }) => state === "shadow")) await call(request, "POST", `/api/moderation/models/${id}/retire`, {})
  await page.goto("/console/moderation?tab=quality")
  await expect(page.getByTestId("quality")).toBeVisible()
  await accessible(page, "the quality of review")
  await page.screenshot({ path: "out/sanctions-quality.png" })
  const { position } = await itemOf(request, room, text)
  const evidence = await call<{ rows: { row: { kind: string } }[]; sanctions: unknown[] }>(request, "GET", `/api/moderation/items/${position}/evidence`)
  expect(evidence.sanctions).toHaveLength(1)
  expect(evidence.rows.map(({ row }) => row.kind)).toEqual(["verdict", "sanction_imposed", "appeal_filed", "appeal_decided", "sanction_changed", "verdict"])
  await writer.context().close()
  await senior.context().close()
})

test("who is banned reads why in English on a phone, and may appeal; a sanction is lifted", async ({ browser, page, request }, info) => {
  const text = `加薇信领红包 ${info.retry}`
  const room = (await makeRoom(request, "封禁专场")).id
  const context = await browser.newContext({ viewport: { width: 390, height: 844 } })
  await appearance(context, "dark", "en")
  const writer = await context.newPage()
  await writer.goto(`/r/${room}`)
  await expect(writer.locator(".composer input")).toBeEnabled()
  await say(writer, text)
  await expect(writer.locator(".line[data-delivery=held]")).toBeVisible()
  const { position } = await itemOf(request, room, text)
  await call(request, "POST", "/api/moderation/verdicts", { positions: [position], outcome: "reject", clause: "contact" })
  await call(request, "POST", "/api/moderation/sanctions", { position, clause: "contact", kind: "ban", minutes: 60, why: "again and again" })
  const own = writer.getByTestId("own-sanctions")
  await expect(own).toContainText("luring viewers elsewhere")
  await expect(own.getByRole("button", { name: "Appeal" })).toBeVisible()
  await accessible(writer, "the banned viewer's page")
  await writer.screenshot({ path: "out/sanctions-banned-phone-en.png" })

  await signIn(page)
  await page.goto("/console/moderation?tab=sanctions")
  const row = page.getByTestId("sanctions").locator("li", { hasText: text })
  await row.getByRole("button", { name: "解除处罚" }).click()
  const dialog = page.getByRole("dialog")
  await dialog.getByRole("textbox").fill("认错了人")
  await dialog.getByRole("checkbox").check()
  await dialog.getByRole("button", { name: "解除处罚" }).click()
  await expect(row).toContainText("系误处罚")
  await writer.reload()
  await expect(writer.locator(".composer input")).toBeEnabled()
  await writer.context().close()
})

test("the evidence outlives the show and plays for both sides; a room is cut from traffic", async ({ browser, page, request }, info) => {
  test.slow()
  const text = `加薇信看货 留证${info.retry}`
  const title = `留证专场 ${info.retry}`
  const room = await makeRoom(request, title)
  const encoder = new Encoder(room, Date.now())
  encoder.start()
  const writer = await (await browser.newContext({ viewport: { width: 390, height: 844 } })).newPage()
  try {
    let show = ""
    await expect(async () => {
      const now = await call<{ live: boolean; broadcast_id: string | null }>(request, "GET", `/api/rooms/${room.id}`)
      expect(now.live).toBe(true)
      show = String(now.broadcast_id)
      const { duration_ms } = await call<{ duration_ms: number }>(request, "GET", `/api/broadcasts/${show}/recording`)
      expect(duration_ms).toBeGreaterThan(4_000)
    }).toPass({ timeout: 60_000 })
    await writer.goto(`/r/${room.id}`)
    await expect(writer.locator(".composer input")).toBeEnabled()
    await say(writer, text)
    await expect(writer.locator(".line[data-delivery=held]")).toBeVisible()
    const { position } = await itemOf(request, room.id, text)

    // With a note for whoever looks next, by the keys of the desk.
    await signIn(page)
    await page.goto("/console/moderation")
    await page.getByRole("list", { name: "待审弹幕" }).getByRole("button", { name: text }).click()
    await expect(page.getByTestId("card")).toContainText(text)
    await page.keyboard.press("n")
    const note = page.getByRole("textbox", { name: /留给同事的备注/ })
    await note.fill("三个房间发同样的话")
    await accessible(page, "the desk with a note")
    await page.screenshot({ path: "out/note-desk.png" })
    await note.press("Enter")
    await page.keyboard.press("5")
    await expect(page.getByTestId("outbox")).toContainText("引流到站外")
    await expect(async () => {
      const item = await call<{ outcome: string | null; note: string | null }>(request, "GET", `/api/moderation/items/${position}`)
      expect(item).toMatchObject({ outcome: "reject", note: "三个房间发同样的话" })
    }).toPass()

    const { id } = await call<{ id: string }>(request, "POST", "/api/moderation/sanctions", { position, clause: "contact" })
    await call(request, "POST", `/api/broadcasts/${show}/end`)
    await expect(async () => {
      const { evidence } = await call<{ evidence: { state: string } }>(request, "GET", `/api/moderation/sanctions/${id}`)
      expect(evidence.state).toBe("kept")
    }).toPass({ timeout: 60_000 })
    await call(request, "DELETE", `/api/broadcasts/${show}/recording`)

    await page.goto("/console/moderation?tab=sanctions")
    const row = page.getByTestId("sanctions").locator("li", { hasText: text })
    await expect(row.getByTestId("notes")).toContainText("三个房间发同样的话")
    await row.getByRole("button", { name: "播放留证录像" }).click()
    await plays(row.locator("video"))
    await accessible(page, "the evidence")
    await page.screenshot({ path: "out/evidence-sanctions.png" })

    // Whom it is about sees the same; the room is off air, and others are not.
    await expect(writer.getByTestId("others").getByRole("link", { name: /开播验收专场/ })).toHaveAttribute("href", `/r/${server.room()}`)
    await accessible(writer, "who else is on air")
    await writer.screenshot({ path: "out/others-phone.png" })
    const warned = writer.getByTestId("sanction")
    await warned.getByRole("button", { name: "查看与申诉" }).click()
    await plays(writer.getByTestId("own-evidence"))
    await writer.screenshot({ path: "out/evidence-viewer-phone.png" })
    const own = writer.getByTestId("own-sanctions")
    await own.getByRole("textbox", { name: "说明为什么不应处罚" }).fill("我只是报了自己店铺的名字")
    await own.getByRole("button", { name: "提交申诉" }).click()
    await expect(own.getByTestId("appeal-state")).toContainText("申诉已提交，等待裁决")
    await page.goto("/console/moderation?tab=appeals")
    const appeal = page.getByTestId("appeal").filter({ hasText: text })
    await expect(appeal.getByTestId("notes")).toContainText("三个房间发同样的话")
    await plays(appeal.locator("video"))
    await page.screenshot({ path: "out/evidence-appeal.png" })
    await page.setViewportSize({ width: 390, height: 844 })
    await page.screenshot({ path: "out/evidence-appeal-phone.png" })
    expect.soft(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), "it fits").toBeLessThanOrEqual(0)
    await page.setViewportSize({ width: 1440, height: 900 })

    await page.goto("/console/moderation?tab=sanctions")
    await page.getByRole("button", { name: "处罚直播间" }).click()
    const modal = page.getByRole("dialog")
    await modal.getByRole("combobox").first().click()
    await page.locator(".ant-select-item-option").filter({ hasText: title }).click()
    await expect(modal.getByRole("button", { name: "实施处罚" })).toBeDisabled()
    await modal.getByRole("textbox").last().fill("多次引流")
    await accessible(page, "the form for a room")
    await page.screenshot({ path: "out/cut-form.png" })
    await modal.getByRole("button", { name: "实施处罚" }).click()
    await expect(modal).toBeHidden()
    const cut = page.getByTestId("sanctions").locator("li", { hasText: title }).filter({ hasText: "限流 1 天" })
    await expect(cut).toContainText("本直播间违反了")
    await page.goto(`/console/standing?tab=rooms&room=${room.id}`)
    await expect(page.getByTestId("reach")).toHaveAttribute("data-reach", "100", { timeout: 30_000 })
    await expect(page.getByTestId("reach")).toContainText("限流至")
    await accessible(page, "the reach of a room")
    await page.screenshot({ path: "out/reach.png" })
    await page.setViewportSize({ width: 390, height: 844 })
    await page.screenshot({ path: "out/reach-phone.png" })
    expect.soft(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), "it fits").toBeLessThanOrEqual(0)
  } finally {
    encoder.kill()
    await writer.context().close()
  }
})
