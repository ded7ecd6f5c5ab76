// One dossier: what is said and sold on the left, what speaks against it on the right, checked while it is written.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { Alert, Button, Input } from "antd"
import { useEffect, useState } from "react"
import { useTranslation } from "react-i18next"
import { api } from "../../../api/client"
import { may, useMe } from "../../../shell/session"
import { Confirm } from "../../../ui/Confirm"
import { Failed, Loading, Message } from "../../../ui/States"
import { useLanguage } from "../../../ui/appearance"
import { clearance, contentOf, fieldId, type Content, type Dossier, type Finding, type Item, type Section } from "./clearance"
import { Findings, Under } from "./Findings"
import { State } from "./Page"
import { AddPaper, Told } from "./Papers"
import { Changes, History, Review, Signatures } from "./Review"
import { useClearanceRefusal, useGoods, usePaperName } from "./words"

const PAUSE_MS = 500

/** What is written, once nobody types for a moment. */
function useSettled<T>(value: T): T {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), PAUSE_MS)
    return () => clearTimeout(timer)
  }, [value])
  return settled
}

function useCheck(room: string, content: Content) {
  const settled = useSettled(content)
  return useQuery({ queryKey: ["dossier-check", room, settled], queryFn: () => clearance.check(room, settled), enabled: room !== "", placeholderData: (before) => before, gcTime: 0, staleTime: Infinity })
}

export function NewDossier({ made }: { made: (id: string) => void }) {
  const { t } = useTranslation("clearance")
  const rooms = useQuery({ queryKey: ["rooms", "choice"], queryFn: () => api.rooms() })
  const queries = useQueryClient()
  const refusal = useClearanceRefusal()
  const [room, setRoom] = useState("")
  const [content, setContent] = useState<Content>(() => ({ title: "", planned_at_ms: Math.ceil(Date.now() / 3_600_000 + 1) * 3_600_000, sections: [{ name: "", text: "" }], items: [] }))
  const check = useCheck(room, content)
  const create = useMutation({
    mutationFn: () => clearance.create(room, content),
    onSuccess: async (dossier) => { await queries.invalidateQueries({ queryKey: ["dossiers"] }); made(dossier.id) },
  })
  return (
    <div className="clearance">
      <div className="stack">
        <section className="panel">
          <select className="plain-select" aria-label={t("choose_room")} value={room} onChange={(event) => setRoom(event.target.value)}>
            <option value="">{t("choose_room")}</option>
            {rooms.data?.items.map((one) => <option key={one.id} value={one.id}>{one.title}</option>)}
          </select>
        </section>
        <Form room={room} content={content} change={setContent} findings={check.data?.findings ?? []} />
      </div>
      <div className="clearance-side">
        <Side findings={check.data?.findings} error={check.error} />
        {create.error && <Alert type="error" showIcon title={refusal(create.error)} role="alert" />}
        <div className="clearance-deeds"><Button type="primary" disabled={room === "" || content.title.trim() === ""} loading={create.isPending} onClick={() => create.mutate()}>{t("save")}</Button></div>
      </div>
    </div>
  )
}

export function Editor({ id, gone }: { id: string; gone: () => void }) {
  const found = useQuery({ queryKey: ["dossier", id], queryFn: () => clearance.find(id) })
  if (found.isPending) return <Loading rows={8} />
  if (!found.data) return <Failed error={found.error} retry={() => void found.refetch()} />
  return <One key={`${found.data.version}`} dossier={found.data} gone={gone} />
}

function One({ dossier, gone }: { dossier: Dossier; gone: () => void }) {
  const { t } = useTranslation("clearance")
  const me = useMe()
  const can = (permission: string) => me.data !== undefined && may(me.data, permission)
  const write = can("moderation.prepare")
  const queries = useQueryClient()
  const refusal = useClearanceRefusal()
  const [content, setContent] = useState(() => contentOf(dossier.content))
  const [removing, setRemoving] = useState(false)
  const changed = JSON.stringify(content) !== JSON.stringify(contentOf(dossier.content))
  const check = useCheck(changed ? dossier.room_id : "", content)
  const findings = changed ? check.data?.findings ?? dossier.findings : dossier.findings
  const done = async (made: Dossier) => {
    queries.setQueryData(["dossier", dossier.id], made)
    await queries.invalidateQueries({ queryKey: ["dossiers"] })
  }
  const save = useMutation({ mutationFn: () => clearance.update(dossier.id, dossier.version, content), onSuccess: done })
  const submit = useMutation({ mutationFn: () => clearance.submit(dossier.id, dossier.version), onSuccess: done })
  const failure = save.error ?? submit.error
  const reviews = dossier.state === "submitted" && can("moderation.clear") && !changed
  return (
    <div className="clearance" data-testid="dossier">
      <div className="stack">
        <Form room={dossier.room_id} content={content} change={setContent} findings={findings} readOnly={!write} />
        <Changes dossier={dossier} />
      </div>
      <div className="clearance-side">
        <section className="panel">
          <div className="clearance-deeds"><State state={dossier.state} /><span className="num">{t("version", { n: String(dossier.version) })}</span>{changed && <b>{t("unsaved")}</b>}</div>
          {dossier.state === "cleared" && write && <p className="quiet">{t("edit_hint")}</p>}
          {dossier.own && dossier.state === "submitted" && <p className="quiet">{t("own")}</p>}
          {failure && <Alert type="error" showIcon title={refusal(failure)} role="alert" />}
          {write && (
            <div className="clearance-deeds">
              <Button type={changed ? "primary" : "default"} disabled={!changed} loading={save.isPending} onClick={() => save.mutate()}>{t("save")}</Button>
              <Button type={changed ? "default" : "primary"} disabled={changed || dossier.state !== "draft"} loading={submit.isPending} onClick={() => submit.mutate()}>{t("submit")}</Button>
              {!dossier.cleared_version && <Button danger type="text" onClick={() => setRemoving(true)}>{t("remove_dossier")}</Button>}
            </div>
          )}
        </section>
        {reviews && !dossier.own ? <Review dossier={dossier} /> : <Side findings={findings} error={check.error} />}
        <Signatures dossier={dossier} />
        <History dossier={dossier} />
      </div>
      {removing && (
        <Confirm
          title={t("remove_title", { name: dossier.content.title })} hint={t("remove_hint")} ok={t("remove")} close={() => setRemoving(false)} refusal={refusal}
          act={async () => { await clearance.remove(dossier.id); await queries.invalidateQueries({ queryKey: ["dossiers"] }); gone() }}
        />
      )}
    </div>
  )
}

function Side({ findings, error }: { findings: Finding[] | undefined; error: unknown }) {
  const { t } = useTranslation("clearance")
  const refusal = useClearanceRefusal()
  return (
    <section className="panel" aria-label={t("findings")} data-testid="side">
      <h2>{t("findings")}</h2>
      {error !== null && <Alert type="warning" showIcon title={refusal(error)} />}
      {findings === undefined ? null : findings.length === 0 ? <Message title={t("clean")} /> : <Findings findings={findings} />}
    </section>
  )
}

interface FormProps {
  room: string
  content: Content
  change: (content: Content) => void
  findings: Finding[]
  readOnly?: boolean
}

/** Local time, as the field of a browser has it. */
function localOf(ms: number): string {
  const at = new Date(ms)
  return new Date(ms - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}

function Form({ room, content, change, findings, readOnly = false }: FormProps) {
  const { t } = useTranslation("clearance")
  const set = (part: Partial<Content>) => change({ ...content, ...part })
  const section = (at: number, part: Partial<Section>) => set({ sections: content.sections.map((one, n) => (n === at ? { ...one, ...part } : one)) })
  const item = (at: number, part: Partial<Item>) => set({ items: content.items.map((one, n) => (n === at ? { ...one, ...part } : one)) })
  return (
    <>
      <section className="panel">
        <div className="clearance-fields">
          <label>{t("show_title")}<Input id={fieldId("title", null)} readOnly={readOnly} maxLength={100} value={content.title} onChange={(event) => set({ title: event.target.value })} /></label>
          <label>{t("planned")}
            <Input type="datetime-local" readOnly={readOnly} value={localOf(content.planned_at_ms)} onChange={(event) => { const ms = Date.parse(event.target.value); if (!Number.isNaN(ms)) set({ planned_at_ms: ms }) }} />
          </label>
        </div>
        <Under text={content.title} findings={findings} field="title" />
      </section>
      <section className="panel" aria-label={t("sections")}>
        <h2>{t("sections")}</h2>
        {content.sections.map((one, at) => (
          <div key={at} className="clearance-part">
            <div className="clearance-part-head">
              <label>{t("section_name")}<Input id={fieldId("section_name", at)} readOnly={readOnly} maxLength={60} value={one.name} onChange={(event) => section(at, { name: event.target.value })} /></label>
              {!readOnly && <Button type="text" aria-label={t("remove_n", { n: String(at + 1) })} onClick={() => set({ sections: content.sections.filter((_, n) => n !== at) })}>{t("remove")}</Button>}
            </div>
            <Under text={one.name} findings={findings} field="section_name" at={at} />
            <label>{t("section_text")}<Input.TextArea id={fieldId("section", at)} readOnly={readOnly} maxLength={8_000} autoSize={{ minRows: 3, maxRows: 16 }} value={one.text} onChange={(event) => section(at, { text: event.target.value })} /></label>
            <Under text={one.text} findings={findings} field="section" at={at} />
          </div>
        ))}
        {!readOnly && <div className="clearance-deeds"><Button onClick={() => set({ sections: [...content.sections, { name: "", text: "" }] })}>{t("add_section")}</Button></div>}
      </section>
      <section className="panel" aria-label={t("items")}>
        <h2>{t("items")}</h2>
        {content.items.map((one, at) => (
          <ItemForm key={at} room={room} item={one} at={at} change={(part) => item(at, part)} remove={() => set({ items: content.items.filter((_, n) => n !== at) })} findings={findings} readOnly={readOnly} />
        ))}
        {!readOnly && <div className="clearance-deeds"><Button onClick={() => set({ items: [...content.items, { name: "", category: "", claims: "", documents: [] }] })}>{t("add_item")}</Button></div>}
      </section>
    </>
  )
}

interface ItemProps {
  room: string
  item: Item
  at: number
  change: (part: Partial<Item>) => void
  remove: () => void
  findings: Finding[]
  readOnly: boolean
}

function ItemForm({ room, item, at, change, remove, findings, readOnly }: ItemProps) {
  const { t } = useTranslation("clearance")
  const language = useLanguage()
  const goods = useGoods()
  const named = usePaperName()
  const [adding, setAdding] = useState(false)
  const papers = useQuery({ queryKey: ["papers", room], queryFn: () => clearance.papers({ room }), enabled: room !== "" })
  const needs = goods.data?.items.find((one) => one.code === item.category)?.papers ?? []
  const offered = (papers.data?.items ?? []).filter((one) => item.documents.includes(one.id) || (!readOnly && needs.some((need) => need.code === one.kind)))
  const pick = (id: string, on: boolean) => change({ documents: on ? [...item.documents, id] : item.documents.filter((one) => one !== id) })
  return (
    <div className="clearance-part" data-testid="item">
      <div className="clearance-part-head">
        <label>{t("item_name")}<Input id={fieldId("item_name", at)} readOnly={readOnly} maxLength={100} value={item.name} onChange={(event) => change({ name: event.target.value })} /></label>
        <label>{t("category")}
          <select className="plain-select" disabled={readOnly} value={item.category} onChange={(event) => change({ category: event.target.value })}>
            <option value="">{t("choose_category")}</option>
            {goods.data?.items.map((one) => <option key={one.code} value={one.code}>{language === "en" ? one.en : one.zh}</option>)}
          </select>
        </label>
        {!readOnly && <Button type="text" aria-label={t("remove_n", { n: String(at + 1) })} onClick={remove}>{t("remove")}</Button>}
      </div>
      <Under text={item.name} findings={findings} field="item_name" at={at} />
      <label>{t("claims")}<Input.TextArea id={fieldId("item_claims", at)} readOnly={readOnly} maxLength={2_000} autoSize={{ minRows: 2, maxRows: 8 }} value={item.claims} onChange={(event) => change({ claims: event.target.value })} /></label>
      <Under text={item.claims} findings={findings} field="item_claims" at={at} />
      {needs.length > 0 && <p className="quiet">{t("needs")}{needs.map((one) => `${named(one.code)}${one.always ? "" : t("needs_when")}`).join(language === "en" ? ", " : "、")}</p>}
      {offered.length > 0 && (
        <ul className="clearance-papers" aria-label={t("papers_of")}>
          {offered.map((one) => (
            <li key={one.id}>
              <label><input type="checkbox" disabled={readOnly} checked={item.documents.includes(one.id)} aria-label={`${named(one.kind)} ${one.number}`} onChange={(event) => pick(one.id, event.target.checked)} /></label>
              <Told paper={one} />
            </li>
          ))}
        </ul>
      )}
      {!readOnly && room !== "" && needs.length > 0 && (
        adding ? <AddPaper room={room} kinds={needs.map((one) => one.code)} added={(paper) => { pick(paper.id, true); setAdding(false) }} />
          : <div className="clearance-deeds"><Button size="small" onClick={() => setAdding(true)}>{t("add_paper")}</Button></div>
      )}
    </div>
  )
}
