// Lists of words 词库: which there are, what stands in them, and what they say of a text.
import { useQuery, useQueryClient } from "@tanstack/react-query"
import { App, Button, Switch } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { api } from "../../api/client"
import { may, useMe } from "../../shell/session"
import { Confirm } from "../../ui/Confirm"
import { DataTable } from "../../ui/DataTable"
import { count, dateTime } from "../../ui/format"
import { PlusIcon } from "../../ui/icons"
import { Pill } from "../../ui/Pill"
import { Failed, Loading } from "../../ui/States"
import { ListForm } from "./ListForm"
import { moderation, type WordList } from "./moderation"
import { useClauseName, useLists } from "./Reasons"
import { useModerationRefusal } from "./refusal"
import { Try } from "./Try"
import { Words } from "./Words"

export function Lists() {
  const { t } = useTranslation("moderation")
  const { message } = App.useApp()
  const queries = useQueryClient()
  const refusal = useModerationRefusal()
  const named = useClauseName()
  const me = useMe()
  const manages = me.data !== undefined && may(me.data, "moderation.manage")
  const lists = useLists()
  const rooms = useQuery({ queryKey: ["rooms", "choice"], queryFn: () => api.rooms() })
  const [form, setForm] = useState<WordList | "new" | null>(null)
  const [removing, setRemoving] = useState<WordList | null>(null)
  const [opened, setOpened] = useState<string | null>(null)
  const changed = () => void queries.invalidateQueries({ queryKey: ["word-lists"] })
  const enable = async (list: WordList, enabled: boolean) => {
    try {
      await moderation.changeList(list.id, { enabled })
      changed()
    } catch (error) {
      void message.error(refusal(error))
    }
  }
  const place = (list: WordList) => list.room ? rooms.data?.items.find((room) => room.id === list.room)?.title ?? list.room : t("everywhere")
  const deeds = (list: WordList) => (
    <span className="row-actions">
      <Button type="link" size="small" onClick={() => setOpened(list.id)}>{t("words")}</Button>
      {manages && <Button type="link" size="small" onClick={() => setForm(list)}>{t("change")}</Button>}
      {manages && <Button type="link" size="small" danger onClick={() => setRemoving(list)}>{t("remove")}</Button>}
    </span>
  )
  const open = lists.data?.items.find((list) => list.id === opened)
  return (
    <div className="stack">
      <Try rooms={rooms.data?.items ?? []} />
      <section className="panel" data-testid="lists">
        <div className="panel-head">
          <h2>{t("tab_lists")}</h2>
          <span className="spring" />
          {manages && <Button type="primary" icon={<PlusIcon size={14} />} onClick={() => setForm("new")}>{t("new_list")}</Button>}
        </div>
        {lists.isPending ? <Loading rows={4} /> : !lists.data ? <Failed error={lists.error} retry={() => void lists.refetch()} /> : (
          <DataTable<WordList>
            label={t("tab_lists")} rows={lists.data.items} rowKey={(list) => list.id} empty={t("no_lists")} minWidth={1080}
            columns={[
              { key: "name", title: t("name"), sort: (list) => list.name, cell: (list) => <b>{list.name}</b> },
              { key: "place", title: t("place"), cell: place },
              { key: "category", title: t("category"), width: 130, cell: (list) => named(list.category) },
              { key: "level", title: t("level"), width: 90, cell: (list) => <span className={`level ${list.level}`}>{t(`level_${list.level}`)}</span> },
              { key: "words", title: t("words"), width: 90, align: "right", sort: (list) => list.words, cell: (list) => <span className="num">{count(list.words)}</span> },
              { key: "owner", title: t("owner"), width: 110, cell: (list) => list.owner },
              { key: "expires", title: t("expires"), width: 150, cell: (list) => <span className="num">{list.expires_at_ms ? dateTime(list.expires_at_ms) : t("no_end")}</span> },
              { key: "force", title: t("in_force"), width: 110, cell: (list) => <Pill tone={list.in_force ? "quiet" : "warn"}>{t(list.in_force ? "counts" : "counts_not")}</Pill> },
              ...(manages ? [{
                key: "enabled", title: t("enabled"), width: 80,
                cell: (list: WordList) => <Switch size="small" checked={list.enabled} aria-label={t("enable", { name: list.name })} onChange={(on) => void enable(list, on)} />,
              }] : []),
              { key: "deeds", title: t("deeds"), width: 190, cell: deeds },
            ]}
          />
        )}
      </section>
      {open && <Words key={open.id} list={open} manages={manages} changed={changed} close={() => setOpened(null)} />}
      {form && <ListForm {...(form === "new" ? {} : { list: form })} rooms={rooms.data?.items ?? []} done={(list) => { changed(); if (form === "new") setOpened(list.id) }} close={() => setForm(null)} />}
      {removing && (
        <Confirm
          title={t("remove_title", { name: removing.name })} hint={t("remove_hint", { n: count(removing.words) })} ok={t("remove")} refusal={refusal} close={() => setRemoving(null)}
          act={async () => {
            await moderation.removeList(removing.id)
            changed()
          }}
        />
      )}
    </div>
  )
}
