// Papers 资质文件: what there is, how long it is good for, and how one is added.
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { Alert, Button, Input, Segmented } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { api } from "../../../api/client"
import { may, useMe } from "../../../shell/session"
import { useNow } from "../../../ui/Ago"
import { Confirm } from "../../../ui/Confirm"
import { Failed, Loading, Message } from "../../../ui/States"
import { clearance, endingOf, type NewPaper, type Paper } from "./clearance"
import { useClearanceRefusal, useGoods, usePaperName } from "./words"

export function Papers() {
  const { t } = useTranslation("clearance")
  const me = useMe()
  const write = me.data !== undefined && may(me.data, "moderation.prepare")
  const [soon, setSoon] = useState(false)
  const [room, setRoom] = useState("")
  const [retiring, setRetiring] = useState<Paper | null>(null)
  const rooms = useQuery({ queryKey: ["rooms", "choice"], queryFn: () => api.rooms() })
  const queries = useQueryClient()
  const named = usePaperName()
  const pages = useInfiniteQuery({
    queryKey: ["papers", "all", soon], queryFn: ({ pageParam }) => clearance.papers(soon ? { expiring_days: 30 } : {}, pageParam), initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  })
  const items = pages.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <div className="stack">
      <div className="filters">
        <Segmented size="small" aria-label={t("papers")} value={soon} onChange={setSoon} options={[{ value: false, label: t("all_papers") }, { value: true, label: t("expiring") }]} />
      </div>
      <section className="panel" data-testid="papers">
        {pages.isPending ? <Loading rows={4} /> : !pages.data ? <Failed error={pages.error} retry={() => void pages.refetch()} />
          : items.length === 0 ? <Message title={t("papers_none")} /> : (
            <ul className="clearance-papers">
              {items.map((one) => <li key={one.id}><Told paper={one} />{write && <Button type="link" size="small" onClick={() => setRetiring(one)}>{t("retire")}</Button>}</li>)}
            </ul>
          )}
        {pages.hasNextPage && <div className="more"><Button onClick={() => void pages.fetchNextPage()} loading={pages.isFetchingNextPage}>{t("show_more")}</Button></div>}
      </section>
      {write && (
        <section className="panel stack">
          <select className="plain-select" aria-label={t("choose_room")} value={room} onChange={(event) => setRoom(event.target.value)}>
            <option value="">{t("choose_room")}</option>
            {rooms.data?.items.map((one) => <option key={one.id} value={one.id}>{one.title}</option>)}
          </select>
          {room !== "" && <AddPaper room={room} />}
        </section>
      )}
      {retiring && (
        <Confirm
          title={t("retire_title", { name: `${named(retiring.kind)} ${retiring.number}` })} hint={t("retire_hint")} ok={t("retire")} close={() => setRetiring(null)}
          act={async () => { await clearance.retire(retiring.id); await queries.invalidateQueries({ queryKey: ["papers"] }) }}
        />
      )}
    </div>
  )
}

/** One paper in a line, with its file and its end. */
export function Told({ paper }: { paper: Paper }) {
  const { t } = useTranslation("clearance")
  const named = usePaperName()
  const ending = endingOf(paper, useNow())
  return (
    <>
      <b>{named(paper.kind)}</b><span className="mono">{paper.number}</span><span className="quiet">{paper.holder}</span>
      <span className={`paper-end ${ending}`} data-ending={ending}>
        {paper.valid_to ? t("until", { day: paper.valid_to }) : t("no_end")}{ending === "over" ? ` · ${t("over")}` : ending === "soon" ? ` · ${t("soon")}` : ""}
      </span>
      <a href={clearance.file(paper.id)} download>{t("download")}</a>
    </>
  )
}

/** A form for one more; `kinds`: those that are asked for. */
export function AddPaper({ room, kinds, added }: { room: string; kinds?: string[]; added?: (paper: Paper) => void }) {
  const { t } = useTranslation("clearance")
  const goods = useGoods()
  const named = usePaperName()
  const refusal = useClearanceRefusal()
  const queries = useQueryClient()
  const empty: NewPaper = { room, kind: kinds?.[0] ?? "", number: "", holder: "", authority: "", valid_from: "", valid_to: "" }
  const [paper, setPaper] = useState(empty)
  const [file, setFile] = useState<File | null>(null)
  const [round, setRound] = useState(0)
  const all = [...new Set(goods.data?.items.flatMap((one) => one.papers.map((paper) => paper.code)))]
  const add = useMutation({
    mutationFn: (file: File) => clearance.add({ ...paper, room }, file),
    onSuccess: async (made) => {
      setPaper(empty)
      setFile(null)
      setRound(round + 1)
      await queries.invalidateQueries({ queryKey: ["papers"] })
      added?.(made)
    },
  })
  const set = (change: Partial<NewPaper>) => setPaper({ ...paper, ...change })
  return (
    <form className="clearance-part" aria-label={t("add_paper")} onSubmit={(event) => { event.preventDefault(); if (file) add.mutate(file) }}>
      <div className="clearance-fields">
        <label>{t("kind")}
          <select className="plain-select" value={paper.kind} onChange={(event) => set({ kind: event.target.value })}>
            <option value="">—</option>
            {(kinds ?? all).map((one) => <option key={one} value={one}>{named(one)}</option>)}
          </select>
        </label>
        <label>{t("number")}<Input value={paper.number} maxLength={100} onChange={(event) => set({ number: event.target.value })} /></label>
        <label>{t("holder")}<Input value={paper.holder} maxLength={100} onChange={(event) => set({ holder: event.target.value })} /></label>
        <label>{t("authority")}<Input value={paper.authority} maxLength={100} onChange={(event) => set({ authority: event.target.value })} /></label>
        <label>{t("valid_from")}<Input type="date" value={paper.valid_from} onChange={(event) => set({ valid_from: event.target.value })} /></label>
        <label>{t("valid_to")}<Input type="date" value={paper.valid_to} onChange={(event) => set({ valid_to: event.target.value })} /></label>
        <label>{t("file")}<input key={round} type="file" accept=".pdf,.jpg,.jpeg,.png" onChange={(event) => setFile(event.target.files?.[0] ?? null)} /></label>
      </div>
      {add.error && <Alert type="error" showIcon title={refusal(add.error)} role="alert" />}
      <div className="clearance-deeds"><Button htmlType="submit" loading={add.isPending} disabled={!file || paper.kind === ""}>{t("upload")}</Button></div>
    </form>
  )
}
