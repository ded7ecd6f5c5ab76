// Sources of outside events 采集源: the list, and one of them with what it sends, what it may send and what was refused.
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query"
import { useNavigate, useSearch } from "@tanstack/react-router"
import { App, Button, Segmented } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { may, useMe } from "../../shell/session"
import { Confirm } from "../../ui/Confirm"
import { PlusIcon } from "../../ui/icons"
import { Pill } from "../../ui/Pill"
import { Failed, Loading, Message } from "../../ui/States"
import { collect, type Source } from "./collect"
import { Connect } from "./Connect"
import { Live } from "./Live"
import { PlanEditor } from "./PlanEditor"
import { Quarantine } from "./Quarantine"
import { useCollectRefusal } from "./refusal"
import { RotateForm } from "./RotateForm"
import { SourceForm } from "./SourceForm"
import { SourceTable } from "./SourceTable"
import { stateOf } from "./standing"
import "./collect.css"

const TABS = ["live", "plan", "quarantine", "connect"] as const
type Tab = (typeof TABS)[number]

type Doing = { what: "create" } | { what: "edit" | "rotate" | "remove"; source: Source } | null

export default function Page() {
  const { t } = useTranslation("collect")
  const { message } = App.useApp()
  const search: { source?: unknown; tab?: unknown } = useSearch({ strict: false })
  const navigate = useNavigate()
  const queries = useQueryClient()
  const refusal = useCollectRefusal()
  const me = useMe()
  const manages = me.data !== undefined && may(me.data, "source.manage")
  const [doing, setDoing] = useState<Doing>(null)
  const key = ["event-sources"]
  const list = useInfiniteQuery({
    queryKey: key, queryFn: ({ pageParam }) => collect.list(pageParam), refetchInterval: 3_000,
    initialPageParam: undefined as string | undefined, getNextPageParam: (page) => page.next ?? undefined,
  })
  const reload = () => queries.invalidateQueries({ queryKey: key })
  const turn = useMutation({
    mutationFn: (source: Source) => collect.change(source.id, { enabled: !source.enabled }),
    onError: (error) => void message.error(refusal(error)),
    onSettled: reload,
  })
  const open = (source?: string, tab?: Tab) => void navigate({ to: "/collect", search: { ...(source && { source }), ...(tab && { tab }) } })
  if (list.isPending) return <Loading rows={8} />
  if (!list.data) return <Failed error={list.error} retry={() => void list.refetch()} />
  const all = list.data.pages.flatMap((page) => page.items)
  const chosen = all.find((one) => one.id === search.source)
  const tab = TABS.find((one) => one === search.tab) ?? "live"
  const close = () => setDoing(null)
  const add = manages && <Button type="primary" icon={<PlusIcon />} onClick={() => setDoing({ what: "create" })}>{t("add")}</Button>
  return (
    <>
      {chosen ? (
        <>
          <div className="page-head">
            <Button type="link" className="source-back" onClick={() => open()}>{t("back")}</Button>
            <h1>{chosen.name}</h1>
            <State source={chosen} />
            <Segmented<Tab>
              aria-label={t("tabs")} value={tab} options={TABS.map((one) => ({ value: one, label: t(`tab_${one}`) }))}
              onChange={(next) => open(chosen.id, next)}
            />
          </div>
          {tab === "live" && (manages ? <Live key={chosen.id} source={chosen.id} /> : <Message title={t("live_needs")} />)}
          {tab === "plan" && <PlanEditor key={chosen.id} source={chosen} manages={manages} saved={() => void reload()} />}
          {tab === "quarantine" && <Quarantine key={chosen.id} source={chosen.id} manages={manages} />}
          {tab === "connect" && <div className="panel source-connect"><Connect kind={chosen.kind} /></div>}
        </>
      ) : (
        <>
          <div className="page-head"><h1>{t("sources")}</h1><span className="spring" />{all.length > 0 && add}</div>
          <div className="panel">
            {all.length === 0 ? <Message title={t("empty")} hint={t("empty_hint")} action={add} /> : (
              <SourceTable
                sources={all} manages={manages} busy={turn.isPending} open={(source) => open(source.id)} turn={(source) => turn.mutate(source)}
                edit={(source) => setDoing({ what: "edit", source })} rotate={(source) => setDoing({ what: "rotate", source })} remove={(source) => setDoing({ what: "remove", source })}
              />
            )}
            {list.hasNextPage && <div className="more"><Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>{t("show_more")}</Button></div>}
          </div>
        </>
      )}
      {doing?.what === "create" && <SourceForm close={() => { close(); void reload() }} />}
      {doing?.what === "edit" && <SourceForm source={doing.source} close={() => { close(); void reload() }} />}
      {doing?.what === "rotate" && <RotateForm source={doing.source} close={() => { close(); void reload() }} />}
      {doing?.what === "remove" && (
        <Confirm
          title={t("remove_title", { name: doing.source.name })} hint={t("remove_hint")} ok={t("remove")} close={close} refusal={refusal}
          act={async () => { await collect.remove(doing.source.id); await reload() }}
        />
      )}
    </>
  )
}

function State({ source }: { source: Source }) {
  const { t } = useTranslation("collect")
  const { tone, word } = stateOf(source)
  return <Pill tone={tone}>{t(word)}</Pill>
}
