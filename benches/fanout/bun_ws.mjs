// Peer: Bun's own WebSocket server (uWebSockets), pub/sub topic. Same two modes as node_ws.mjs.
const [mode, tickMs] = [process.argv[2], Number(process.argv[3])];
let waiting = [];
const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  fetch: (request, server) => (server.upgrade(request) ? undefined : new Response("upgrade", { status: 400 })),
  websocket: {
    perMessageDeflate: false,
    open: (socket) => socket.subscribe("room"),
    message: (_, data) => { if (mode === "tick") waiting.push(data); else server.publish("room", data); },
  },
});
if (mode === "tick") setInterval(() => {
  if (waiting.length) server.publish("room", `[${waiting.join(",")}]`);
  waiting = [];
}, tickMs);
console.log(`ready ${server.port} /`);
