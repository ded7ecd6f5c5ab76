// Outside media servers 媒体服务器: who may call, and the streams they carry for our rooms.
import { useQuery, useQueryClient } from "@tanstack/react-query"
import { App, Button, Dropdown } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { Confirm } from "../../ui/Confirm"
import { DataTable } from "../../ui/DataTable"
import { count, DASH, dateTime } from "../../ui/format"
import { DotsIcon, KeyIcon, PlusIcon, TrashIcon } from "../../ui/icons"
import { Failed, Loading, Message } from "../../ui/States"
import { ServerForm } from "./ServerForm"
import { useServerRefusal } from "./refusal"
import { ServerSecret } from "./ServerSecret"
import { KINDS, servers, type MediaServer, type NewMediaServer } from "./servers"
import { Streams } from "./Streams"
import "./mediaServers.css"

const KEY = ["media-servers"] as const

export default function Page() {
  const { t } = useTranslation("mediaServers")
  const { message } = App.useApp()
  const refusal = useServerRefusal()
  const queries = useQueryClient()
  const reload = () => queries.invalidateQueries({ queryKey: KEY })
  const list = useQuery({ queryKey: KEY, queryFn: servers.list, refetchInterval: 5_000 })
  const [editing, setEditing] = useState<MediaServer | "new" | null>(null)
  const [rotating, setRotating] = useState<MediaServer | null>(null)
  const [removing, setRemoving] = useState<MediaServer | null>(null)
  const [fresh, setFresh] = useState<NewMediaServer | null>(null)
  if (list.isPending) return <Loading rows={6} />
  if (!list.data) return <Failed error={list.error} retry={() => void list.refetch()} />
  const all = list.data.items
  const add = <Button type="primary" icon={<PlusIcon />} onClick={() => setEditing("new")}>{t("add")}</Button>
  return (
    <>
      <div className="page-head">
        <h1>{t("servers")}</h1>
        <span className="quiet num">{t("count", { n: count(all.length) })}</span>
        <span className="spring" />
        {all.length > 0 && add}
      </div>
      <div className="panel">
        {all.length === 0 ? <Message title={t("empty")} hint={t("empty_hint")} action={add} /> : (
          <DataTable<MediaServer>
            label={t("servers")} rows={all} rowKey={(server) => server.id} empty={t("empty")} minWidth={960}
            columns={[
              { key: "name", title: t("name"), sort: (server) => server.name, cell: (server) => <span className="strong">{server.name}</span> },
              { key: "kind", title: t("kind"), width: 110, sort: (server) => server.kind, cell: (server) => KINDS[server.kind] },
              { key: "mode", title: t("mode"), width: 110, cell: (server) => t(server.mode) },
              { key: "pull", title: t("pull_url"), width: 250, cell: (server) => <PullUrl server={server} /> },
              { key: "allowed", title: t("allowed"), width: 150, cell: (server) => <span className="mono cut" title={server.allowed_ips.join(", ")}>{server.allowed_ips.join(", ") || t("anywhere")}</span> },
              { key: "streams", title: t("streams"), width: 80, align: "right", sort: (server) => server.streams, cell: (server) => <span className="num strong">{count(server.streams)}</span> },
              { key: "plays", title: t("plays"), width: 92, align: "right", sort: (server) => server.outside_plays, cell: (server) => <span className="num" title={t("plays_hint")}>{count(server.outside_plays)}</span> },
              { key: "created", title: t("created"), width: 156, sort: (server) => server.created_at, cell: (server) => <span className="num quiet">{dateTime(server.created_at)}</span> },
              {
                key: "actions", title: t("actions"), width: 110,
                cell: (server) => (
                  <span className="row-actions">
                    <Button size="small" type="link" onClick={() => setEditing(server)}>{t("edit")}</Button>
                    <Dropdown
                      trigger={["click"]}
                      menu={{
                        items: [
                          { key: "rotate", label: t("rotate"), icon: <KeyIcon />, onClick: () => setRotating(server) },
                          { type: "divider" },
                          { key: "remove", label: t("remove"), icon: <TrashIcon />, danger: true, onClick: () => setRemoving(server) },
                        ],
                      }}
                    >
                      <Button className="more-actions" type="text" size="small" icon={<DotsIcon />} aria-label={`${t("more")} ${server.name}`} />
                    </Dropdown>
                  </span>
                ),
              },
            ]}
          />
        )}
      </div>
      {all.map((server) => <Streams key={server.id} server={server} />)}
      {editing && (
        <ServerForm
          {...(editing === "new" ? {} : { server: editing })}
          close={() => setEditing(null)}
          submit={async (fields) => {
            if (editing === "new") {
              setFresh(await servers.create(fields))
            } else {
              const { name, mode, allowed_ips, pull_url } = fields
              await servers.change(editing.id, { name, mode, allowed_ips, ...(pull_url === undefined ? {} : { pull_url }) })
              void message.success(t("saved"))
            }
            void reload()
          }}
        />
      )}
      {rotating && (
        <Confirm
          title={t("rotate_title", { name: rotating.name })} hint={t("rotate_hint")} ok={t("rotate")} close={() => setRotating(null)} refusal={refusal}
          act={async () => { setFresh(await servers.rotate(rotating.id)) }}
        />
      )}
      {removing && (
        <Confirm
          title={t("remove_title", { name: removing.name })} hint={t("remove_hint")} ok={t("remove")} close={() => setRemoving(null)} refusal={refusal}
          act={async () => {
            await servers.remove(removing.id)
            void reload()
          }}
        />
      )}
      {fresh && <ServerSecret server={fresh} close={() => setFresh(null)} />}
    </>
  )
}

function PullUrl({ server }: { server: MediaServer }) {
  const url = server.pull_url === null ? DASH : `${server.pull_url}${server.has_query ? "?…" : ""}`
  return <span className="mono cut" title={url}>{url}</span>
}
