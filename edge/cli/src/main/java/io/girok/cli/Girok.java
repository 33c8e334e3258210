package io.girok.cli;

import io.girok.server.GirokServer;
import java.util.List;

/// The main class. Stateless.
///
/// `start` is recognized here, before the command-line library is loaded: its reflection would cost the broker a
/// tenth of its start time.
public final class Girok {
    private static final List<String> HELP = List.of("--help", "-h");

    private Girok() {}

    public static void main(String[] arguments) {
        List<String> all = List.of(arguments);
        boolean isStart = !all.isEmpty() && all.getFirst().equals("start") && HELP.stream().noneMatch(all::contains);
        System.exit(isStart ? GirokServer.run(all.subList(1, all.size())) : GirokCommand.run(arguments));
    }
}
