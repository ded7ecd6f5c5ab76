// Sanctions 处罚: what was imposed, why, by whom, what holds now, and taking it back.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query"
import { Button, Checkbox, Input, Modal } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { api } from "../../../api/client"
import { Notes } from "../Notes"
import { Reasons, useClauseName } from "../Reasons"
import { may, useMe } from "../../../shell/session"
import { useLanguage } from "../../../ui/appearance"
import { dateTime } from "../../../ui/format"
import { Failed, Loading, Message } from "../../../ui/States"
import { Evidence } from "./Evidence"
import { minutesOf } from "./imposing"
import { ImposeRoom } from "./ImposeRoom"
import { evidenceOf, KINDS, sanctions, STATES, type Sanction, type SanctionFilter } from "./sanctions"
import { useSanctionRefusal, useStep } from "./words"
import "./sanctions.css"

export default function Sanctions() {
  const { t } = useTranslation("sanctions")
  const me = useMe()
  const [filter, setFilter] = useState<SanctionFilter>({})
  const [lifting, setLifting] = useState<Sanction | null>(null)
  const [imposing, setImposing] = useState(false)
  const rooms = useQuery({ queryKey: ["rooms", "choice"], queryFn: () => api.rooms() })
  const pages = useInfiniteQuery({
    queryKey: ["sanctions", filter], queryFn: ({ pageParam }) => sanctions.list(filter, pageParam), initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined, refetchInterval: 10_000,
  })
  const items = pages.data?.pages.flatMap((page) => page.items) ?? []
  const change = (next: SanctionFilter) => setFilter({ ...filter, ...next })
  const lifts = me.data !== undefined && may(me.data, "sanction.impose")
  return (
    <div className="stack">
      <div className="filters">
        <select className="plain-select" aria-label={t("state")} value={filter.state ?? ""} onChange={(event) => change({ state: event.target.value })}>
          <option value="">{t("all_states")}</option>
          {STATES.map((one) => <option key={one} value={one}>{t(`state_${one}`)}</option>)}
        </select>
        <select className="plain-select" aria-label={t("what")} value={filter.kind ?? ""} onChange={(event) => change({ kind: event.target.value })}>
          <option value="">{t("all_kinds")}</option>
          {KINDS.map((one) => <option key={one} value={one}>{t(`kind_${one}`)}</option>)}
        </select>
        <select className="plain-select" aria-label={t("room")} value={filter.room ?? ""} onChange={(event) => change({ room: event.target.value })}>
          <option value="">{t("all_rooms")}</option>
          {rooms.data?.items.map((room) => <option key={room.id} value={room.id}>{room.title}</option>)}
        </select>
        {lifts && rooms.data && <Button danger onClick={() => setImposing(true)}>{t("impose_room")}</Button>}
      </div>
      <section className="panel" aria-label={t("sanctions")} data-testid="sanctions">
        {pages.isPending ? <Loading rows={6} /> : !pages.data ? <Failed error={pages.error} retry={() => void pages.refetch()} />
          : items.length === 0 ? <Message title={t("none")} /> : (
            <ol className="items">
              {items.map((one) => (
                <li key={one.id} data-state={one.state}>
                  <Told sanction={one} room={rooms.data?.items.find((room) => room.id === one.room)?.title ?? one.room} />
                  {lifts && one.in_force && <p><Button size="small" onClick={() => setLifting(one)}>{t("lift")}</Button></p>}
                </li>
              ))}
            </ol>
          )}
        {pages.hasNextPage && <div className="more"><Button onClick={() => void pages.fetchNextPage()} loading={pages.isFetchingNextPage}>{t("show_more")}</Button></div>}
      </section>
      {imposing && rooms.data && <ImposeRoom rooms={rooms.data.items} done={() => void pages.refetch()} close={() => setImposing(false)} />}
      {lifting && <Lift sanction={lifting} done={() => void pages.refetch()} close={() => setLifting(null)} />}
    </div>
  )
}

/** A sanction with all that is behind it. */
export function Told({ sanction, room, film = false }: { sanction: Sanction; room: string; film?: boolean }) {
  const { t } = useTranslation("sanctions")
  const language = useLanguage()
  const named = useClauseName()
  const step = useStep()
  const evidence = evidenceOf(sanction)
  const hits = sanction.reasons.map((one) => ({ ...one, level: one.verdict }))
  return (
    <>
      <p className="sanction-head">
        <b>{step({ kind: sanction.kind, minutes: minutesOf(sanction) })}</b>
        <span>{named(sanction.clause)}</span>
        <span className={sanction.in_force ? "level block" : "level"}>{t(`state_${sanction.state}`)}</span>
        {sanction.appeal && <span className="level hold">{t(`appeal_${sanction.appeal.state}`)}</span>}
        <span className="quiet">{sanction.everywhere ? t("everywhere") : room}</span>
      </p>
      {sanction.position != null && <p className="item-text">{sanction.text ?? <i className="quiet">{t("erased")}</i>}</p>}
      {hits.length > 0 && <Reasons hits={hits} score={sanction.score ?? null} />}
      <Notes notes={sanction.notes} />
      <p className="statement">{language === "en" ? sanction.statement.en : sanction.statement.zh}</p>
      <p className="card-about quiet">
        {sanction.viewer && <span className="mono">{sanction.viewer.slice(0, 12)}</span>}
        <span>{t("nth", { n: String(sanction.strike) })}</span>
        <span>{sanction.by} · L{sanction.tier}</span>
        <time className="num">{dateTime(sanction.at_ms)}</time>
        {sanction.until_ms != null && <span className="num">{t("until", { at: dateTime(sanction.until_ms) })}</span>}
        {!sanction.as_proposed && <span>{t("not_as_ladder")}</span>}
        {sanction.why && <span>{sanction.why}</span>}
        {evidence !== null && <a href={evidence} target="_blank" rel="noreferrer">{t("in_recording")}</a>}
      </p>
      <Evidence sanction={sanction} shown={film} />
      {sanction.changed_at_ms != null && (
        <p className="card-about quiet">
          <b>{t(`state_${sanction.state}`)}{sanction.mistaken && ` · ${t("mistaken")}`}</b>
          {sanction.changed_by && <span>{sanction.changed_by}</span>}
          <time className="num">{dateTime(sanction.changed_at_ms)}</time>
          {sanction.changed_why && <span>{sanction.changed_why}</span>}
        </p>
      )}
    </>
  )
}

function Lift({ sanction, done, close }: { sanction: Sanction; done: () => void; close: () => void }) {
  const { t } = useTranslation("sanctions")
  const refusal = useSanctionRefusal()
  const [why, setWhy] = useState("")
  const [mistaken, setMistaken] = useState(false)
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<string | null>(null)
  const finish = async () => {
    setBusy(true)
    try {
      await sanctions.lift(sanction.id, why.trim(), mistaken)
      done()
      close()
    } catch (error) {
      setFailure(refusal(error))
    } finally {
      setBusy(false)
    }
  }
  return (
    <Modal open title={t("lift_title")} okText={t("lift")} okButtonProps={{ disabled: why.trim() === "" }} confirmLoading={busy} onOk={() => void finish()} onCancel={close} destroyOnHidden>
      <div className="impose">
        {failure && <p role="alert" className="late">{failure}</p>}
        <label>{t("lift_why")}<Input.TextArea value={why} onChange={(event) => setWhy(event.target.value)} maxLength={500} rows={2} /></label>
        <Checkbox checked={mistaken} onChange={(event) => setMistaken(event.target.checked)}>{t("lift_mistaken")}</Checkbox>
      </div>
    </Modal>
  )
}
