package io.girok.cli;

/// A host name or address and a port, as in `localhost:9092` or `[::1]:9092`. Immutable.
public record HostPort(String host, int port) {
    private static final int MAX_PORT = 65_535;

    /// @throws RuntimeException that says what is allowed, when the text is something else
    public static HostPort parse(String text) {
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "" : text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.contains(":")) {
            host = "";
        }
        int port = portOf(text.substring(colon + 1));
        if (host.isBlank() || port < 1 || MAX_PORT < port) {
            throw Failure.usage("'" + text + "' is not HOST:PORT with a port from 1 to " + MAX_PORT);
        }
        return new HostPort(host, port);
    }

    private static int portOf(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
