package io.girok.server;

import io.girok.metadata.setting.InvalidSetting;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// One entry of `listeners`, `advertised.listeners` or `http.listeners`: `PLAINTEXT://host:9092`. Immutable.
///
/// @param host without the brackets of an IPv6 address; empty for all addresses of the machine
record ListenerAddress(String name, String host, int port) {
    private static final Pattern FORM = Pattern.compile("([A-Za-z0-9_-]+)://(\\[[^]]*]|[^:/]*):(\\d{1,5})");
    static final String ANY_NAME = "NAME";
    private static final int MAX_PORT = 65_535;

    /// @param protocol what entries begin with, `NAME` for any
    /// @throws InvalidSetting naming `setting` when an entry is malformed, or a name or address is there twice
    static List<ListenerAddress> parse(String setting, String protocol, List<String> entries) {
        List<ListenerAddress> addresses = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (String entry : entries) {
            ListenerAddress address = parse(setting, protocol, entry);
            if (!names.add(address.name())) {
                throw new InvalidSetting(
                        "setting '" + setting + "' names '" + address.name() + "' twice; allowed: once");
            }
            addresses.add(address);
        }
        return addresses;
    }

    private static ListenerAddress parse(String setting, String protocol, String entry) {
        Matcher form = FORM.matcher(entry);
        if (!form.matches() || MAX_PORT < Integer.parseInt(form.group(3))) {
            throw new InvalidSetting(
                    "setting '" + setting + "' has '" + entry + "'; allowed: " + protocol
                            + "://HOST:PORT with a port up to " + MAX_PORT);
        }
        String name = form.group(1).toUpperCase(java.util.Locale.ROOT);
        if (!protocol.equals(ANY_NAME) && !name.equals(protocol)) {
            throw new InvalidSetting(
                    "setting '" + setting + "' has '" + entry
                            + "'; allowed: " + protocol + "://HOST:PORT (there is no other protocol yet)");
        }
        String host = form.group(2);
        if (host.startsWith("[")) {
            host = host.substring(1, host.length() - 1);
        }
        return new ListenerAddress(name, host, Integer.parseInt(form.group(3)));
    }

    /// Whether it stands for every address of the machine, which no client can connect to.
    boolean isWildcard() {
        return host.isEmpty() || host.equals("0.0.0.0") || host.equals("::");
    }

    /// Whether it is reached from other machines.
    boolean isBeyondLoopback() {
        if (isWildcard()) {
            return true;
        }
        try {
            return !InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return true;
        }
    }

    @Override
    public String toString() {
        return name + "://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
