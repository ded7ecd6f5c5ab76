// Webhooks 事件推送: where events are sent, and what became of them.
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query"
import { App, Button } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { may, useMe } from "../../shell/session"
import { Confirm } from "../../ui/Confirm"
import { count } from "../../ui/format"
import { PlusIcon } from "../../ui/icons"
import { Failed, Loading, Message } from "../../ui/States"
import { Deliveries } from "./Deliveries"
import { useFailure } from "./failure"
import { useWebhookRefusal } from "./refusal"
import { WebhookForm } from "./WebhookForm"
import { WebhookSecret } from "./WebhookSecret"
import { WebhookTable } from "./WebhookTable"
import { webhooks, type MadeWebhook, type Webhook } from "./webhooks"
import "./feed.css"

const KEY = ["webhooks"] as const

export default function Page() {
  const { t } = useTranslation("feed")
  const { message } = App.useApp()
  const me = useMe()
  const refusal = useWebhookRefusal()
  const failure = useFailure()
  const queries = useQueryClient()
  const reload = () => queries.invalidateQueries({ queryKey: KEY })
  const list = useInfiniteQuery({
    queryKey: KEY, queryFn: ({ pageParam }) => webhooks.list(pageParam), refetchInterval: 5_000,
    initialPageParam: undefined as string | undefined, getNextPageParam: (page) => page.next ?? undefined,
  })
  const [editing, setEditing] = useState<Webhook | "new" | null>(null)
  const [showing, setShowing] = useState<Webhook | null>(null)
  const [rotating, setRotating] = useState<Webhook | null>(null)
  const [removing, setRemoving] = useState<Webhook | null>(null)
  const [fresh, setFresh] = useState<MadeWebhook | null>(null)
  if (list.isPending) return <Loading rows={6} />
  if (!list.data) return <Failed error={list.error} retry={() => void list.refetch()} />
  const all = list.data.pages.flatMap((page) => page.items)
  const manages = me.data !== undefined && may(me.data, "webhook.manage")
  const add = manages && <Button type="primary" icon={<PlusIcon />} onClick={() => setEditing("new")}>{t("add")}</Button>
  const attempt = (deed: () => Promise<void>) => { deed().catch((error: unknown) => void message.error(refusal(error))) }
  const test = (webhook: Webhook) => attempt(async () => {
    const tested = await webhooks.test(webhook.id)
    if (tested.state === "delivered") void message.success(t("test_good", { status: String(tested.status ?? ""), ms: count(tested.took_ms) }))
    else void message.error(t("test_bad", { why: failure(tested) }))
    await reload()
  })
  const enable = (webhook: Webhook, enabled: boolean) => attempt(async () => {
    await webhooks.change(webhook.id, { enabled })
    void message.success(t(enabled ? "enabled_again" : "disabled_now"))
    await reload()
  })
  return (
    <>
      <div className="page-head">
        <h1>{t("webhooks")}</h1>
        <span className="quiet">{t("intro")}</span>
        <span className="spring" />
        {all.length > 0 && add}
      </div>
      <div className="panel">
        {all.length === 0 ? <Message title={t("empty")} hint={t("empty_hint")} action={add} /> : (
          <WebhookTable webhooks={all} manages={manages} offers={{ show: setShowing, edit: setEditing, test, enable, rotate: setRotating, remove: setRemoving }} />
        )}
        {list.hasNextPage && <div className="more"><Button onClick={() => void list.fetchNextPage()} loading={list.isFetchingNextPage}>{t("show_more")}</Button></div>}
      </div>
      {editing && (
        <WebhookForm
          {...(editing === "new" ? {} : { webhook: editing })} close={() => setEditing(null)}
          submit={async (fields) => {
            if (editing === "new") {
              setFresh(await webhooks.create(fields))
            } else {
              await webhooks.change(editing.id, fields)
              void message.success(t("saved"))
            }
            void reload()
          }}
        />
      )}
      {showing && <Deliveries webhook={showing} manages={manages} close={() => setShowing(null)} />}
      {rotating && (
        <Confirm
          title={t("rotate_title", { name: rotating.name })} hint={t("rotate_hint")} ok={t("rotate")} close={() => setRotating(null)} refusal={refusal}
          act={async () => { setFresh(await webhooks.rotate(rotating.id)) }}
        />
      )}
      {removing && (
        <Confirm
          title={t("remove_title", { name: removing.name })} hint={t("remove_hint")} ok={t("remove")} close={() => setRemoving(null)} refusal={refusal}
          act={async () => {
            await webhooks.remove(removing.id)
            void reload()
          }}
        />
      )}
      {fresh && <WebhookSecret webhook={fresh} close={() => setFresh(null)} />}
    </>
  )
}
