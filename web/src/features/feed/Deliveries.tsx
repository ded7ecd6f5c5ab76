// What became of a webhook's deliveries, and the dead letters, which may be sent again.
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query"
import { App, Button, Drawer, Segmented } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { Confirm } from "../../ui/Confirm"
import { DataTable, type Column } from "../../ui/DataTable"
import { count, dateTime } from "../../ui/format"
import { Pill } from "../../ui/Pill"
import { Failed, Loading } from "../../ui/States"
import { PHONE, useMedia } from "../../ui/useMedia"
import { useFailure } from "./failure"
import { useWebhookRefusal } from "./refusal"
import { mayReplay, TONES, webhooks, type Delivery, type DeliveryState, type Webhook } from "./webhooks"

const FILTERS = ["all", "waiting", "delivered", "dead"] as const

export function Deliveries({ webhook, manages, close }: { webhook: Webhook; manages: boolean; close: () => void }) {
  const { t } = useTranslation("feed")
  const { message } = App.useApp()
  const refusal = useWebhookRefusal()
  const queries = useQueryClient()
  const [filter, setFilter] = useState<(typeof FILTERS)[number]>("all")
  const [replaying, setReplaying] = useState(false)
  const state: DeliveryState | undefined = filter === "all" ? undefined : filter
  const list = useInfiniteQuery({
    queryKey: ["webhooks", webhook.id, "deliveries", filter], queryFn: ({ pageParam }) => webhooks.deliveries(webhook.id, state, pageParam),
    initialPageParam: undefined as string | undefined, getNextPageParam: (page) => page.next ?? undefined, refetchInterval: 3_000,
  })
  const said = async (replay: Promise<{ replayed: number }>) => {
    const { replayed } = await replay
    void message.success(t("replayed", { n: count(replayed) }))
    await queries.invalidateQueries({ queryKey: ["webhooks"] })
  }
  const again = (delivery: Delivery) => {
    said(webhooks.replay(webhook.id, delivery.id)).catch((error: unknown) => void message.error(refusal(error)))
  }
  return (
    <Drawer open title={t("records_of", { name: webhook.name })} size={960} onClose={close} destroyOnHidden>
      <div className="page-head">
        <Segmented
          aria-label={t("filter")} value={filter} onChange={setFilter}
          options={FILTERS.map((value) => ({ value, label: value === "all" ? t("all") : t(`d_${value}`) }))}
        />
        <span className="spring" />
        {manages && filter === "dead" && <Button onClick={() => setReplaying(true)}>{t("replay_all")}</Button>}
      </div>
      {list.isPending ? <Loading rows={6} /> : !list.data ? <Failed error={list.error} retry={() => void list.refetch()} /> : (
        <div className="panel">
          <Table deliveries={list.data.pages.flatMap((page) => page.items)} again={manages ? again : null} />
          {list.hasNextPage && <div className="more"><Button onClick={() => void list.fetchNextPage()} loading={list.isFetchingNextPage}>{t("show_more")}</Button></div>}
        </div>
      )}
      {replaying && (
        <Confirm
          title={t("replay_all_title")} hint={t("replay_all_hint")} ok={t("replay_all")} close={() => setReplaying(false)} refusal={refusal}
          act={() => said(webhooks.replayDead(webhook.id))}
        />
      )}
    </Drawer>
  )
}

function Table({ deliveries, again }: { deliveries: Delivery[]; again: ((delivery: Delivery) => void) | null }) {
  const { t } = useTranslation("feed")
  const phone = useMedia(PHONE)
  const narrow: Column<Delivery>[] = [
    {
      key: "event", title: t("event"),
      cell: (delivery) => (
        <div className="webhook">
          <span className="mono">{delivery.event}</span>
          <span><State delivery={delivery} /> <span className="num quiet">{dateTime(delivery.attempted_at_ms)}</span></span>
          <Answer delivery={delivery} />
        </div>
      ),
    },
  ]
  const wide: Column<Delivery>[] = [
    { key: "event", title: t("event"), cell: (delivery) => <span className="mono cut" title={delivery.event_id}>{delivery.event}</span> },
    { key: "state", title: t("state"), width: 100, cell: (delivery) => <State delivery={delivery} /> },
    { key: "attempts", title: t("attempts"), width: 60, align: "right", cell: (delivery) => <span className="num">{count(delivery.attempts)}</span> },
    { key: "answer", title: t("answer"), width: 300, cell: (delivery) => <Answer delivery={delivery} /> },
    { key: "time", title: t("time"), width: 156, cell: (delivery) => <span className="num quiet">{dateTime(delivery.attempted_at_ms)}</span> },
  ]
  const actions: Column<Delivery> = {
    key: "actions", title: t("actions"), width: 100,
    cell: (delivery) => again && mayReplay(delivery) && <Button size="small" type="link" onClick={() => again(delivery)}>{t("replay")}</Button>,
  }
  return (
    <DataTable<Delivery>
      label={t("records")} rows={deliveries} rowKey={(delivery) => delivery.id} empty={t("no_records")} minWidth={phone ? 0 : 860}
      columns={[...(phone ? narrow : wide), ...(again ? [actions] : [])]}
    />
  )
}

function State({ delivery }: { delivery: Delivery }) {
  const { t } = useTranslation("feed")
  return <Pill tone={TONES[delivery.state]}>{t(`d_${delivery.state}`)}</Pill>
}

// Somebody else wrote the answer: it is shown as text, never more.
function Answer({ delivery }: { delivery: Delivery }) {
  const { t } = useTranslation("feed")
  const failure = useFailure()
  return (
    <div className="webhook">
      <span>{delivery.failure === undefined ? delivery.status : failure(delivery)}</span>
      {delivery.next_at_ms !== undefined && <span className="quiet">{t("next_try", { time: dateTime(delivery.next_at_ms) })}</span>}
      {delivery.answer !== "" && <span className="mono cut quiet" title={delivery.answer}>{delivery.answer}</span>}
    </div>
  )
}
