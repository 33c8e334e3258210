package io.girok.quorum.zookeeper;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.zookeeper.client.FourLetterWordMain;
import org.apache.zookeeper.client.ZKClientConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Which versions the servers of an ensemble have, as far as they tell. Thread-safe.
///
/// Before 3.9.4 a server that was away may leave out transactions when it comes back and leads (ZOOKEEPER-4785,
/// ZOOKEEPER-4925): what the ensemble has acknowledged would be gone. The word `srvr` is one that servers answer
/// unless they are told not to (`4lw.commands.whitelist`).
final class ServerVersions {
    private static final Logger LOG = LoggerFactory.getLogger(ServerVersions.class);
    private static final Version OLDEST = new Version(3, 9, 4);
    private static final Pattern FORM = Pattern.compile("Zookeeper version: (\\d{1,6})\\.(\\d{1,6})\\.(\\d{1,6})\\b");
    private static final int LIMIT_MS = 2_000;

    record Version(int major, int minor, int patch) implements Comparable<Version> {
        @Override
        public int compareTo(Version other) {
            if (major != other.major) {
                return Integer.compare(major, other.major);
            }
            return minor == other.minor ? Integer.compare(patch, other.patch) : Integer.compare(minor, other.minor);
        }

        @Override
        public String toString() {
            return major + "." + minor + "." + patch;
        }
    }

    private final List<Said> all;

    private ServerVersions(List<Said> all) {
        this.all = List.copyOf(all);
    }

    /// A server, and what it says; that fails when it says nothing.
    private record Said(InetSocketAddress server, CompletableFuture<Optional<Version>> version) {
        boolean isAt(InetSocketAddress place) {
            try {
                return server.getPort() == place.getPort()
                        && List.of(InetAddress.getAllByName(server.getHostString())).contains(place.getAddress());
            } catch (UnknownHostException e) {
                return false;
            }
        }

        Optional<Version> await() {
            return version.exceptionally(failure -> Optional.empty()).join();
        }

        /// Empty when it has no version that loses data.
        Optional<String> complaint(Optional<Version> said) {
            String name = "ZooKeeper server " + server.getHostString() + ":" + server.getPort();
            if (said.isEmpty()) {
                LOG.warn("{} does not say its version (is it away, or is 'srvr' not in its 4lw.commands.whitelist?): "
                        + "see to it that it is {} or later, since earlier ones may lose data", name, OLDEST);
            }
            return said.filter(version -> version.compareTo(OLDEST) < 0)
                    .map(version -> name + " has version " + version + "; allowed: " + OLDEST + " or later, since "
                            + "earlier ones may lose data that they have acknowledged (ZOOKEEPER-4785, "
                            + "ZOOKEEPER-4925)");
        }
    }

    /// Asks all servers, at the same time, and waits for none.
    static ServerVersions ask(Servers servers, ZKClientConfig configuration) {
        return ask(servers, configuration, LIMIT_MS);
    }

    /// @param limitMs how long a server may take
    static ServerVersions ask(Servers servers, ZKClientConfig configuration, int limitMs) {
        List<Said> all = new ArrayList<>();
        for (InetSocketAddress server : servers.list()) {
            CompletableFuture<Optional<Version>> version = new CompletableFuture<>();
            Thread.ofVirtual().name("metadata-zookeeper-version").start(() -> {
                try {
                    version.complete(ask(server, configuration, limitMs));
                } catch (Exception e) {
                    version.completeExceptionally(e);
                }
            });
            all.add(new Said(server, version));
        }
        return new ServerVersions(all);
    }

    /// Waits for what the server says that this node is connected to; for all of them, if it is none of those. One that
    /// is away must not delay a start: what the others say later is in this node's log.
    ///
    /// @throws IllegalStateException when one has a version that loses data
    void check(Optional<InetSocketAddress> connected) {
        List<Said> awaited = all.stream().filter(said -> connected.map(said::isAt).orElse(false)).toList();
        for (Said said : all) {
            if (awaited.isEmpty() || awaited.contains(said) || said.version.isDone()) {
                said.complaint(said.await()).ifPresent(complaint -> {
                    throw new IllegalStateException(complaint);
                });
            } else {
                var _ = said.version.exceptionally(failure -> Optional.empty())
                        .thenAccept(late -> said.complaint(late).ifPresent(LOG::error));
            }
        }
    }

    private static Optional<Version> ask(InetSocketAddress server, ZKClientConfig configuration, int limitMs)
            throws Exception {
        return parse(FourLetterWordMain.send4LetterWord(server.getHostString(), server.getPort(), "srvr",
                configuration, limitMs));
    }

    /// Empty when it is no answer to `srvr`.
    static Optional<Version> parse(String answer) {
        Matcher form = FORM.matcher(answer);
        return form.find()
                ? Optional.of(new Version(Integer.parseInt(form.group(1)), Integer.parseInt(form.group(2)),
                        Integer.parseInt(form.group(3))))
                : Optional.empty();
    }
}
