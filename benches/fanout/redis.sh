#!/bin/bash
# Peer: redis pub/sub over its own protocol. Nothing is saved; slow subscribers are not cut off, as with the others.
port=$((20000 + $$ % 10000))
(until (: < /dev/tcp/127.0.0.1/$port) 2> /dev/null; do sleep 0.05; done; echo "ready $port redis") &
export LD_LIBRARY_PATH="$PWD/peers/usr/lib/$(uname -m)-linux-gnu"
exec "$PWD/peers/usr/bin/redis-server" --port $port --bind 127.0.0.1 --protected-mode no --save '' \
  --appendonly no --maxclients 19000 --client-output-buffer-limit 'pubsub 0 0 0' > redis.log 2>&1
