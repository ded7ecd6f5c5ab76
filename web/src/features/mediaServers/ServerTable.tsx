// The servers that were added. On a phone everything stands below the name.
import { Button, Dropdown } from "antd"
import { useTranslation } from "react-i18next"
import { DataTable, type Column } from "../../ui/DataTable"
import { count, DASH, dateTime } from "../../ui/format"
import { DotsIcon, KeyIcon, TrashIcon } from "../../ui/icons"
import { PHONE, useMedia } from "../../ui/useMedia"
import { KINDS, type MediaServer } from "./servers"

interface Offers {
  edit: (server: MediaServer) => void
  rotate: (server: MediaServer) => void
  remove: (server: MediaServer) => void
}

export function ServerTable({ servers, ...offers }: Offers & { servers: MediaServer[] }) {
  const { t } = useTranslation("mediaServers")
  const phone = useMedia(PHONE)
  const narrow: Column<MediaServer>[] = [
    {
      key: "name", title: t("name"),
      cell: (server) => (
        <div className="media-server">
          <span className="strong">{server.name}</span>
          <span className="quiet">{KINDS[server.kind]} · {t(server.mode)}</span>
          {server.pull_url !== null && <PullUrl server={server} />}
          <span className="num">{t("streams")} {count(server.streams)} · {t("plays")} {count(server.outside_plays)}</span>
        </div>
      ),
    },
  ]
  const wide: Column<MediaServer>[] = [
    { key: "name", title: t("name"), sort: (server) => server.name, cell: (server) => <span className="strong">{server.name}</span> },
    { key: "kind", title: t("kind"), width: 110, sort: (server) => server.kind, cell: (server) => KINDS[server.kind] },
    { key: "mode", title: t("mode"), width: 110, cell: (server) => t(server.mode) },
    { key: "pull", title: t("pull_url"), width: 250, cell: (server) => <PullUrl server={server} /> },
    { key: "allowed", title: t("allowed"), width: 150, cell: (server) => <span className="mono cut" title={server.allowed_ips.join(", ")}>{server.allowed_ips.join(", ") || t("anywhere")}</span> },
    { key: "streams", title: t("streams"), width: 80, align: "right", sort: (server) => server.streams, cell: (server) => <span className="num strong">{count(server.streams)}</span> },
    { key: "plays", title: t("plays"), width: 134, align: "right", sort: (server) => server.outside_plays, cell: (server) => <span className="num" title={t("plays_hint")}>{count(server.outside_plays)}</span> },
    { key: "created", title: t("created"), width: 156, sort: (server) => server.created_at, cell: (server) => <span className="num quiet">{dateTime(server.created_at)}</span> },
  ]
  return (
    <DataTable<MediaServer>
      label={t("servers")} rows={servers} rowKey={(server) => server.id} empty={t("empty")} minWidth={phone ? 0 : 1120}
      columns={[...(phone ? narrow : wide), { key: "actions", title: t("actions"), width: 110, cell: (server) => <Actions server={server} offers={offers} /> }]}
    />
  )
}

function PullUrl({ server }: { server: MediaServer }) {
  const url = server.pull_url === null ? DASH : `${server.pull_url}${server.has_query ? "?…" : ""}`
  return <span className="mono cut" title={url}>{url}</span>
}

function Actions({ server, offers: { edit, rotate, remove } }: { server: MediaServer; offers: Offers }) {
  const { t } = useTranslation("mediaServers")
  return (
    <span className="row-actions">
      <Button size="small" type="link" onClick={() => edit(server)}>{t("edit")}</Button>
      <Dropdown
        trigger={["click"]}
        menu={{
          items: [
            { key: "rotate", label: t("rotate"), icon: <KeyIcon />, onClick: () => rotate(server) },
            { type: "divider" },
            { key: "remove", label: t("remove"), icon: <TrashIcon />, danger: true, onClick: () => remove(server) },
          ],
        }}
      >
        <Button className="more-actions" type="text" size="small" icon={<DotsIcon />} aria-label={`${t("more")} ${server.name}`} />
      </Dropdown>
    </span>
  )
}
