# Finds a JDK 25; to be sourced by bash. find_java_home sets java_home, or says where it looked and ends the shell.

required=25

fail() {
    printf 'girok: %s\n' "$1" >&2
    exit 1
}

is_required_jdk() {
    [ -x "$1/bin/java" ] && [ -r "$1/release" ] && grep -q "^JAVA_VERSION=\"$required[\".+]" "$1/release"
}

find_java_home() {
    if [ -n "${GIROK_JAVA_HOME:-}" ]; then
        is_required_jdk "$GIROK_JAVA_HOME" || fail "GIROK_JAVA_HOME is '$GIROK_JAVA_HOME', which is no JDK $required"
        java_home=$GIROK_JAVA_HOME
        return
    fi
    local on_path candidate
    on_path=$(command -v java 2>/dev/null) && on_path=$(dirname "$(dirname "$(readlink -f "$on_path")")")
    for candidate in "${JAVA_HOME:-}" "$on_path" /usr/lib/jvm/*"$required"* /usr/lib/jvm/* /opt/*jdk* \
        "$HOME"/.sdkman/candidates/java/* /Library/Java/JavaVirtualMachines/*/Contents/Home; do
        if [ -n "$candidate" ] && is_required_jdk "$candidate"; then
            java_home=$candidate
            return
        fi
    done
    fail "no JDK $required found; looked at JAVA_HOME (${JAVA_HOME:-not set}), PATH and /usr/lib/jvm.
       Install one (Temurin, Debian's openjdk-$required-jdk, ...) or set GIROK_JAVA_HOME to where it is."
}
