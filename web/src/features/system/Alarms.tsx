// Those going on with what to do about them, then those that are over.
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { App, Button } from "antd"
import { useTranslation } from "react-i18next"
import { may, useMe } from "../../shell/session"
import { Ago } from "../../ui/Ago"
import { useLanguage } from "../../ui/appearance"
import { dateTime, span } from "../../ui/format"
import { Pill } from "../../ui/Pill"
import { useRefusal } from "../../ui/refusal"
import { Failed, Loading, Message } from "../../ui/States"
import { KEY, open, system, type SystemAlarm } from "./system"
import { adviceOf, amount, nameOf } from "./words"

export function Alarms() {
  const { t } = useTranslation("system")
  const now = useQuery(open)
  const past = useInfiniteQuery({
    queryKey: [...KEY, "past"], queryFn: ({ pageParam }) => system.alarms({ open: false, after: pageParam }), refetchInterval: 30_000,
    initialPageParam: undefined as string | undefined, getNextPageParam: (page) => page.next ?? undefined,
  })
  if (now.isPending || past.isPending) return <Loading rows={6} />
  if (!now.data) return <Failed error={now.error} retry={() => void now.refetch()} />
  if (!past.data) return <Failed error={past.error} retry={() => void past.refetch()} />
  const over = past.data.pages.flatMap((page) => page.items)
  if (now.data.items.length === 0 && over.length === 0) return <div className="panel"><Message title={t("none")} hint={t("none_hint")} /></div>
  return (
    <div className="stack">
      <section className="panel" aria-label={t("now")}>
        <div className="panel-head"><h2>{t("now")}</h2></div>
        {now.data.items.length === 0 ? <p className="system-none quiet">{t("none_open")}</p>
          : <ul className="system-list" data-testid="system-open">{now.data.items.map((alarm) => <Row key={alarm.id} alarm={alarm} />)}</ul>}
      </section>
      {over.length > 0 && (
        <section className="panel" aria-label={t("history")}>
          <div className="panel-head"><h2>{t("history")}</h2></div>
          <ul className="system-list" data-testid="system-past">{over.map((alarm) => <Row key={alarm.id} alarm={alarm} />)}</ul>
          {past.hasNextPage && <div className="more"><Button onClick={() => void past.fetchNextPage()} loading={past.isFetchingNextPage}>{t("show_more")}</Button></div>}
        </section>
      )}
    </div>
  )
}

function Row({ alarm }: { alarm: SystemAlarm }) {
  const { t } = useTranslation("system")
  const { message } = App.useApp()
  const language = useLanguage()
  const refusal = useRefusal()
  const queries = useQueryClient()
  const me = useMe()
  const note = useMutation({
    mutationFn: () => system.acknowledge(alarm.id), onSuccess: () => queries.invalidateQueries({ queryKey: KEY }),
    onError: (error) => void message.error(refusal(error)),
  })
  const name = nameOf(t, alarm.kind)
  const over = alarm.cleared_at != null
  const measured = alarm.unit != null && alarm.unit !== "yes"
  return (
    <li className="system-alarm" data-kind={alarm.kind}>
      <Pill tone={over ? "quiet" : alarm.acknowledged_at == null ? "live" : "warn"}>{name}</Pill>
      <div className="system-what">
        {measured && <p className="num">{t("found")} {amount(alarm.value, alarm.unit, language)} · {t("limit")} {amount(alarm.limit, alarm.unit, language)}</p>}
        {!over && <p>{adviceOf(t, alarm.kind)}</p>}
        <p className="quiet num">
          {dateTime(alarm.raised_at)} · {over ? `${t("lasted")} ${span(((alarm.cleared_at ?? 0) - alarm.raised_at) / 1000, language)}` : <Ago at={alarm.raised_at} />}
        </p>
        {alarm.acknowledged_by && <p className="quiet">{t("acknowledged", { who: alarm.acknowledged_by, at: dateTime(alarm.acknowledged_at) })}</p>}
      </div>
      {!over && !alarm.acknowledged_by && me.data && may(me.data, "system.manage") && (
        <Button size="small" loading={note.isPending} onClick={() => note.mutate()} aria-label={t("acknowledge_this", { what: name })}>{t("acknowledge")}</Button>
      )}
    </li>
  )
}
