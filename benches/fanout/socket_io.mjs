// Peer: socket.io, one room, WebSocket transport only. One emit per message.
import { createServer } from "node:http";
import { Server } from "socket.io";
const http = createServer();
const server = new Server(http, { transports: ["websocket"], perMessageDeflate: false, pingInterval: 300000 });
server.on("connection", (socket) => socket.on("m", (text) => server.emit("m", text)));
http.listen(0, "127.0.0.1", () => console.log(`ready ${http.address().port} /socket.io/?EIO=4&transport=websocket`));
