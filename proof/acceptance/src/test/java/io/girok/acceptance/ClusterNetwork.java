package io.girok.acceptance;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Assumptions;

/// Network namespaces on one bridge, one for each broker, made by the test and removed by it: ways between brokers can
/// be cut while clients reach all of them. Needs iproute2 and the right to use it. Not thread-safe.
final class ClusterNetwork implements AutoCloseable {
    private static final int SIZE = 3;

    private final String prefix = "gk" + Integer.toHexString(ThreadLocalRandom.current().nextInt(0x1000, 0x10000));
    private final String subnet = "10." + ThreadLocalRandom.current().nextInt(64, 128) + "."
            + ThreadLocalRandom.current().nextInt(0, 256) + ".";
    private final List<Runnable> undo = new ArrayList<>();

    /// Skips the test where this can't be done.
    static ClusterNetwork make() {
        ClusterNetwork network = new ClusterNetwork();
        try {
            network.build();
        } catch (IOException e) {
            network.close();
            Assumptions.abort("no network namespaces can be made here: " + e.getMessage());
        }
        return network;
    }

    private void build() throws IOException {
        String bridge = prefix + "b";
        ip("link", "add", bridge, "type", "bridge");
        undo.add(() -> quietly("link", "del", bridge));
        ip("addr", "add", subnet + "254/24", "dev", bridge);
        ip("link", "set", bridge, "up");
        for (int id = 1; id <= SIZE; id++) {
            String namespace = namespace(id);
            ip("netns", "add", namespace);
            undo.add(() -> quietly("netns", "del", namespace));
            ip("link", "add", prefix + "v" + id, "type", "veth", "peer", "name", "eth0", "netns", namespace);
            ip("link", "set", prefix + "v" + id, "master", bridge, "up");
            ip("-n", namespace, "addr", "add", address(id) + "/24", "dev", "eth0");
            ip("-n", namespace, "link", "set", "eth0", "up");
            ip("-n", namespace, "link", "set", "lo", "up");
        }
    }

    private String namespace(int id) {
        return prefix + "n" + id;
    }

    String address(int id) {
        return subnet + id;
    }

    /// What becomes the command that follows it, in the namespace of a broker.
    List<String> commandIn(int id) {
        return List.of("ip", "netns", "exec", namespace(id));
    }

    /// Nothing that `from` sends reaches `to` any more.
    void cut(int from, int to) throws IOException {
        ip("-n", namespace(from), "route", "add", "blackhole", address(to) + "/32");
    }

    void heal(int from, int to) throws IOException {
        ip("-n", namespace(from), "route", "del", "blackhole", address(to) + "/32");
    }

    /// Cuts a broker off from the others, both ways.
    void isolate(int id) throws IOException {
        for (int other = 1; other <= SIZE; other++) {
            if (other != id) {
                cut(id, other);
                cut(other, id);
            }
        }
    }

    void rejoin(int id) throws IOException {
        for (int other = 1; other <= SIZE; other++) {
            if (other != id) {
                heal(id, other);
                heal(other, id);
            }
        }
    }

    private static void ip(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("ip"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes());
        try {
            if (process.waitFor() != 0) {
                throw new IOException(String.join(" ", command) + ": " + said.strip());
            }
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
    }

    private static void quietly(String... arguments) {
        try {
            ip(arguments);
        } catch (IOException e) {
            System.err.println(e.getMessage());
        }
    }

    @Override
    public void close() {
        undo.reversed().forEach(Runnable::run);
        undo.clear();
    }
}
