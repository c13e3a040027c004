#!/usr/bin/env bash
# Sends one span to the receiver as bytes over a plain socket, without any gRPC or protobuf library, and looks
# for it in the dump. Usage: raw_dump_check.sh PATH_OF_OTLP_RECEIVER
set -euo pipefail

# Bytes are strings of hex digits until they are sent.
hex_of() { printf '%s' "$1" | od -An -v -tx1 | tr -d ' \n'; }
size_of() { echo $((${#1} / 2)); }
send() { printf "$(sed 's/../\\x&/g' <<<"$1")" >&"$socket"; }
# protobuf: tag, a length below 128, content
field() { printf '%02x%02x%s' "$1" "$(size_of "$2")" "$2"; }
# HPACK: a header without compression
header() { printf '00%02x%s%02x%s' ${#1} "$(hex_of "$1")" ${#2} "$(hex_of "$2")"; }
# HTTP/2: type, flags, stream, content
frame() { printf '%06x%02x%02x%08x%s' "$(size_of "$4")" "$1" "$2" "$3" "$4"; }

coproc receiver { exec "$1"; }
exec {from}<&"${receiver[0]}" {to}>&"${receiver[1]}"  # bash forgets its own once the receiver has quit
read -r ready <&"$from"
port=${ready//[^0-9]/}
exec {socket}<>"/dev/tcp/127.0.0.1/$port"

span=$(field 0x2a "$(hex_of 'sent by hand')")                # Span.name
request=$(field 0x0a "$(field 0x12 "$(field 0x12 "$span")")")  # resource_spans, scope_spans, spans
message=$(printf '00%08x%s' "$(size_of "$request")" "$request")
headers=$(
  header :method POST
  header :scheme http
  header :authority localhost
  header :path /opentelemetry.proto.collector.trace.v1.TraceService/Export
  header content-type application/grpc
  header te trailers
)
send "$(hex_of 'PRI * HTTP/2.0')0d0a0d0a$(hex_of SM)0d0a0d0a"
send "$(frame 4 0 0 '')$(frame 1 4 1 "$headers")$(frame 0 1 1 "$message")"

printf 'wait {"spans":1,"timeout_ms":20000}\ndump\nquit\n' >&"$to"
answers=$(cat <&"$from")
grep -q '"reached":true' <<<"$answers"
grep -q '"name":"sent by hand"' <<<"$answers"
grep -q '^{"end":true}$' <<<"$answers"
echo "the span that was sent as bytes is in the dump"
