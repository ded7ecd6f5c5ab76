// Peer: the `ws` package, one room. `each`: one send per message and viewer; `tick`: one shared text per tick.
import { WebSocketServer } from "ws";
const [mode, tickMs] = [process.argv[2], Number(process.argv[3])];
const server = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: false, backlog: 4096 });
let waiting = [];
const all = (text) => { for (const client of server.clients) client.send(text); };
server.on("connection", (socket) => {
  socket.on("message", (data) => {
    const text = data.toString();
    if (mode === "tick") waiting.push(text); else all(text);
  });
  socket.on("error", () => {});
});
if (mode === "tick") setInterval(() => {
  if (waiting.length) all(Buffer.from(`[${waiting.join(",")}]`));
  waiting = [];
}, tickMs);
server.on("listening", () => console.log(`ready ${server.address().port} /`));
