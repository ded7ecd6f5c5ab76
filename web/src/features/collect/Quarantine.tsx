// The quarantine 隔离区: what was not taken and why; corrected, replayed, forgotten.
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query"
import { Alert, App, Button, Input, Modal } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { Masked } from "../../shell/Masked"
import { Confirm } from "../../ui/Confirm"
import { DataTable, type Column } from "../../ui/DataTable"
import { dateTime } from "../../ui/format"
import { Pill } from "../../ui/Pill"
import { Failed, Loading, Message } from "../../ui/States"
import { PHONE, useMedia } from "../../ui/useMedia"
import { collect, type Item, type Replayed } from "./collect"
import { CODES, isCode, pretty } from "./reasons"
import { useCollectRefusal } from "./refusal"

export function Quarantine({ source, manages }: { source: string; manages: boolean }) {
  const { t } = useTranslation("collect")
  const { message } = App.useApp()
  const phone = useMedia(PHONE)
  const queries = useQueryClient()
  const refusal = useCollectRefusal()
  const [code, setCode] = useState("")
  const [waiting, setWaiting] = useState(false)
  const [open, setOpen] = useState<Item | null>(null)
  const [asked, setAsked] = useState<"replay" | "forget" | null>(null)
  const key = ["quarantine", source]
  const list = useInfiniteQuery({
    queryKey: [...key, code, waiting], queryFn: ({ pageParam }) => collect.quarantine(source, { ...(code && { code }), waiting, ...(pageParam && { after: pageParam }) }),
    initialPageParam: undefined as string | undefined, getNextPageParam: (page) => page.next ?? undefined, refetchInterval: 10_000,
  })
  const reload = () => queries.invalidateQueries({ queryKey: key })
  const what = (code: string) => (isCode(code) ? t(`code_${code}`) : code)
  const chosen = code === "" ? t("reason_all") : what(code)
  const some = code === "" ? {} : { code }
  const replayAll = async () => {
    const all: Replayed = { accepted: 0, duplicates: 0, refused: 0 }
    let after: string | undefined
    do {
      const part = await collect.replayAll(source, { ...some, ...(after && { after }) })
      for (const figure of ["accepted", "duplicates", "refused"] as const) all[figure] += part[figure]
      after = part.next
    } while (after !== undefined)
    void message.success(t("q_replayed", { accepted: String(all.accepted), duplicates: String(all.duplicates), refused: String(all.refused) }))
    await reload()
  }
  const forgetAll = async () => {
    const { forgotten } = await collect.forgetAll(source, code || undefined)
    void message.success(t("q_forgotten", { n: String(forgotten) }))
    await reload()
  }
  const state = (item: Item) => {
    if (item.replayed_at_ms !== undefined) return <Pill tone="quiet">{t("replayed")}</Pill>
    return <Pill tone="warn">{t(item.edited_at_ms === undefined ? "waiting" : "edited")}</Pill>
  }
  const handle: Column<Item> = {
    key: "actions", title: t("actions"), width: 84,
    cell: (item) => <Button type="link" size="small" onClick={() => setOpen(item)}>{t("item_open")}</Button>,
  }
  const narrow: Column<Item>[] = [{
    key: "reason", title: t("reason"),
    cell: (item) => (
      <div className="source-cell">
        <span>{state(item)} <span className="strong">{what(item.code)}</span></span>
        <span className="q-reason">{item.reason}</span>
        <span className="quiet num">{dateTime(item.received_at_ms)} · {item.edge}</span>
      </div>
    ),
  }]
  const wide: Column<Item>[] = [
    { key: "received", title: t("received"), width: 150, cell: (item) => <span className="num">{dateTime(item.received_at_ms)}</span> },
    { key: "state", title: t("state"), width: 110, cell: state },
    { key: "code", title: t("reason"), width: 120, cell: (item) => <span className="strong">{what(item.code)}</span> },
    { key: "why", title: t("why"), cell: (item) => <span title={item.reason}>{item.reason}</span> },
    { key: "edge", title: t("edge"), width: 110, cell: (item) => <span className="quiet">{item.edge}</span> },
    { key: "item", title: t("item"), cell: (item) => <span className="mono quiet">{item.item.slice(0, 200)}</span> },
  ]
  const rows = list.data?.pages.flatMap((page) => page.items) ?? []
  const all = code === "" && !waiting
  return (
    <div className="panel">
      <div className="panel-head live-bar">
        <select className="plain-select" aria-label={t("reason")} value={code} onChange={(event) => setCode(event.target.value)}>
          <option value="">{t("reason_all")}</option>
          {CODES.map((one) => <option key={one} value={one}>{t(`code_${one}`)}</option>)}
        </select>
        <label className="inline-switch"><input type="checkbox" checked={waiting} onChange={(event) => setWaiting(event.target.checked)} />{t("waiting_only")}</label>
        <Masked />
        <span className="spring" />
        {manages && rows.length > 0 && <Button onClick={() => setAsked("replay")}>{t("q_replay_all")}</Button>}
        {manages && rows.length > 0 && <Button danger onClick={() => setAsked("forget")}>{t("q_forget_all")}</Button>}
      </div>
      {list.isPending ? <Loading rows={6} /> : !list.data ? <Failed error={list.error} retry={() => void list.refetch()} /> : rows.length === 0 ? (
        <Message title={t(all ? "q_empty" : "q_none")} {...(all ? { hint: t("q_empty_hint") } : {})} />
      ) : (
        <DataTable<Item> label={t("tab_quarantine")} rows={rows} rowKey={(item) => item.id} empty={t("q_none")} minWidth={phone ? 0 : 980} columns={[...(phone ? narrow : wide), ...(manages ? [handle] : [])]} />
      )}
      {list.hasNextPage && <div className="more"><Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{t("show_more")}</Button></div>}
      {open && <Handle item={open} close={() => { setOpen(null); void reload() }} />}
      {asked === "replay" && <Confirm title={t("q_replay_title", { what: chosen })} hint={t("q_replay_hint")} ok={t("q_replay_all")} act={replayAll} close={() => setAsked(null)} refusal={refusal} />}
      {asked === "forget" && <Confirm title={t("q_forget_title", { what: chosen })} hint={t("q_forget_hint")} ok={t("q_forget_all")} act={forgetAll} close={() => setAsked(null)} refusal={refusal} />}
    </div>
  )
}

function Handle({ item, close }: { item: Item; close: () => void }) {
  const { t } = useTranslation("collect")
  const { message } = App.useApp()
  const refusal = useCollectRefusal()
  const before = pretty(item.item)
  const [text, setText] = useState(before)
  const done = item.replayed_at_ms !== undefined
  const value = objectOf(text)
  const replay = useMutation({
    mutationFn: async () => {
      if (text !== before) await collect.correct(item.id, value)
      return collect.replay(item.id)
    },
    onSuccess: (answer) => {
      void message.success(t(answer.accepted > 0 ? "item_taken" : "item_known"))
      close()
    },
  })
  const forget = useMutation({ mutationFn: () => collect.forget(item.id), onSuccess: close })
  const error = replay.error ?? forget.error
  return (
    <Modal
      open title={t("item_title")} width={680} onCancel={close} mask={{ closable: false }}
      footer={[
        <Button key="forget" danger loading={forget.isPending} onClick={() => forget.mutate()}>{t("item_forget")}</Button>,
        <Button key="replay" type="primary" disabled={done || value === null || (item.cut && text === before)} loading={replay.isPending} onClick={() => replay.mutate()}>{t(text === before ? "item_replay" : "item_fix")}</Button>,
      ]}
    >
      <div className="stack">
        <Alert type={error ? "error" : "warning"} showIcon title={error ? refusal(error) : item.reason} {...(error ? { role: "alert" } : {})} />
        {item.cut && <p>{t("refused_item_cut")}</p>}
        <label className="stack q-item">
          <span>{t("item_json")}</span>
          <Input.TextArea className="mono" value={text} rows={14} spellCheck={false} readOnly={done} onChange={(event) => setText(event.target.value)} />
        </label>
        {value === null && <p className="live-why" role="status">{t("item_bad_json")}</p>}
      </div>
    </Modal>
  )
}

function objectOf(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : null
  } catch {
    return null
  }
}
