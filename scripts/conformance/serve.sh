# Starts the server with the demo model on a free port; sourced by the conformance scripts after `common.sh`. Sets
# `address`; the server ends with the script. The program is the one that was built last.
prisma=$(ls -t "$root"/.build/release/prisma "$root"/.build/debug/prisma 2>/dev/null | head -1 || true)
[ -n "$prisma" ] || die "nothing is built: swift build"
log=$(mktemp)
"$prisma" serve --config "$root/config/prisma.yaml" --port 0 2>"$log" &
server=$!
trap 'kill "$server" 2>/dev/null; wait "$server" 2>/dev/null || true; rm -f "$log"' EXIT
for _ in $(seq 100); do
    address=$(sed -n 's/.*listening on \(http:\/\/[^ ]*\).*/\1/p' "$log")
    if [ -n "$address" ] && curl -fsS "$address/readyz" >/dev/null 2>&1; then break; fi
    kill -0 "$server" 2>/dev/null || die "the server ended: $(cat "$log")"
    sleep 0.1
done
[ -n "$address" ] || die "the server does not listen: $(cat "$log")"
