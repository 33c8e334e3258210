package io.girok.quorum.zookeeper;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.zookeeper.client.FourLetterWordMain;
import org.apache.zookeeper.client.ZKClientConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Which versions the servers of an ensemble have, as far as they tell. Stateless.
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

    /// A server, and what it says.
    private record Said(InetSocketAddress server, Future<Optional<Version>> version) {}

    private ServerVersions() {}

    /// Asks all servers, at the same time. Blocks.
    ///
    /// @throws IllegalStateException when one has a version that loses data
    static void check(Servers servers, ZKClientConfig configuration) throws InterruptedException {
        List<Said> all = new ArrayList<>();
        try (ExecutorService askers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (InetSocketAddress server : servers.list()) {
                all.add(new Said(server, askers.submit(() -> ask(server, configuration))));
            }
        }
        for (Said said : all) {
            Optional<Version> version = said.version.state() == Future.State.SUCCESS
                    ? said.version.resultNow()
                    : Optional.empty();
            String server = said.server.getHostString() + ":" + said.server.getPort();
            if (version.isEmpty()) {
                LOG.warn("ZooKeeper server {} does not say its version (is it away, or is 'srvr' not in its "
                        + "4lw.commands.whitelist?): see to it that it is {} or later, since earlier ones may lose "
                        + "data", server, OLDEST);
            } else if (version.get().compareTo(OLDEST) < 0) {
                throw new IllegalStateException("ZooKeeper server " + server + " has version " + version.get()
                        + "; allowed: " + OLDEST + " or later, since earlier ones may lose data that they have "
                        + "acknowledged (ZOOKEEPER-4785, ZOOKEEPER-4925)");
            }
        }
    }

    private static Optional<Version> ask(InetSocketAddress server, ZKClientConfig configuration) throws Exception {
        return parse(FourLetterWordMain.send4LetterWord(server.getHostString(), server.getPort(), "srvr",
                configuration, LIMIT_MS));
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
