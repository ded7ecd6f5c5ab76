#!/bin/bash
# Peer: nats-server, WebSocket, core pub/sub. Slow subscribers are not cut off, as with the others.
port=$((30000 + $$ % 10000))
(until (: < /dev/tcp/127.0.0.1/$port) 2> /dev/null; do sleep 0.05; done; echo "ready $port /nats") &
cat > nats.conf << END
host: 127.0.0.1
port: -1
max_pending: 512MB
write_deadline: "60s"
ping_interval: "10m"
websocket { host: 127.0.0.1, port: $port, no_tls: true, compression: false }
END
exec "$PWD/peers/usr/sbin/nats-server" -c nats.conf > nats.log 2>&1
