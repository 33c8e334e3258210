package io.girok.server;

import io.girok.files.DirectoryRefused;
import io.girok.metadata.MetadataRecord;
import io.girok.metadata.setting.InvalidSetting;
import io.girok.metadata.setting.Settings;
import io.girok.network.BoundListener;
import io.girok.security.acl.AclRules;
import java.io.PrintStream;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// `girok start`: runs a broker in this process until it is told to stop. Stateless.
public final class GirokServer {
    private static final Logger LOG = LoggerFactory.getLogger(GirokServer.class);
    private static final int FAILED = 1;
    private static final int USAGE = 2;
    /// When the launcher has done its own work, in microseconds since 1970.
    static final String STARTED_AT = "GIROK_STARTED_AT";
    private static final long MICROS_IN_MS = 1_000;

    private GirokServer() {}

    /// Runs until SIGTERM or SIGINT, upon which the process ends with 0 after a clean stop. Returns only when the
    /// broker could not be started.
    ///
    /// @param arguments those after `start`
    /// @return the exit code: 1 it can't start, 2 the settings are wrong
    public static int run(List<String> arguments) {
        return run(arguments, System.getenv(), System.out, System.err);
    }

    private static int run(List<String> arguments, Map<String, String> environment, PrintStream out, PrintStream err) {
        long startedMs = startedMs(environment);
        ServerSettings settings;
        List<MetadataRecord> founding = List.of();
        try {
            FirstAdmin.Parsed parsed = FirstAdmin.parse(arguments, environment);
            settings = new ServerSettings(Settings.parse(SettingSources.read(parsed.others(), environment)));
            if (parsed.admin() != null) {
                founding = founding(parsed.admin(), settings);
            }
        } catch (UsageError | InvalidSetting e) {
            err.println("girok: " + e.getMessage());
            return USAGE;
        }
        RunningServer server = new RunningServer(settings, founding);
        // From here on, since a start may wait for other nodes for long, and has taken the marks of a clean stop away.
        Thread stop = new Thread(() -> stopAndExit(server), "girok-stop");
        Runtime.getRuntime().addShutdownHook(stop);
        try {
            RunningServer.Started started = server.start();
            out.println(readyLine(started, System.currentTimeMillis() - startedMs));
            out.flush();
            new CountDownLatch(1).await();
            return 0;
        } catch (StartFailed e) {
            if (!isWithdrawn(stop)) {
                // The process was asked to stop, and ends with what comes of that.
                return 0;
            }
            if (e.getCause() instanceof RuntimeException unexpected && !isForOperators(unexpected)) {
                LOG.error("the start has failed", unexpected);
            }
            err.println("girok: can't start: " + e.getMessage());
            return FAILED;
        } catch (InterruptedException e) {
            return FAILED;
        }
    }

    /// False when it runs already.
    private static boolean isWithdrawn(Thread stop) {
        try {
            return Runtime.getRuntime().removeShutdownHook(stop);
        } catch (IllegalStateException e) {
            return false;
        }
    }

    /// A cluster that is there has its administrators.
    private static List<MetadataRecord> founding(FirstAdmin admin, ServerSettings settings) {
        if (Files.exists(settings.logDirectories().getFirst().resolve("meta.properties"))) {
            LOG.warn("{} changes nothing: the cluster has been founded; 'girok user' makes users and passwords",
                    FirstAdmin.OPTION);
            return List.of();
        }
        boolean isAuthorized = AclRules.areOn(settings.settings())
                && !AclRules.of(settings.settings()).isOpenWithoutAcl();
        return admin.records(new SecureRandom(), isAuthorized);
    }

    private static boolean isForOperators(RuntimeException failure) {
        return failure instanceof DirectoryRefused || failure instanceof IllegalStateException;
    }

    /// The exit code of a process that was asked to stop, and did, is 0, not the signal's.
    private static void stopAndExit(RunningServer server) {
        LOG.info("stopping");
        boolean isClean = server.stop();
        LOG.info(isClean ? "stopped" : "stopped, but not cleanly");
        Runtime.getRuntime().halt(isClean ? 0 : FAILED);
    }

    /// When this process began to be a broker; without the launcher, now.
    private static long startedMs(Map<String, String> environment) {
        try {
            return Long.parseLong(environment.getOrDefault(STARTED_AT, "")) / MICROS_IN_MS;
        } catch (NumberFormatException e) {
            return System.currentTimeMillis();
        }
    }

    private static String readyLine(RunningServer.Started started, long tookMs) {
        String listeners = started.listeners().stream().map(GirokServer::describe).collect(Collectors.joining(", "));
        String directories = started.directories().stream().map(Path::toString).collect(Collectors.joining(", "));
        return "Girok is ready on " + listeners + " with data in " + directories + " (" + tookMs + " ms)";
    }

    private static String describe(BoundListener listener) {
        InetAddress address = listener.address().getAddress();
        String host = address.getHostAddress();
        return listener.name() + "://" + (host.contains(":") ? "[" + host + "]" : host) + ":"
                + listener.address().getPort();
    }
}
