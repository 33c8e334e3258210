# Runs several brokers on this machine as one cluster, for trying and for tests. Sourced by girok.
#
#   girok start --cluster COUNT [--port PORT] [--directory DIRECTORY] [--config FILE] [--set NAME=VALUE]...
#
# Node N listens on 127.0.0.1:PORT+N-1 and keeps its data in DIRECTORY/node-N. What the nodes say on standard error has
# their number in front. SIGTERM or Ctrl-C stops them all; a node that ends by itself, or is killed, is reported, and
# can be started again with the command that is printed.

cluster_usage() {
    printf 'girok: %s\n' "$1" >&2
    exit 2
}

start_cluster() {
    local count='' port=9092 directory=data/cluster pass=()
    while [ $# -gt 0 ]; do
        local option=$1 value
        case $option in
            --*=*) value=${option#*=} option=${option%%=*} ;;
            *)
                [ $# -gt 1 ] || cluster_usage "'$option' has no value"
                value=$2
                shift
                ;;
        esac
        shift
        case $option in
            --cluster) count=$value ;;
            --port) port=$value ;;
            --directory) directory=$value ;;
            --config) pass+=(--config "$value") ;;
            --set)
                case $value in
                    node.id=* | listeners=* | log.dirs=* | controller.quorum.voters=*)
                        cluster_usage "'--set ${value%%=*}' is what --cluster sets for each node; use --port and --directory" ;;
                esac
                pass+=(--set "$value")
                ;;
            *) cluster_usage "'$option' is not an option of start --cluster; allowed: --port, --directory, --config, --set" ;;
        esac
    done
    case $count in
        3 | 5) ;;
        *) cluster_usage "'--cluster $count': a cluster has 3 or 5 nodes, so that a majority is left when one is gone" ;;
    esac
    [[ $port =~ ^[0-9]{1,5}$ ]] && [ "$port" -gt 0 ] && [ $((port + count - 1)) -le 65535 ] ||
        cluster_usage "'--port $port'; allowed: a port up to 65535 that leaves room for $count nodes"
    mkdir -p "$directory" || exit 1

    local voters='' addresses='' node start
    for node in $(seq 1 "$count"); do
        voters+=${voters:+,}$node@127.0.0.1:$((port + node - 1))
        addresses+=${addresses:+,}127.0.0.1:$((port + node - 1))
    done

    pids=() commands=()
    trap 'stopping=yes; kill -TERM "${pids[@]}" 2>/dev/null' TERM INT
    stopping=
    for node in $(seq 1 "$count"); do
        mkdir -p "$directory/node-$node"
        # What is set by the user comes last and wins.
        start=("$here/girok" start --set default.replication.factor=3 --set min.insync.replicas=2
            --set "node.id=$node" --set "listeners=PLAINTEXT://127.0.0.1:$((port + node - 1))"
            --set "log.dirs=$directory/node-$node" --set "controller.quorum.voters=$voters" "${pass[@]}")
        commands[node]=${start[*]@Q}
        "${start[@]}" >"$directory/node-$node.ready" 2> >(exec sed -u "s/^/node $node: /" >&2) &
        pids[node]=$!
    done

    await_cluster "$count" "$directory" || { kill -TERM "${pids[@]}" 2>/dev/null; wait; exit 1; }
    printf 'Girok is ready: a cluster of %s on %s with data in %s (%s ms); processes %s\n' "$count" "$addresses" \
        "$directory" $(((${EPOCHREALTIME//[.,]/} - started) / 1000)) "${pids[*]}"
    watch_cluster
}

# Until every node has said that it is ready; fails when one ends before.
await_cluster() {
    local node
    for node in $(seq 1 "$1"); do
        until grep -q '^Girok is ready' "$2/node-$node.ready"; do
            if [ -n "$stopping" ] || ! kill -0 "${pids[node]}" 2>/dev/null; then
                printf 'girok: node %s has ended before the cluster was ready\n' "$node" >&2
                return 1
            fi
            sleep 0.05
        done
    done
}

# Until every node has ended.
watch_cluster() {
    local node code worst=0
    while [ ${#pids[@]} -gt 0 ]; do
        for node in "${!pids[@]}"; do
            if ! kill -0 "${pids[node]}" 2>/dev/null; then
                { wait "${pids[node]}"; code=$?; } 2>/dev/null
                unset "pids[node]"
                [ -n "$stopping" ] && [ $code -eq 0 ] && continue
                worst=1
                printf 'girok: node %s has ended with %s; start it again with: %s\n' "$node" $code "${commands[node]}" >&2
            fi
        done
        sleep 0.2 &
        wait $!
    done
    exit $worst
}
